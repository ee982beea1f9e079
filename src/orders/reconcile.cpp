#include <algorithm>

#include <keel/orders/reconcile.hpp>

namespace keel {

bool absence_counts(const Order& order, Timestamp asked_at) {
  switch (order.state) {
    case OrderState::kUnknown: return order.updated < asked_at;
    case OrderState::kWorking:
    case OrderState::kPendingReplace:
    case OrderState::kPendingCancel: return order.is_seen() && order.updated < asked_at;
    default: return false;
  }
}

namespace {

// Names that the listing has, sorted, so that each of our orders is looked up in log n.
struct Names {
  std::vector<std::uint64_t> ours;
  std::vector<VenueOrderId> theirs;

  explicit Names(std::span<const OrderReport> statuses) {
    ours.reserve(statuses.size());
    theirs.reserve(statuses.size());
    for (const OrderReport& status : statuses) {
      if (!status.order.is_none()) ours.push_back(status.order.value);
      if (!status.venue_order_id.empty()) theirs.push_back(status.venue_order_id);
    }
    std::sort(ours.begin(), ours.end());
    std::sort(theirs.begin(), theirs.end());
  }
  [[nodiscard]] bool has(const Order& order) const {
    return std::binary_search(ours.begin(), ours.end(), order.id.value) ||
           (!order.venue_order_id.empty() &&
            std::binary_search(theirs.begin(), theirs.end(), order.venue_order_id));
  }
};

}  // namespace

void reconcile(std::span<const Order> open, const VenueListing& listing,
               std::vector<OrderReport>& out) {
  out.assign(listing.fills.begin(), listing.fills.end());
  std::stable_sort(out.begin(), out.end(), [](const OrderReport& a, const OrderReport& b) {
    return a.header.ts_event < b.header.ts_event;
  });
  out.insert(out.end(), listing.statuses.begin(), listing.statuses.end());
  for (OrderReport& report : out) report.header.flags |= OrderReport::kSnapshot;

  const Names listed{listing.statuses};
  for (const Order& order : open) {
    if (!(order.account == listing.account) || !(order.venue == listing.venue) ||
        !order.is_open() || listed.has(order))
      continue;
    if (!absence_counts(order, listing.asked_at)) continue;
    OrderReport missing = make_record<OrderReport>(RecordKind::kOrderReport);
    missing.header.flags = OrderReport::kSnapshot;
    missing.header.instrument = order.instrument;
    missing.kind = ReportKind::kUnknownOrder;
    missing.order = order.id;
    missing.account = order.account;
    missing.venue = order.venue;
    missing.reason = Reason::kMissingAtVenue;
    out.push_back(missing);
  }
}

}  // namespace keel
