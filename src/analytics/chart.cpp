#include "analytics/chart.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "analytics/axis.hpp"
#include "analytics/show.hpp"

namespace keel::analytics {
namespace {

struct Size {
  const char* name;
  double width, height, left;
  int time_ticks, value_ticks;
  double mark;  // half the width of a fill's triangle
};
constexpr Size kWide{"wide", 1000, 300, 70, 9, 5, 4.5};
constexpr Size kNarrow{"narrow", 400, 240, 63, 4, 4, 3};
constexpr Size kWideLow{"wide", 1000, 170, 70, 9, 3, 4.5};
constexpr Size kNarrowLow{"narrow", 400, 160, 63, 4, 3, 3};

// One picture: frame, ticks and what is put inside. Coordinates have one decimal.
class Picture {
 public:
  Picture(std::string_view id, const Size& size, std::string_view title, std::string_view what)
      : size_(size) {
    const std::string name = fmt::format("{}-{}", id, size.name);
    out_ = fmt::format(
        "<svg class=\"chart {0}\" viewBox=\"0 0 {1} {2}\" role=\"img\" aria-labelledby=\"{3}-t "
        "{3}-d\"><title id=\"{3}-t\">{4}</title><desc id=\"{3}-d\">{5}</desc>\n",
        size.name, size.width, size.height, name, html_escape(title), html_escape(what));
  }

  void axes(double first, double last, const std::vector<Tick>& below, const ValueAxis& values) {
    first_ = first;
    // A moment is some 1e18 nanoseconds: adding one would change nothing.
    last_ = last > first ? last : first + std::max(1.0, std::abs(first) * 1e-12);
    low_ = values.low;
    high_ = values.high;
    std::size_t longest = 0;
    for (const Tick& tick : values.ticks) longest = std::max(longest, tick.label.size());
    // Pictures of one page begin at the same place, so that moments lie below each other.
    left_ = std::max(size_.left, 14 + 7.0 * static_cast<double>(longest));
    for (const Tick& tick : values.ticks) {
      add("<line class=\"grid\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", left_,
          right(), y(tick.at), y(tick.at));
      add("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left_ - 7,
          y(tick.at) + 4, html_escape(tick.label));
    }
    double free_from = 0;
    for (const Tick& tick : below) {
      if (tick.at < first_ || tick.at > last_) continue;
      const double half = 3.5 * static_cast<double>(tick.label.size());
      const double at =
          std::clamp(x(tick.at), left_ + half, std::max(right() - half, left_ + half));
      if (at - half < free_from) continue;
      free_from = at + half + 8;
      add("<line class=\"tick\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>",
          x(tick.at), bottom(), bottom() + 4);
      add("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", at, bottom() + 18,
          html_escape(tick.label));
    }
    add("<line class=\"frame\" x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>\n",
        left_, right(), bottom());
  }

  [[nodiscard]] double x(double at) const {
    return left_ + (right() - left_) * std::clamp((at - first_) / (last_ - first_), 0.0, 1.0);
  }
  [[nodiscard]] double x(Timestamp at) const { return x(static_cast<double>(at.ns)); }
  [[nodiscard]] double y(double at) const {
    return bottom() - (bottom() - kTop) * (at - low_) / (high_ - low_);
  }
  [[nodiscard]] double right() const { return size_.width - 10; }
  [[nodiscard]] double bottom() const { return size_.height - 26; }
  [[nodiscard]] double left() const { return left_; }

  template <class... T>
  void add(fmt::format_string<T...> form, T&&... values) {
    fmt::format_to(std::back_inserter(out_), form, std::forward<T>(values)...);
  }
  void path(std::string_view css, std::string_view points) {
    add("<path class=\"{}\" d=\"{}\"/>\n", css, points);
  }
  std::string take() { return std::move(out_) + "</svg>\n"; }

