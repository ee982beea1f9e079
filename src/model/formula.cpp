#include <keel/model/formula.hpp>

#include <algorithm>

namespace keel {

namespace {

constexpr int kDigits = 18;
constexpr detail::i128 kOne = detail::pow10_64(kDigits);
constexpr detail::i128 kPerPrice = detail::pow10_64(kDigits - Price::kDigits);

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// a x b / c, one rounding.
bool scaled(detail::i128 a, detail::i128 b, detail::i128 c, detail::i128& result) {
  const auto made = detail::multiply_divide(Int128::from(a), Int128::from(b), Int128::from(c),
                                            Rounding::kHalfEven);
  if (!made) return false;
  result = made->wide();
  return true;
}

// To a multiple of the increment; nullopt where it is no Price.
std::optional<Price> rounded(detail::i128 value, Price increment, Rounding rounding) {
  const detail::i128 step = increment.raw() * kPerPrice;
  const auto count =
      detail::multiply_divide(Int128::from(value), Int128::from(1), Int128::from(step), rounding);
  if (!count) return std::nullopt;
  detail::i128 raw{};
  if (__builtin_mul_overflow(count->wide(), static_cast<detail::i128>(increment.raw()), &raw))
    return std::nullopt;
  if (raw > Price::max().raw() || raw < Price::min().raw()) return std::nullopt;
  return Price::from_raw(static_cast<std::int64_t>(raw));
}

}  // namespace

// Recursive descent; each function takes what its name says and adds its steps.
class Formula::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Formula> parse() {
    sum(0);
    blanks();
    if (ok() && at_ != text_.size()) fail("an operator, or the end");
    if (ok() && made_.names_.empty()) {
      at_ = 0;
      fail("at least one [name]");
    }
    if (!ok())
      return Error{model_errors::kBadFormula, "formula", std::string{text_.substr(0, 60)},
                   std::string{expected_}, "character " + std::to_string(at_ + 1)};
    return std::move(made_);
  }

