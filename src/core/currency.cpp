#include <keel/core/currency.hpp>

#include <algorithm>
#include <iterator>

namespace keel {

namespace {

// ISO 4217:2015 list one, those whose minor unit is not 2, then those whose minor unit is 2.
constexpr std::string_view kZero[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
                                      "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::string_view kThree[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
constexpr std::string_view kFour[] = {"CLF", "UYW"};
constexpr std::string_view kTwo[] = {
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF",
    "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR",
    "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF",
    "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK", "LBP",
    "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
    "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK",
    "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD",
    "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TOP",
    "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VED", "VES", "WST", "XCD", "XCG",
    "YER", "ZAR", "ZMW", "ZWG", "ZWL"};

template <std::size_t N>
bool holds(const std::string_view (&list)[N], std::string_view code) {
  return std::binary_search(std::begin(list), std::end(list), code);
}

}  // namespace

Result<Currency> Currency::parse(std::string_view code) {
  const bool good = !code.empty() && std::all_of(code.begin(), code.end(), allowed);
  if (!good) {
    return Error{core_errors::kCurrencySyntax,
                 "currency",
                 std::string{code.substr(0, 60)},
                 "1 to 15 upper-case letters, digits, dots or minus signs",
                 {}};
  }
  auto text = FixedText<16>::from(code);
  if (!text) return std::move(text).error().in_field("currency");
  Currency currency;
  currency.code_ = *text;
  return currency;
}

int Currency::minor_digits() const {
  if (holds(kTwo, code())) return 2;
  if (holds(kZero, code())) return 0;
  if (holds(kThree, code())) return 3;
  if (holds(kFour, code())) return 4;
  return 8;
}

}  // namespace keel
