#include <cstdio>

#include <keel/core/decimal.hpp>
#include <keel/core/money.hpp>

using namespace keel::literals;

int main() {
  const auto cost = keel::Money::product(100.25_px, 0.5_qty, "USD");
  std::printf("%s\n", cost.amount_text().c_str());
  return cost.amount_text() == "50.125" ? 0 : 1;
}
