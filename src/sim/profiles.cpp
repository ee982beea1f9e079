#include <keel/sim/profiles.hpp>

#include <charconv>

namespace keel {

namespace {

using Words = std::vector<std::string_view>;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

Words split(std::string_view text, char mark) {
  Words words;
  while (!text.empty()) {
    const auto end = text.find(mark);
    const auto word = trimmed(text.substr(0, end));
    if (!word.empty() || mark != ' ') words.push_back(word);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return words;
}

// Readers give false where the text is not of its kind; the row is then refused as a whole.
bool read(std::string_view text, Rate& rate) {
  const auto value = Rate::parse(text);
  if (value) rate = *value;
  return value.ok();
}

bool read(std::string_view text, std::int32_t& number) {
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc{} && result.ptr == end;
}

bool read(std::string_view text, const Currency& currency, std::optional<Money>& money) {
  if (currency.empty()) return false;
  const auto value = Money::parse(text, currency);
  if (value) money = *value;
  return value.ok();
}

bool read(std::string_view text, Duration& duration) {
  std::int64_t number = 0;
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc{} || number < 0 || number > 86'400'000'000) return false;
  const std::string_view unit{result.ptr, static_cast<std::size_t>(end - result.ptr)};
  if (unit == "ns") duration = Duration{number};
  if (unit == "us") duration = Duration::microseconds(number);
  if (unit == "ms") duration = Duration::milliseconds(number);
  return (unit == "ns" || unit == "us" || unit == "ms") && duration <= Duration::days(1);
}

bool read_latency(const Words& words, LatencyModel& model) {
  Duration first{0}, second{0};
  Rate sigma = Rate::zero();
  if (words.size() == 2 && words[0] == "constant" && read(words[1], first))
    model = LatencyModel::constant(first);
  else if (words.size() == 3 && words[0] == "uniform" && read(words[1], first) &&
           read(words[2], second))
    model = LatencyModel::uniform(first, second);
  else if (words.size() == 4 && words[0] == "lognormal" && read(words[1], first) &&
           read(words[2], second) && read(words[3], sigma))
    model = LatencyModel::lognormal(first, second, sigma);
  else
    return false;
  return model.check().ok();
}

bool read_queue(const Words& words, SimProfile& profile) {
  if (words.empty()) return false;
  const auto name = words[0];
  if (words.size() == 1 && (name == "pessimistic" || name == "optimistic")) {
    profile.queue = name == "pessimistic" ? QueueModel::kPessimistic : QueueModel::kOptimistic;
    return true;
  }
  profile.queue = QueueModel::kProbabilistic;
  if (words.size() == 1 && (name == "log" || name == "log2")) {
    profile.probability = name == "log" ? QueueProbability::log() : QueueProbability::log2();
    return true;
  }
  Rate n = Rate::zero();
  if (words.size() != 2 || !read(words[1], n) || !n.is_positive()) return false;
  if (name == "power") profile.probability = QueueProbability::power(n);
  if (name == "power2") profile.probability = QueueProbability::power2(n);
  if (name == "power3") profile.probability = QueueProbability::power3(n);
  return name == "power" || name == "power2" || name == "power3";
}

bool read_slippage(const Words& words, Slippage& slippage) {
  Rate first = Rate::zero(), second = Rate::zero();
  std::int32_t ticks = 0;
  if (words.size() == 1 && words[0] == "none")
    slippage = Slippage::none();
  else if (words.size() == 2 && words[0] == "ticks" && read(words[1], ticks) && ticks >= 0)
    slippage = Slippage::fixed(ticks);
  else if (words.size() == 2 && words[0] == "percent" && read(words[1], first))
    slippage = Slippage::percent(first);
  else if (words.size() == 3 && words[0] == "volume_share" && read(words[1], first) &&
           read(words[2], second))
    slippage = Slippage::volume_share(first, second);
  else
    return false;
  return true;
}

bool read_tier(const Words& words, SimProfile& profile) {
  std::optional<Money> from;
  FeeTier tier{};
  if (words.size() != 3 || !read(words[0], profile.currency, from) || !read(words[1], tier.maker) ||
      !read(words[2], tier.taker))
    return false;
  tier.from = *from;
  profile.fees.tiers.push_back(tier);
  return true;
}

bool read_line(const Words& words, SimProfile& profile) {
  if (words.size() < 3) return false;
  const auto name = FixedText<24>::from(words[0]);
  if (!name) return false;
  FeeLine line;
  line.name = *name;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto word = words[i];
    const auto next = i + 1 < words.size() ? words[i + 1] : std::string_view{};
    if (word == "buys")
      line.on = FeeLine::On::kBuys;
    else if (word == "sells")
      line.on = FeeLine::On::kSells;
    else if (word == "maker")
      line.liquidity = Liquidity::kMaker;
    else if (word == "taker")
      line.liquidity = Liquidity::kTaker;
    else if (word == "auction")
      line.liquidity = Liquidity::kAuction;
    else if (word == "rate" && read(next, line.rate))
      ++i;
    else if (word == "per_unit" && read(next, profile.currency, line.per_unit))
      ++i;
    else if (word == "max" && read(next, profile.currency, line.maximum))
      ++i;
    else
      return false;
  }
  profile.fees.lines.push_back(line);
  return true;
}

bool read_fee(std::string_view figure, std::string_view value, SimProfile& profile) {
  FeeSchedule& schedule = profile.fees.schedule;
  if (figure == "maker") return read(value, schedule.maker);
  if (figure == "taker") return read(value, schedule.taker);
  if (figure == "per_unit") return read(value, profile.currency, schedule.per_unit);
  if (figure == "minimum") return read(value, profile.currency, schedule.minimum);
  if (figure == "digits") return read(value, schedule.digits) && schedule.digits <= 18;
  if (figure == "window") return read(value, profile.fees.window_days);
  if (figure == "tier") return read_tier(split(value, ' '), profile);
  if (figure == "line") return read_line(split(value, ' '), profile);
  if (figure == "maximum") {
    Rate most = Rate::zero();
    if (!read(value, most)) return false;
    schedule.maximum = most;
    return true;
  }
  if (figure != "per_order" || (value != "yes" && value != "no")) return false;
  profile.fees.per_order = value == "yes";
  return true;
}

bool read_row(std::string_view figure, std::string_view value, SimProfile& profile) {
  const Words words = split(value, ' ');
  if (figure == "currency") {
    const auto currency = Currency::parse(value);
    if (currency) profile.currency = *currency;
    return currency.ok();
  }
  if (figure == "queue") return read_queue(words, profile);
  if (figure == "slippage") return read_slippage(words, profile.slippage);
  if (figure == "feed_latency") return read_latency(words, profile.feed_latency);
  if (figure == "order_latency") return read_latency(words, profile.order_latency);
  if (figure == "response_latency") return read_latency(words, profile.response_latency);
  return read_fee(figure, value, profile);
}

}  // namespace

void SimProfile::apply(SimConfig& config) const {
  config.order_latency = order_latency;
  config.response_latency = response_latency;
  config.fee_plan = fees;
  config.fills.queue = queue;
  config.fills.probability = probability;
  config.fills.slippage = slippage;
}

Result<std::vector<SimProfile>> parse_profiles(std::string_view table) {
  std::vector<SimProfile> profiles;
  int number = 0;
  for (const auto line : split(table, '\n')) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const auto bad = [&](std::string_view value, const char* rule) {
      std::string place = "line ";
      place.append(std::to_string(number));
      return Error{sim_errors::kBadProfile, "profile", std::string{value}, rule, place};
    };
    const Words cells = split(line, '|');
    if (cells.size() != 4) return bad(line, "four cells: profile | figure | value | source");
    for (const auto cell : cells)
      if (cell.empty()) return bad(line, "no empty cell: each figure has its source");
    if (profiles.empty() || profiles.back().name != cells[0]) {
      for (const SimProfile& other : profiles)
        if (other.name == cells[0]) return bad(cells[0], "the rows of a profile stand together");
      profiles.emplace_back();
      profiles.back().name = std::string{cells[0]};
    }
    if (!read_row(cells[1], cells[2], profiles.back()))
      return bad(cells[2], "a figure of its kind; currency comes before amounts");
    profiles.back().figures.push_back(
        {std::string{cells[1]}, std::string{cells[2]}, std::string{cells[3]}});
  }
  return profiles;
}

Result<SimProfile> builtin_profile(std::string_view name) {
  auto all = parse_profiles(builtin_profile_table());
  if (!all) return std::move(all).error();
  for (SimProfile& profile : *all)
    if (profile.name == name) return std::move(profile);
  return Error{sim_errors::kBadProfile,
               "profile",
               std::string{name},
               "a profile of builtin_profile_table()",
               {}};
}

}  // namespace keel
