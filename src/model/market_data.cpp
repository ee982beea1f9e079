#include <keel/model/market_data.hpp>

namespace keel {

double Bar::vwap() const {
  if (volume.is_zero()) return close.to_double();
  return detail::decimal_to_double(value, Price::kDigits + Quantity::kDigits) / volume.to_double();
}

}  // namespace keel
