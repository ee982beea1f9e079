#include <keel/model/record.hpp>

namespace keel {

std::string_view to_text(RecordKind kind) {
  switch (kind) {
    case RecordKind::kQuote: return "quote";
    case RecordKind::kTrade: return "trade";
    case RecordKind::kBar: return "bar";
    case RecordKind::kBookDelta: return "book_delta";
    case RecordKind::kBookSnapshot: return "book_snapshot";
    case RecordKind::kMarkPrice: return "mark_price";
    case RecordKind::kFundingRate: return "funding_rate";
    case RecordKind::kOpenInterest: return "open_interest";
    case RecordKind::kInstrumentStatus: return "instrument_status";
    case RecordKind::kMarketGap: return "market_gap";
    case RecordKind::kBookOrder: return "book_order";
    case RecordKind::kAuction: return "auction";
    case RecordKind::kIndexPrice: return "index_price";
    case RecordKind::kOrderReport: return "order_report";
    case RecordKind::kAccountReport: return "account_report";
    case RecordKind::kTimer: return "timer";
    case RecordKind::kHostCommand: return "host_command";
    case RecordKind::kInstrumentDefined: return "instrument_defined";
    case RecordKind::kAccountDefined: return "account_defined";
    case RecordKind::kConnection: return "connection";
    case RecordKind::kRunStarted: return "run_started";
    case RecordKind::kRestarted: return "restarted";
    case RecordKind::kParameter: return "parameter";
    case RecordKind::kModelLoaded: return "model_loaded";
    case RecordKind::kClockJump: return "clock_jump";
    case RecordKind::kOrderHeld: return "order_held";
    case RecordKind::kOrderDenied: return "order_denied";
    case RecordKind::kOrderWorking: return "order_working";
    case RecordKind::kOrderRejected: return "order_rejected";
    case RecordKind::kOrderFilled: return "order_filled";
    case RecordKind::kOrderReplaced: return "order_replaced";
    case RecordKind::kOrderReplaceRejected: return "order_replace_rejected";
    case RecordKind::kOrderCanceled: return "order_canceled";
    case RecordKind::kOrderCancelRejected: return "order_cancel_rejected";
    case RecordKind::kOrderExpired: return "order_expired";
    case RecordKind::kOrderUnknown: return "order_unknown";
    case RecordKind::kOrderTriggered: return "order_triggered";
    case RecordKind::kOrderAdopted: return "order_adopted";
    case RecordKind::kOrderAnomaly: return "order_anomaly";
    case RecordKind::kFillFee: return "fill_fee";
    case RecordKind::kFillBusted: return "fill_busted";
    case RecordKind::kFillCorrected: return "fill_corrected";
    case RecordKind::kCashChanged: return "cash_changed";
    case RecordKind::kPositionChanged: return "position_changed";
    case RecordKind::kPositionBreak: return "position_break";
    case RecordKind::kTradingStateChanged: return "trading_state_changed";
    case RecordKind::kKillSwitchChanged: return "kill_switch_changed";
    case RecordKind::kLimitChanged: return "limit_changed";
    case RecordKind::kEquityMarked: return "equity_marked";
    case RecordKind::kBarClosed: return "bar_closed";
    case RecordKind::kStopMoved: return "stop_moved";
    case RecordKind::kCallbackFailed: return "callback_failed";
    case RecordKind::kBarsSubscribed: return "bars_subscribed";
    case RecordKind::kGuardChanged: return "guard_changed";
    case RecordKind::kSubmit: return "submit";
    case RecordKind::kReplace: return "replace";
    case RecordKind::kCancel: return "cancel";
  }
  return "invalid";
}

}  // namespace keel
