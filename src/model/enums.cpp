#include <keel/model/enums.hpp>

#include <span>
#include <string>

namespace keel {

namespace {

template <class E>
struct Name {
  E value;
  std::string_view text;
};

template <class E, std::size_t N>
std::string_view text_of(const Name<E> (&names)[N], E value) {
  for (const auto& name : names)
    if (name.value == value) return name.text;
  return "invalid";
}

template <class E, std::size_t N>
Result<E> value_of(const Name<E> (&names)[N], std::string_view text, const char* field) {
  std::string known;
  for (const auto& name : names) {
    if (name.text == text) return name.value;
    if (!known.empty()) known += ", ";
    known += name.text;
  }
  return Error{
      core_errors::kUnknownName, field, std::string{text.substr(0, 40)}, "one of " + known, {}};
}

constexpr Name<Side> kSides[] = {{Side::kBuy, "buy"}, {Side::kSell, "sell"}};
constexpr Name<OrderType> kOrderTypes[] = {{OrderType::kMarket, "market"},
                                           {OrderType::kLimit, "limit"},
                                           {OrderType::kStop, "stop"},
                                           {OrderType::kStopLimit, "stop_limit"},
                                           {OrderType::kMarketToLimit, "market_to_limit"},
                                           {OrderType::kMarketIfTouched, "market_if_touched"},
                                           {OrderType::kLimitIfTouched, "limit_if_touched"},
                                           {OrderType::kTrailingStop, "trailing_stop"},
                                           {OrderType::kTrailingStopLimit, "trailing_stop_limit"},
                                           {OrderType::kPegged, "pegged"}};
constexpr Name<TimeInForce> kTifs[] = {
    {TimeInForce::kGtc, "gtc"},         {TimeInForce::kDay, "day"},
    {TimeInForce::kIoc, "ioc"},         {TimeInForce::kFok, "fok"},
    {TimeInForce::kGtd, "gtd"},         {TimeInForce::kAtOpen, "at_open"},
    {TimeInForce::kAtClose, "at_close"}};
constexpr Name<TriggerBy> kTriggers[] = {{TriggerBy::kDefault, "default"},
                                         {TriggerBy::kLast, "last"},
                                         {TriggerBy::kBidAsk, "bid_ask"},
                                         {TriggerBy::kMark, "mark"},
                                         {TriggerBy::kMid, "mid"}};
constexpr Name<TrailUnit> kTrailUnits[] = {{TrailUnit::kNone, "none"},
                                           {TrailUnit::kAmount, "amount"},
                                           {TrailUnit::kPercent, "percent"},
                                           {TrailUnit::kTicks, "ticks"}};
constexpr Name<Liquidity> kLiquidities[] = {{Liquidity::kUnknown, "unknown"},
                                            {Liquidity::kMaker, "maker"},
                                            {Liquidity::kTaker, "taker"},
                                            {Liquidity::kAuction, "auction"}};
constexpr Name<OrderState> kStates[] = {{OrderState::kNone, "none"},
                                        {OrderState::kHeld, "held"},
                                        {OrderState::kSubmitted, "submitted"},
                                        {OrderState::kWorking, "working"},
                                        {OrderState::kPendingReplace, "pending_replace"},
                                        {OrderState::kPendingCancel, "pending_cancel"},
                                        {OrderState::kUnknown, "unknown"},
                                        {OrderState::kFilled, "filled"},
                                        {OrderState::kCanceled, "canceled"},
                                        {OrderState::kRejected, "rejected"},
                                        {OrderState::kExpired, "expired"}};
constexpr Name<Contingency> kContingencies[] = {{Contingency::kNone, "none"},
                                                {Contingency::kOto, "oto"},
                                                {Contingency::kOco, "oco"},
                                                {Contingency::kOuo, "ouo"}};
constexpr Name<InstrumentKind> kKinds[] = {
    {InstrumentKind::kSpot, "spot"},
    {InstrumentKind::kPerpetual, "perpetual"},
    {InstrumentKind::kFuture, "future"},
    {InstrumentKind::kOption, "option"},
    {InstrumentKind::kEquity, "equity"},
    {InstrumentKind::kEtf, "etf"},
    {InstrumentKind::kCfd, "cfd"},
    {InstrumentKind::kIndex, "index"},
    {InstrumentKind::kBond, "bond"},
    {InstrumentKind::kFxPair, "fx_pair"},
    {InstrumentKind::kCombo, "combo"},
    {InstrumentKind::kSynthetic, "synthetic"},
    {InstrumentKind::kContinuousFuture, "continuous_future"}};
constexpr Name<OptionRight> kRights[] = {
    {OptionRight::kNone, "none"}, {OptionRight::kCall, "call"}, {OptionRight::kPut, "put"}};
constexpr Name<RollBy> kRolls[] = {{RollBy::kNone, "none"},
                                   {RollBy::kDaysBeforeExpiry, "days_before_expiry"},
                                   {RollBy::kVolume, "volume"},
                                   {RollBy::kOpenInterest, "open_interest"},
                                   {RollBy::kCalendar, "calendar"}};
constexpr Name<BackAdjust> kAdjusts[] = {{BackAdjust::kNone, "none"},
                                         {BackAdjust::kDifference, "difference"},
                                         {BackAdjust::kRatio, "ratio"}};
constexpr Name<InstrumentStatus> kStatuses[] = {
    {InstrumentStatus::kTrading, "trading"},  {InstrumentStatus::kHalted, "halted"},
    {InstrumentStatus::kPreOpen, "pre_open"}, {InstrumentStatus::kAuction, "auction"},
    {InstrumentStatus::kClosed, "closed"},    {InstrumentStatus::kExpired, "expired"}};
constexpr Name<BookAction> kBookActions[] = {{BookAction::kAdd, "add"},
                                             {BookAction::kModify, "modify"},
                                             {BookAction::kCancel, "cancel"},
                                             {BookAction::kFill, "fill"},
                                             {BookAction::kClear, "clear"}};
constexpr Name<AuctionKind> kAuctionKinds[] = {
    {AuctionKind::kUnknown, "unknown"},     {AuctionKind::kOpening, "opening"},
    {AuctionKind::kClosing, "closing"},     {AuctionKind::kIntraday, "intraday"},
    {AuctionKind::kReopening, "reopening"}, {AuctionKind::kIpo, "ipo"}};
constexpr Name<AccountKind> kAccountKinds[] = {{AccountKind::kCash, "cash"},
                                               {AccountKind::kMargin, "margin"}};
constexpr Name<AccountRealm> kRealms[] = {{AccountRealm::kLive, "live"},
                                          {AccountRealm::kPaper, "paper"},
                                          {AccountRealm::kSimulated, "simulated"},
                                          {AccountRealm::kShadow, "shadow"}};
constexpr Name<PositionMode> kModes[] = {{PositionMode::kNetting, "netting"},
                                         {PositionMode::kHedging, "hedging"}};
constexpr Name<TradingState> kTradingStates[] = {{TradingState::kActive, "active"},
                                                 {TradingState::kReducing, "reducing"},
                                                 {TradingState::kHalted, "halted"}};
constexpr Name<KillLevel> kKillLevels[] = {{KillLevel::kOff, "off"},
                                           {KillLevel::kNoNewOrders, "no_new_orders"},
                                           {KillLevel::kCancelAll, "cancel_all"},
                                           {KillLevel::kFlatten, "flatten"}};
constexpr Name<ConnectionState> kConnections[] = {{ConnectionState::kDown, "down"},
                                                  {ConnectionState::kConnecting, "connecting"},
                                                  {ConnectionState::kReconciling, "reconciling"},
                                                  {ConnectionState::kUp, "up"}};

}  // namespace

std::string_view to_text(Side value) { return text_of(kSides, value); }
std::string_view to_text(OrderType value) { return text_of(kOrderTypes, value); }
std::string_view to_text(TimeInForce value) { return text_of(kTifs, value); }
std::string_view to_text(TriggerBy value) { return text_of(kTriggers, value); }
std::string_view to_text(TrailUnit value) { return text_of(kTrailUnits, value); }
std::string_view to_text(Liquidity value) { return text_of(kLiquidities, value); }
std::string_view to_text(OrderState value) { return text_of(kStates, value); }
std::string_view to_text(Contingency value) { return text_of(kContingencies, value); }
std::string_view to_text(InstrumentKind value) { return text_of(kKinds, value); }
std::string_view to_text(OptionRight value) { return text_of(kRights, value); }
std::string_view to_text(RollBy value) { return text_of(kRolls, value); }
std::string_view to_text(BackAdjust value) { return text_of(kAdjusts, value); }
std::string_view to_text(InstrumentStatus value) { return text_of(kStatuses, value); }
std::string_view to_text(BookAction value) { return text_of(kBookActions, value); }
std::string_view to_text(AuctionKind value) { return text_of(kAuctionKinds, value); }
std::string_view to_text(AccountKind value) { return text_of(kAccountKinds, value); }
std::string_view to_text(AccountRealm value) { return text_of(kRealms, value); }
std::string_view to_text(PositionMode value) { return text_of(kModes, value); }
std::string_view to_text(TradingState value) { return text_of(kTradingStates, value); }
std::string_view to_text(KillLevel value) { return text_of(kKillLevels, value); }
std::string_view to_text(ConnectionState value) { return text_of(kConnections, value); }

Result<Side> parse_side(std::string_view text) { return value_of(kSides, text, "side"); }
Result<OrderType> parse_order_type(std::string_view text) {
  return value_of(kOrderTypes, text, "order_type");
}
Result<TimeInForce> parse_time_in_force(std::string_view text) {
  return value_of(kTifs, text, "time_in_force");
}
Result<TriggerBy> parse_trigger_by(std::string_view text) {
  return value_of(kTriggers, text, "trigger_by");
}
Result<InstrumentKind> parse_instrument_kind(std::string_view text) {
  return value_of(kKinds, text, "kind");
}
Result<AccountKind> parse_account_kind(std::string_view text) {
  return value_of(kAccountKinds, text, "account_kind");
}
Result<AccountRealm> parse_account_realm(std::string_view text) {
  return value_of(kRealms, text, "realm");
}
Result<PositionMode> parse_position_mode(std::string_view text) {
  return value_of(kModes, text, "position_mode");
}
Result<TradingState> parse_trading_state(std::string_view text) {
  return value_of(kTradingStates, text, "trading_state");
}
Result<KillLevel> parse_kill_level(std::string_view text) {
  return value_of(kKillLevels, text, "kill_level");
}

}  // namespace keel
