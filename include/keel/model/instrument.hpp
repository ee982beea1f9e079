// Instrument: what can be traded, and the exact grid on which it trades.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <keel/core/id.hpp>
#include <keel/core/money.hpp>
#include <keel/core/text.hpp>
#include <keel/core/time.hpp>
#include <keel/model/enums.hpp>
#include <keel/model/reasons.hpp>

namespace keel {

using Symbol = FixedText<40>;

// From this price upwards (to the next band) prices are multiples of this increment.
struct PriceBand {
  Price from, increment;
  friend constexpr bool operator==(const PriceBand&, const PriceBand&) = default;
};

// A leg of a combo: `ratio` of it are bought with one of the combo, sold where it is below zero.
struct Leg {
  InstrumentId instrument;
  std::int32_t ratio;
  friend constexpr bool operator==(const Leg&, const Leg&) = default;
};

// When a continuous future goes to its next contract. `days`: see RollBy.
struct RollRule {
  RollBy by;
  BackAdjust adjust;
  std::uint8_t days;
  std::uint8_t depth;  // 0: the front contract; 1: the one after it, ...
  std::uint8_t reserved[4];
  friend constexpr bool operator==(const RollRule&, const RollRule&) = default;
};

// A plain value, also the payload of kInstrumentDefined. Made by InstrumentRegistry::add, which
// refuses one that does not hold together. Limits that are not set stand at the end of their range.
struct Instrument {
  InstrumentId id;
  InstrumentId underlying;  // 0: none
  VenueId venue;
  std::uint16_t revision;  // counts changes during the day
  InstrumentKind kind;
  OptionRight right;
  std::uint8_t inverse;     // 1: quantity in quote currency, settled in base (1 / price)
  std::uint8_t unit_pow10;  // one quantity unit is 10^this of the token: 0, 3 or 6
  Price price_increment;
  Price min_price, max_price;
  Quantity quantity_increment;
  Quantity min_quantity, max_quantity;
  Int128 min_notional, max_notional;  // 1e-18 of the quote currency
  Quantity multiplier;                // units of the underlying in one contract; 1 for spot
  Price strike;
  Timestamp expiry;                         // 0: none
  Rate initial_margin, maintenance_margin;  // fraction of notional; 1 where not on margin
  Currency base, quote, settlement;
  Symbol symbol;           // "BTC/USD", "AAPL", "ESZ4"
  FixedText<16> mic;       // ISO 10383, or the venue's name
  FixedText<16> calendar;  // a TradingCalendar's name; empty: always open

  // ---- what fewer readers ask for ----
  static constexpr std::size_t kMaxBands = 20, kMaxLegs = 8;
  std::uint8_t band_count, leg_count;
  std::uint8_t formula_rounding;  // a Rounding
  std::uint8_t reserved[5];
  RollRule roll;                                        // of a continuous future
  PriceBand bands[kMaxBands];                           // below the first, price_increment holds
  Leg legs[kMaxLegs];                                   // of a combo
  FixedText<128> formula;                               // of a synthetic instrument (formula.hpp)
  Int128 initial_margin_each, maintenance_margin_each;  // 1e-18 of the settlement currency a unit;
                                                        // 0: by the fractions above
  std::uint64_t conid;                                  // TWS's contract number; 0: none
  FixedText<40> ccxt;                                   // CCXT's unified symbol
  FixedText<16> isin, figi;                             // or empty

  // The increment at a price: its band's.
  [[nodiscard]] Price increment_at(Price price) const {
    Price increment = price_increment;
    for (std::size_t i = 0; i < band_count && bands[i].from <= price; ++i)
      increment = bands[i].increment;
    return increment;
  }
  // The nearest price on the grid that is not above, or not below.
  [[nodiscard]] Price floor_price(Price price) const { return price.floor_to(increment_at(price)); }
  [[nodiscard]] Price ceil_price(Price price) const { return price.ceil_to(increment_at(price)); }
  // The price this many increments away, walking over bands. A price off the grid goes to it first,
  // in the direction of the walk. Asserts that the result is a Price.
  [[nodiscard]] Price step(Price price, std::int64_t count) const;

