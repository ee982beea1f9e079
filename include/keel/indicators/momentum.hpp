// Momentum: Rsi, Macd, Roc. Rules that all indicators share: moving_average.hpp.
#pragma once

#include <keel/indicators/moving_average.hpp>

namespace keel {

// Relative strength index (Wilder, 1978), 0 to 100: 100 x gain / (gain + loss), each smoothed by
// Rma. Where nothing has moved at all it is 0. Ready after n + 1 values.
class Rsi {
 public:
  explicit Rsi(int length = 14) : gain_(length), loss_(length) {}

  bool update(double value) {
    if (!indicators::acceptable(value)) return false;
    if (has_previous_) {
      const double change = value - previous_;
      gain_.push(change > 0.0 ? change : 0.0);
      loss_.push(change < 0.0 ? -change : 0.0);
    }
    previous_ = value;
    has_previous_ = true;
    return true;
  }
  bool update(Price price) { return update(price.to_double()); }

  [[nodiscard]] double value() const {
    const double sum = gain_.value() + loss_.value();
    return sum == 0.0 ? 0.0 : 100.0 * (gain_.value() / sum);
  }
  [[nodiscard]] bool ready() const { return gain_.ready(); }
  [[nodiscard]] int warm_up() const { return gain_.warm_up() + 1; }
  void reset();
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  Rma gain_, loss_;
  double previous_ = 0;
  bool has_previous_ = false;
};

// Moving average convergence and divergence (Appel): fast EMA less slow EMA, an EMA of that as its
// signal, and the difference of the two. Both EMAs give their first value together, so the fast one
// is seeded with the last `fast` of the first `slow` values. Ready after slow + signal - 1 values.
class Macd {
 public:
  explicit Macd(int fast = 12, int slow = 26, int signal = 9)
      : fast_(fast), slow_(slow), signal_(signal), skip_(slow - fast) {
    KEEL_ASSERT(fast < slow, "the fast length must be below the slow one");
  }

  bool update(double value) {
    if (!indicators::acceptable(value)) return false;
    if (skipped_ < skip_)
      ++skipped_;
    else
      fast_.push(value);
    slow_.push(value);
    if (slow_.ready()) signal_.push(fast_.value() - slow_.value());
    return true;
  }
  bool update(Price price) { return update(price.to_double()); }

  // NaN before ready(), all three.
  [[nodiscard]] double value() const {
    return ready() ? fast_.value() - slow_.value() : indicators::not_ready();
  }
  [[nodiscard]] double signal() const { return signal_.value(); }
  [[nodiscard]] double histogram() const { return value() - signal(); }
  [[nodiscard]] bool ready() const { return signal_.ready(); }
  [[nodiscard]] int warm_up() const { return slow_.warm_up() + signal_.warm_up() - 1; }
  void reset();
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  Ema fast_, slow_, signal_;
  int skip_, skipped_ = 0;
};

// Rate of change in percent against the value n updates before; 0 where that one was zero.
// Ready after n + 1 values.
class Roc {
 public:
  explicit Roc(int length = 10) : past_(checked(length)) {}

  bool update(double value) {
    if (!indicators::acceptable(value)) return false;
    const double before = past_[at_];
    past_[at_] = value;
    if (++at_ == past_.size()) at_ = 0;
    if (seen_ < past_.size()) {
      ++seen_;
    } else {
      value_ = before == 0.0 ? 0.0 : (value / before - 1.0) * 100.0;
      ready_ = true;
    }
    return true;
  }
  bool update(Price price) { return update(price.to_double()); }

  [[nodiscard]] double value() const { return value_; }
  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] int warm_up() const { return static_cast<int>(past_.size()) + 1; }
  void reset();
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  static std::size_t checked(int length) {
    KEEL_ASSERT(length >= 1, "a change is over at least one step");
    return static_cast<std::size_t>(length);
  }
  std::vector<double> past_;
  std::size_t at_ = 0, seen_ = 0;
  double value_ = indicators::not_ready();
  bool ready_ = false;
};

}  // namespace keel
