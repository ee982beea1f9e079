#include <algorithm>
#include <array>
#include <bit>

#include <doctest/doctest.h>

#include <fmt/core.h>

#include <keel/core/currency.hpp>
#include <keel/core/format.hpp>
#include <keel/core/id.hpp>
#include <keel/core/text.hpp>

#include "expect_assert.hpp"

using namespace keel;
using namespace keel::literals;

TEST_CASE("fixed text holds exactly what fits") {
  using Name = FixedText<8>;
  constexpr Name literal{"AAPL"};
  static_assert(literal.view() == "AAPL");
  CHECK(Name{}.empty());
  CHECK(Name::from("")->empty());
  CHECK(Name::from("1234567").value().view() == "1234567");
  const auto error = Name::from("12345678").error();
  CHECK(error.code == core_errors::kTextTooLong);
  CHECK(error.value == "12345678");
  CHECK(error.rule == "at most 7 characters");
  CHECK(Name::clipped("12345678").view() == "1234567");
  CHECK(Name::clipped("").empty());
  CHECK(Name::from(std::string_view{"a\0b", 3})->size() == 3);  // a zero is a character like others
  CHECK(FixedText<256>::from(std::string(255, 'x'))->size() == 255);
  CHECK(!FixedText<256>::from(std::string(256, 'x')));
}

TEST_CASE("equal texts have equal bytes, and order is the text's") {
  using Name = FixedText<8>;
  Name reused = Name::from("ABCDEFG").value();
  reused = Name::from("AB").value();
  const Name fresh{"AB"};
  CHECK(std::memcmp(&reused, &fresh, sizeof fresh) == 0);
  CHECK(reused == fresh);
  CHECK(fresh == "AB");
  CHECK(fresh != Name{"ABC"});
  CHECK(Name{"AB"} < Name{"ABA"});
  CHECK(Name{"B"} > Name{"ABA"});
  CHECK(Name::from("\x7F")->view() < Name::from("\xC3\xA9")->view());
  static_assert(std::has_unique_object_representations_v<Name>);
}

TEST_CASE("currencies are codes, refused when malformed") {
  CHECK(Currency::parse("USD").value() == Currency{"USD"});
  CHECK(Currency::parse("1000SATS")->code() == "1000SATS");
  CHECK(Currency::parse("BRK.B-X")->code() == "BRK.B-X");
  for (const std::string_view bad : {"", "usd", "US D", "USD ", "U$D", "\xE2\x82\xAC", "USD\n"})
    CHECK_MESSAGE(Currency::parse(bad).error().code == core_errors::kCurrencySyntax, bad);
  CHECK(Currency::parse("ABCDEFGHIJKLMNO").ok());
  CHECK(Currency::parse("ABCDEFGHIJKLMNOP").error().code == core_errors::kTextTooLong);
  CHECK(Currency::parse("ABCDEFGHIJKLMNOP").error().field == "currency");
  CHECK(Currency{}.empty());
}

TEST_CASE("minor digits are ISO 4217's, and eight for what is not in it") {
  for (const std::string_view code : {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
                                      "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"})
    CHECK_MESSAGE(Currency::parse(code)->minor_digits() == 0, code);
  for (const std::string_view code : {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
    CHECK_MESSAGE(Currency::parse(code)->minor_digits() == 3, code);
  for (const std::string_view code : {"CLF", "UYW"})
    CHECK_MESSAGE(Currency::parse(code)->minor_digits() == 4, code);
  for (const std::string_view code :
       {"AED", "AUD", "BGN", "BMD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR",
        "GBP", "GEL", "HKD", "HUF", "IDR", "ILS", "INR", "JMD", "MDL", "MGA", "MXN",
        "NGN", "NIO", "NOK", "NZD", "PLN", "RUB", "SAR", "SEK", "SGD", "SZL", "THB",
        "TRY", "TWD", "USD", "VES", "XCG", "YER", "ZAR", "ZWG", "ZWL"})
    CHECK_MESSAGE(Currency::parse(code)->minor_digits() == 2, code);
  for (const std::string_view code : {"BTC", "ETH", "USDT", "USDC", "A", "AAA", "ZZZ", "USDX"})
    CHECK_MESSAGE(Currency::parse(code)->minor_digits() == 8, code);
  CHECK(Currency{}.minor_digits() == 8);
}

TEST_CASE("order ids take themselves apart") {
  const auto id = OrderId::make(1023, (1u << 22) - 1, ~0u);
  CHECK(id.value == ~std::uint64_t{0});
  CHECK(id.engine() == 1023);
  CHECK(id.run() == (1u << 22) - 1);
  CHECK(id.counter() == ~0u);
  CHECK(OrderId::make(1, 2, 3).value == (std::uint64_t{1} << 54 | std::uint64_t{2} << 32 | 3));
  CHECK(OrderId{0}.is_none());
  CHECK(OrderId::make(0, 0, 1) < OrderId::make(0, 1, 0));  // a later run sorts behind
  CHECK_ASSERTS(OrderId::make(1024, 0, 1));                // never folded into another engine's ids
  CHECK_ASSERTS(OrderId::make(0, 1u << 22, 1));
}

TEST_CASE("core values format as their exact text") {
  CHECK(fmt::format("{} {} {}", 100.250_px, -0.5_qty, 0.001_rate) == "100.25 -0.5 0.001");
  CHECK(fmt::format("{:>8}|{:<8}|", 1.5_px, 2_qty) == "     1.5|2       |");
  CHECK(fmt::format("{}", Money::whole(3, "EUR")) == "3 EUR");
  CHECK(fmt::format("{}", Volume{2.5_qty}) == "2.5");
  CHECK(fmt::format("{} {}", Currency{"USD"}, FixedText<8>{"AAPL"}) == "USD AAPL");
  CHECK(fmt::format("{} {}", InstrumentId{7}, OrderId::make(1, 2, 3)) == "7 1-2-3");
  CHECK(fmt::format("{} {}", Timestamp{0}, 90_s) == "1970-01-01T00:00:00Z 90s");
  CHECK(fmt::format("{:>5}|{:03}|{:>8}", InstrumentId{7}, AccountId{7}, OrderId::make(1, 2, 3)) ==
        "    7|007|   1-2-3");
  CHECK(fmt::format("{}", CivilDate{2024, 2, 29}) == "2024-02-29");
}

TEST_CASE("an error says where, what, and against which rule") {
  CHECK(Price::parse("1.0000000001").error().in_field("price").message() ==
        "price: '1.0000000001': at most 9 decimals [core.decimal_digits]");
  CHECK(Price::parse("x").error().in_field("price").at("trades.csv:17").message() ==
        "trades.csv:17: price: 'x': a decimal number such as -12.50 [core.decimal_syntax]");
  CHECK(Error{core_errors::kNotFinite, {}, {}, {}, {}}.message() == " [core.not_finite]");
  // A megabyte of rubbish does not become a megabyte of message.
  CHECK(Price::parse(std::string(1'000'000, 'x')).error().message().size() < 300);
  CHECK(FixedText<8>::from(std::string(1'000'000, 'x')).error().message().size() < 300);
  CHECK(Currency::parse(std::string(1'000'000, 'x')).error().message().size() < 300);
}

TEST_CASE("bytes from outside never give more text than there is room for") {
  for (int length = 0; length < 256; ++length) {
    std::array<unsigned char, 16> bytes{};
    bytes[15] = static_cast<unsigned char>(length);
    const auto text = std::bit_cast<FixedText<16>>(bytes);
    CHECK(text.view().size() == std::min<std::size_t>(15, static_cast<std::size_t>(length)));
  }
}
