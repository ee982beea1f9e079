// The simulated market: a price for every instant, made from the seed, and what clients see of it.
//
// A generated price is a sum of smooth noises with periods from seconds to weeks, so history and
// the stream agree and a year of bars needs no storage.
#pragma once

#include <deque>
#include <vector>

#include <keel/calendar/trading_calendar.hpp>
#include <keel/model/market_data.hpp>

#include "adapters/tws/sim_contracts.hpp"

namespace keel::tws {

struct SimBar {
  Timestamp start;
  Price open{}, high{}, low{}, close{}, average{};
  Quantity volume{};
  std::int32_t count = 0;
};

// The top of the book and the day so far, of one listing.
struct MarketState {
  Price bid{}, ask{}, last{}, open{}, high{}, low{}, prior_close{};
  Quantity bid_size{}, ask_size{}, last_size{}, volume{};
  std::int32_t trades = 0;
  Timestamp quoted_at{}, traded_at{};
  Timestamp next{};  // when the next tick is due
  Timestamp day{};
  bool has_quote = false, has_last = false;
  std::uint64_t ticks = 0;
  Price moved{};               // added to generated prices, by order
  std::deque<Trade> recorded;  // of a feed: what has been played
};

class SimMarket {
 public:
  SimMarket(const SimulatorConfig& config, const Listings& listings, Timestamp start);

  // The middle of the market at a time, on no grid.
  [[nodiscard]] double middle(std::size_t listing, Timestamp time) const;
  // What changed by one more tick at `time`: a quote, and a trade where there was one.
  struct Tick {
    std::size_t listing;
    std::optional<Quote> quote;
    std::optional<Trade> trade;
  };
  // The next tick that is due at or before `now`, oldest first.
  std::optional<Tick> next_tick(Timestamp now);
  [[nodiscard]] Timestamp next_time() const;

  [[nodiscard]] const MarketState& state(std::size_t listing) const { return states_[listing]; }
  // Whether it trades at that time: always, unless calendars are followed.
  [[nodiscard]] bool is_open(std::size_t listing, Timestamp time) const;
  void move(std::size_t listing, Price to, Timestamp now);

  // A bar from `start` for `length`, or as much of it as there was before `now`.
  [[nodiscard]] std::optional<SimBar> bar(std::size_t listing, Timestamp start, Duration length,
                                          Timestamp now, std::string_view what) const;
  // How far back prices go.
  [[nodiscard]] Timestamp first_time() const { return first_; }
  // Rows of depth on one side, best first: price and size.
  [[nodiscard]] std::pair<Price, Quantity> depth(std::size_t listing, bool bid, int row) const;

 private:
  void begin_day(std::size_t listing, Timestamp time);
  Tick generate(std::size_t listing, Timestamp time);
  Tick play(const RecordHeader& record);
  void note_quote(std::size_t listing, const Quote& quote);
  void note_trade(std::size_t listing, const Trade& trade);
  [[nodiscard]] Price on_grid(std::size_t listing, double price) const;
  [[nodiscard]] std::optional<SimBar> recorded_bar(std::size_t listing, Timestamp start,
                                                   Timestamp end) const;
  void load_feed();

  const SimulatorConfig& config_;
  std::vector<std::pair<std::size_t, TradingCalendar>> calendars_;
  const Listings& listings_;
  std::vector<MarketState> states_;
  Timestamp start_, first_;
  // Of a feed: the run of records that is being played.
  std::span<const std::byte> run_;
  Timestamp feed_start_{};
  bool feed_started_ = false;
};

}  // namespace keel::tws
