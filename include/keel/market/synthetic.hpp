// SyntheticQuotes: quotes of a combo or a synthetic instrument, from those of its parts.
//
// Rules. A combo costs the sum of ratio x price of its legs: to buy it, legs with a ratio above
// zero are bought at their asks and the others sold at their bids; its size is what the thinnest
// leg allows, whole ratios only. A synthetic instrument's bid and ask are the ends of its formula
// over the parts' bids and asks (formula.hpp), its sizes the smallest of the parts'. Bids are
// rounded down to the instrument's increment, asks up. There is a quote while every part has both
// sides and no gap; where that ends, one quote without sides says so. Exact integers; nothing
// allocates after construction.
#pragma once

#include <optional>
#include <vector>

#include <keel/core/state.hpp>
#include <keel/market/errors.hpp>
#include <keel/model/formula.hpp>
#include <keel/model/instrument_registry.hpp>
#include <keel/model/market_data.hpp>

namespace keel {

class SyntheticQuotes {
 public:
  // Error: market.bad_synthetic (neither combo nor synthetic, or a formula's name is not listed).
  static Result<SyntheticQuotes> make(const InstrumentRegistry& registry, InstrumentId instrument);

  // A quote or gap of a part; others are ignored. What the instrument's quote has become, where it
  // changed; its times are those of the record.
  [[nodiscard]] std::optional<Quote> on_market(const RecordHeader& record);

  [[nodiscard]] InstrumentId instrument() const { return instrument_; }
  // The parts, in the order of legs, or of names in the formula.
  [[nodiscard]] std::vector<InstrumentId> parts() const;

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  struct Part {
    InstrumentId instrument;
    std::int32_t ratio;
    Price bid_price, ask_price;
    Quantity bid_size, ask_size;
    std::uint64_t is_live;  // both sides, no gap
  };
  static_assert(std::has_unique_object_representations_v<Part>);
  SyntheticQuotes() = default;
  [[nodiscard]] bool price(Quote& quote);
  [[nodiscard]] bool price_legs(Quote& quote) const;
  [[nodiscard]] bool price_formula(Quote& quote);

  InstrumentId instrument_{};
  Price increment_{};
  std::optional<Formula> formula_;
  std::vector<Part> parts_;
  std::vector<PriceRange> ranges_;  // room for the formula's values
  Quote last_{};                    // told last
};

}  // namespace keel