 private:
  [[nodiscard]] bool ok() const { return expected_.empty(); }
  void fail(std::string_view expected) {
    if (ok()) expected_ = expected;
  }
  void blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    blanks();
    if (!ok() || at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void add(Op op, Int128 number = {}, std::size_t name = 0) {
    if (made_.steps_.size() == kMaxSteps) return fail("at most 64 values and operators");
    made_.steps_.push_back({number, op, static_cast<std::uint8_t>(name)});
  }

  void sum(int depth) {
    if (depth > static_cast<int>(kMaxDepth)) return fail("at most 16 brackets in each other");
    product(depth);
    while (ok()) {
      if (take('+')) {
        product(depth);
        add(Op::kAdd);
      } else if (take('-')) {
        product(depth);
        add(Op::kSubtract);
      } else {
        return;
      }
    }
  }
  void product(int depth) {
    factor(depth);
    while (ok()) {
      if (take('*')) {
        factor(depth);
        add(Op::kMultiply);
      } else if (take('/')) {
        factor(depth);
        add(Op::kDivide);
      } else {
        return;
      }
    }
  }
  void factor(int depth) {
    if (depth > static_cast<int>(kMaxDepth)) return fail("at most 16 brackets in each other");
    if (take('-')) {
      factor(depth + 1);
      return add(Op::kNegate);
    }
    if (take('(')) {
      sum(depth + 1);
      if (!take(')')) fail("a closing bracket");
      return;
    }
    if (take('[')) return name();
    blanks();
    if (at_ < text_.size() && is_letter(text_[at_])) return call(depth);
    number();
  }
  void name() {
    const std::size_t end = text_.find(']', at_);
    if (end == std::string_view::npos) return fail("a closing ]");
    const std::string_view name = text_.substr(at_, end - at_);
    if (name.empty() || name.find('[') != std::string_view::npos) return fail("a name");
    at_ = end + 1;
    auto& names = made_.names_;
    const auto known = std::find(names.begin(), names.end(), name);
    const auto index = static_cast<std::size_t>(known - names.begin());
    if (known == names.end()) names.emplace_back(name);
    add(Op::kName, {}, index);
  }
  void call(int depth) {
    std::size_t end = at_;
    while (end < text_.size() && is_letter(text_[end])) ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    if (word != "min" && word != "max" && word != "abs") return fail("min, max or abs");
    at_ = end;
    if (!take('(')) return fail("an opening bracket");
    sum(depth + 1);
    if (word != "abs") {
      if (!take(',')) return fail("a comma and a second value");
      sum(depth + 1);
    }
    if (!take(')')) return fail("a closing bracket");
    add(word == "abs" ? Op::kAbs : word == "min" ? Op::kMin : Op::kMax);
  }
  void number() {
    std::size_t end = at_;
    while (end < text_.size() && (is_digit(text_[end]) || text_[end] == '.')) ++end;
    const auto value = detail::parse_decimal(text_.substr(at_, end - at_), kDigits);
    if (!value) return fail("a number of at most 18 decimals, a [name] or a bracket");
    at_ = end;
    add(Op::kNumber, *value);
  }

  std::string_view text_, expected_;
  std::size_t at_ = 0;
  Formula made_;
};

Result<Formula> Formula::parse(std::string_view text) { return Parser{text}.parse(); }

bool Formula::multiply(Range& a, const Range& b) {
  detail::i128 corners[4];
  if (!scaled(a.low, b.low, kOne, corners[0]) || !scaled(a.low, b.high, kOne, corners[1]) ||
      !scaled(a.high, b.low, kOne, corners[2]) || !scaled(a.high, b.high, kOne, corners[3]))
    return false;
  a = {*std::min_element(corners, corners + 4), *std::max_element(corners, corners + 4)};
  return true;
}

bool Formula::divide(Range& a, const Range& b) {
  if (b.low <= 0 && b.high >= 0) return false;
  detail::i128 corners[4];
  if (!scaled(a.low, kOne, b.low, corners[0]) || !scaled(a.low, kOne, b.high, corners[1]) ||
      !scaled(a.high, kOne, b.low, corners[2]) || !scaled(a.high, kOne, b.high, corners[3]))
    return false;
  a = {*std::min_element(corners, corners + 4), *std::max_element(corners, corners + 4)};
  return true;
}

// The left operand becomes the result.
bool Formula::apply(Op op, Range& a, const Range& b) {
  switch (op) {
    case Op::kAdd:
      return !__builtin_add_overflow(a.low, b.low, &a.low) &&
             !__builtin_add_overflow(a.high, b.high, &a.high);
    case Op::kSubtract:
      return !__builtin_sub_overflow(a.low, b.high, &a.low) &&
             !__builtin_sub_overflow(a.high, b.low, &a.high);
    case Op::kMultiply: return multiply(a, b);
    case Op::kDivide: return divide(a, b);
    case Op::kMin: a = {std::min(a.low, b.low), std::min(a.high, b.high)}; return true;
    case Op::kMax: a = {std::max(a.low, b.low), std::max(a.high, b.high)}; return true;
    default: return false;
  }
}

bool Formula::run(std::span<const PriceRange> values, Range& result) const {
  KEEL_ASSERT(values.size() == names_.size(), "a formula needs a value for each name");
  Range stack[kMaxSteps];
  std::size_t used = 0;
  for (const Step& step : steps_) {
    switch (step.op) {
      case Op::kNumber: stack[used++] = {step.number.wide(), step.number.wide()}; break;
      case Op::kName: {
        const PriceRange& value = values[step.name];
        stack[used++] = {value.low.raw() * kPerPrice, value.high.raw() * kPerPrice};
        break;
      }
      case Op::kNegate: {
        Range zero{0, 0};
        if (!apply(Op::kSubtract, zero, stack[used - 1])) return false;
        stack[used - 1] = zero;
        break;
      }
      case Op::kAbs: {
        Range& top = stack[used - 1];
        Range mirror{0, 0};
        if (!apply(Op::kSubtract, mirror, top)) return false;
        const bool has_zero = top.low <= 0 && top.high >= 0;
        top = {has_zero ? 0 : std::max(top.low, mirror.low), std::max(top.high, mirror.high)};
        break;
      }
      default:
        --used;
        if (!apply(step.op, stack[used - 1], stack[used])) return false;
    }
  }
  result = stack[0];
  return true;
}

std::optional<Price> Formula::evaluate(std::span<const Price> values, Price increment,
                                       Rounding rounding) const {
  KEEL_ASSERT(increment.is_positive(), "increment must be positive");
  PriceRange ranges[kMaxSteps];
  KEEL_ASSERT(values.size() <= kMaxSteps, "a formula needs a value for each name");
  for (std::size_t i = 0; i < values.size(); ++i) ranges[i] = {values[i], values[i]};
  Range result{};
  if (!run({ranges, values.size()}, result)) return std::nullopt;
  return rounded(result.low, increment, rounding);
}

std::optional<PriceRange> Formula::evaluate_range(std::span<const PriceRange> values,
                                                  Price increment) const {
  KEEL_ASSERT(increment.is_positive(), "increment must be positive");
  Range result{};
  if (!run(values, result)) return std::nullopt;
  const auto low = rounded(result.low, increment, Rounding::kFloor);
  const auto high = rounded(result.high, increment, Rounding::kCeiling);
  if (!low || !high) return std::nullopt;
  return PriceRange{*low, *high};
}

}  // namespace keel
