// Pictures of a report as inline SVG. Each is drawn twice, for a wide and for a narrow page, and
// the style sheet shows one of them: text keeps its size, nothing needs a script.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <keel/analytics/run_report.hpp>

namespace keel::analytics {

struct TimeRange {
  Timestamp first, last;
};
// Of everything that the pictures show, so that they lie exactly below each other.
[[nodiscard]] TimeRange picture_range(const RunReport& report);

// Whole <svg> elements, wide and narrow. `id` is unique on the page.
[[nodiscard]] std::string price_chart(std::string_view id, const RunReport& report,
                                      const InstrumentSeries& series, const TimeRange& range);
[[nodiscard]] std::string position_chart(std::string_view id, const InstrumentSeries& series,
                                         const TimeRange& range);
[[nodiscard]] std::string equity_chart(std::string_view id, const RunReport& report,
                                       const TimeRange& range);
[[nodiscard]] std::string drawdown_chart(std::string_view id, const RunReport& report,
                                         const TimeRange& range);
[[nodiscard]] std::string trade_histogram(std::string_view id, const RunReport& report);

}  // namespace keel::analytics
