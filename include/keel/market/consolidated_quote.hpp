// ConsolidatedQuote: the best bid and offer of one thing over the venues that list it, each as an
// instrument of its own.
//
// Rules. The best bid is the highest of the sources, the best ask the lowest; sizes at one price
// are added over the venues that show it, and the first of them is the source added first. A source
// counts from its first quote; it does not count while its instrument is not trading, after a gap
// until its next quote, or when its quote is older than `max_age` (zero: never too old), by the
// receive times of what comes in and what on_time is told. Bid above ask over venues is common and
// is told of by is_crossed(), never repaired. Constant memory; a source costs a comparison.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <keel/core/state.hpp>
#include <keel/model/market_data.hpp>

namespace keel {

struct ConsolidatedSide {
  Price price;
  Quantity size;       // over all venues at this price; the largest Quantity where it does not fit
  InstrumentId first;  // a venue that shows it
  std::uint32_t venues;  // how many do
  friend constexpr bool operator==(const ConsolidatedSide&, const ConsolidatedSide&) = default;
};

class ConsolidatedQuote {
 public:
  // `max_age` is not negative.
  explicit ConsolidatedQuote(std::span<const InstrumentId> sources, Duration max_age = {0});

  // A quote, status or gap of a source; others are ignored. true: a best price or size changed.
  bool on_market(const RecordHeader& record);
  // Time goes on without records. true: a best price or size changed.
  bool on_time(Timestamp now);
  // When a quote that counts becomes too old.
  [[nodiscard]] std::optional<Timestamp> next_deadline() const;

  [[nodiscard]] const std::optional<ConsolidatedSide>& best(Side side) const {
    return best_[side == Side::kBuy ? 0 : 1];
  }
  [[nodiscard]] bool is_crossed() const {
    return best_[0] && best_[1] && best_[0]->price > best_[1]->price;
  }
  [[nodiscard]] bool is_locked() const {
    return best_[0] && best_[1] && best_[0]->price == best_[1]->price;
  }
  // As a record about an instrument that stands for all of them.
  [[nodiscard]] Quote as_quote(InstrumentId instrument) const;

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  struct Source {
    InstrumentId instrument;
    std::uint8_t flags;  // Quote's
    std::uint8_t is_halted, is_gapped, reserved;
    Price bid_price, ask_price;
    Quantity bid_size, ask_size;
    Timestamp time;  // ts_recv of its quote
  };
  static_assert(std::has_unique_object_representations_v<Source>);
  [[nodiscard]] bool counts(const Source& source) const;
  bool find_best();

  std::vector<Source> sources_;
  Duration max_age_;
  Timestamp now_{0}, event_time_{0};
  std::optional<ConsolidatedSide> best_[2];  // bid, ask
};

}  // namespace keel
