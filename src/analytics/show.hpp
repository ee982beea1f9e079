// Values as people read them, and texts made safe for where they stand. Shared by the writers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <keel/analytics/run_report.hpp>

namespace keel::analytics {

// "1,234.50" at the currency's digits, half even; "+" in front of a gain where asked.
[[nodiscard]] std::string show(const Money& amount, bool with_sign = false);
// The same with the code behind it.
[[nodiscard]] std::string show_with_code(const Money& amount, bool with_sign = false);
[[nodiscard]] std::string show_number(double value, int decimals);
[[nodiscard]] std::string show_count(std::uint64_t count);
[[nodiscard]] std::string show_percent(double fraction, int decimals = 2);
// "2d 3h", "5m 12s", "1.25 s".
[[nodiscard]] std::string show_seconds(double seconds);
// "1.2 us".
[[nodiscard]] std::string show_nanoseconds(std::int64_t ns);
// "2013-11-25 14:30:00".
[[nodiscard]] std::string show_time(Timestamp time);
// By its unit; "n/a" where it is not defined.
[[nodiscard]] std::string show(const StatisticInfo& info, const Statistics& of,
                               const Currency& base);
// "engine-run-counter".
[[nodiscard]] std::string show(OrderId id);

// Only well-formed UTF-8 and no control characters: what is neither becomes U+FFFD.
[[nodiscard]] std::string clean_text(std::string_view text);
// clean_text with & < > " ' as entities: for content and for quoted attributes.
[[nodiscard]] std::string html_escape(std::string_view text);

// Writes a temporary file beside `path`, syncs it and renames it. Error: analytics.storage.
[[nodiscard]] Status write_file(const std::string& path, std::string_view text);

}  // namespace keel::analytics
