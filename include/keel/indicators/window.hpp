// SlidingWindow: a fold over the last n values, in amortised constant time and without subtraction.
//
// Adding new values to a running sum and taking old ones off again loses digits for good: after
// 1e16 has passed through, a sum of small numbers is wrong for ever. Here the window is two stacks:
// folds of what is left of the previous block of n values, made once a block, and one fold of the
// current block. Nothing is ever taken off, so the result depends on what is in the window alone
// (and on where the block boundary lies in it), not on what was there before.
//
// An Op has `Part lift(double)` and an associative `Part join(Part older, Part newer)`.
#pragma once

#include <cstddef>
#include <vector>

#include <keel/core/assert.hpp>
#include <keel/core/state.hpp>

namespace keel {

namespace indicators {

// What an indicator takes: finite, and so small in magnitude that no square of it overflows.
inline constexpr double kMaxMagnitude = 1e100;
[[nodiscard]] inline bool acceptable(double value) {
  return __builtin_fabs(value) <= kMaxMagnitude;  // false for NaN
}
// What value() gives before ready().
[[nodiscard]] constexpr double not_ready() { return __builtin_nan(""); }

// Shared by all that save a length: a state of another length is refused.
void save_length(StateWriter& writer, int length);
bool load_length(StateReader& reader, int length);

struct SumOp {
  using Part = double;
  static double lift(double value) { return value; }
  static double join(double older, double newer) { return older + newer; }
};
struct MaxOp {
  using Part = double;
  static double lift(double value) { return value; }
  static double join(double older, double newer) { return older > newer ? older : newer; }
};
struct MinOp {
  using Part = double;
  static double lift(double value) { return value; }
  static double join(double older, double newer) { return older < newer ? older : newer; }
};
// Count, mean and sum of squared differences from it (Chan, Golub and LeVeque, 1979).
struct MomentsOp {
  struct Part {
    double count, mean, squares;
  };
  static Part lift(double value) { return {1.0, value, 0.0}; }
  static Part join(const Part& older, const Part& newer) {
    const double count = older.count + newer.count;
    const double delta = newer.mean - older.mean;
    const double share = newer.count / count;
    return {count, older.mean + delta * share,
            older.squares + newer.squares + delta * delta * older.count * share};
  }
};

}  // namespace indicators

template <class Op>
class SlidingWindow {
 public:
  using Part = typename Op::Part;

  explicit SlidingWindow(int length)
      : values_(checked(length)), suffix_(static_cast<std::size_t>(length)) {}

  void push(double value) {
    values_[at_] = value;
    const Part part = Op::lift(value);
    prefix_ = at_ == 0 ? part : Op::join(prefix_, part);
    if (++at_ == values_.size()) {
      total_ = prefix_;
      full_ = true;
      at_ = 0;
      fold_block();
    } else {
      total_ = full_ ? Op::join(suffix_[at_], prefix_) : prefix_;
    }
  }

  [[nodiscard]] bool full() const { return full_; }
  [[nodiscard]] int length() const { return static_cast<int>(values_.size()); }
  // The fold of the values in the window, oldest first. Only after a push.
  [[nodiscard]] const Part& total() const { return total_; }
  // The value that the next push replaces. Only when full.
  [[nodiscard]] double oldest() const { return values_[at_]; }

  void reset() {
    at_ = 0;
    full_ = false;
  }

  void save(StateWriter& writer) const {
    writer.put(static_cast<std::uint64_t>(at_));
    writer.put(full_);
    writer.put(values_);
  }
  // The folds are made again from the values, so they have the same bits.
  void load(StateReader& reader) {
    std::uint64_t at{};
    std::vector<double> values;
    reader.get(at);
    reader.get(full_);
    reader.get(values);
    if (!reader.ok()) return;
    if (values.size() != values_.size() || at >= values.size())
      return reader.fail("sliding window: another length");
    values_ = static_cast<std::vector<double>&&>(values);
    at_ = static_cast<std::size_t>(at);
    if (full_) fold_block();
    for (std::size_t i = 0; i < at_; ++i)
      prefix_ = i == 0 ? Op::lift(values_[i]) : Op::join(prefix_, Op::lift(values_[i]));
    if (at_ == 0) {
      for (std::size_t i = 0; i < values_.size(); ++i)
        total_ = i == 0 ? Op::lift(values_[i]) : Op::join(total_, Op::lift(values_[i]));
    } else {
      total_ = full_ ? Op::join(suffix_[at_], prefix_) : prefix_;
    }
  }

 private:
  static std::size_t checked(int length) {
    KEEL_ASSERT(length >= 1, "a window holds at least one value");
    return static_cast<std::size_t>(length);
  }
  // Folds of the values from each place to the end of the block, back to front.
  void fold_block() {
    std::size_t i = values_.size() - 1;
    suffix_[i] = Op::lift(values_[i]);
    while (i-- > at_) suffix_[i] = Op::join(Op::lift(values_[i]), suffix_[i + 1]);
  }

  std::vector<double> values_;
  std::vector<Part> suffix_;  // [i]: fold of the previous block from i on
  Part prefix_{};             // fold of the current block
  Part total_{};
  std::size_t at_ = 0;  // where the next value goes
  bool full_ = false;
};

}  // namespace keel
