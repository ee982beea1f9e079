// A decision is taken once, by whom it was given to; nobody else makes one that approves.
#include <keel/risk/decision.hpp>

using namespace keel;
using namespace keel::literals;

void submit(Approved<OrderRequest> order);
void replace(Approved<ReplaceRequest> order);
Decision<OrderRequest> check(const OrderRequest& request);

[[maybe_unused]] static void test(Decision<OrderRequest> decision, const OrderRequest& request) {
  submit(std::move(decision).take());
#if EXPECT_FAIL == 1  // error: passing .* discards qualifiers|cannot bind|no matching function
  submit(decision.take());
#endif
#if EXPECT_FAIL == 2  // error: use of deleted function
  const Decision<OrderRequest> copy = decision;
#endif
#if EXPECT_FAIL == 3  // error: could not convert|no matching function
  replace(std::move(decision).take());
#endif
#if EXPECT_FAIL == 4  // error: .*ApprovalKey::ApprovalKey\(\).* is private
  const Decision<OrderRequest> made{ApprovalKey{}, request, 1_px};
#endif
#if EXPECT_FAIL == 5  // error: ignoring return
  check(request);
#endif
}
