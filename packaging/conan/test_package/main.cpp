// The values, from a package.
#include <cstdio>

#include <keel/core/money.hpp>

using namespace keel::literals;

int main() {
  const auto cost = keel::Money::product(100.25_px, 0.5_qty, "USD");
  std::puts(cost.to_text().c_str());
  return cost.to_text() == "50.125 USD" ? 0 : 1;
}
