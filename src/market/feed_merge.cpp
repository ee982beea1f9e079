#include <keel/market/feed_merge.hpp>

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
  sources_.push_back({self, pull, std::move(name), {}, 0, Timestamp{}, false});
  out_.reserve(kBatchBytes);
}

Status FeedMerge::look(Source& source, bool is_first) {
  if (source.batch.empty() && !source.ended) {
    auto batch = source.pull(source.self);
    if (!batch) {
      Error error = std::move(batch).error();
      if (error.where.empty()) error.where = "feed " + source.name;
      return error;
    }
    source.batch = *batch;
    source.ended = batch->empty();
  }
  if (source.ended) return {};
  const auto place = [&] {
    return "feed " + source.name + ", record " + std::to_string(source.position + 1);
  };
  const std::size_t left = source.batch.size();
  if (left < sizeof(RecordHeader) || header_of(source.batch).size < sizeof(RecordHeader) ||
      header_of(source.batch).size % 8 != 0 || header_of(source.batch).size > left) {
    return Error{market_errors::kBadRecord, "size",
                 left < 4 ? std::to_string(left) : std::to_string(header_of(source.batch).size),
                 "whole records, back to back", place()};
  }
  const Timestamp time = header_of(source.batch).ts_event;
  if (!is_first && time < source.time) {
    return Error{market_errors::kTimeGoingBack, "ts_event", std::to_string(time.ns),
                 "not before " + std::to_string(source.time.ns) + ", the record before it",
                 place()};
  }
  source.time = time;
  return {};
}

std::size_t FeedMerge::earliest() const {
  std::size_t best = kNone;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (sources_[i].ended) continue;
    if (best == kNone || sources_[i].time < sources_[best].time) best = i;
  }
  return best;
}

void FeedMerge::take(Source& source) {
  const std::size_t size = header_of(source.batch).size;
  out_.insert(out_.end(), source.batch.begin(),
              source.batch.begin() + static_cast<std::ptrdiff_t>(size));
  source.batch = source.batch.subspan(size);
  ++source.position;
  ++delivered_;
}

Result<std::span<const std::byte>> FeedMerge::stop() {
  if (out_.empty()) return failed_.error();
  return std::span<const std::byte>{out_};
}

Result<std::span<const std::byte>> FeedMerge::next() {
  out_.clear();
  if (!failed_.ok()) return stop();
  if (!started_) {
    started_ = true;
    for (Source& source : sources_)
      if (failed_ = look(source, true); !failed_.ok()) return stop();
  }
  while (out_.size() < kBatchBytes) {
    const std::size_t chosen = earliest();
    if (chosen == kNone) break;
    // The chosen feed may go on until another one's turn: before it at an equal time, if it was
    // added first.
    std::size_t rival = kNone;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (i == chosen || sources_[i].ended) continue;
      if (rival == kNone || sources_[i].time < sources_[rival].time) rival = i;
    }
    Source& source = sources_[chosen];
    do {
      take(source);
      if (failed_ = look(source, false); !failed_.ok()) return stop();
    } while (!source.ended && out_.size() < kBatchBytes &&
             (rival == kNone || source.time < sources_[rival].time ||
              (source.time == sources_[rival].time && chosen < rival)));
  }
  return std::span<const std::byte>{out_};
}

}  // namespace keel
