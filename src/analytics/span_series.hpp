// SpanSeries: a curve in bounded memory. Values fall into spans of equal length; with too many
// spans the length doubles and neighbours are joined, so high and low are never lost.
#pragma once

#include <algorithm>
#include <vector>

#include <keel/core/time.hpp>

namespace keel::analytics {

template <class T>
struct Span {
  Timestamp start, last_time;
  T open, high, low, close;
  double extra = 0;  // joined by the larger one
};

template <class T>
class SpanSeries {
 public:
  explicit SpanSeries(std::size_t max_spans) : max_(std::max<std::size_t>(max_spans, 8)) {}

  void add(Timestamp time, T value, double extra = 0) {
    add_span({time, time, value, value, value, value, extra});
  }
  // Times do not go back: an earlier one counts as the latest.
  void add_span(Span<T> span) {
    if (!spans_.empty()) span.start = std::max(span.start, spans_.back().start);
    span.last_time = std::max(span.last_time, span.start);
    const Timestamp slot = span.start.floor_to(length_);
    if (!spans_.empty() && spans_.back().start.floor_to(length_) == slot) {
      join(spans_.back(), span);
      return;
    }
    spans_.push_back(span);
    while (spans_.size() > max_) widen();
  }
  [[nodiscard]] const std::vector<Span<T>>& spans() const { return spans_; }

 private:
  static void join(Span<T>& into, const Span<T>& later) {
    into.high = std::max(into.high, later.high);
    into.low = std::min(into.low, later.low);
    into.close = later.close;
    into.last_time = std::max(into.last_time, later.last_time);
    into.extra = std::max(into.extra, later.extra);
  }
  void widen() {
    length_ = length_ * 2;
    std::size_t kept = 0;
    for (std::size_t i = 1; i < spans_.size(); ++i) {
      if (spans_[kept].start.floor_to(length_) == spans_[i].start.floor_to(length_))
        join(spans_[kept], spans_[i]);
      else
        spans_[++kept] = spans_[i];
    }
    spans_.resize(kept + 1);
  }

  std::size_t max_;
  Duration length_ = Duration::seconds(1);
  std::vector<Span<T>> spans_;
};

}  // namespace keel::analytics
