// Approved<Request>: the mark that a risk check leaves in the type. Only a RiskChecker (or somebody
// who says Unchecked, with a reason that is journaled) can make one, and the order manager takes
// nothing else, so an unchecked order does not compile into a venue.
#pragma once

#include <utility>

#include <keel/core/decimal.hpp>
#include <keel/core/text.hpp>
#include <keel/model/order.hpp>
#include <keel/model/reasons.hpp>

namespace keel {

// Only RiskChecker can make this key.
class ApprovalKey {
  friend class RiskChecker;
  constexpr ApprovalKey() = default;
};

// For tests and for hosts with checks of their own: Unchecked{"checked by the desk's own system"}.
struct Unchecked {
  FixedText<40> reason;
};

// An approval is consumed by the call that takes it: movable, not copyable.
template <class Request>
class Approved {
 public:
  // `reserve_price`: what each open unit counts at in the exposure limits.
  Approved(ApprovalKey, const Request& request, Price reserve_price)
      : request_(request), reserve_price_(reserve_price) {}
  Approved(const Unchecked& why, const Request& request, Price reserve_price)
      : request_(request), reserve_price_(reserve_price), unchecked_(why.reason) {}
  Approved(Approved&&) = default;
  Approved& operator=(Approved&&) = default;
  Approved(const Approved&) = delete;
  Approved& operator=(const Approved&) = delete;

  [[nodiscard]] const Request& request() const { return request_; }
  [[nodiscard]] Price reserve_price() const { return reserve_price_; }
  // Empty where a RiskChecker approved.
  [[nodiscard]] const FixedText<40>& unchecked() const { return unchecked_; }

 private:
  Request request_;
  Price reserve_price_;
  FixedText<40> unchecked_;
};

// Why a request was denied, with the numbers that decided, raw in the unit that `reason` names.
struct Denial {
  Reason reason;
  Int128 value;
  Int128 limit;
};

}  // namespace keel
