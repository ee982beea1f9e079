// Formula: the price of a synthetic instrument as an expression over other instruments' prices.
//
//   [ESZ4] * 50 - [NQZ4@CME] * 20        names in brackets, as InstrumentRegistry::lookup takes
//   them max([A], [B]) - abs(-0.5) / 2        + - * /, min, max, abs, brackets, a sign before a
//   value
//
// Numbers are exact decimals of at most 18 digits behind the point. Sums are exact; a product or a
// quotient is rounded once, half even, at 18 digits; the result is rounded to a price increment by
// the rule that the instrument declares. Overflow, and a division by zero (or by an interval that
// holds zero), give nothing rather than a wrong price. No doubles anywhere.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <keel/core/money.hpp>

namespace keel {

namespace model_errors {
inline constexpr ErrorCode kBadFormula{"model.bad_formula"};
}  // namespace model_errors

// A value between two bounds, such as bid and ask; both inclusive, 18 digits.
struct PriceRange {
  Price low, high;
};

class Formula {
 public:
  static constexpr std::size_t kMaxSteps = 64, kMaxDepth = 16;

  // Error: model.bad_formula, with the place (characters from 1) and what was expected there.
  static Result<Formula> parse(std::string_view text);

  // The names in it, each once, in order of appearance: the order of `values` below.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  // nullopt: overflow or a division by zero. `increment` must be positive. Allocates nothing.
  [[nodiscard]] std::optional<Price> evaluate(std::span<const Price> values, Price increment,
                                              Rounding rounding) const;
  // The smallest and largest results while each value lies in its range: where ranges are bid and
  // ask, the bid and ask of the whole. The low end is rounded down to the increment, the high end
  // up. Names that appear twice are taken as two values, so the range may be wider than it must.
  [[nodiscard]] std::optional<PriceRange> evaluate_range(std::span<const PriceRange> values,
                                                         Price increment) const;

 private:
  enum class Op : std::uint8_t {
    kNumber,
    kName,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kNegate,
    kMin,
    kMax,
    kAbs
  };
  struct Step {
    Int128 number;  // of kNumber, 18 digits
    Op op;
    std::uint8_t name;  // of kName, index into names_
  };
  struct Range {
    detail::i128 low, high;
  };
  class Parser;
  static bool apply(Op op, Range& a, const Range& b);
  static bool multiply(Range& a, const Range& b);
  static bool divide(Range& a, const Range& b);
  [[nodiscard]] bool run(std::span<const PriceRange> values, Range& result) const;

  std::vector<Step> steps_;  // in the order of work: operands before their operator
  std::vector<std::string> names_;
};

}  // namespace keel
