// Every message that is heard: used where the client has a use for it, and shown to the listener.
#include <algorithm>

#include "adapters/tws/client_state.hpp"

namespace keel::tws {

#define KEEL_TWS_HEAR(Message)                        \
  void ClientCore::Impl::on(const Message& message) { \
    use(message);                                     \
    show(message);                                    \
  }

KEEL_TWS_RESPONSES(KEEL_TWS_HEAR)
#undef KEEL_TWS_HEAR

void ClientCore::Impl::use(const ManagedAccounts& accounts) {
  managed.clear();
  for (std::size_t at = 0; at < accounts.accounts_list.size();) {
    const auto end = std::min(accounts.accounts_list.find(',', at), accounts.accounts_list.size());
    if (end > at) managed.push_back(accounts.accounts_list.substr(at, end - at));
    at = end + 1;
  }
  heard_start();
}
void ClientCore::Impl::use(const NextValidId& id) {
  next_valid = id.order_id;
  has_next = true;
  heard_start();
}
void ClientCore::Impl::use(const MarketDepth& rows) { depth(rows.req_id, rows.market_depth_data); }
void ClientCore::Impl::use(const MarketDepthL2& rows) {
  depth(rows.req_id, rows.market_depth_data);
}
void ClientCore::Impl::use(const ExecutionDetailsEnd& end) {
  if (step == ListingStep::kExecutions && end.req_id == listing_request) next_step();
}
void ClientCore::Impl::use(const OpenOrdersEnd&) {
  if (step == ListingStep::kOrders) next_step();
}
void ClientCore::Impl::use(const CompletedOrdersEnd&) {
  if (step == ListingStep::kCompleted) next_step();
}
void ClientCore::Impl::use(const PositionEnd&) {
  if (step == ListingStep::kPositions) next_step();
}
void ClientCore::Impl::use(const AccountSummaryEnd& end) {
  if (step == ListingStep::kSummary && end.req_id == listing_request) next_step();
}

}  // namespace keel::tws
