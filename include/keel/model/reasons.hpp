// Why something was denied, rejected or did not fit. Values are on disk: append, never renumber.
#pragma once

#include <cstdint>
#include <string_view>

namespace keel {

// Typed reasons in kOrderDenied (by keel, before anything left), kOrderRejected (by the venue) and
// kOrderAnomaly (a report that does not fit). `to_text` gives the stable name listed in
// docs/errors.md.
enum class Reason : std::uint16_t {
  kNone = 0,

  // Denied: the request itself
  kUnknownInstrument = 1,
  kUnknownAccount = 2,
  kUnknownOrder = 3,
  kOrderNotOpen = 4,
  kQuantityNotPositive = 5,
  kQuantityIncrement = 6,
  kQuantityTooSmall = 7,
  kQuantityTooLarge = 8,
  kPriceMissing = 9,
  kPriceUnexpected = 10,
  kPriceIncrement = 11,
  kPriceTooLow = 12,
  kPriceTooHigh = 13,
  kTriggerMissing = 14,
  kTriggerUnexpected = 15,
  kTriggerIncrement = 16,
  kExpiryMissing = 17,
  kExpiryInPast = 18,
  kTypeNotSupported = 19,
  kTimeInForceNotSupported = 20,
  kFlagsConflict = 21,
  kDuplicateClientId = 22,
  kNothingToReplace = 23,
  kTooManyOrders = 24,    // the ring of order slots is full of open orders
  kTooManyRequests = 25,  // more than 64 requests in one transaction
  kIdsExhausted = 26,
  kUnknownVenue = 27,
  kDisplayTooLarge = 28,
  kInvalidField = 29,     // a field holds no value of its kind
  kCommandInFlight = 30,  // an earlier command about the order has no answer yet
  kGroupLeg = 31,         // another order of the same group was denied
  kNoTriggerPrice = 32,   // no price of the kind that the order is watched by
  kBracketPrices = 33,    // an exit that would close its entry at once, or two on the wrong sides

  // Denied: risk rules
  kTradingHalted = 40,
  kReducingOnly = 41,
  kKillSwitch = 42,
  kInstrumentNotTradable = 43,
  kNoReferencePrice = 44,
  kStaleReferencePrice = 45,
  kCrossedMarket = 46,
  kMarketGap = 47,
  kNotionalTooSmall = 48,
  kNotionalTooLarge = 49,
  kPriceCollar = 50,
  kBuyingPower = 51,
  kPositionLimit = 52,
  kGrossExposure = 53,
  kNetExposure = 54,
  kConcentration = 55,
  kLeverage = 56,
  kOrderRate = 57,
  kDailyLoss = 58,
  kDrawdown = 59,
  kOrderQuantityLimit = 60,
  kReduceOnlyViolation = 61,
  kNoConversionRate = 62,
  kStaleApproval = 63,
  kOverflow = 64,
  kRecovering = 65,  // new risk is denied until state is rebuilt and reconciled
  kOpenOrdersLimit = 66,
  kPositionBreak = 67,  // the venue holds another position than we do, and nobody has accepted it
  kDeadMan = 68,        // the host's heartbeat was lost

  // Rejected or refused on the way
  kVenueRejected = 100,  // the venue said no; the report's text says why
  kBackpressure = 101,   // known not sent: the venue could not take it
  kNotConnected = 102,   // known not sent
  kJournalFailed = 103,  // known not sent: could not be made durable
  kPostOnlyWouldTake = 104,
  kNoLiquidity = 105,  // IOC, FOK or market order that found nothing
  kInsufficientFunds = 106,
  kVenueUnknownOrder = 107,
  kMarketClosed = 108,
  kDayEnded = 109,
  kSelfTrade = 110,

  // Canceled because
  kByRequest = 130,
  kByKillSwitch = 131,
  kBySibling = 132,  // the other leg of an OCO filled or went away
  kByParent = 133,
  kByDisconnect = 134,
  kByVenue = 135,
  kByDeadMan = 136,     // the host's heartbeat was lost
  kByExpiry = 137,      // keel ends it: the venue has no such time in force, or it was held
  kBySlices = 138,      // a held iceberg, all of which went out in slices
  kByInstrument = 139,  // its instrument expired or changed

  // Anomalies
  kDuplicateExecution = 160,
  kFillAfterTerminal = 161,
  kOverfill = 162,
  kFillOfUnknownOrder = 163,
  kReportOutOfOrder = 164,
  kDuplicateReport = 165,
  kUnknownExecution = 166,  // a bust, correction or fee for a fill that we never booked
  kTermsDiffer = 167,
  kMissingAtVenue = 168,     // reconciliation: we have it open, the venue does not
  kCumulativeDiffers = 169,  // the venue's sum of fills is not the sum of those that we booked

  // Fate unknown because
  kRestartedInFlight = 190,
  kConnectionLost = 191,
  kTimedOut = 192,

  // Trading halted because
  kCrashedTwice = 220,  // the process ended more than once on one input; the fact's name says which
};

// "risk.position_limit", "order.quantity_increment", "venue.rejected": stable.
std::string_view to_text(Reason reason);
// One sentence for people.
std::string_view explain(Reason reason);

}  // namespace keel
