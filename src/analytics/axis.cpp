#include "analytics/axis.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <keel/core/time_text.hpp>

#include "analytics/show.hpp"

namespace keel::analytics {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute,
                       kDay = 24 * kHour;
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string clock_label(Timestamp time, std::int64_t step) {
  const CivilDate date = utc_date(time);
  const std::int64_t of_day = time.ns - utc_midnight(date).ns;
  if (of_day == 0 && step >= kMinute)
    return fmt::format("{} {}", date.day, kMonths[date.month - 1]);
  const std::int64_t hour = of_day / kHour, minute = of_day / kMinute % 60,
                     second = of_day / kSecond % 60;
  if (step < kSecond) return fmt::format("{:02}.{:03}", second, of_day / 1'000'000 % 1000);
  if (step < kMinute) return fmt::format("{:02}:{:02}:{:02}", hour, minute, second);
  return fmt::format("{:02}:{:02}", hour, minute);
}

std::vector<Tick> month_ticks(Timestamp first, Timestamp last, int want) {
  const CivilDate begin = utc_date(first), end = utc_date(last);
  const int months = (end.year - begin.year) * 12 + end.month - begin.month + 1;
  int step = 1;
  for (const int candidate : {1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200}) {
    step = candidate;
    if (months / candidate <= want) break;
  }
  std::vector<Tick> ticks;
  const int start = begin.year * 12 + begin.month - 1;
  for (int at = (start + step - 1) / step * step; at <= start + months; at += step) {
    const CivilDate date{at / 12, static_cast<std::uint8_t>(at % 12 + 1), 1};
    if (date.year > 2261) break;
    const Timestamp time = utc_midnight(date);
    if (time < first || time > last) continue;
    std::string label = step >= 12 ? std::to_string(date.year)
                                   : fmt::format("{} {}", kMonths[date.month - 1], date.year);
    ticks.push_back({static_cast<double>(time.ns), std::move(label)});
  }
  return ticks;
}

}  // namespace

double nice_step(double rough) {
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (power * factor >= rough * 0.999) return power * factor;
  return power * 10;
}

ValueAxis value_axis(double low, double high, int want, bool percent) {
  if (high - low <= std::abs(high) * 1e-12) {
    const double room = high == 0 ? 1 : std::abs(high) * 0.01;
    low -= room;
    high += room;
  }
  const double step = nice_step((high - low) / want);
  ValueAxis axis{std::floor(low / step + 1e-9) * step, std::ceil(high / step - 1e-9) * step, {}};
  const double shown = percent ? step * 100 : step;
  const int decimals = std::clamp(static_cast<int>(-std::floor(std::log10(shown) + 1e-9)), 0, 10);
  const auto count = static_cast<int>(std::lround((axis.high - axis.low) / step));
  for (int i = 0; i <= count && i < 50; ++i) {
    const double at = axis.low + step * i;
    const bool huge = std::abs(axis.high) >= 1e12 || std::abs(axis.low) >= 1e12;
    std::string label = percent ? show_percent(at, decimals)
                        : huge  ? fmt::format("{:.3g}", at)
                                : show_number(at, decimals);
    axis.ticks.push_back({at, std::move(label)});
  }
  return axis;
}

std::vector<Tick> time_ticks(Timestamp first, Timestamp last, int want) {
  const std::int64_t length = last.ns - first.ns;
  if (length <= 0) return {{static_cast<double>(first.ns), clock_label(first, kMinute)}};
  if (length > kDay * 14 * want) return month_ticks(first, last, want);
  std::int64_t step = kDay * 14;
  for (const std::int64_t candidate :
       {kSecond / 1000, kSecond / 100, kSecond / 10, kSecond,     5 * kSecond,  15 * kSecond,
        30 * kSecond,   kMinute,       2 * kMinute,  5 * kMinute, 15 * kMinute, 30 * kMinute,
        kHour,          2 * kHour,     3 * kHour,    6 * kHour,   12 * kHour,   kDay,
        2 * kDay,       7 * kDay,      14 * kDay}) {
    if (length / candidate > want) continue;
    step = candidate;
    break;
  }
  std::vector<Tick> ticks;
  Timestamp at = first.floor_to(Duration{step});
  if (at < first) at = at + Duration{step};
  for (; at <= last; at = at + Duration{step})
    ticks.push_back({static_cast<double>(at.ns), clock_label(at, step)});
  return ticks;
}

}  // namespace keel::analytics
