#include "wire.hpp"

#include <algorithm>
#include <fstream>
#include <vector>

#include <fmt/core.h>

#include <keel/journal/inspect.hpp>
#include <keel/journal/reader.hpp>

namespace keel::runs {

std::string lose_power(const std::string& journal, std::uint64_t durable_seq, Random& random) {
  struct Frame {
    std::uint64_t segment, offset, last_seq;
  };
  std::vector<Frame> open;  // committed, and not covered by a sync
  {
    JournalReader reader = need(JournalReader::open(journal));
    while (reader.next()) {
      const Transaction& transaction = reader.transaction();
      if (transaction.last_seq > durable_seq)
        open.push_back({transaction.segment, transaction.offset, transaction.last_seq});
    }
    need(reader.status());
  }
  if (open.empty()) return "nothing was open";
  // Only the last segment: one is synced as a whole before the next begins to count.
  const std::uint64_t segment = open.back().segment;
  std::erase_if(open, [&](const Frame& frame) { return frame.segment != segment; });
  const Frame from = open[random.below(open.size())];
  const JournalSummary summary = need(inspect_journal(journal));
  for (const auto& file : summary.segments) {
    if (file.index != segment) continue;
    const bool hole = random.below(2) == 0;
    const std::uint64_t end =
        hole ? std::min<std::uint64_t>(file.used_bytes, from.offset + 1 + random.below(4096))
             : file.used_bytes;
    std::fstream out{file.path, std::ios::in | std::ios::out | std::ios::binary};
    out.seekp(static_cast<std::streamoff>(from.offset));
    const std::string zeros(end - from.offset, '\0');
    out.write(zeros.data(), static_cast<std::streamsize>(zeros.size()));
    if (!out) give_up("cannot damage " + file.path);
    return fmt::format("lost bytes {} to {} of segment {}, from seq {} on (durable {})",
                       from.offset, end, segment, from.last_seq, durable_seq);
  }
  give_up("the segment is gone");
}

}  // namespace keel::runs
