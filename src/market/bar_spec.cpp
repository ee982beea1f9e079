#include <keel/market/bar_spec.hpp>

#include <keel/core/time_text.hpp>

namespace keel {

namespace {

Error bad_spec(const char* field, std::int64_t value, const char* rule) {
  return Error{market_errors::kBadBarSpec, field, std::to_string(value), rule, {}};
}

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
  if (spec.unit < BarUnit::kTime || spec.unit > BarUnit::kValue)
    return bad_spec("bar.unit", static_cast<int>(spec.unit), "time, tick, volume or value");
  if (spec.source < PriceSource::kTrade || spec.source > PriceSource::kMid)
    return bad_spec("bar.source", static_cast<int>(spec.source), "trade, bid, ask or mid");
  const bool by_size = spec.unit == BarUnit::kVolume || spec.unit == BarUnit::kValue;
  if (by_size && spec.source != PriceSource::kTrade) {
    return bad_spec("bar.source", static_cast<int>(spec.source),
                    "trade: quotes have no volume to count");
  }
  return {};
}

Result<BarSpec> parse_bar_spec(std::string_view text) {
  const auto refuse = [text] {
    return Error{market_errors::kBadBarSpec,
                 "bar",
                 std::string{text.substr(0, 60)},
                 "such as 5min, 1d, 100tick, 2.5volume, 10000value, 1min@mid",
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
  BarSpec spec{};
  const auto counted = [&body, &spec](std::string_view unit, int digits) {
    if (!body.ends_with(unit)) return false;
    const auto raw = detail::parse_decimal64(body.substr(0, body.size() - unit.size()), digits);
    spec.step = raw.value_or(0);
    return true;
  };
  if (counted("tick", 0)) {
    spec.unit = BarUnit::kTick;
  } else if (counted("volume", Quantity::kDigits)) {
    spec.unit = BarUnit::kVolume;
  } else if (counted("value", 0)) {
    spec.unit = BarUnit::kValue;
  } else {
    const auto length = parse_duration(body);
    if (!length) return refuse();
    spec = BarSpec::time(*length);
  }
  spec.source = source;
  if (!check(spec).ok()) return refuse();
  return spec;
}

std::string to_text(const BarSpec& spec) {
  std::string text;
  switch (spec.unit) {
    case BarUnit::kTime: text = to_text(Duration{spec.step}); break;
    case BarUnit::kTick: text = std::to_string(spec.step) + "tick"; break;
    case BarUnit::kVolume: text = Quantity::from_raw(spec.step).to_text() + "volume"; break;
    case BarUnit::kValue: text = std::to_string(spec.step) + "value"; break;
  }
  return text.append(source_text(spec.source));
}

}  // namespace keel
