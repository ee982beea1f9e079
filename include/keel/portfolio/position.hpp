// Position: what is held of one instrument, and what it has earned; and the rules that money
// follows when it changes. docs/portfolio.md has the formulas.
#pragma once

#include <optional>

#include <keel/model/instrument.hpp>

namespace keel {

// What a trade does to cash. Decided by the kind of instrument and the kind of account, see
// `cash_rule`.
enum class CashRule : std::uint8_t {
  kFull = 1,    // the whole value changes hands; the position is a holding, worth its market value
  kProfit = 2,  // only realized profit and loss changes hands; the position is worth its unrealized
};

// kFull: spot, equity, ETF, bond, option, combo, and an FX pair in a cash account.
// kProfit: perpetual, future, CFD, index, synthetic and continuous instruments, every inverse
// contract, and an FX pair in a margin account.
[[nodiscard]] CashRule cash_rule(const Instrument& instrument, AccountKind account);

// Every amount is in the instrument's settlement currency and exact: 18 digits, no average price is
// ever stored. All invariants are documented in docs/portfolio.md; the main one is that
// realized - cost is the sum of what was sold less the sum of what was bought, whatever the order.
struct Position {
  InstrumentId instrument;
  AccountId account;
  StrategyId strategy;  // 0 in the account's own position
  Quantity quantity;    // signed: below zero is short
  // What the open quantity is measured from: unrealized = position_value(mark, quantity) - cost.
  // Signed like the value: a linear long has a positive cost, an inverse long a negative one.
  Money cost;
  Money realized;  // before fees, exact
  Money fees;      // paid; a fee in kind counts at its fill's price
  Money rebates;   // received
  Money income;    // funding, dividends, interest, borrow cost: signed, received is positive
  // What rounding kept back: realized - rounding is what reached cash. Inverse contracts only.
  Money rounding;
  std::uint64_t fills;

  [[nodiscard]] bool is_flat() const { return quantity.is_zero(); }
  // Realized profit after fees and income.
  [[nodiscard]] Money net() const { return realized - fees + rebates + income - rounding; }
  // Cost divided by quantity, half even at 9 digits: for showing only, nothing decides by it.
  // nullopt when flat, or where the cost has no price (all of it was a gift).
  [[nodiscard]] std::optional<Price> average_price(const Instrument& of) const;

  friend constexpr bool operator==(const Position&, const Position&) = default;
};
static_assert(std::has_unique_object_representations_v<Position>);

namespace detail {
std::optional<Int128> slow_position_value(const Instrument& instrument, Price price,
                                          Quantity quantity);
}

// The signed value of a signed quantity, 1e-18 of the settlement currency: price x quantity x
// multiplier; for inverse contracts -(quantity x multiplier / price), rounded once, half even, at
// 18 digits. With this sign, profit is always value now less value then. nullopt: does not fit, or
// an inverse contract at a price that is not above zero.
[[nodiscard]] inline std::optional<Int128> position_value(const Instrument& instrument, Price price,
                                                          Quantity quantity) {
  if (instrument.multiplier.raw() != Quantity::kScale || instrument.is_inverse())
    return detail::slow_position_value(instrument, price, quantity);
  detail::i128 raw = static_cast<detail::i128>(price.raw()) * quantity.raw();
  if (__builtin_mul_overflow(raw, static_cast<detail::i128>(10), &raw)) return std::nullopt;
  return Int128::from(raw);
}

// The part of a cost that a close of `closed` out of `quantity` (both above zero) releases:
// the magnitude is floor(|cost| x closed / quantity), the sign is the cost's; all of it where the
// close is whole. The residue stays in the cost.
[[nodiscard]] Int128 released_cost(Int128 cost, Quantity closed, Quantity quantity);

}  // namespace keel
