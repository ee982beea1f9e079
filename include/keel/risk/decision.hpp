// What a RiskChecker answers: an Approved request, or the Denial that says why not.
#pragma once

#include <optional>

#include <keel/model/approved.hpp>

namespace keel {

// Movable, not copyable: there is one approval, and the order manager consumes it.
template <class Request>
class [[nodiscard]] Decision {
 public:
  Decision(ApprovalKey key, const Request& request, Price reserve_price)
      : approval_(std::in_place, key, request, reserve_price), denial_{} {}
  Decision(const Denial& denial) : denial_(denial) {
    KEEL_ASSERT(denial.reason != Reason::kNone, "a denial has a reason");
  }

  [[nodiscard]] bool approved() const { return approval_.has_value(); }
  explicit operator bool() const { return approved(); }

  // The approval, once. Asking a denied decision for it is a bug: look first.
  [[nodiscard]] Approved<Request> take() && {
    KEEL_ASSERT(approval_.has_value(), "take() of a denied decision");
    return *std::move(approval_);
  }
  // Reason and numbers; docs/risk.md says in which unit each rule tells them.
  [[nodiscard]] const Denial& denial() const {
    KEEL_ASSERT(!approval_.has_value(), "denial() of an approved decision");
    return denial_;
  }

 private:
  std::optional<Approved<Request>> approval_;
  Denial denial_;
};

}  // namespace keel
