// Volatility and channels: TrueRange, Atr, RollingStdDev, BollingerBands, ZScore, DonchianHigh,
// DonchianLow. Rules that all indicators share: moving_average.hpp.
#pragma once

#include <keel/indicators/moving_average.hpp>
#include <keel/model/market_data.hpp>

namespace keel {

// The largest of high - low, |high - previous close|, |low - previous close|. Ready with the second
// bar. Refused: a high below its low.
class TrueRange {
 public:
  bool update(double high, double low, double close) {
    if (!indicators::acceptable(high) || !indicators::acceptable(low) ||
        !indicators::acceptable(close) || high < low)
      return false;
    if (has_previous_) {
      double range = high - low;
      const double up = __builtin_fabs(high - previous_), down = __builtin_fabs(low - previous_);
      if (up > range) range = up;
      if (down > range) range = down;
      value_ = range;
      ready_ = true;
    }
    previous_ = close;
    has_previous_ = true;
    return true;
  }
  bool update(Price high, Price low, Price close) {
    return update(high.to_double(), low.to_double(), close.to_double());
  }
  bool update(const Bar& bar) { return update(bar.high, bar.low, bar.close); }

  [[nodiscard]] double value() const { return value_; }
  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] int warm_up() const { return 2; }
  void reset() { *this = TrueRange{}; }
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  double previous_ = 0, value_ = indicators::not_ready();
  bool has_previous_ = false, ready_ = false;
};

// Average true range: TrueRange smoothed by Rma. Ready after n + 1 bars.
class Atr {
 public:
  explicit Atr(int length = 14) : average_(length) {}

  bool update(double high, double low, double close) {
    if (!range_.update(high, low, close)) return false;
    if (range_.ready()) average_.push(range_.value());
    return true;
  }
  bool update(Price high, Price low, Price close) {
    return update(high.to_double(), low.to_double(), close.to_double());
  }
  bool update(const Bar& bar) { return update(bar.high, bar.low, bar.close); }

  [[nodiscard]] double value() const { return average_.value(); }
  [[nodiscard]] bool ready() const { return average_.ready(); }
  [[nodiscard]] int warm_up() const { return average_.warm_up() + 1; }
  void reset();
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  TrueRange range_;
  Rma average_;
};

// Divide the squares by n (the whole population) or by n - 1 (a sample; needs n of at least 2).
enum class Spread : std::uint8_t { kPopulation = 1, kSample = 2 };

// Standard deviation of the last n values; of equal values it is exactly zero.
class RollingStdDev {
 public:
  explicit RollingStdDev(int length, Spread spread = Spread::kPopulation)
      : window_(length),
        divisor_(static_cast<double>(spread == Spread::kSample ? length - 1 : length)) {
    KEEL_ASSERT(divisor_ > 0.0, "a sample needs two values");
  }

  bool update(double value) {
    if (!indicators::acceptable(value)) return false;
    window_.push(value);
    return true;
  }
  bool update(Price price) { return update(price.to_double()); }

  [[nodiscard]] double variance() const {
    return ready() ? window_.total().squares / divisor_ : indicators::not_ready();
  }
  [[nodiscard]] double value() const { return __builtin_sqrt(variance()); }
  [[nodiscard]] double mean() const {
    return ready() ? window_.total().mean : indicators::not_ready();
  }
  [[nodiscard]] bool ready() const { return window_.full(); }
  [[nodiscard]] int warm_up() const { return window_.length(); }
  void reset() { window_.reset(); }
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  SlidingWindow<indicators::MomentsOp> window_;
  double divisor_;
};

// Mean of the last n values, and that plus and less `width` population standard deviations.
class BollingerBands {
 public:
  explicit BollingerBands(int length = 20, double width = 2.0) : deviation_(length), width_(width) {
    KEEL_ASSERT(width > 0.0 && indicators::acceptable(width), "a width above zero");
  }

  bool update(double value) { return deviation_.update(value); }
  bool update(Price price) { return update(price.to_double()); }

  [[nodiscard]] double middle() const { return deviation_.mean(); }
  [[nodiscard]] double upper() const { return middle() + width_ * deviation_.value(); }
  [[nodiscard]] double lower() const { return middle() - width_ * deviation_.value(); }
  [[nodiscard]] bool ready() const { return deviation_.ready(); }
  [[nodiscard]] int warm_up() const { return deviation_.warm_up(); }
  void reset() { deviation_.reset(); }
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  RollingStdDev deviation_;
  double width_;
};

// How many population standard deviations the newest value lies from the mean of the last n (itself
// included); 0 where they are all equal.
class ZScore {
 public:
  explicit ZScore(int length) : deviation_(length) {}

  bool update(double value) {
    if (!deviation_.update(value)) return false;
    newest_ = value;
    return true;
  }
  bool update(Price price) { return update(price.to_double()); }

  [[nodiscard]] double value() const {
    const double deviation = deviation_.value();
    return deviation == 0.0 ? 0.0 : (newest_ - deviation_.mean()) / deviation;
  }
  [[nodiscard]] bool ready() const { return deviation_.ready(); }
  [[nodiscard]] int warm_up() const { return deviation_.warm_up(); }
  void reset() { deviation_.reset(); }
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  RollingStdDev deviation_;
  double newest_ = 0;
};

namespace indicators {

template <class Op>
class Extreme {
 public:
  explicit Extreme(int length) : window_(length) {}

  bool update(double value) {
    if (!acceptable(value)) return false;
    window_.push(value);
    return true;
  }
  bool update(Price price) { return update(price.to_double()); }

  [[nodiscard]] double value() const { return ready() ? window_.total() : not_ready(); }
  [[nodiscard]] bool ready() const { return window_.full(); }
  [[nodiscard]] int warm_up() const { return window_.length(); }
  void reset() { window_.reset(); }
  void save(StateWriter& writer) const { window_.save(writer); }
  void load(StateReader& reader) { window_.load(reader); }

 private:
  SlidingWindow<Op> window_;
};

}  // namespace indicators

// Highest of the last n values: feed it highs for Donchian's channel, the newest bar included.
class DonchianHigh : public indicators::Extreme<indicators::MaxOp> {
 public:
  using Extreme::Extreme;
};
// Lowest of the last n values: feed it lows.
class DonchianLow : public indicators::Extreme<indicators::MinOp> {
 public:
  using Extreme::Extreme;
};

}  // namespace keel
