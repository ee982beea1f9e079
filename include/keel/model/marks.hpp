// Marks: a flat board of the latest values by instrument, and the currency rates drawn from it.
// Written by one fold of market data; everyone else reads.
#pragma once

#include <optional>
#include <vector>

#include <keel/core/money.hpp>
#include <keel/model/instrument_registry.hpp>
#include <keel/model/market_data.hpp>

namespace keel {

struct Mark {
  static constexpr std::uint32_t kHasBid = 1, kHasAsk = 2, kHasLast = 4, kHasMark = 8, kGapped = 16,
                                 kHasIndex = 32;

  Price bid, ask, last, mark, index;
  Quantity bid_size, ask_size, last_size;
  Timestamp quote_time, last_time, mark_time;  // ts_recv of the latest value
  std::uint32_t flags;
  InstrumentStatus status;
  std::uint8_t reserved[3];

  [[nodiscard]] bool has(std::uint32_t flag) const { return (flags & flag) == flag; }
  // The price a position is valued at (Marks::valuation); null: nothing known.
  [[nodiscard]] const Price* valuation(bool is_long) const {
    if (has(kHasMark)) return &mark;
    if (has(kHasLast)) return &last;
    if (is_long) return has(kHasBid) ? &bid : nullptr;
    return has(kHasAsk) ? &ask : nullptr;
  }
  // Bid above ask. Equal (locked) is legal.
  [[nodiscard]] bool is_crossed() const { return has(kHasBid | kHasAsk) && bid > ask; }
};

// What a decision may lean on, with its age left to the reader.
struct ReferencePrice {
  Price price;
  Timestamp time;
};

// A rate is the price of a pair and a direction, never inverted ahead of time.
struct ConversionRate {
  Price price;
  bool multiply;  // to = from x price; else to = from / price
};

class Marks {
 public:
  explicit Marks(const InstrumentRegistry& registry) : registry_(&registry) {}

  // Folds a market input (other records are ignored). Allocates only when an instrument is new.
  void fold(const RecordHeader& record);
  // Room for this many instruments, so that fold never allocates.
  void reserve(std::size_t instruments) {
    if (marks_.size() < instruments) marks_.resize(instruments);
  }

  [[nodiscard]] const Mark* find(InstrumentId id) const {
    return id.value - 1u < marks_.size() && marks_[id.value - 1u].flags != 0
               ? &marks_[id.value - 1u]
               : nullptr;
  }
  // The price a position is valued at: mark price, else last trade, else the side of the quote that
  // closes the position (bid for long, ask for short). nullopt: nothing known.
  [[nodiscard]] std::optional<ReferencePrice> valuation(InstrumentId id, bool is_long) const;
  // The price an order is judged against: the touch that it would take (ask for a buy), else last,
  // else mark.
  [[nodiscard]] std::optional<ReferencePrice> reference(InstrumentId id, Side side) const;

  // How to get from one currency to another over one listed spot or FX pair. nullopt: no pair with
  // a price. Same currency: 1.
  [[nodiscard]] std::optional<ConversionRate> rate(const Currency& from, const Currency& to) const;
  // amount in `to`, rounded once at 18 digits, half even. nullopt: no rate, or overflow.
  [[nodiscard]] std::optional<Money> convert(const Money& amount, const Currency& to) const;

  [[nodiscard]] const InstrumentRegistry& registry() const { return *registry_; }

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  const InstrumentRegistry* registry_;
  std::vector<Mark> marks_;
};

static_assert(std::has_unique_object_representations_v<Mark>);

}  // namespace keel
