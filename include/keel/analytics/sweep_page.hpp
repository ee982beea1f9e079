// SweepPage: the page of a parameter sweep or a walk-forward, as plain values: heat maps, curves,
// tables. One HTML file without script and without network, as the report of a run.
#pragma once

#include <string>
#include <vector>

#include <keel/analytics/run_report.hpp>

namespace keel {

// A figure over two parameters. A cell without a value is left grey.
struct HeatMap {
  std::string title, x_name, y_name;
  std::vector<std::string> x, y;             // values of the parameters
  std::vector<std::optional<double>> cells;  // row by row: cells[y * x.size() + x]
};

struct PageCurve {
  std::string name;
  std::vector<EquityPoint> points;
};

struct PageTable {
  std::string title, note;
  std::vector<std::string> columns;
  std::size_t text_columns = 1;  // the first ones are words, the others numbers
  std::vector<std::vector<std::string>> rows;
};

struct SweepPage {
  std::string title, subtitle;
  std::vector<NamedText> cards;    // key figures
  std::vector<std::string> notes;  // what a reader must know
  std::vector<HeatMap> maps;
  std::string curves_title;
  std::vector<PageCurve> curves;  // at most eight are drawn; each thinned to what a picture shows
  std::vector<Timestamp> marks;   // drawn as lines: where windows begin
  std::vector<PageTable> tables;
};

[[nodiscard]] std::string html_text(const SweepPage& page);
// Error: analytics.storage.
[[nodiscard]] Status write_html(const std::string& path, const SweepPage& page);

}  // namespace keel