  // What an account must set aside to hold this: per unit where the listing says so, else a
  // fraction of the notional. nullopt: overflow, or no notional. Rounded up at 18 digits; in the
  // settlement currency per unit, else in the notional's.
  [[nodiscard]] std::optional<Money> initial_margin_of(Price price, Quantity quantity) const {
    return margin_of(price, quantity, initial_margin_each, initial_margin);
  }
  [[nodiscard]] std::optional<Money> maintenance_margin_of(Price price, Quantity quantity) const {
    return margin_of(price, quantity, maintenance_margin_each, maintenance_margin);
  }
  [[nodiscard]] std::span<const PriceBand> price_bands() const { return {bands, band_count}; }
  [[nodiscard]] std::span<const Leg> leg_table() const { return {legs, leg_count}; }

  // price x quantity x multiplier, exact, in the quote currency. Linear instruments only.
  // The listing has checked that price_increment x multiplier needs at most 9 digits.
  [[nodiscard]] Money notional(Price price, Quantity quantity) const {
    if (multiplier.raw() == Quantity::kScale) [[likely]]
      return Money::product(price, quantity, quote);
    return notional_with_multiplier(price, quantity);
  }
  // nullopt instead of a failed assert where the product does not fit. A price off the grid of a
  // contract with a fractional multiplier is rounded once, half even at 18 digits; for an inverse
  // contract this is quantity x multiplier / price in the settlement currency, rounded so too.
  [[nodiscard]] std::optional<Money> checked_notional(Price price, Quantity quantity) const;

  // Why a price or a quantity is not on this instrument's grid; kNone where it is.
  [[nodiscard]] Reason check_price(Price price) const {
    if (price < min_price) return Reason::kPriceTooLow;
    if (price > max_price) return Reason::kPriceTooHigh;
    const Price increment = band_count == 0 ? price_increment : increment_at(price);
    return price.is_multiple_of(increment) ? Reason::kNone : Reason::kPriceIncrement;
  }
  [[nodiscard]] Reason check_quantity(Quantity quantity) const {
    if (!quantity.is_positive()) return Reason::kQuantityNotPositive;
    if (!quantity.is_multiple_of(quantity_increment)) return Reason::kQuantityIncrement;
    if (quantity < min_quantity) return Reason::kQuantityTooSmall;
    return quantity > max_quantity ? Reason::kQuantityTooLarge : Reason::kNone;
  }

  [[nodiscard]] bool is_inverse() const { return inverse != 0; }

 private:
  [[nodiscard]] std::optional<Money> margin_of(Price price, Quantity quantity, Int128 each,
                                               Rate rate) const;
  [[nodiscard]] Money notional_with_multiplier(Price price, Quantity quantity) const;
};
static_assert(std::has_unique_object_representations_v<Instrument> && sizeof(Instrument) % 8 == 0);

// What a host writes down to list an instrument. Only symbol, kind, quote and the two increments
// must be given.
struct InstrumentSpec {
  std::string symbol;
  InstrumentKind kind = InstrumentKind::kSpot;
  std::string mic;
  VenueId venue{};
  std::optional<Currency> base;
  Currency quote;
  std::optional<Currency> settlement;  // quote, or base for inverse contracts
  Price price_increment{};
  Quantity quantity_increment{};
  std::optional<Price> min_price, max_price;
  std::optional<Quantity> min_quantity, max_quantity;
  std::optional<Money> min_notional, max_notional;
  Quantity multiplier = Quantity::whole(1);
  bool inverse = false;
  int unit_pow10 = 0;
  std::optional<Rate> initial_margin, maintenance_margin;
  std::optional<Timestamp> expiry;
  std::optional<Price> strike;
  OptionRight right = OptionRight::kNone;
  std::optional<InstrumentId> underlying;
  std::string calendar;
  // Ascending; each increment is a multiple of price_increment, each start a multiple of both
  // increments that meet there.
  std::vector<PriceBand> price_bands;
  std::vector<Leg> legs;  // of a combo: two or more
  std::string formula;    // of a synthetic instrument
  Rounding formula_rounding = Rounding::kHalfEven;
  std::optional<RollRule> roll;  // of a continuous future; its underlying is the first contract
  std::optional<Money> initial_margin_each, maintenance_margin_each;  // in the settlement currency
  std::uint64_t conid = 0;
  std::string ccxt, isin, figi;
};

}  // namespace keel
