// RandomMarket: seeded market data of several instruments in the order of time, each in the style
// that the plan says; after the plan's events calm quotes without end, in which a run heals.
#pragma once

#include <vector>

#include <keel/venue/market_feed.hpp>

#include "plan.hpp"

namespace keel::runs {

class RandomMarket final : public MarketFeed {
 public:
  explicit RandomMarket(const Plan& plan);
  // One record each time. Never ends: the run stops asking.
  Result<std::span<const std::byte>> next() override;
  [[nodiscard]] bool is_calm() const { return events_ >= plan_.market_events; }
  [[nodiscard]] Timestamp now() const { return now_; }
  void skip(Duration time) { now_ = now_ + time; }

 private:
  struct Book {
    std::int64_t mid, step;  // ticks
    Price tick;
    bool has_depth = false, is_halted = false;
    std::uint64_t venue_seq = 0;
  };
  void move_time();
  void make(std::size_t which);
  void make_calm(std::size_t which);
  void quote(std::size_t which);
  void trade(std::size_t which);
  void bar(std::size_t which);
  void depth(std::size_t which);
  void status(std::size_t which);
  void gap(std::size_t which);
  void mark(std::size_t which);
  template <class R>
  void put(R record, std::size_t which);
  [[nodiscard]] Price at(const Book& book, std::int64_t ticks) const {
    return Price::from_raw(book.tick.raw() * ticks);
  }
  [[nodiscard]] Quantity size() { return Quantity::whole(random_.between(1, 40)); }

  const Plan& plan_;
  Random random_;
  Timestamp now_ = kStart;
  std::uint64_t events_ = 0;
  std::vector<Book> books_;
  std::vector<std::byte> bytes_;
};

}  // namespace keel::runs
