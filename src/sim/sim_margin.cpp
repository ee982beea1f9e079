#include <algorithm>

#include "sim/sim_core.hpp"

namespace keel {

using namespace sim_detail;
using detail::i128;

namespace {

constexpr Timestamp kNever{std::numeric_limits<std::int64_t>::max()};
// Orders of the venue's own get ids that no engine makes: engine number 1023, run all ones.
constexpr std::uint64_t kOwnIds = 0xFFFFFFFF00000000u;

}  // namespace

// What a position is valued at: the mark price, else the last trade, else the middle of the quote.
std::optional<Price> SimCore::valuation(const Book& at) const {
  if (at.has_mark) return at.mark;
  if (at.has_last) return at.last;
  if (!at.bid.present || !at.ask.present) return std::nullopt;
  const i128 sum = static_cast<i128>(at.bid.price.raw()) + at.ask.price.raw();
  return Price::from_raw(static_cast<std::int64_t>(sum / 2));
}

// ---- funding ----

void SimCore::on_funding(const MarketValue& value) {
  Book& at = book(value.header.instrument);
  at.funding_rate = value.rate;
  if (value.next_time.ns == 0 || value.next_time < now_) return;
  // A rate of the settlement that is due, or of the one after it.
  if (at.funding_at == kNever) funded_.push_back(value.header.instrument);
  at.funding_at = value.next_time;
  next_funding_ = kNever;
  for (const InstrumentId id : funded_)
    next_funding_ = std::min(next_funding_, book(id).funding_at);
}

// The instruments whose settlement is now: longs pay the rate on their worth to shorts, or are paid
// where it is below zero.
void SimCore::settle_funding() {
  const Timestamp due = next_funding_;
  next_funding_ = kNever;
  std::erase_if(funded_, [&](InstrumentId id) {
    Book& at = book(id);
    if (at.funding_at != due) {
      next_funding_ = std::min(next_funding_, at.funding_at);
      return false;
    }
    at.funding_at = kNever;
    if (const auto price = valuation(at)) pay_funding(id, *price, at.funding_rate);
    return true;
  });
}

void SimCore::pay_funding(InstrumentId id, Price price, Rate rate) {
  const Instrument& instrument = registry_->get(id);
  const FeeSchedule& schedule = fees_[book(id).fees].plan().schedule;
  const int digits = schedule.digits < 0 ? instrument.settlement.minor_digits() : schedule.digits;
  for (std::uint32_t number = 1; number <= config.max_accounts; ++number) {
    const AccountId account{static_cast<std::uint16_t>(number)};
    const Quantity held = accounts.position(account, id);
    if (held.is_zero()) continue;
    const auto notional = instrument.checked_notional(price, abs(held));
    if (!notional) continue;
    const auto share =
        Money{abs(*notional).raw(), instrument.settlement}.times(rate, Rounding::kHalfEven);
    if (!share) continue;
    Money amount = share->rounded(digits, Rounding::kHalfEven);
    if (held.is_positive()) amount = -amount;
    if (!amount.is_zero()) pay(account, id, ChangeKind::kFunding, amount, "-F");
  }
}

// Cash that the venue books by itself, told as the engine takes such changes.
void SimCore::pay(AccountId account, InstrumentId id, ChangeKind kind, const Money& amount,
                  std::string_view what) {
  accounts.add_cash(account, amount);
  HostCommand change = make_record<HostCommand>(RecordKind::kHostCommand);
  change.header.instrument = id;
  change.header.source = config.source;
  change.header.ts_event = now_;
  change.action = HostAction::kChangeCash;
  change.change = kind;
  change.account = account;
  change.value = amount.raw();
  change.currency = amount.currency();
  change.by = numbered(config.prefix, what, next_payment_++);
  ReportMessage about;
  about.local = true;  // a cut does not lose it: no snapshot would tell
  push_report(&change, sizeof change, response_time(), about);
}

// ---- margin ----

// After the price by which an instrument is valued, or a position in it, has changed.
void SimCore::check_margin(InstrumentId id) {
  const auto price = valuation(book(id));
  if (!price) return;
  const Currency& currency = registry_->get(id).settlement;
  for (const SimBalance& balance : config.balances) {
    if (!(balance.amount.currency() == currency)) continue;
    if (accounts.position(balance.account, id).is_zero()) continue;
    accounts.set_mark(balance.account, id, *price);
    check_account(balance.account, currency);
  }
}

void SimCore::check_account(AccountId account, const Currency& currency) {
  const auto standing = accounts.standing(account, currency);
  if (!standing) return;
  auto call = std::find_if(calls_of_margin_.begin(), calls_of_margin_.end(), [&](const auto& each) {
    return each.account == account && each.currency == currency;
  });
  if (standing->equity.wide() >= standing->required.wide()) {
    if (call != calls_of_margin_.end()) calls_of_margin_.erase(call);
    return;
  }
  if (call == calls_of_margin_.end()) {
    calls_of_margin_.push_back({account, currency, now_});
    call = calls_of_margin_.end() - 1;
    ++stats.margin_calls;
    AccountReport report = make_record<AccountReport>(RecordKind::kAccountReport);
    report.header.source = config.source;
    report.header.flags = AccountReport::kMarginCall;
    report.header.ts_event = now_;
    report.account = account;
    report.venue = config.venue;
    report.total = standing->equity;
    report.available = standing->required;
    report.currency = currency;
    push_report(&report, sizeof report, response_time(), ReportMessage{});
  }
  if (now_ - call->since >= config.margin->grace) liquidate(account, currency);
}

// Cancels what the account has open, then closes positions at the market, the one that asks for the
// most margin first.
void SimCore::liquidate(AccountId account, const Currency& currency) {
  bool closing = false;
  for (Slot slot = 0; slot < orders_.size(); ++slot) {
    const SimOrder& order = orders_[slot];
    if (!order.is_open() || order.account != account || !(listed(order).settlement == currency))
      continue;
    if (order.of_venue)
      closing = true;
    else
      end(slot, OrderState::kCanceled, Reason::kByVenue);
  }
  while (!closing) {
    const InstrumentId id = accounts.largest_requirement(account, currency);
    if (id.value == 0) return;
    const Quantity held = accounts.position(account, id);
    ++stats.liquidations;
    closing = !close_out(account, id, held);
    const auto standing = accounts.standing(account, currency);
    const bool enough = standing && standing->equity.wide() >= standing->required.wide();
    if (config.margin->until_enough && enough) return;
  }
}

// A market order of the venue's own. false: it could not fill whole, and waits.
bool SimCore::close_out(AccountId account, InstrumentId id, Quantity held) {
  CommandMessage message;
  message.kind = RecordKind::kSubmit;
  message.account = account;
  message.instrument = id;
  message.side = held.is_positive() ? Side::kSell : Side::kBuy;
  message.order = OrderId{kOwnIds | next_liquidation_++};
  message.terms = OrderRequest::market(id, message.side, abs(held)).terms;
  message.terms.flags |= OrderTerms::kReduceOnly;
  const Slot slot = remember(message);
  if (slot == kNone) return false;
  SimOrder& order = orders_[slot];
  order.of_venue = true;
  order.state = OrderState::kWorking;
  ++book(id).open_orders;
  ++open_orders;
  ++stats.accepted;
  accounts.add_open(account, listed(order), order.side, order.open(), order.reserve);
  tell(report_of(order, ReportKind::kAccepted, Reason::kNone), kNone);
  work(slot);
  return !orders_[slot].is_open();
}

}  // namespace keel
