#include <keel/model/reasons.hpp>

namespace keel {

// NOLINTNEXTLINE(readability-function-size): a table
std::string_view to_text(Reason reason) {
  switch (reason) {
    case Reason::kNone: return "none";
    case Reason::kUnknownInstrument: return "order.unknown_instrument";
    case Reason::kUnknownAccount: return "order.unknown_account";
    case Reason::kUnknownOrder: return "order.unknown_order";
    case Reason::kOrderNotOpen: return "order.not_open";
    case Reason::kQuantityNotPositive: return "order.quantity_not_positive";
    case Reason::kQuantityIncrement: return "order.quantity_increment";
    case Reason::kQuantityTooSmall: return "order.quantity_too_small";
    case Reason::kQuantityTooLarge: return "order.quantity_too_large";
    case Reason::kPriceMissing: return "order.price_missing";
    case Reason::kPriceUnexpected: return "order.price_unexpected";
    case Reason::kPriceIncrement: return "order.price_increment";
    case Reason::kPriceTooLow: return "order.price_too_low";
    case Reason::kPriceTooHigh: return "order.price_too_high";
    case Reason::kTriggerMissing: return "order.trigger_missing";
    case Reason::kTriggerUnexpected: return "order.trigger_unexpected";
    case Reason::kTriggerIncrement: return "order.trigger_increment";
    case Reason::kExpiryMissing: return "order.expiry_missing";
    case Reason::kExpiryInPast: return "order.expiry_in_past";
    case Reason::kTypeNotSupported: return "order.type_not_supported";
    case Reason::kTimeInForceNotSupported: return "order.time_in_force_not_supported";
    case Reason::kFlagsConflict: return "order.flags_conflict";
    case Reason::kDuplicateClientId: return "order.duplicate_client_id";
    case Reason::kNothingToReplace: return "order.nothing_to_replace";
    case Reason::kTooManyOrders: return "order.too_many_orders";
    case Reason::kTooManyRequests: return "order.too_many_requests";
    case Reason::kIdsExhausted: return "order.ids_exhausted";
    case Reason::kUnknownVenue: return "order.unknown_venue";
    case Reason::kDisplayTooLarge: return "order.display_too_large";
    case Reason::kInvalidField: return "order.invalid_field";
    case Reason::kCommandInFlight: return "order.command_in_flight";
    case Reason::kGroupLeg: return "order.group_leg";
    case Reason::kNoTriggerPrice: return "order.no_trigger_price";
    case Reason::kBracketPrices: return "order.bracket_prices";
    case Reason::kTradingHalted: return "risk.trading_halted";
    case Reason::kReducingOnly: return "risk.reducing_only";
    case Reason::kKillSwitch: return "risk.kill_switch";
    case Reason::kInstrumentNotTradable: return "risk.instrument_not_tradable";
    case Reason::kNoReferencePrice: return "risk.no_reference_price";
    case Reason::kStaleReferencePrice: return "risk.stale_reference_price";
    case Reason::kCrossedMarket: return "risk.crossed_market";
    case Reason::kMarketGap: return "risk.market_gap";
    case Reason::kNotionalTooSmall: return "risk.notional_too_small";
    case Reason::kNotionalTooLarge: return "risk.notional_too_large";
    case Reason::kPriceCollar: return "risk.price_collar";
    case Reason::kBuyingPower: return "risk.buying_power";
    case Reason::kPositionLimit: return "risk.position_limit";
    case Reason::kGrossExposure: return "risk.gross_exposure";
    case Reason::kNetExposure: return "risk.net_exposure";
    case Reason::kConcentration: return "risk.concentration";
    case Reason::kLeverage: return "risk.leverage";
    case Reason::kOrderRate: return "risk.order_rate";
    case Reason::kDailyLoss: return "risk.daily_loss";
    case Reason::kDrawdown: return "risk.drawdown";
    case Reason::kOrderQuantityLimit: return "risk.order_quantity_limit";
    case Reason::kReduceOnlyViolation: return "risk.reduce_only_violation";
    case Reason::kNoConversionRate: return "risk.no_conversion_rate";
    case Reason::kStaleApproval: return "risk.stale_approval";
    case Reason::kOverflow: return "risk.overflow";
    case Reason::kRecovering: return "risk.recovering";
    case Reason::kOpenOrdersLimit: return "risk.open_orders_limit";
    case Reason::kPositionBreak: return "risk.position_break";
    case Reason::kDeadMan: return "risk.dead_man";
    case Reason::kVenueRejected: return "venue.rejected";
    case Reason::kBackpressure: return "venue.backpressure";
    case Reason::kNotConnected: return "venue.not_connected";
    case Reason::kJournalFailed: return "venue.journal_failed";
    case Reason::kPostOnlyWouldTake: return "venue.post_only_would_take";
    case Reason::kNoLiquidity: return "venue.no_liquidity";
    case Reason::kInsufficientFunds: return "venue.insufficient_funds";
    case Reason::kVenueUnknownOrder: return "venue.unknown_order";
    case Reason::kMarketClosed: return "venue.market_closed";
    case Reason::kDayEnded: return "venue.day_ended";
    case Reason::kSelfTrade: return "venue.self_trade";
    case Reason::kByRequest: return "cancel.by_request";
    case Reason::kByKillSwitch: return "cancel.by_kill_switch";
    case Reason::kBySibling: return "cancel.by_sibling";
    case Reason::kByParent: return "cancel.by_parent";
    case Reason::kByDisconnect: return "cancel.by_disconnect";
    case Reason::kByVenue: return "cancel.by_venue";
    case Reason::kByDeadMan: return "cancel.by_dead_man";
    case Reason::kByExpiry: return "cancel.by_expiry";
    case Reason::kBySlices: return "cancel.by_slices";
    case Reason::kByInstrument: return "cancel.by_instrument";
    case Reason::kDuplicateExecution: return "anomaly.duplicate_execution";
    case Reason::kFillAfterTerminal: return "anomaly.fill_after_terminal";
    case Reason::kOverfill: return "anomaly.overfill";
    case Reason::kFillOfUnknownOrder: return "anomaly.fill_of_unknown_order";
    case Reason::kReportOutOfOrder: return "anomaly.report_out_of_order";
    case Reason::kDuplicateReport: return "anomaly.duplicate_report";
    case Reason::kUnknownExecution: return "anomaly.unknown_execution";
    case Reason::kTermsDiffer: return "anomaly.terms_differ";
    case Reason::kMissingAtVenue: return "anomaly.missing_at_venue";
    case Reason::kCumulativeDiffers: return "anomaly.cumulative_differs";
    case Reason::kRestartedInFlight: return "unknown.restarted_in_flight";
    case Reason::kConnectionLost: return "unknown.connection_lost";
    case Reason::kTimedOut: return "unknown.timed_out";
    case Reason::kCrashedTwice: return "halted.crashed_twice";
  }
  return "invalid";
}

// NOLINTNEXTLINE(readability-function-size): a table
std::string_view explain(Reason reason) {
  switch (reason) {
    case Reason::kNone: return "no reason";
    case Reason::kUnknownInstrument: return "the instrument is not listed";
    case Reason::kUnknownAccount: return "the account is not declared";
    case Reason::kUnknownOrder: return "no order of that id is known";
    case Reason::kOrderNotOpen: return "the order has ended";
    case Reason::kQuantityNotPositive: return "the quantity must be above zero";
    case Reason::kQuantityIncrement:
      return "the quantity is not a multiple of the instrument's increment";
    case Reason::kQuantityTooSmall: return "the quantity is below the instrument's minimum";
    case Reason::kQuantityTooLarge: return "the quantity is above the instrument's maximum";
    case Reason::kPriceMissing: return "this order type needs a limit price";
    case Reason::kPriceUnexpected: return "this order type takes no limit price";
    case Reason::kPriceIncrement:
      return "the price is not a multiple of the instrument's increment";
    case Reason::kPriceTooLow: return "the price is below the instrument's minimum";
    case Reason::kPriceTooHigh: return "the price is above the instrument's maximum";
    case Reason::kTriggerMissing: return "this order type needs a trigger price";
    case Reason::kTriggerUnexpected: return "this order type takes no trigger price";
    case Reason::kTriggerIncrement:
      return "the trigger price is not a multiple of the instrument's increment";
    case Reason::kExpiryMissing: return "good-till-date needs an expiry";
    case Reason::kExpiryInPast: return "the expiry has passed";
    case Reason::kTypeNotSupported: return "the venue has no such order type";
    case Reason::kTimeInForceNotSupported: return "the venue has no such time in force";
    case Reason::kFlagsConflict: return "these flags exclude each other";
    case Reason::kDuplicateClientId: return "the client order id was used before";
    case Reason::kNothingToReplace: return "the replace changes nothing";
    case Reason::kTooManyOrders: return "every order slot holds an open order";
    case Reason::kTooManyRequests: return "more requests in one transaction than allowed";
    case Reason::kIdsExhausted: return "this run has used all its order ids";
    case Reason::kUnknownVenue: return "the venue is not connected to this engine";
    case Reason::kDisplayTooLarge: return "the displayed quantity is above the quantity";
    case Reason::kInvalidField: return "a field holds no value of its kind";
    case Reason::kCommandInFlight: return "an earlier command about the order has no answer yet";
    case Reason::kGroupLeg: return "another order of the same group was denied";
    case Reason::kBracketPrices:
      return "a stop beyond its entry, or a target before it: it would close the position at once";
    case Reason::kNoTriggerPrice:
      return "there is no price of the kind that the order is watched by";
    case Reason::kTradingHalted: return "trading is halted";
    case Reason::kReducingOnly: return "only orders that reduce a position are allowed";
    case Reason::kKillSwitch: return "the kill switch is on";
    case Reason::kInstrumentNotTradable: return "the instrument is not trading now";
    case Reason::kNoReferencePrice: return "no price is known to judge the order by";
    case Reason::kStaleReferencePrice: return "the latest price is too old to judge the order by";
    case Reason::kCrossedMarket: return "the bid is above the ask";
    case Reason::kMarketGap: return "market data of the instrument has a gap";
    case Reason::kNotionalTooSmall: return "the order's value is below the minimum";
    case Reason::kNotionalTooLarge: return "the order's value is above the maximum";
    case Reason::kPriceCollar: return "the price is too far from the reference price";
    case Reason::kBuyingPower: return "the account cannot pay for it";
    case Reason::kPositionLimit: return "the position could pass its limit";
    case Reason::kGrossExposure: return "gross exposure could pass its limit";
    case Reason::kNetExposure: return "net exposure could pass its limit";
    case Reason::kConcentration: return "one instrument would be too large a part of equity";
    case Reason::kLeverage: return "leverage could pass its limit";
    case Reason::kOrderRate: return "too many orders in the time window";
    case Reason::kDailyLoss: return "the loss of the day is above its limit";
    case Reason::kDrawdown: return "the drawdown is above its limit";
    case Reason::kOrderQuantityLimit: return "the order is larger than the limit for one order";
    case Reason::kReduceOnlyViolation: return "a reduce-only order would open or turn a position";
    case Reason::kNoConversionRate: return "no rate is known to the account's currency";
    case Reason::kStaleApproval: return "the approval is of an older state";
    case Reason::kOverflow: return "the numbers of this order do not fit";
    case Reason::kRecovering: return "state is being rebuilt after a restart";
    case Reason::kOpenOrdersLimit: return "too many open orders";
    case Reason::kPositionBreak:
      return "the venue holds another position, and nobody has accepted the difference";
    case Reason::kDeadMan: return "the host's heartbeat was lost, and nobody has lifted the halt";
    case Reason::kVenueRejected: return "the venue rejected it";
    case Reason::kBackpressure: return "not sent: the venue's queue is full";
    case Reason::kNotConnected: return "not sent: no connection";
    case Reason::kJournalFailed: return "not sent: the journal could not be written";
    case Reason::kPostOnlyWouldTake: return "a post-only order would have taken liquidity";
    case Reason::kNoLiquidity: return "nothing to trade with";
    case Reason::kInsufficientFunds: return "the venue says that funds are missing";
    case Reason::kVenueUnknownOrder: return "the venue does not know the order";
    case Reason::kMarketClosed: return "the market is closed";
    case Reason::kDayEnded: return "the trading day ended";
    case Reason::kSelfTrade: return "it would have traded with an own order";
    case Reason::kByRequest: return "canceled on request";
    case Reason::kByKillSwitch: return "canceled by the kill switch";
    case Reason::kBySibling: return "canceled because a linked order filled or ended";
    case Reason::kByParent: return "canceled because its parent ended";
    case Reason::kByDisconnect: return "canceled because the connection was lost";
    case Reason::kByVenue: return "canceled by the venue";
    case Reason::kByDeadMan: return "canceled because the host's heartbeat was lost";
    case Reason::kByExpiry: return "its time was over; keel ended it, not the venue";
    case Reason::kBySlices: return "a held iceberg, all of which went out in slices";
    case Reason::kByInstrument: return "canceled because its instrument expired or changed";
    case Reason::kDuplicateExecution: return "a fill that was booked before; not booked again";
    case Reason::kFillAfterTerminal: return "a fill of an order that had ended; booked";
    case Reason::kOverfill: return "more was filled than ordered; booked";
    case Reason::kFillOfUnknownOrder:
      return "a fill of an order that we did not send; booked to an external order";
    case Reason::kReportOutOfOrder: return "a report that comes too late to change anything";
    case Reason::kDuplicateReport: return "a report that says nothing new";
    case Reason::kUnknownExecution: return "it refers to a fill that was never booked";
    case Reason::kTermsDiffer: return "the venue has other terms than we do";
    case Reason::kMissingAtVenue: return "open here, not open at the venue";
    case Reason::kCumulativeDiffers:
      return "the venue's sum of fills is not the sum of those that were booked";
    case Reason::kRestartedInFlight: return "a command was in flight when the process ended";
    case Reason::kConnectionLost: return "a command was in flight when the connection was lost";
    case Reason::kTimedOut: return "no answer in time";
    case Reason::kCrashedTwice: return "the process ended more than once on the same input";
  }
  return "invalid";
}

}  // namespace keel
