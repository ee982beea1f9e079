#include "adapters/tws/numbers.hpp"

#include <doctest/doctest.h>
#include <keel/core/decimal.hpp>
#include <keel/core/random.hpp>

namespace keel::tws {

namespace {
std::optional<std::int64_t> raw(std::string_view text, int digits = 9) {
  std::int64_t value = 0;
  if (parse_decimal_nearest(text, digits, value) == Parsed::kValue) return value;
  return std::nullopt;
}
}  // namespace

TEST_CASE("prices are taken exactly, and Java's doubles to the nearest") {
  CHECK(raw("185.25") == 185'250'000'000);
  CHECK(raw("-0.5") == -500'000'000);
  CHECK(raw("100") == 100'000'000'000);
  CHECK(raw("1.0E-5") == 10'000);
  CHECK(raw("0.30000000000000004") == 300'000'000);
  CHECK(raw("1.0000000000000000") == 1'000'000'000);
}

TEST_CASE("what stands for not set is not a value, and what does not fit is an error") {
  std::int64_t value = 0;
  for (const char* text : {"", "1.7976931348623157E308", "1.7976931348623157e+308",
                           "170141183460469231731687303715884105727"})
    CHECK(parse_decimal_nearest(text, 9, value) == Parsed::kUnset);
  for (const char* text : {"abc", "1.2.3", "-", ".", "1e300", "99999999999999", "nan", "1,5"})
    CHECK(parse_decimal_nearest(text, 9, value) == Parsed::kBad);
}

TEST_CASE("decimals are written as short as they are, and read back the same") {
  Random random{5};
  for (int i = 0; i < 20'000; ++i) {
    auto value = static_cast<std::int64_t>(random.next());
    if (i % 2 == 0) value /= 1'000'000'000;
    std::string text;
    append_decimal(text, value, 9);
    CHECK(text == Price::from_raw(value).to_text());
    CHECK(raw(text) == value);
  }
}

TEST_CASE("integers may come as decimals, when they are whole") {
  std::int64_t value = 0;
  CHECK(parse_integer("100.0", value) == Parsed::kValue);
  CHECK(value == 100);
  CHECK(parse_integer("1.5", value) == Parsed::kBad);
  CHECK(parse_integer("12x", value) == Parsed::kBad);
  CHECK(parse_integer("-7", value) == Parsed::kValue);
  CHECK(value == -7);
}

}  // namespace keel::tws
