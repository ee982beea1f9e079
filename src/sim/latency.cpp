#include <algorithm>
#include <keel/sim/latency.hpp>

#include "sim/fixed_math.hpp"

namespace keel {

namespace {

// exp(0.6 z) in units of 2^-16, for the quantiles z of the normal distribution at 0.0005 + i x
// 0.999 / 256; between two entries a straight line. Written down, so that no library's exp() or
// log() has a say.
constexpr std::uint32_t kLogNormal[257] = {
    9100,   13611,  15572,  16984,  18130,  19115,  19991,  20786,  21519,  22203,  22848,  23459,
    24042,  24601,  25138,  25658,  26161,  26649,  27124,  27588,  28041,  28484,  28918,  29344,
    29762,  30174,  30579,  30979,  31373,  31761,  32145,  32525,  32900,  33272,  33640,  34004,
    34366,  34724,  35079,  35432,  35783,  36131,  36477,  36821,  37163,  37503,  37841,  38178,
    38513,  38847,  39180,  39512,  39842,  40171,  40500,  40827,  41154,  41480,  41805,  42130,
    42454,  42777,  43100,  43423,  43745,  44067,  44389,  44710,  45032,  45353,  45674,  45996,
    46317,  46638,  46960,  47282,  47603,  47926,  48248,  48571,  48894,  49217,  49541,  49866,
    50191,  50516,  50842,  51169,  51496,  51824,  52153,  52482,  52812,  53144,  53476,  53808,
    54142,  54477,  54813,  55150,  55487,  55826,  56167,  56508,  56850,  57194,  57539,  57886,
    58233,  58583,  58933,  59285,  59639,  59994,  60351,  60709,  61069,  61431,  61795,  62160,
    62527,  62896,  63267,  63640,  64015,  64392,  64771,  65152,  65536,  65922,  66310,  66700,
    67093,  67488,  67886,  68287,  68690,  69095,  69504,  69915,  70329,  70747,  71167,  71590,
    72016,  72446,  72879,  73315,  73754,  74197,  74644,  75094,  75549,  76007,  76468,  76934,
    77404,  77879,  78357,  78840,  79328,  79820,  80316,  80818,  81325,  81837,  82354,  82876,
    83404,  83937,  84477,  85022,  85573,  86131,  86695,  87265,  87843,  88427,  89019,  89617,
    90224,  90838,  91460,  92091,  92730,  93378,  94034,  94701,  95376,  96062,  96758,  97464,
    98182,  98911,  99651,  100404, 101169, 101947, 102738, 103544, 104364, 105199, 106049, 106916,
    107800, 108701, 109621, 110560, 111519, 112498, 113500, 114524, 115572, 116646, 117745, 118873,
    120029, 121216, 122435, 123689, 124979, 126307, 127675, 129087, 130545, 132052, 133611, 135226,
    136902, 138643, 140453, 142340, 144308, 146367, 148523, 150787, 153170, 155684, 158344, 161168,
    164177, 167395, 170852, 174587, 178645, 183084, 187982, 193438, 199590, 206632, 214849, 224686,
    236894, 252884, 275819, 315553, 471970,
};

constexpr std::uint64_t kTableSigma = 600'000'000;  // a Rate

// exp(0.6 z), times 2^16.
std::uint64_t draw_factor(Random& random) {
  const std::uint64_t draw = random.next();
  const std::uint32_t at = static_cast<std::uint32_t>(draw >> 56);
  const auto between = static_cast<std::uint32_t>((draw >> 40) & 0xFFFFu);
  const std::uint64_t low = kLogNormal[at], high = kLogNormal[at + 1];
  return low + (((high - low) * between) >> 16);
}

Duration log_normal(Duration minimum, Duration median, Random& random) {
  const detail::u128 excess =
      static_cast<detail::u128>(median.ns - minimum.ns) * draw_factor(random);
  return minimum + Duration{static_cast<std::int64_t>(excess >> 16)};
}

// exp(sigma z) = exp(0.6 z)^(sigma / 0.6).
Duration log_normal(Duration minimum, Duration median, Rate sigma, Random& random) {
  const std::int64_t log =
      sim_detail::log2_32(draw_factor(random)) - (std::int64_t{16} << 32);  // of the factor alone
  const detail::i128 scaled =
      static_cast<detail::i128>(log) * sigma.raw() / static_cast<detail::i128>(kTableSigma);
  const detail::i128 factor = sim_detail::exp2_32(static_cast<std::int64_t>(scaled));
  const detail::i128 excess = (static_cast<detail::i128>(median.ns - minimum.ns) * factor) >> 32;
  constexpr detail::i128 kLongest = Duration::days(1).ns;
  return minimum + Duration{static_cast<std::int64_t>(std::min(excess, kLongest))};
}

Duration interpolate(const std::vector<LatencySample>& samples, Timestamp now) {
  const auto after = std::upper_bound(
      samples.begin(), samples.end(), now,
      [](Timestamp time, const LatencySample& sample) { return time < sample.time; });
  if (after == samples.begin()) return samples.front().latency;
  if (after == samples.end()) return samples.back().latency;
  const LatencySample& before = *(after - 1);
  const detail::i128 rise = after->latency.ns - before.latency.ns;
  const detail::i128 part = rise * (now - before.time).ns / (after->time - before.time).ns;
  return before.latency + Duration{static_cast<std::int64_t>(part)};
}

}  // namespace

LatencyModel LatencyModel::recorded(std::vector<LatencySample> samples) {
  LatencyModel model{Kind::kRecorded, {0}, {0}};
  model.samples_ = std::move(samples);
  return model;
}

Status LatencyModel::check() const {
  const auto bad = [](std::int64_t ns, const char* rule) {
    return Error{sim_errors::kBadLatency, "latency_ns", std::to_string(ns), rule, {}};
  };
  constexpr std::int64_t kLongest = Duration::days(1).ns;
  switch (kind_) {
    case Kind::kZero: return {};
    case Kind::kConstant:
    case Kind::kUniform:
    case Kind::kLongTailed:
      if (first_.ns < 1)
        return bad(first_.ns, "at least 1 ns; no delay at all is LatencyModel::zero()");
      if (second_ < first_) return bad(second_.ns, "not below the minimum");
      if (second_.ns > kLongest) return bad(second_.ns, "at most a day");
      return {};
    case Kind::kLogNormal:
      if (first_.ns < 1) return bad(first_.ns, "at least 1 ns");
      if (second_ < first_) return bad(second_.ns, "not below the minimum");
      if (second_.ns > kLongest) return bad(second_.ns, "at most a day");
      if (sigma_ < Rate::from_raw(10'000'000) || sigma_ > Rate::whole(3))
        return bad(sigma_.raw(), "a sigma of 0.01 to 3 (told in 1e-9)");
      return {};
    case Kind::kRecorded: break;
  }
  if (samples_.empty()) return bad(0, "at least one sample");
  for (std::size_t i = 0; i < samples_.size(); ++i) {
    if (samples_[i].latency.ns < 1) return bad(samples_[i].latency.ns, "at least 1 ns");
    if (samples_[i].latency.ns > kLongest) return bad(samples_[i].latency.ns, "at most a day");
    if (i > 0 && samples_[i].time <= samples_[i - 1].time)
      return bad(samples_[i].time.ns, "samples in order of time");
  }
  return {};
}

Duration LatencyModel::draw(Timestamp now, Random& random) const {
  switch (kind_) {
    case Kind::kZero:
    case Kind::kConstant: return first_;
    case Kind::kUniform: return Duration{random.between(first_.ns, second_.ns)};
    case Kind::kLongTailed: return log_normal(first_, second_, random);
    case Kind::kLogNormal: return log_normal(first_, second_, sigma_, random);
    case Kind::kRecorded: return interpolate(samples_, now);
  }
  return first_;
}

}  // namespace keel
