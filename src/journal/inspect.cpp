#include <keel/journal/inspect.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "folder.hpp"
#include "segment.hpp"

namespace keel {

using namespace journal_detail;
using namespace journal_format;

namespace {

// Segments with their headers; transactions are counted in later.
void add_segments(JournalSummary& summary, FileOps& files, const std::string& folder,
                  const Listing& listing) {
  for (const auto& entry : listing.segments) {
    const auto path = join(folder, entry.name);
    auto file = File::map_whole(files, path, kHeaderBytes);
    if (!file) {
      summary.damage.push_back(std::move(file).error());
      return;
    }
    const auto check = check_header(file->span(), entry.number);
    if (check.state == HeaderState::kPrepared) return;
    if (check.state == HeaderState::kBad) return;  // the reader says so
    SegmentSummary segment{};
    segment.index = entry.number;
    segment.path = path;
    segment.engine = check.header.identity.engine;
    segment.run = check.header.identity.run;
    segment.durability = check.durability();
    segment.file_bytes = check.header.identity.segment_bytes;
    segment.used_bytes = kHeaderBytes;
    summary.segments.push_back(std::move(segment));
  }
}

void count(JournalSummary& summary, const Transaction& transaction,
           std::vector<KindSummary>& kinds) {
  if (summary.transactions++ == 0) {
    summary.first_seq = transaction.first_seq;
    summary.first_time = transaction.input().ts_recv;
  }
  summary.last_seq = transaction.last_seq;
  summary.last_time = transaction.input().ts_recv;
  std::uint64_t records = 0;
  for (const RecordHeader& record : transaction.records) {
    ++records;
    const auto at = std::lower_bound(
        kinds.begin(), kinds.end(), record.kind,
        [](const KindSummary& entry, RecordKind kind) { return entry.kind < kind; });
    if (at != kinds.end() && at->kind == record.kind) {
      ++at->records;
      at->bytes += record.size;
    } else {
      kinds.insert(at, {record.kind, 1, record.size});
    }
  }
  summary.records += records;
  if (summary.segments.empty() || transaction.segment < summary.segments.front().index) return;
  const auto position = transaction.segment - summary.segments.front().index;
  if (position >= summary.segments.size()) return;  // begun after we looked
  SegmentSummary& segment = summary.segments[position];
  if (segment.transactions++ == 0) segment.first_seq = transaction.first_seq;
  segment.records += records;
  segment.last_seq = transaction.last_seq;
  segment.used_bytes = transaction.offset + kFrameBytes + transaction.records.size_bytes();
}

void verify_chain(JournalSummary& summary, FileOps& files) {
  for (std::size_t i = 0; i < summary.segments.size(); ++i) {
    SegmentSummary& segment = summary.segments[i];
    auto file = File::map_whole(files, segment.path, static_cast<std::size_t>(segment.used_bytes));
    if (!file) {
      summary.damage.push_back(std::move(file).error());
      return;
    }
    segment.digest = segment_digest(file->span());
    if (i == 0) continue;
    const auto check = check_header(file->span(), segment.index);
    if (check.header.seal.sealed == 0) continue;  // the writer has not come to it yet
    SegmentSummary& before = summary.segments[i - 1];
    const auto known = sealed_previous(check.header);
    before.sealed = known && *known == before.digest;
    if (before.sealed) continue;
    summary.damage.push_back(
        Error{journal_errors::kChain, "segment", hex_text(before.digest),
              known ? fmt::format("the next segment was sealed with {}", hex_text(*known))
                    : std::string{"the next segment's seal is damaged"},
              before.path});
  }
}

}  // namespace

Digest segment_digest(std::span<const std::byte> segment) {
  const std::size_t head = std::min(segment.size(), offsetof(Header, marks));
  std::array<Digest, 2> parts = {sha256(segment.first(head)),
                                 sha256(segment.subspan(std::min(segment.size(), kHeaderBytes)))};
  return sha256(std::as_bytes(std::span{parts}));
}

Result<JournalSummary> inspect_journal(const std::string& folder, FileOps* file_ops) {
  FileOps& files = file_ops != nullptr ? *file_ops : system_files();
  auto listing = list_folder(folder);
  if (!listing) return std::move(listing).error();
  if (listing->segments.empty())
    return Error{journal_errors::kMissing, "journal", "", "no segment in this folder", folder};
  JournalSummary summary{};
  add_segments(summary, files, folder, *listing);

  auto reader = JournalReader::open(folder, {.files = &files});
  if (!reader) {
    summary.damage.push_back(std::move(reader).error());
  } else {
    while (reader->next()) count(summary, reader->transaction(), summary.kinds);
    if (!reader->status().ok()) summary.damage.push_back(reader->status().error());
    summary.torn_tail = reader->torn_tail();
  }
  if (summary.damage.empty()) verify_chain(summary, files);

  for (const auto& entry : listing->snapshots) {
    auto found = latest_snapshot(folder, entry.number, &files);
    if (found && *found && (*found)->info.seq == entry.number) {
      summary.snapshots.push_back(std::move((*found)->info));
      continue;
    }
    // latest_snapshot passed over it for one before: its error comes first.
    if (!found)
      summary.damage.push_back(std::move(found).error());
    else if (*found && !(*found)->damaged.empty())
      summary.damage.push_back(std::move((*found)->damaged.front()));
  }
  return summary;
}

}  // namespace keel
