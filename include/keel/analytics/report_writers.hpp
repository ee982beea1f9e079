// Writers of a RunReport. Files appear whole or not at all (temporary name, then rename), and every
// text that came from outside is escaped for where it stands. Error of each: analytics.storage.
#pragma once

#include <string>

#include <keel/analytics/errors.hpp>
#include <keel/analytics/run_report.hpp>

namespace keel {

// One file: tables, and pictures as SVG inside it. No script, no network, light and dark, prints.
[[nodiscard]] Status write_html(const std::string& path, const RunReport& report);
// Amounts as exact decimal text, statistics as numbers, what is undefined as null.
[[nodiscard]] Status write_json(const std::string& path, const RunReport& report);
// RFC 4180 with a header line; exact decimals; text that a spreadsheet would run as a formula gets
// an apostrophe in front.
[[nodiscard]] Status write_fills_csv(const std::string& path, const RunReport& report);
[[nodiscard]] Status write_orders_csv(const std::string& path, const RunReport& report);

// The same as text, for hosts that serve them.
[[nodiscard]] std::string html_text(const RunReport& report);
[[nodiscard]] std::string json_text(const RunReport& report);
[[nodiscard]] std::string fills_csv_text(const RunReport& report);
[[nodiscard]] std::string orders_csv_text(const RunReport& report);

// For a terminal: plain, aligned, at most 80 columns, ends with a newline.
[[nodiscard]] std::string summary_text(const RunReport& report);

}  // namespace keel
