// FeedMerge: several feeds become one, in time order.
//
// Records are ordered by (ts_event, index of the feed, position in the feed): of records with one
// time, those of the feed that was added first come first. A feed whose time goes back, or whose
// bytes are not whole records, stops the merge with an error that names the feed and the record;
// what came before it in time order is delivered first. Memory is one batch a feed and one out.
//
// With mark_gaps, a record whose number says that others are missing before it (gap_detector.hpp)
// is preceded by a kMarketGap of its instrument and time. Numbers are followed feed by feed.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <keel/core/result.hpp>
#include <keel/market/errors.hpp>
#include <keel/market/gap_detector.hpp>
#include <keel/model/record.hpp>

namespace keel {

class FeedMerge {
 public:
  // A feed is anything with `Result<std::span<const std::byte>> next()` that gives runs of whole
  // records and an empty span at its end, such as a MarketFeed. It must outlive the merge; `name`
  // is what errors call it.
  template <class Feed>
  void add(Feed& feed, std::string name) {
    add_source(
        &feed, [](void* self) { return static_cast<Feed*>(self)->next(); },
        static_cast<std::string&&>(name));
  }

  // From here on, gaps in the numbers of every feed are marked. Before the first next().
  void mark_gaps(const GapRules& rules);

  // The next run of whole records, valid until the next call. Empty: all feeds have ended.
  // Errors: market.time_going_back, market.bad_record, or a feed's own; then at every later call.
  Result<std::span<const std::byte>> next();

  [[nodiscard]] std::size_t feed_count() const { return sources_.size(); }
  // Records handed out so far, marked gaps included.
  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
  [[nodiscard]] std::uint64_t gaps() const { return gaps_; }

 private:
  using Pull = Result<std::span<const std::byte>> (*)(void*);
  struct Source {
    void* self;
    Pull pull;
    std::string name;
    std::span<const std::byte> batch;  // what is left of it
    std::uint64_t position;            // records taken from this feed
    Timestamp time;                    // of its first record left
    bool ended;
    GapDetector numbers;
  };

  void add_source(void* self, Pull pull, std::string name);
  struct Turn {
    std::size_t first, second;
  };
  // Looks at the first record left of a source, asking for more where there is none. false:
  // failed_.
  bool look(Source& source, bool is_first);
  Result<std::span<const std::byte>> stop();
  [[nodiscard]] Turn turn() const;
  void take(Source& source);
  void put(const RecordHeader& record);

  std::vector<Source> sources_;
  std::vector<std::byte> out_;
  std::size_t used_ = 0;  // bytes of out_
  std::uint64_t delivered_ = 0, gaps_ = 0;
  GapRules rules_{};
  bool marks_gaps_ = false;
  bool started_ = false;
  Status failed_;
};

}  // namespace keel
