// Reconciliation as pure functions: our open orders and a venue's view of them in, reports out, to
// be fed to OrderManager::on_report. Idempotent: what was fed once asks for nothing the second
// time.
//
// The rule. Fills come first: an order is judged by what it has filled. An order that the venue
// lists is as the venue lists it. An order that the venue does not list is not working there:
//   never acknowledged, and given up as Unknown     it did not arrive: Rejected
//   acknowledged, no fill known to be missing       it ended unheard:  Canceled, with an anomaly
//   acknowledged, the venue told of more fills      Unknown, until they come or a person gives up
// Absence says nothing about a held order, about a command that may still be on its way, and about
// an order of which anything was heard since the list was asked for. An order that the venue lists
// and we do not have is adopted, marked external; so is one that only an execution names, and that
// one is open only if it is listed too.
#pragma once

#include <span>
#include <vector>

#include <keel/model/order_records.hpp>

namespace keel {

// Whether a list of open orders that does not have the order is evidence about it. `heard_at`: the
// last news of the order, not from the list itself. `asked_at`: when the list was asked for, by our
// clock.
[[nodiscard]] bool absence_counts(const Order& order, Timestamp heard_at, Timestamp asked_at);

// The venue's answer to "what do you have open, and what was executed?", by any route.
struct VenueListing {
  AccountId account;
  VenueId venue;
  Timestamp asked_at;                     // by our clock
  std::span<const OrderReport> statuses;  // kStatus, one an order that is open
  std::span<const OrderReport> fills;     // kFilled, also old ones
};

// What to feed, in order: fills by time, statuses, and a kUnknownOrder for every order of `open`
// that the listing should have and has not, and for every order that only its fills name. Fills
// that were booked are dropped by on_report, which knows them. `open` are orders of that account
// and venue; others are left alone. Orders are matched by our id, else by the venue's. O(n log n).
// Clears `out` first.
void reconcile(std::span<const Order> open, const VenueListing& listing,
               std::vector<OrderReport>& out);

}  // namespace keel
