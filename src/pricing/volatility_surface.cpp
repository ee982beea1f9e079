#include <keel/pricing/volatility_surface.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace keel {

namespace {

Error invalid(const char* field, double value, const char* rule) {
  return {pricing_errors::kInvalidInput, field, fmt::format("{}", value), rule, {}};
}

Status check(const VolatilityPoint& point) {
  const struct {
    const char* name;
    double value;
  } fields[] = {{"years", point.years},
                {"forward", point.forward},
                {"strike", point.strike},
                {"volatility", point.volatility}};
  for (const auto& field : fields)
    if (!std::isfinite(field.value) || field.value <= 0)
      return invalid(field.name, field.value, "above zero");
  return {};
}

}  // namespace

Result<VolatilitySurface> VolatilitySurface::through(std::span<const VolatilityPoint> points) {
  if (points.empty()) return invalid("points", 0, "at least one");
  VolatilitySurface made;
  for (const VolatilityPoint& point : points) {
    if (auto status = check(point); !status) return std::move(status).error();
    auto slice = std::find_if(made.slices_.begin(), made.slices_.end(),
                              [&](const Slice& each) { return each.years == point.years; });
    if (slice == made.slices_.end()) {
      made.slices_.push_back({point.years, point.forward, {}});
      slice = made.slices_.end() - 1;
    }
    if (slice->forward != point.forward)
      return invalid("forward", point.forward, "one forward for all points of an expiry");
    const double at = std::log(point.strike / point.forward);
    for (const Node& node : slice->nodes)
      if (node.log_moneyness == at) return invalid("strike", point.strike, "one point at a place");
    slice->nodes.push_back({at, point.volatility});
  }
  std::sort(made.slices_.begin(), made.slices_.end(),
            [](const Slice& a, const Slice& b) { return a.years < b.years; });
  for (Slice& slice : made.slices_)
    std::sort(slice.nodes.begin(), slice.nodes.end(),
              [](const Node& a, const Node& b) { return a.log_moneyness < b.log_moneyness; });
  return made;
}

// Within an expiry time is the same, so the variance is linear where total variance is.
double VolatilitySurface::Slice::volatility(double log_moneyness) const {
  const auto above =
      std::lower_bound(nodes.begin(), nodes.end(), log_moneyness,
                       [](const Node& node, double at) { return node.log_moneyness < at; });
  if (above == nodes.begin()) return nodes.front().volatility;
  if (above == nodes.end()) return nodes.back().volatility;
  const Node &low = *(above - 1), &high = *above;
  const double part =
      (log_moneyness - low.log_moneyness) / (high.log_moneyness - low.log_moneyness);
  return std::sqrt((1 - part) * low.volatility * low.volatility +
                   part * high.volatility * high.volatility);
}

double VolatilitySurface::volatility(double years, double forward, double strike) const {
  const double at = std::log(strike / forward);
  const auto above =
      std::lower_bound(slices_.begin(), slices_.end(), years,
                       [](const Slice& slice, double time) { return slice.years < time; });
  if (above == slices_.begin()) return above->volatility(at);
  if (above == slices_.end()) return slices_.back().volatility(at);
  const Slice &early = *(above - 1), &late = *above;
  const double from = early.volatility(at), to = late.volatility(at);
  const double part = (years - early.years) / (late.years - early.years);
  const double variance = (1 - part) * from * from * early.years + part * to * to * late.years;
  return std::sqrt(variance / years);
}

bool VolatilitySurface::is_free_of_calendar_arbitrage() const {
  for (std::size_t i = 1; i < slices_.size(); ++i) {
    const Slice &early = slices_[i - 1], &late = slices_[i];
    const auto grows = [&](const Node& node) {
      const double from = early.volatility(node.log_moneyness);
      const double to = late.volatility(node.log_moneyness);
      return from * from * early.years <= to * to * late.years;
    };
    if (!std::all_of(early.nodes.begin(), early.nodes.end(), grows) ||
        !std::all_of(late.nodes.begin(), late.nodes.end(), grows))
      return false;
  }
  return true;
}

std::vector<double> VolatilitySurface::expiries() const {
  std::vector<double> years;
  for (const Slice& slice : slices_) years.push_back(slice.years);
  return years;
}

}  // namespace keel