 private:
  static constexpr double kTop = 10;
  Size size_;
  std::string out_;
  double left_ = 0, first_ = 0, last_ = 1, low_ = 0, high_ = 1;
};

void point(std::string& path, char verb, double x, double y) {
  fmt::format_to(std::back_inserter(path), "{}{:.1f} {:.1f}", verb, x, y);
}

template <class Draw>
std::string both(const Size& wide, const Size& narrow, Draw draw) {
  return draw(wide) + draw(narrow);
}

// What would lie on the same spot is drawn once; with very many fills the spots grow.
std::vector<const FillRow*> visible_fills(const Picture& picture, const RunReport& report,
                                          const InstrumentSeries& series) {
  constexpr std::size_t kMaxMarks = 1500;
  for (double spot = 2;; spot *= 2) {
    std::set<std::tuple<int, int, Side>> taken;
    std::vector<const FillRow*> found;
    for (const FillRow& fill : report.fills) {
      if (fill.busted || fill.instrument != series.name) continue;
      const double x = picture.x(fill.time), y = picture.y(fill.price.to_double());
      if (taken.emplace(static_cast<int>(x / spot), static_cast<int>(y / spot), fill.side).second)
        found.push_back(&fill);
      if (found.size() > kMaxMarks) break;
    }
    if (found.size() <= kMaxMarks) return found;
  }
}

void draw_fills(Picture& picture, const RunReport& report, const InstrumentSeries& series,
                double half) {
  for (const FillRow* fill : visible_fills(picture, report, series)) {
    const bool buy = fill->side == Side::kBuy;
    const double tip = buy ? 2 : -2, base = (buy ? 1.8 : -1.8) * half;
    picture.add(
        "<path class=\"{}\" d=\"M{:.1f} {:.1f}l{:.1f} {:.1f}h{:.1f}z\"><title>{} {} at {}, {}"
        "</title></path>\n",
        buy ? "buy" : "sell", picture.x(fill->time), picture.y(fill->price.to_double()) + tip,
        -half, base, 2 * half, buy ? "Bought" : "Sold", fill->quantity.to_text(),
        fill->price.to_text(), show_time(fill->time));
  }
}

}  // namespace

TimeRange picture_range(const RunReport& report) {
  TimeRange range{{0}, {0}};
  const auto see = [&](Timestamp first, Timestamp last) {
    if (range.first.ns == 0 || first < range.first) range.first = first;
    if (range.last.ns == 0 || last > range.last) range.last = last;
  };
  for (const EquitySpan& span : report.equity_picture) see(span.start, span.last_time);
  for (const InstrumentSeries& series : report.instruments) {
    if (!series.prices.empty()) see(series.prices.front().start, series.prices.back().start);
    if (!series.positions.empty()) see(series.positions.front().time, series.positions.back().time);
  }
  return range;
}

std::string price_chart(std::string_view id, const RunReport& report,
                        const InstrumentSeries& series, const TimeRange& range) {
  double low = series.prices.empty() ? 0 : series.prices.front().low.to_double();
  double high = low;
  bool any = !series.prices.empty();
  const auto see = [&](double from, double to) {
    low = any ? std::min(low, from) : from;
    high = any ? std::max(high, to) : to;
    any = true;
  };
  for (const PriceSpan& span : series.prices) see(span.low.to_double(), span.high.to_double());
  for (const FillRow& fill : report.fills)
    if (!fill.busted && fill.instrument == series.name)
      see(fill.price.to_double(), fill.price.to_double());
  const std::string what = fmt::format(
      "{} from {} to {}, between {} and {}; {} fills are marked, triangles up for buys and down "
      "for sells; those on one spot are drawn once.",
      series.name, show_time(range.first), show_time(range.last),
      show_number(low, series.price_decimals), show_number(high, series.price_decimals),
      show_count(series.fills));
  return both(kWide, kNarrow, [&](const Size& size) {
    Picture picture{id, size, series.name + " price and fills", what};
    picture.axes(static_cast<double>(range.first.ns), static_cast<double>(range.last.ns),
                 time_ticks(range.first, range.last, size.time_ticks),
                 value_axis(low, high, size.value_ticks));
    std::string line, band, back;
    for (const PriceSpan& span : series.prices) {
      const double x = picture.x(span.start);
      point(line, line.empty() ? 'M' : 'L', x, picture.y(span.close.to_double()));
      point(band, band.empty() ? 'M' : 'L', x, picture.y(span.high.to_double()));
    }
    for (auto span = series.prices.rbegin(); span != series.prices.rend(); ++span)
      point(back, 'L', picture.x(span->start), picture.y(span->low.to_double()));
    if (!band.empty()) picture.path("band", band + back + "Z");
    picture.path("price", line);
    draw_fills(picture, report, series, size.mark);
    return picture.take();
  });
}

std::string position_chart(std::string_view id, const InstrumentSeries& series,
                           const TimeRange& range) {
  double low = 0, high = 0;
  for (const PositionStep& step : series.positions) {
    low = std::min(low, step.quantity.to_double());
    high = std::max(high, step.quantity.to_double());
  }
  const std::string what =
      fmt::format("Quantity of {} held over time, between {} and {}.", series.name, low, high);
  return both(kWideLow, kNarrowLow, [&](const Size& size) {
    Picture picture{id, size, series.name + " position", what};
    picture.axes(static_cast<double>(range.first.ns), static_cast<double>(range.last.ns),
                 time_ticks(range.first, range.last, size.time_ticks),
                 value_axis(low, high, size.value_ticks));
    const double zero = picture.y(0);
    std::string line;
    point(line, 'M', picture.left(), zero);
    double level = zero;
    for (const PositionStep& step : series.positions) {
      const double x = picture.x(step.time);
      point(line, 'L', x, level);
      level = picture.y(step.quantity.to_double());
      point(line, 'L', x, level);
    }
    point(line, 'L', picture.right(), level);
    std::string area = line;
    point(area, 'L', picture.right(), zero);
    picture.path("area", area + "Z");
    picture.path("line", line);
    picture.add(
        "<line class=\"zero\" x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>",
        picture.left(), picture.right(), zero);
    return picture.take();
  });
}

std::string equity_chart(std::string_view id, const RunReport& report, const TimeRange& range) {
  const std::vector<EquitySpan>& spans = report.equity_picture;
  if (spans.empty()) return {};
  double low = spans.front().low, high = spans.front().high;
  for (const EquitySpan& span : spans) {
    low = std::min(low, span.low);
    high = std::max(high, span.high);
  }
  const double start = spans.front().open;
  const std::string what =
      fmt::format("Equity in {} from {} to {}; lowest {}, highest {}.", report.base.code(),
                  show(report.start_equity), show(report.end_equity), show_number(low, 2),
                  show_number(high, 2));
  return both(kWide, kNarrow, [&](const Size& size) {
    Picture picture{id, size, "Equity", what};
    picture.axes(static_cast<double>(range.first.ns), static_cast<double>(range.last.ns),
                 time_ticks(range.first, range.last, size.time_ticks),
                 value_axis(low, high, size.value_ticks));
    std::string line;
    point(line, 'M', picture.x(spans.front().start), picture.y(start));
    for (const EquitySpan& span : spans) {
      if (span.high != span.close && span.high != span.open)
        point(line, 'L', picture.x(span.start), picture.y(span.high));
      if (span.low != span.close && span.low != span.open)
        point(line, 'L', picture.x(span.start), picture.y(span.low));
      point(line, 'L', picture.x(span.last_time), picture.y(span.close));
    }
    std::string area = line;
    point(area, 'L', picture.x(spans.back().last_time), picture.y(start));
    picture.path("area", area + "Z");
    picture.path("line", line);
    picture.add(
        "<line class=\"zero\" x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>",
        picture.left(), picture.right(), picture.y(start));
    return picture.take();
  });
}

std::string drawdown_chart(std::string_view id, const RunReport& report, const TimeRange& range) {
  const std::vector<EquitySpan>& spans = report.equity_picture;
  if (spans.empty()) return {};
  double deepest = 0;
  for (const EquitySpan& span : spans) deepest = std::max(deepest, span.drawdown);
  const std::string what =
      "Fall from the highest equity so far, in percent; deepest " + show_percent(deepest) + ".";
  return both(kWideLow, kNarrowLow, [&](const Size& size) {
    Picture picture{id, size, "Drawdown", what};
    ValueAxis axis = value_axis(-std::max(deepest, 1e-4), 0, size.value_ticks, true);
    picture.axes(static_cast<double>(range.first.ns), static_cast<double>(range.last.ns),
                 time_ticks(range.first, range.last, size.time_ticks), axis);
    std::string line;
    for (const EquitySpan& span : spans)
      point(line, line.empty() ? 'M' : 'L', picture.x(span.last_time), picture.y(-span.drawdown));
    std::string area = line;
    point(area, 'L', picture.x(spans.back().last_time), picture.y(0));
    point(area, 'L', picture.x(spans.front().last_time), picture.y(0));
    picture.path("fall-area", area + "Z");
    picture.path("fall", line);
    return picture.take();
  });
}

// Those that the statistics are about.
std::string trade_histogram(std::string_view id, const RunReport& report) {
  std::vector<double> nets;
  for (const RoundTrip& trip : report.trades)
    if (trip.account == report.account && trip.net.currency() == report.base)
      nets.push_back(trip.net.to_double());
  if (nets.empty()) return {};
  const auto [least, most] = std::minmax_element(nets.begin(), nets.end());
  const double target = std::clamp(2 * std::sqrt(static_cast<double>(nets.size())), 6.0, 30.0);
  const double spread = *most - *least;
  const double step = nice_step(spread > 0 ? spread / target : std::max(std::abs(*most) / 4, 1e-8));
  const double first = std::floor(*least / step), last = std::floor(*most / step) + 1;
  std::vector<int> bins(static_cast<std::size_t>(std::clamp(last - first, 1.0, 1000.0)));
  for (const double net : nets) {
    const auto at = static_cast<std::size_t>(std::max(std::floor(net / step) - first, 0.0));
    ++bins[std::min(at, bins.size() - 1)];
  }
  const int highest = *std::max_element(bins.begin(), bins.end());
  const std::string what = fmt::format(
      "{} round trips by net profit in {}: worst {}, best {}; bars of {} each.", nets.size(),
      report.base.code(), show_number(*least, 2), show_number(*most, 2), show_number(step, 2));
  return both(kWide, kNarrow, [&](const Size& size) {
    Picture picture{id, size, "Profit of round trips", what};
    ValueAxis below = value_axis(first * step, last * step, size.time_ticks);
    ValueAxis counts = value_axis(0, highest, std::min(size.value_ticks, highest));
    picture.axes(first * step, last * step, below.ticks, counts);
    for (std::size_t i = 0; i < bins.size(); ++i) {
      if (bins[i] == 0) continue;
      const double from = (first + static_cast<double>(i)) * step;
      const double x = picture.x(from), width = picture.x(from + step) - x;
      const double y = picture.y(bins[i]);
      picture.add(
          "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">"
          "<title>{} to {}: {}</title></rect>\n",
          from >= -step * 1e-9 ? "gain" : "loss", x + 1, y, std::max(width - 2, 1.0),
          picture.bottom() - y, show_number(from, 2), show_number(from + step, 2), bins[i]);
    }
    return picture.take();
  });
}

}  // namespace keel::analytics
