#include <keel/market/bar_spec.hpp>

#include <keel/core/time_text.hpp>

namespace keel {

namespace {

Error bad_spec(const char* field, std::int64_t value, const char* rule) {
  return Error{market_errors::kBadBarSpec, field, std::to_string(value), rule, {}};
}

constexpr std::int64_t kMaxExpectedTrades = 1'000'000;
constexpr std::string_view kHeikinAshiText = "+ha";

// Units whose step is a decimal, with its digits; longer names first where one ends like another.
struct UnitName {
  std::string_view text;
  BarUnit unit;
  int digits;
};
constexpr UnitName kUnits[] = {
    {"tick_imbalance", BarUnit::kTickImbalance, 0},
    {"volume_imbalance", BarUnit::kVolumeImbalance, 0},
    {"value_imbalance", BarUnit::kValueImbalance, 0},
    {"tick_runs", BarUnit::kTickRun, 0},
    {"volume_runs", BarUnit::kVolumeRun, 0},
    {"value_runs", BarUnit::kValueRun, 0},
    {"tick", BarUnit::kTick, 0},
    {"volume", BarUnit::kVolume, Quantity::kDigits},
    {"value", BarUnit::kValue, 0},
    {"range", BarUnit::kRange, Price::kDigits},
    {"renko", BarUnit::kRenko, Price::kDigits},
};

std::string_view source_text(PriceSource source) {
  switch (source) {
    case PriceSource::kTrade: return "";
    case PriceSource::kBid: return "@bid";
    case PriceSource::kAsk: return "@ask";
    case PriceSource::kMid: return "@mid";
  }
  return "@unknown";
}

}  // namespace

Status check(const BarSpec& spec) {
  if (spec.step <= 0) return bad_spec("bar.step", spec.step, "above zero");
  if (spec.unit < BarUnit::kTime || spec.unit > BarUnit::kValueRun)
    return bad_spec("bar.unit", static_cast<int>(spec.unit), "a unit of bars");
  if (spec.style > BarStyle::kHeikinAshi)
    return bad_spec("bar.style", static_cast<int>(spec.style), "plain or Heikin-Ashi");
  if (spec.unit >= BarUnit::kTickImbalance && spec.step > kMaxExpectedTrades)
    return bad_spec("bar.step", spec.step, "at most a million trades expected in a bar");
  if (spec.source < PriceSource::kTrade || spec.source > PriceSource::kMid)
    return bad_spec("bar.source", static_cast<int>(spec.source), "trade, bid, ask or mid");
  const bool by_size = spec.unit == BarUnit::kVolume || spec.unit == BarUnit::kValue ||
                       spec.unit >= BarUnit::kTickImbalance;
  if (by_size && spec.source != PriceSource::kTrade) {
    return bad_spec("bar.source", static_cast<int>(spec.source),
                    "trade: quotes have no trades to count");
  }
  return {};
}

Result<BarSpec> parse_bar_spec(std::string_view text) {
  const auto refuse = [text] {
    return Error{market_errors::kBadBarSpec,
                 "bar",
                 std::string{text.substr(0, 60)},
                 "such as 5min, 1d, 100tick, 2.5volume, 10000value, 4range, 5renko, 500tick_runs, "
                 "1min+ha, 1min@mid",
                 {}};
  };
  std::string_view body = text;
  PriceSource source = PriceSource::kTrade;
  for (const PriceSource one : {PriceSource::kBid, PriceSource::kAsk, PriceSource::kMid}) {
    if (!body.ends_with(source_text(one))) continue;
    source = one;
    body.remove_suffix(source_text(one).size());
    break;
  }
  const bool is_heikin_ashi = body.ends_with(kHeikinAshiText);
  if (is_heikin_ashi) body.remove_suffix(kHeikinAshiText.size());
  BarSpec spec{};
  for (const UnitName& name : kUnits) {
    if (!body.ends_with(name.text)) continue;
    const auto step =
        detail::parse_decimal64(body.substr(0, body.size() - name.text.size()), name.digits);
    spec.step = step.value_or(0);
    spec.unit = name.unit;
    break;
  }
  if (spec.unit == BarUnit{}) {
    const auto length = parse_duration(body);
    if (!length) return refuse();
    spec = BarSpec::time(*length);
  }
  if (is_heikin_ashi) spec.style = BarStyle::kHeikinAshi;
  spec.source = source;
  if (!check(spec).ok()) return refuse();
  return spec;
}

std::string to_text(const BarSpec& spec) {
  std::string text;
  if (spec.unit == BarUnit::kTime) text = to_text(Duration{spec.step});
  for (const UnitName& name : kUnits) {
    if (name.unit != spec.unit) continue;
    const Int128 step{static_cast<std::uint64_t>(spec.step), spec.step < 0 ? -1 : 0};
    text = detail::decimal_text(step, name.digits);
    text.append(name.text);
  }
  if (spec.style == BarStyle::kHeikinAshi) text.append(kHeikinAshiText);
  return text.append(source_text(spec.source));
}

}  // namespace keel
