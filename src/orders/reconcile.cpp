#include <algorithm>
#include <numeric>

#include <keel/orders/reconcile.hpp>

namespace keel {

bool absence_counts(const Order& order, Timestamp heard_at, Timestamp asked_at) {
  switch (order.state) {
    case OrderState::kUnknown: return heard_at < asked_at;
    case OrderState::kWorking:
    case OrderState::kPendingReplace:
    case OrderState::kPendingCancel: return order.is_seen() && heard_at < asked_at;
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
  explicit Names(std::span<const Order> orders) {
    for (const Order& order : orders) {
      ours.push_back(order.id.value);
      if (!order.venue_order_id.empty()) theirs.push_back(order.venue_order_id);
    }
    std::sort(ours.begin(), ours.end());
    std::sort(theirs.begin(), theirs.end());
  }
  [[nodiscard]] bool has(OrderId id, const VenueOrderId& name) const {
    return (!id.is_none() && std::binary_search(ours.begin(), ours.end(), id.value)) ||
           (!name.empty() && std::binary_search(theirs.begin(), theirs.end(), name));
  }
};

OrderReport not_known(const VenueListing& listing, InstrumentId instrument, OrderId id) {
  OrderReport report = make_record<OrderReport>(RecordKind::kOrderReport);
  report.header.flags = OrderReport::kSnapshot;
  report.header.instrument = instrument;
  report.kind = ReportKind::kUnknownOrder;
  report.order = id;
  report.account = listing.account;
  report.venue = listing.venue;
  report.reason = Reason::kMissingAtVenue;
  return report;
}

}  // namespace

void reconcile(std::span<const Order> open, const VenueListing& listing,
               std::vector<OrderReport>& out) {
  // By time; at one time as they are listed.
  std::vector<std::size_t> order(listing.fills.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const Timestamp first = listing.fills[a].header.ts_event;
    const Timestamp second = listing.fills[b].header.ts_event;
    return first != second ? first < second : a < b;
  });
  out.clear();
  for (const std::size_t at : order) out.push_back(listing.fills[at]);
  out.insert(out.end(), listing.statuses.begin(), listing.statuses.end());
  for (OrderReport& report : out) report.header.flags |= OrderReport::kSnapshot;

  const Names listed{listing.statuses}, known{open};
  for (const Order& own : open) {
    if (!(own.account == listing.account) || !(own.venue == listing.venue) || !own.is_open() ||
        listed.has(own.id, own.venue_order_id))
      continue;
    if (absence_counts(own, own.updated, listing.asked_at))
      out.push_back(not_known(listing, own.instrument, own.id));
  }
  for (const OrderReport& fill : listing.fills) {
    if (listed.has(fill.order, fill.venue_order_id) || known.has(fill.order, fill.venue_order_id))
      continue;
    OrderReport missing = not_known(listing, fill.header.instrument, fill.order);
    missing.venue_order_id = fill.venue_order_id;
    missing.client_id = fill.client_id;
    out.push_back(missing);
  }
}

}  // namespace keel
