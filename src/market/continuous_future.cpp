#include <keel/market/continuous_future.hpp>

#include <algorithm>

#include <keel/calendar/trading_calendar.hpp>

namespace keel {

namespace {

constexpr std::uint32_t kStateTag = 0x46544E43;  // "CNTF"

Error bad_chain(std::string value, const char* rule) {
  return {market_errors::kBadChain, "chain", std::move(value), rule, {}};
}

}  // namespace

std::optional<Price> back_adjusted(Price price, std::span<const Roll> later, BackAdjust rule) {
  if (rule == BackAdjust::kNone) return price;
  Price result = price;
  for (const Roll& roll : later) {
    if (roll.has_closes == 0) continue;
    if (rule == BackAdjust::kDifference) {
      const auto gap = checked_subtract(roll.to_close, roll.from_close);
      const auto sum = gap ? checked_add(result, *gap) : std::nullopt;
      if (!sum) return std::nullopt;
      result = *sum;
      continue;
    }
    const auto raw =
        detail::multiply_divide(Int128::from(result.raw()), Int128::from(roll.to_close.raw()),
                                Int128::from(roll.from_close.raw()), Rounding::kHalfEven);
    if (!raw || raw->wide() > Price::max().raw() || raw->wide() < Price::min().raw())
      return std::nullopt;
    result = Price::from_raw(static_cast<std::int64_t>(raw->wide()));
  }
  return result;
}

bool back_adjust(std::span<Bar> bars, std::span<const Roll> rolls, BackAdjust rule) {
  bool all = true;
  for (Bar& bar : bars) {
    const auto first = std::find_if(rolls.begin(), rolls.end(),
                                    [&bar](const Roll& roll) { return roll.time > bar.open_time; });
    const std::span<const Roll> later{first, rolls.end()};
    const auto open = back_adjusted(bar.open, later, rule);
    const auto high = back_adjusted(bar.high, later, rule);
    const auto low = back_adjusted(bar.low, later, rule);
    const auto close = back_adjusted(bar.close, later, rule);
    if (!open || !high || !low || !close) {
      all = false;
      continue;
    }
    bar.open = *open;
    bar.high = std::max(*high, *low);  // a ratio below zero turns them round
    bar.low = std::min(*high, *low);
    bar.close = *close;
  }
  return all;
}

Result<ContinuousFuture> ContinuousFuture::make(const InstrumentRegistry& registry,
                                                InstrumentId instrument,
                                                std::vector<InstrumentId> chain,
                                                const TradingCalendar* calendar) {
  const Instrument* listed = registry.find(instrument);
  if (listed == nullptr || listed->kind != InstrumentKind::kContinuousFuture)
    return bad_chain(std::to_string(instrument.value), "of a continuous future");
  if (chain.size() <= listed->roll.depth || chain.empty() || chain[0] != listed->underlying)
    return bad_chain(std::to_string(chain.size()),
                     "contracts that begin with the underlying, more than the rule's depth");
  ContinuousFuture made;
  made.instrument_ = instrument;
  made.rule_ = listed->roll;
  made.calendar_ = calendar;
  for (const InstrumentId id : chain) {
    const Instrument* future = registry.find(id);
    if (future == nullptr || future->kind != InstrumentKind::kFuture)
      return bad_chain(std::to_string(id.value), "listed futures");
    if (!(future->quote == listed->quote))
      return bad_chain(future->symbol.str(), "in the quote currency");
    Contract contract{};
    contract.id = id;
    contract.expiry_day = made.day_of(future->expiry);
    if (!made.contracts_.empty() && made.contracts_.back().expiry_day >= contract.expiry_day)
      return bad_chain(future->symbol.str(), "ascending expiries");
    made.contracts_.push_back(contract);
  }
  return made;
}

std::int32_t ContinuousFuture::day_of(Timestamp time) const {
  if (calendar_ != nullptr)
    if (const auto day = calendar_->trading_day(time)) return days_from_civil(*day);
  return days_from_civil(utc_date(time));
}

bool ContinuousFuture::new_day(const RecordHeader& record) const {
  return is_market(record.kind) && day_ != INT32_MIN && day_of(record.ts_event) > day_;
}

// Whether the rule's contract is to be left before this day begins.
bool ContinuousFuture::is_due(std::int32_t day) const {
  const Contract& now = contracts_[at_];
  const Contract& next = contracts_[at_ + 1];
  if (day > now.expiry_day) return true;
  switch (rule_.by) {
    case RollBy::kDaysBeforeExpiry: {
      std::int32_t left = now.expiry_day - day;
      if (calendar_ != nullptr) {
        const auto counted =
            calendar_->trading_days_between(civil_from_days(day), civil_from_days(now.expiry_day));
        if (counted) left = *counted;
      }
      return left <= rule_.days;
    }
    case RollBy::kVolume: return next.volume > now.volume;
    case RollBy::kOpenInterest: return next.open_interest > now.open_interest;
    case RollBy::kCalendar: {
      const CivilDate today = civil_from_days(day), expiry = civil_from_days(now.expiry_day);
      return std::pair{today.year, today.month} > std::pair{expiry.year, expiry.month} ||
             (today.year == expiry.year && today.month == expiry.month && today.day >= rule_.days);
    }
    case RollBy::kNone: break;
  }
  return false;
}

bool ContinuousFuture::end_day(Timestamp next, Roll& roll) {
  const std::int32_t day = day_of(next);
  const std::uint64_t before = at_;
  const std::size_t last = contracts_.size() - 1 - rule_.depth;
  while (at_ < last && is_due(day)) {
    ++at_;
    // Volume and open interest speak of one step; expiry and dates may be of several.
    if (rule_.by == RollBy::kVolume || rule_.by == RollBy::kOpenInterest) {
      if (day <= contracts_[at_].expiry_day) break;
    }
  }
  const bool rolled = at_ != before;
  if (rolled) {
    const Contract& from = contracts_[before + rule_.depth];
    const Contract& to = contracts_[at_ + rule_.depth];
    roll = {};
    const auto start =
        calendar_ != nullptr ? calendar_->day_start(civil_from_days(day)) : std::nullopt;
    roll.time = start.value_or(utc_midnight(civil_from_days(day)));
    roll.from = from.id;
    roll.to = to.id;
    // A ratio needs prices that are not zero.
    if (from.has_close != 0 && to.has_close != 0 && !from.close.is_zero()) {
      roll.from_close = from.close;
      roll.to_close = to.close;
      roll.has_closes = 1;
    }
    rolls_.push_back(roll);
  }
  for (Contract& contract : contracts_) {
    contract.volume = Int128{};
    contract.has_close = 0;
  }
  day_ = day;
  return rolled;
}

bool ContinuousFuture::gather(const RecordHeader& record) {
  if (!is_market(record.kind)) return false;
  const auto found = std::find_if(contracts_.begin(), contracts_.end(), [&record](const auto& one) {
    return one.id == record.instrument;
  });
  if (found == contracts_.end()) return false;
  if (day_ == INT32_MIN) day_ = day_of(record.ts_event);
  Contract& contract = *found;
  const auto close = [&contract](Price price) {
    contract.close = price;
    contract.has_close = 1;
  };
  const auto traded = [&contract](detail::i128 size) {
    contract.volume = Int128::from(contract.volume.wide() + size);
  };
  if (record.kind == RecordKind::kTrade) {
    const auto& trade = record_as<Trade>(record);
    traded(trade.size.raw());
    close(trade.price);
  } else if (record.kind == RecordKind::kBar) {
    const auto& bar = record_as<Bar>(record);
    traded(bar.volume.raw().wide());
    close(bar.close);
  } else if (record.kind == RecordKind::kOpenInterest) {
    contract.open_interest = record_as<MarketValue>(record).open_interest.raw();
  }
  return contract.id == current();
}

void ContinuousFuture::save(StateWriter& writer) const {
  const auto section = writer.begin(kStateTag, 1);
  writer.put(instrument_);
  writer.put(contracts_);
  writer.put(at_);
  writer.put(day_);
  writer.put(rolls_);
  writer.end(section);
}

void ContinuousFuture::load(StateReader& reader) {
  if (reader.begin(kStateTag) != 1) return reader.fail("continuous future: unknown version");
  InstrumentId instrument{};
  std::vector<Contract> contracts;
  reader.get(instrument);
  reader.get(contracts);
  reader.get(at_);
  reader.get(day_);
  reader.get(rolls_);
  reader.end();
  if (!reader.ok()) return;
  const auto same = [](const Contract& a, const Contract& b) {
    return a.id == b.id && a.expiry_day == b.expiry_day;
  };
  if (instrument != instrument_ || at_ + rule_.depth >= contracts.size() ||
      !std::equal(contracts.begin(), contracts.end(), contracts_.begin(), contracts_.end(), same)) {
    at_ = 0;
    return reader.fail("continuous future: saved with another chain");
  }
  contracts_ = std::move(contracts);
}

}  // namespace keel
