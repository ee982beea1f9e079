// Moving averages: Sma, Ema, Rma (Wilder's), Vwap.
//
// All indicators of this room share these rules. update() is O(1) (amortised where there is a
// window) and allocates nothing; it takes a double or a Price. A value that is not finite, or
// beyond 1e100, is refused: update() returns false and nothing changes. ready() after warm_up()
// values; value() is NaN before that. A length below 1 is a failed assert. save() and load() keep
// every bit. Values are those of TA-Lib, to rounding.
#pragma once

#include <keel/core/decimal.hpp>
#include <keel/indicators/window.hpp>

namespace keel {

// Simple moving average of the last n values.
class Sma {
 public:
  explicit Sma(int length) : window_(length) {}

  bool update(double value) {
    if (!indicators::acceptable(value)) return false;
    window_.push(value);
    return true;
  }
  bool update(Price price) { return update(price.to_double()); }

  [[nodiscard]] double value() const {
    return ready() ? window_.total() / static_cast<double>(window_.length())
                   : indicators::not_ready();
  }
  [[nodiscard]] bool ready() const { return window_.full(); }
  [[nodiscard]] int warm_up() const { return window_.length(); }
  void reset() { window_.reset(); }
  void save(StateWriter& writer) const { window_.save(writer); }
  void load(StateReader& reader) { window_.load(reader); }

 private:
  SlidingWindow<indicators::SumOp> window_;
};

namespace indicators {

// An average that is seeded with the mean of its first n values and then moves by a rule.
template <class Rule>
class Seeded {
 public:
  explicit Seeded(int length) : rule_(length), length_(length) {
    KEEL_ASSERT(length >= 1, "an average is over at least one value");
  }

  bool update(double value) {
    if (!acceptable(value)) return false;
    push(value);
    return true;
  }
  bool update(Price price) { return update(price.to_double()); }

  // update() without the check, for differences of values that were checked.
  void push(double value) {
    if (ready()) [[likely]] {
      value_ = rule_.next(value_, value);
    } else {
      sum_ += value;
      if (++count_ == length_) value_ = sum_ / static_cast<double>(length_);
    }
  }

  [[nodiscard]] double value() const { return value_; }
  [[nodiscard]] bool ready() const { return count_ == length_; }
  [[nodiscard]] int warm_up() const { return length_; }
  [[nodiscard]] int length() const { return length_; }
  void reset() {
    count_ = 0;
    sum_ = 0;
    value_ = not_ready();
  }
  void save(StateWriter& writer) const {
    save_length(writer, length_);
    writer.put(count_);
    writer.put(sum_);
    writer.put(value_);
  }
  void load(StateReader& reader) {
    if (!load_length(reader, length_)) return;
    reader.get(count_);
    reader.get(sum_);
    reader.get(value_);
    if (count_ < 0 || count_ > length_) reader.fail("moving average: a count out of range");
  }

 private:
  Rule rule_;
  double value_ = not_ready();
  double sum_ = 0;
  int length_;
  int count_ = 0;
};

struct EmaRule {
  explicit EmaRule(int length) : factor(2.0 / (static_cast<double>(length) + 1.0)) {}
  [[nodiscard]] double next(double before, double value) const {
    return (value - before) * factor + before;
  }
  double factor;
};

struct WilderRule {
  explicit WilderRule(int length) : count(static_cast<double>(length)) {}
  [[nodiscard]] double next(double before, double value) const {
    return (before * (count - 1.0) + value) / count;
  }
  double count;
};

}  // namespace indicators

// Exponential moving average: seeded with the mean of the first n values, then moves by 2 / (n +
// 1).
class Ema : public indicators::Seeded<indicators::EmaRule> {
 public:
  using Seeded::Seeded;
};

// Wilder's smoothing (running moving average): seeded with the mean of the first n, then by 1 / n.
class Rma : public indicators::Seeded<indicators::WilderRule> {
 public:
  using Seeded::Seeded;
};

// Volume-weighted average price since the start or the last reset(), such as a session's open. Sums
// carry their rounding error along (Neumaier, 1974), so that a long session loses nothing.
class Vwap {
 public:
  // Refused: a volume that is negative. A volume of zero changes nothing.
  bool update(double price, double volume) {
    if (!indicators::acceptable(price) || !indicators::acceptable(volume) || volume < 0.0)
      return false;
    value_.add(price * volume);
    volume_.add(volume);
    return true;
  }
  bool update(Price price, Quantity volume) {
    return update(price.to_double(), volume.to_double());
  }

  [[nodiscard]] double value() const {
    return ready() ? value_.total() / volume_.total() : indicators::not_ready();
  }
  // After the first volume above zero.
  [[nodiscard]] bool ready() const { return volume_.total() > 0.0; }
  [[nodiscard]] int warm_up() const { return 1; }
  void reset() { value_ = volume_ = Sum{}; }
  void save(StateWriter& writer) const {
    for (const double part : {value_.sum, value_.lost, volume_.sum, volume_.lost}) writer.put(part);
  }
  void load(StateReader& reader) {
    for (double* part : {&value_.sum, &value_.lost, &volume_.sum, &volume_.lost}) reader.get(*part);
  }

 private:
  struct Sum {
    double sum = 0, lost = 0;
    void add(double value) {
      const double next = sum + value;
      lost += __builtin_fabs(sum) >= __builtin_fabs(value) ? (sum - next) + value
                                                           : (value - next) + sum;
      sum = next;
    }
    [[nodiscard]] double total() const { return sum + lost; }
  };
  Sum value_, volume_;
};

}  // namespace keel
