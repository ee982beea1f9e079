#include <keel/analytics/sweep_page.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "analytics/axis.hpp"
#include "analytics/html_style.hpp"
#include "analytics/show.hpp"

namespace keel {
namespace {

using analytics::html_escape;

constexpr std::size_t kMaxCurves = 8, kMaxRows = 2000, kPicturePoints = 600;
constexpr const char* kColors[kMaxCurves] = {"#1f5fbf", "#c2362b", "#0a7a4f", "#b7791f",
                                             "#7b4fc9", "#0e8fa3", "#b83280", "#6b7280"};

// Low is red, high is green, the middle is pale: dark text is readable on all of them.
std::string color_of(double value, double low, double high) {
  const double part = high > low ? std::clamp((value - low) / (high - low), 0.0, 1.0) : 0.5;
  const double away = std::abs(part - 0.5) * 2;
  const auto mix = [away](int from, int to) {
    return static_cast<int>(std::lround(from + (to - from) * away));
  };
  const bool good = part >= 0.5;
  return fmt::format("#{:02x}{:02x}{:02x}", mix(247, good ? 64 : 230), mix(245, good ? 178 : 100),
                     mix(235, good ? 121 : 88));
}

std::string number(double value) {
  const double size = std::abs(value);
  return fmt::format("{:.{}f}", value, size >= 1000 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 4);
}

void put_map(std::string& out, const HeatMap& map) {
  if (map.x.empty() || map.y.empty() || map.cells.size() != map.x.size() * map.y.size()) return;
  double low = 1e300, high = -1e300;
  for (const auto& cell : map.cells) {
    if (!cell) continue;
    low = std::min(low, *cell);
    high = std::max(high, *cell);
  }
  // Where there are gains and losses, nothing is the middle.
  const bool both = low < 0 && high > 0;
  const double reach = std::max(-low, high);
  const double from = both ? -reach : low, to_high = both ? reach : high;
  const double width = std::max(24.0, std::min(70.0, 900.0 / static_cast<double>(map.x.size())));
  const double height = 26, left = 90, top = 8;
  const double right = left + width * static_cast<double>(map.x.size());
  const double bottom = top + height * static_cast<double>(map.y.size());
  auto to = std::back_inserter(out);
  fmt::format_to(to,
                 "<section class=\"sheet\"><h2>{}</h2>\n<div class=\"scroll\"><svg class=\"map\" "
                 "width=\"{:.0f}\" height=\"{:.0f}\" role=\"img\"><title>{}</title>\n",
                 html_escape(map.title), right + 10, bottom + 44, html_escape(map.title));
  for (std::size_t y = 0; y < map.y.size(); ++y) {
    const double at_y = top + height * static_cast<double>(y);
    fmt::format_to(to, "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", left - 6,
                   at_y + 17, html_escape(map.y[y]));
    for (std::size_t x = 0; x < map.x.size(); ++x) {
      const auto& cell = map.cells[y * map.x.size() + x];
      const double at_x = left + width * static_cast<double>(x);
      const std::string shown = cell ? number(*cell) : "n/a";
      fmt::format_to(to,
                     "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
                     "fill=\"{}\"><title>{} {}, {} {}: {}</title></rect>\n",
                     at_x, at_y, width - 1, height - 1,
                     cell ? color_of(*cell, from, to_high) : "#b9c0c8", html_escape(map.y_name),
                     html_escape(map.y[y]), html_escape(map.x_name), html_escape(map.x[x]), shown);
      if (cell && width >= 40)
        fmt::format_to(to,
                       "<text class=\"cell\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}"
                       "</text>\n",
                       at_x + width / 2, at_y + 17, shown);
    }
  }
  const std::size_t every = width >= 40 ? 1 : 1 + static_cast<std::size_t>(40 / width);
  for (std::size_t x = 0; x < map.x.size(); x += every)
    fmt::format_to(to, "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
                   left + width * (static_cast<double>(x) + 0.5), bottom + 16,
                   html_escape(map.x[x]));
  fmt::format_to(to,
                 "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>"
                 "</svg></div><p class=\"note\">Down: {}. Across: {}. Lowest {}, highest "
                 "{}.</p></section>\n",
                 (left + right) / 2, bottom + 36, html_escape(map.x_name), html_escape(map.y_name),
                 html_escape(map.x_name), low <= high ? number(low) : "n/a",
                 low <= high ? number(high) : "n/a");
}

struct Frame {
  Timestamp first, last;
  double low, high;
  static constexpr double kLeft = 90, kRight = 990, kTop = 10, kBottom = 290;
  [[nodiscard]] double x(Timestamp at) const {
    const double whole = std::max(1.0, static_cast<double>((last - first).ns));
    return kLeft + (kRight - kLeft) * static_cast<double>((at - first).ns) / whole;
  }
  [[nodiscard]] double y(double at) const {
    return kBottom - (kBottom - kTop) * (at - low) / (high > low ? high - low : 1);
  }
};

void put_axes(std::string& out, const Frame& frame, const analytics::ValueAxis& axis,
              const std::vector<Timestamp>& marks) {
  auto to = std::back_inserter(out);
  for (const auto& tick : axis.ticks)
    fmt::format_to(to,
                   "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" "
                   "y2=\"{2:.1f}\"/><text x=\"{3:.1f}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}"
                   "</text>\n",
                   Frame::kLeft, Frame::kRight, frame.y(tick.at), Frame::kLeft - 7,
                   frame.y(tick.at) + 4, html_escape(tick.label));
  for (const auto& tick : analytics::time_ticks(frame.first, frame.last, 8)) {
    const Timestamp at{static_cast<std::int64_t>(tick.at)};
    if (at < frame.first || at > frame.last) continue;
    fmt::format_to(to, "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
                   std::clamp(frame.x(at), Frame::kLeft + 30, Frame::kRight - 30),
                   Frame::kBottom + 18, html_escape(tick.label));
  }
  for (const Timestamp mark : marks) {
    if (mark < frame.first || mark > frame.last) continue;
    fmt::format_to(to,
                   "<line class=\"zero\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" "
                   "y2=\"{2:.1f}\"/>\n",
                   frame.x(mark), Frame::kTop, Frame::kBottom);
  }
}

void put_curves(std::string& out, const SweepPage& page) {
  std::optional<Frame> frame;
  const std::size_t count = std::min(page.curves.size(), kMaxCurves);
  for (std::size_t i = 0; i < count; ++i)
    for (const EquityPoint& point : page.curves[i].points) {
      if (!std::isfinite(point.equity)) continue;
      if (!frame) frame = Frame{point.time, point.time, point.equity, point.equity};
      frame->first = std::min(frame->first, point.time);
      frame->last = std::max(frame->last, point.time);
      frame->low = std::min(frame->low, point.equity);
      frame->high = std::max(frame->high, point.equity);
    }
  if (!frame) return;
  const auto axis = analytics::value_axis(frame->low, frame->high, 5);
  frame->low = axis.low;
  frame->high = axis.high;
  auto to = std::back_inserter(out);
  fmt::format_to(to, "<section class=\"sheet\"><h2>{}", html_escape(page.curves_title));
  for (std::size_t i = 0; i < count; ++i)
    fmt::format_to(to, "<span class=\"legend\"><i style=\"color:{}\">&#9632;</i> {}</span>",
                   kColors[i], html_escape(page.curves[i].name));
  fmt::format_to(to,
                 "</h2>\n<svg class=\"chart\" viewBox=\"0 0 1000 320\" role=\"img\"><title>{}"
                 "</title>\n",
                 html_escape(page.curves_title));
  put_axes(out, *frame, axis, page.marks);
  for (std::size_t i = count; i-- > 0;) {  // the first one on top
    const auto& points = page.curves[i].points;
    const std::size_t every = 1 + points.size() / kPicturePoints;
    std::string path;
    for (std::size_t at = 0; at < points.size(); ++at) {
      if (at % every != 0 && at + 1 != points.size()) continue;
      fmt::format_to(std::back_inserter(path), "{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L',
                     frame->x(points[at].time), frame->y(points[at].equity));
    }
    fmt::format_to(to, "<path d=\"{}\" stroke=\"{}\" stroke-width=\"{}\"/>\n", path, kColors[i],
                   i == 0 ? "2" : "1.2");
  }
  out += "</svg></section>\n";
}

void put_table(std::string& out, const PageTable& table) {
  auto to = std::back_inserter(out);
  fmt::format_to(to, "<section class=\"sheet\"><h2>{}</h2>\n", html_escape(table.title));
  if (!table.note.empty())
    fmt::format_to(to, "<p class=\"note\">{}</p>\n", html_escape(table.note));
  out += "<div class=\"scroll\"><table class=\"rows\"><thead><tr>";
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    fmt::format_to(to, "<th scope=\"col\"{}>{}</th>",
                   i < table.text_columns ? " class=\"text\"" : "", html_escape(table.columns[i]));
  out += "</tr></thead><tbody>\n";
  for (std::size_t row = 0; row < table.rows.size() && row < kMaxRows; ++row) {
    out += "<tr>";
    for (std::size_t i = 0; i < table.rows[row].size(); ++i)
      fmt::format_to(to, "<td{}>{}</td>", i < table.text_columns ? " class=\"text\"" : "",
                     html_escape(table.rows[row][i]));
    out += "</tr>\n";
  }
  out += "</tbody></table></div>";
  if (table.rows.size() > kMaxRows)
    fmt::format_to(to, "<p class=\"note\">{} more rows are left out; --json has all.</p>",
                   table.rows.size() - kMaxRows);
  out += "</section>\n";
}

}  // namespace

std::string html_text(const SweepPage& page) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'\">\n<title>";
  const std::string title = html_escape(page.title);
  out += title;
  out += "</title>\n<style>";
  out += analytics::kStyle;
  out += "svg.map text.cell{fill:#16202c}</style>\n</head>\n<body>\n<main>\n<header><h1>";
  out += title;
  out += "</h1>\n<p>";
  out += html_escape(page.subtitle);
  out += "</p>\n";
  if (!page.notes.empty()) {
    out += "<ul class=\"notes\">";
    for (const std::string& note : page.notes) {
      out += "<li>";
      out += html_escape(note);
      out += "</li>";
    }
    out += "</ul>\n";
  }
  out += "</header>\n<section class=\"cards\" aria-label=\"Key figures\">\n";
  for (const NamedText& card : page.cards)
    fmt::format_to(std::back_inserter(out), "<div class=\"card\"><span>{}</span><b>{}</b></div>\n",
                   html_escape(card.name), html_escape(card.text));
  out += "</section>\n";
  for (const HeatMap& map : page.maps) put_map(out, map);
  put_curves(out, page);
  for (const PageTable& table : page.tables) put_table(out, table);
  out += "<footer>Made by keel. Times are UTC.</footer>\n</main>\n</body>\n</html>\n";
  return out;
}

Status write_html(const std::string& path, const SweepPage& page) {
  return analytics::write_file(path, html_text(page));
}

}  // namespace keel
