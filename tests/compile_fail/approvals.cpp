// An order that nobody approved does not compile into a venue.
#include <keel/model/approved.hpp>
#include <keel/venue/venue.hpp>

using namespace keel;
using namespace keel::literals;

void submit(Approved<OrderRequest> order);

[[maybe_unused]] static void test(Venue& venue, const OrderRequest& request) {
  submit({Unchecked{"a test of the seam"}, request, 1_px});
  venue.send(CommandBatch{Unchecked{"a test of the seam"}, nullptr, nullptr, VenueId{1}});
#if EXPECT_FAIL == 1  // error: could not convert
  submit(request);
#endif
#if EXPECT_FAIL == 2  // error: .*ApprovalKey::ApprovalKey\(\).* is private
  submit({ApprovalKey{}, request, 1_px});
#endif
#if EXPECT_FAIL == 3  // error: could not convert
  submit({{}, request});
#endif
#if EXPECT_FAIL == 4  // error: use of deleted function
  const Approved<OrderRequest> approved{Unchecked{"once"}, request, 1_px};
  submit(approved);
#endif
#if EXPECT_FAIL == 5  // error: .* is private
  venue.send(CommandBatch{nullptr, nullptr, VenueId{1}});
#endif
#if EXPECT_FAIL == 6  // error: text is too long for its field
  submit({Unchecked{"a reason that is longer than the forty characters"}, request, 1_px});
#endif
}
