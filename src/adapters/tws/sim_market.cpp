#include "adapters/tws/sim_market.hpp"

#include <algorithm>

#include <keel/calendar/builtin.hpp>
#include <keel/core/time_text.hpp>

namespace keel::tws {

namespace {

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = a + 0x9E3779B97F4A7C15u * (b + 1);
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}
double unit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

struct Octave {
  std::int64_t period_s;
  double share;  // of the contract's volatility
};
constexpr Octave kOctaves[] = {{40 * 86400, 0.60}, {5 * 86400, 0.25}, {6 * 3600, 0.08},
                               {1200, 0.02},       {60, 0.006},       {3, 0.002}};

// Smooth noise between -1 and 1: random values at whole periods, joined by a curve.
double noise(std::uint64_t seed, std::int64_t ns, std::int64_t period_ns) {
  std::int64_t cell = ns / period_ns;
  if (ns % period_ns < 0) --cell;
  const double at = static_cast<double>(ns - cell * period_ns) / static_cast<double>(period_ns);
  const double a = unit(mix(seed, static_cast<std::uint64_t>(cell))) * 2 - 1;
  const double b = unit(mix(seed, static_cast<std::uint64_t>(cell + 1))) * 2 - 1;
  const double curve = at * at * (3 - 2 * at);
  return a + (b - a) * curve;
}

Quantity lots(const Listing& listing, std::uint64_t random, std::uint64_t most) {
  const Quantity unit_size = listing.is("STK")      ? Quantity::whole(100)
                             : listing.is("CASH")   ? Quantity::whole(100'000)
                             : listing.is("CRYPTO") ? Quantity::from_raw(Quantity::kScale / 100)
                                                    : Quantity::whole(1);
  return std::max(unit_size, listing.spec.size_step) * static_cast<std::int64_t>(1 + random % most);
}

}  // namespace

SimMarket::SimMarket(const SimulatorConfig& config, const Listings& listings, Timestamp start)
    : config_(config),
      listings_(listings),
      states_(listings.size()),
      start_(start),
      first_(start - Duration::days(366)) {
  if (config.calendar) {
    const int year = utc_date(start).year;
    for (std::size_t i = 0; i < listings.size(); ++i) {
      std::string_view name = listings[i].spec.calendar;
      if (name.empty() && listings[i].is("FUT")) name = "XCME";
      auto calendar = name.empty() ? Result<TradingCalendar>{Error{}}
                                   : builtin_calendar(name, year - 1, year + 1);
      if (calendar) calendars_.emplace_back(i, std::move(calendar).value());
    }
  }
  for (std::size_t i = 0; i < states_.size(); ++i) {
    begin_day(i, start);
    states_[i].next = start;
  }
  if (config.feed != nullptr) load_feed();
}

bool SimMarket::is_open(std::size_t listing, Timestamp time) const {
  for (const auto& [index, calendar] : calendars_)
    if (index == listing) return calendar.is_open(time);
  return true;
}

double SimMarket::middle(std::size_t listing, Timestamp time) const {
  const SimulatedContract& spec = listings_[listing].spec;
  double sum = 0;
  std::uint64_t stream = mix(config_.seed, static_cast<std::uint64_t>(listing) * 64);
  for (const Octave& octave : kOctaves)
    sum += octave.share * noise(mix(stream++, 7), time.ns, octave.period_s * 1'000'000'000);
  const double strays = static_cast<double>(spec.volatility_ppm) / 1e6;
  return spec.price.to_double() * (1 + strays * sum) + states_[listing].moved.to_double();
}

Price SimMarket::on_grid(std::size_t listing, double price) const {
  const Price tick = listings_[listing].spec.tick;
  const auto nearest = Price::nearest(price);
  const Price floor = (nearest ? *nearest : tick).floor_to(tick);
  return floor < tick ? tick : floor;
}

void SimMarket::move(std::size_t listing, Price to, Timestamp now) {
  MarketState& state = states_[listing];
  const auto offset = Price::nearest(to.to_double() - middle(listing, now));
  if (offset) state.moved += *offset;
  state.next = now;
}

void SimMarket::begin_day(std::size_t listing, Timestamp time) {
  MarketState& state = states_[listing];
  const Timestamp day = time.floor_to(Duration::days(1));
  if (day == state.day) return;
  const bool first = state.day.ns == 0;
  state.prior_close =
      first || !state.has_last ? on_grid(listing, middle(listing, day)) : state.last;
  state.day = day;
  if (config_.feed != nullptr) return;
  // The day before now, so that open, high, low and volume are those of the whole day.
  state.open = state.high = state.low = state.prior_close;
  state.volume = Quantity::zero();
  if (!first || time == day) return;
  if (const auto so_far = bar(listing, day, time - day, time, "TRADES")) {
    state.high = so_far->high;
    state.low = so_far->low;
    state.volume = so_far->volume;
    state.trades = so_far->count;
  }
}

Timestamp SimMarket::next_time() const {
  Timestamp next = states_.empty() ? start_ + Duration::days(365) : states_[0].next;
  if (config_.feed != nullptr) {
    if (run_.empty()) return Timestamp::from_ns(std::numeric_limits<std::int64_t>::max());
    const auto& record = *reinterpret_cast<const RecordHeader*>(run_.data());
    const double ahead = static_cast<double>((record.ts_event - feed_start_).ns) / config_.speed;
    return start_ + Duration{static_cast<std::int64_t>(ahead)};
  }
  for (const MarketState& state : states_) next = std::min(next, state.next);
  return next;
}

std::optional<SimMarket::Tick> SimMarket::next_tick(Timestamp now) {
  if (config_.feed != nullptr) {
    while (!run_.empty() && next_time() <= now) {
      const auto& record = *reinterpret_cast<const RecordHeader*>(run_.data());
      const std::size_t size = record.size;
      Tick tick{states_.size(), {}, {}};
      if (record.instrument.value - 1u < states_.size()) tick = play(record);
      run_ = run_.subspan(size);
      if (run_.empty()) load_feed();
      if (tick.listing < states_.size() && (tick.quote || tick.trade)) return tick;
    }
    return std::nullopt;
  }
  std::size_t first = states_.size();
  for (std::size_t i = 0; i < states_.size(); ++i)
    if (states_[i].next <= now &&
        (first == states_.size() || states_[i].next < states_[first].next))
      first = i;
  if (first == states_.size()) return std::nullopt;
  MarketState& state = states_[first];
  // After a long pause the missed ticks are not made up for.
  const Timestamp time = std::max(state.next, now - Duration::seconds(2));
  const auto jitter = static_cast<std::int64_t>(mix(config_.seed + first, state.ticks) % 1000);
  state.next = time + Duration{config_.tick_every.ns / 2 + config_.tick_every.ns * jitter / 1000};
  return generate(first, time);
}

SimMarket::Tick SimMarket::generate(std::size_t listing, Timestamp time) {
  MarketState& state = states_[listing];
  const Listing& what = listings_[listing];
  Tick tick{listing, {}, {}};
  if (!is_open(listing, time)) return tick;
  begin_day(listing, time);
  const std::uint64_t random = mix(config_.seed ^ (listing << 40), ++state.ticks);
  const Price step = what.spec.tick;
  const Price half = step * static_cast<std::int64_t>(random % 2);
  const Price bid = on_grid(listing, middle(listing, time)) - half;
  Quote quote =
      Quote::two_sided(what.instrument, time, std::max(bid, step), lots(what, random >> 8, 9),
                       std::max(bid, step) + step * static_cast<std::int64_t>(1 + random / 2 % 2),
                       lots(what, random >> 16, 9));
  note_quote(listing, quote);
  tick.quote = quote;
  if ((random >> 24) % 3 != 0) return tick;
  const bool buyer = (random >> 32) % 2 == 0;
  Trade trade = Trade::at(what.instrument, time, buyer ? quote.ask_price : quote.bid_price,
                          lots(what, random >> 40, 3));
  trade.header.flags = buyer ? Trade::kBuyerAggressor : Trade::kSellerAggressor;
  note_trade(listing, trade);
  tick.trade = trade;
  return tick;
}

void SimMarket::note_quote(std::size_t listing, const Quote& quote) {
  MarketState& state = states_[listing];
  state.bid = quote.bid_price;
  state.ask = quote.ask_price;
  state.bid_size = quote.bid_size;
  state.ask_size = quote.ask_size;
  state.quoted_at = quote.header.ts_event;
  state.has_quote = quote.is_two_sided();
}

void SimMarket::note_trade(std::size_t listing, const Trade& trade) {
  MarketState& state = states_[listing];
  state.last = trade.price;
  state.last_size = trade.size;
  state.traded_at = trade.header.ts_event;
  if (!state.has_last && config_.feed != nullptr)
    state.open = state.high = state.low = state.prior_close = trade.price;
  state.has_last = true;
  state.high = std::max(state.high, trade.price);
  state.low = std::min(state.low, trade.price);
  if (const auto sum = checked_add(state.volume, trade.size)) state.volume = *sum;
  ++state.trades;
}

void SimMarket::load_feed() {
  auto run = config_.feed->next();
  run_ = run ? *run : std::span<const std::byte>{};
  if (feed_started_ || run_.empty()) return;
  feed_started_ = true;
  feed_start_ = reinterpret_cast<const RecordHeader*>(run_.data())->ts_event;
}

SimMarket::Tick SimMarket::play(const RecordHeader& record) {
  const std::size_t listing = record.instrument.value - 1u;
  Tick tick{listing, {}, {}};
  const Timestamp now = next_time();
  if (record.kind == RecordKind::kQuote) {
    Quote quote = record_as<Quote>(record);
    quote.header.instrument = listings_[listing].instrument;
    quote.header.ts_event = quote.header.ts_recv = now;
    note_quote(listing, quote);
    tick.quote = quote;
  } else if (record.kind == RecordKind::kTrade) {
    Trade trade = record_as<Trade>(record);
    trade.header.instrument = listings_[listing].instrument;
    trade.header.ts_event = trade.header.ts_recv = now;
    note_trade(listing, trade);
    auto& recorded = states_[listing].recorded;
    recorded.push_back(trade);
    if (recorded.size() > 100'000) recorded.pop_front();
    tick.trade = trade;
    // Trades alone: a market one step wide around the last price, so that there is one to see.
    if (!states_[listing].has_quote || states_[listing].quoted_at == states_[listing].traded_at) {
      const Price step = listings_[listing].spec.tick;
      tick.quote = Quote::two_sided(trade.header.instrument, now, trade.price - step, trade.size,
                                    trade.price + step, trade.size);
      note_quote(listing, *tick.quote);
    }
  }
  return tick;
}

std::optional<SimBar> SimMarket::bar(std::size_t listing, Timestamp start, Duration length,
                                     Timestamp now, std::string_view what) const {
  const Timestamp end = std::min(start + length, now);
  if (end <= start || start < first_) return std::nullopt;
  if (config_.feed != nullptr) return recorded_bar(listing, start, end);
  if (!calendars_.empty() && length < Duration::days(1) && !is_open(listing, start))
    return std::nullopt;
  const Price step = listings_[listing].spec.tick;
  SimBar bar{start};
  constexpr int kSamples = 16;
  double sum = 0;
  for (int i = 0; i <= kSamples; ++i) {
    const double middle_price = middle(listing, start + Duration{(end - start).ns / kSamples * i});
    Price price = on_grid(listing, middle_price);
    if (what == "ASK") price += step;
    if (i == 0) bar.open = bar.high = bar.low = price;
    bar.high = std::max(bar.high, price);
    bar.low = std::min(bar.low, price);
    bar.close = price;
    sum += price.to_double();
  }
  const auto average = Price::nearest(sum / (kSamples + 1));
  bar.average = average ? *average : bar.close;
  if (what != "TRADES" && what != "ADJUSTED_LAST" && what != "AGGTRADES") {
    bar.volume = Quantity::from_raw(-Quantity::kScale);  // not known, as TWS says it
    bar.average = Price::from_raw(-Price::kScale);
    bar.count = -1;
    return bar;
  }
  const auto seconds = std::max<std::int64_t>(1, (end - start) / Duration::seconds(1));
  bar.count = static_cast<std::int32_t>(seconds * 4 / 5 + 1);
  bar.volume = lots(listings_[listing],
                    mix(config_.seed + listing, static_cast<std::uint64_t>(start.ns)), 5) *
               std::max<std::int64_t>(1, seconds / 3);
  return bar;
}

std::optional<SimBar> SimMarket::recorded_bar(std::size_t listing, Timestamp start,
                                              Timestamp end) const {
  SimBar bar{start};
  double sum = 0;
  for (const Trade& trade : states_[listing].recorded) {
    if (trade.header.ts_event < start || trade.header.ts_event >= end) continue;
    if (bar.count++ == 0) bar.open = bar.high = bar.low = trade.price;
    bar.high = std::max(bar.high, trade.price);
    bar.low = std::min(bar.low, trade.price);
    bar.close = trade.price;
    sum += trade.price.to_double();
    if (const auto volume = checked_add(bar.volume, trade.size)) bar.volume = *volume;
  }
  if (bar.count == 0) return std::nullopt;
  const auto average = Price::nearest(sum / bar.count);
  bar.average = average ? *average : bar.close;
  return bar;
}

std::pair<Price, Quantity> SimMarket::depth(std::size_t listing, bool bid, int row) const {
  const MarketState& state = states_[listing];
  if (row == 0)
    return bid ? std::pair{state.bid, state.bid_size} : std::pair{state.ask, state.ask_size};
  const Price step = listings_[listing].spec.tick * row;
  const Price price = bid ? state.bid - step : state.ask + step;
  return {price, lots(listings_[listing],
                      mix(static_cast<std::uint64_t>(price.raw()), state.ticks / 16), 20)};
}

}  // namespace keel::tws
