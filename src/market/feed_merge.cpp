#include <keel/market/feed_merge.hpp>

#include <cstring>
#include <utility>

namespace keel {

namespace {

constexpr std::size_t kBatchBytes = std::size_t{32} << 10;  // stays in the first-level cache
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

const RecordHeader& header_of(std::span<const std::byte> batch) {
  return *reinterpret_cast<const RecordHeader*>(batch.data());
}

}  // namespace

void FeedMerge::add_source(void* self, Pull pull, std::string name) {
  KEEL_ASSERT(!started_, "feeds are added before the first next()");
  sources_.push_back({self, pull, std::move(name), {}, 0, Timestamp{}, false, GapDetector{rules_}});
  if (out_.empty()) out_.resize(kBatchBytes + 1'024);
}

bool FeedMerge::look(Source& source, bool is_first) {
  if (source.batch.empty() && !source.ended) {
    auto batch = source.pull(source.self);
    if (!batch) {
      Error error = std::move(batch).error();
      if (error.where.empty()) error.where = "feed " + source.name;
      failed_ = error;
      return false;
    }
    source.batch = *batch;
    source.ended = batch->empty();
  }
  if (source.ended) return true;
  const auto place = [&] {
    return "feed " + source.name + ", record " + std::to_string(source.position + 1);
  };
  const std::size_t left = source.batch.size();
  if (left < sizeof(RecordHeader) || header_of(source.batch).size < sizeof(RecordHeader) ||
      header_of(source.batch).size % 8 != 0 || header_of(source.batch).size > left) {
    failed_ = Error{market_errors::kBadRecord, "size",
                    left < 4 ? std::to_string(left) : std::to_string(header_of(source.batch).size),
                    "whole records, back to back", place()};
    return false;
  }
  const Timestamp time = header_of(source.batch).ts_event;
  if (!is_first && time < source.time) {
    failed_ =
        Error{market_errors::kTimeGoingBack, "ts_event", std::to_string(time.ns),
              "not before " + std::to_string(source.time.ns) + ", the record before it", place()};
    return false;
  }
  source.time = time;
  return true;
}

// The two sources that come first, by time and then by index; kNone where there is none.
FeedMerge::Turn FeedMerge::turn() const {
  Turn result{kNone, kNone};
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (sources_[i].ended) continue;
    if (result.first == kNone || sources_[i].time < sources_[result.first].time)
      result = {i, result.first};
    else if (result.second == kNone || sources_[i].time < sources_[result.second].time)
      result.second = i;
  }
  return result;
}

void FeedMerge::mark_gaps(const GapRules& rules) {
  KEEL_ASSERT(!started_, "gaps are marked from the first next() on");
  marks_gaps_ = true;
  rules_ = rules;
  for (Source& source : sources_) source.numbers = GapDetector{rules};
}

void FeedMerge::put(const RecordHeader& record) {
  if (used_ + record.size > out_.size()) out_.resize(used_ + record.size);
  std::memcpy(out_.data() + used_, &record, record.size);
  used_ += record.size;
  ++delivered_;
}

void FeedMerge::take(Source& source) {
  const RecordHeader& record = header_of(source.batch);
  if (marks_gaps_) {
    if (const auto gap = source.numbers.check(record)) {
      put(gap->header);
      ++gaps_;
    }
  }
  put(record);
  source.batch = source.batch.subspan(record.size);
  ++source.position;
}

Result<std::span<const std::byte>> FeedMerge::stop() {
  if (used_ == 0) return failed_.error();
  return std::span<const std::byte>{out_.data(), used_};
}

Result<std::span<const std::byte>> FeedMerge::next() {
  used_ = 0;
  if (!failed_.ok()) return stop();
  if (!started_) {
    started_ = true;
    for (Source& source : sources_)
      if (!look(source, true)) return stop();
  }
  while (used_ < kBatchBytes) {
    const auto [chosen, rival] = turn();
    if (chosen == kNone) break;
    // The chosen feed goes on until another one's turn: before it at an equal time, if it was added
    // first.
    const Timestamp limit = rival == kNone ? Timestamp{} : sources_[rival].time;
    Source& source = sources_[chosen];
    do {
      take(source);
      if (!look(source, false)) return stop();
    } while (!source.ended && used_ < kBatchBytes &&
             (rival == kNone || source.time < limit || (source.time == limit && chosen < rival)));
  }
  return std::span<const std::byte>{out_.data(), used_};
}

}  // namespace keel
