#include <keel/journal/journal.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <keel/journal/snapshot.hpp>

#include "writer_core.hpp"

namespace keel {

using namespace journal_detail;
using journal_format::kFrameBytes;
using journal_format::kHeaderBytes;

namespace {

constexpr std::size_t kFirstBuffer = std::size_t{64} * 1024;
// A segment's rest smaller than this is left empty: few transactions are larger, so few are moved.
constexpr std::size_t kReserve = std::size_t{64} * 1024;

}  // namespace

Journal::Journal(Core* core) : shared_(core), durability_(core->config.durability) {}

Journal::Core& Journal::core() const { return static_cast<Core&>(*shared_); }

Journal::Journal(Journal&& other) noexcept
    : shared_(std::exchange(other.shared_, nullptr)),
      frame_(other.frame_),
      at_(other.at_),
      next_(other.next_),
      limit_(other.limit_),
      last_(other.last_),
      reserve_(other.reserve_),
      last_seq_(other.last_seq_),
      salt_(other.salt_),
      durability_(other.durability_),
      memory_(other.memory_) {}

Journal& Journal::operator=(Journal&& other) noexcept {
  if (this != &other) {
    this->~Journal();
    new (this) Journal(std::move(other));
  }
  return *this;
}

Journal::~Journal() {
  if (shared_ == nullptr) return;
  if (durability_ == Durability::kMachine && !failed()) static_cast<void>(core().sync());
  delete &core();
}

Journal Journal::scratch() {
  JournalConfig config;
  config.durability = Durability::kOff;
  Journal journal{new Core{"", config}};
  journal.go_to_memory();
  return journal;
}

Status Journal::status() const { return core().failure(); }

std::uint64_t Journal::max_transaction_bytes() const {
  return core().config.segment_bytes - kHeaderBytes - kFrameBytes - 8;
}

const std::optional<JournalRepair>& Journal::repair() const { return core().repair; }
const std::string& Journal::folder() const { return core().folder; }

JournalStats Journal::stats() const {
  const std::scoped_lock lock{core().list_mutex};
  return core().stats;
}

// --- the arena's slow path ---

// Puts the arena on `segment`, with the next transaction at `offset`.
void Journal::enter(JournalSegment& segment, std::size_t offset) {
  std::byte* base = segment.file.data();
  limit_ = base + segment.file.bytes() - 8;  // the zero word behind the last transaction
  next_ = frame_ = base + offset;
  at_ = frame_ + std::min<std::size_t>(kFrameBytes, static_cast<std::size_t>(limit_ - frame_));
  reserve_ = std::min(kReserve, segment.file.bytes() / 4);
  std::memcpy(&salt_, base + offsetof(journal_format::Identity, crc), sizeof salt_);
  core().current = &segment;
}

// frame_ is where the current segment ends, and with `used` bytes the open transaction begins: they
// move on with it. false: failed, now in memory.
bool Journal::roll(std::size_t used) {
  Core& inside = core();
  auto taken = inside.take_prepared();
  if (taken == nullptr) return false;
  JournalSegment& next = *taken;
  const auto end = static_cast<std::uint64_t>(frame_ - inside.current->file.data());
  const std::uint64_t last_seq = committed_seq();
  {
    const std::scoped_lock lock{inside.list_mutex};
    inside.current->left = true;
    inside.current->last_seq = last_seq;
    inside.mapped.push_back(std::move(taken));
    ++inside.stats.rolls;
  }
  const std::byte* from = frame_;
  const std::uint32_t old_salt = salt_;
  enter(next, kHeaderBytes);
  if (used != 0) move_open(from, used, old_salt);
  write_start(next.file.data(), last_seq + 1, end);
  inside.current_index.store(next.index);
  return true;
}

// Before the new segment is begun, so that at every moment one of the two has the open input whole.
void Journal::move_open(const std::byte* from, std::size_t used, std::uint32_t old_salt) {
  std::memcpy(frame_, from, used);
  at_ = frame_ + used;
  if (used < kFrameBytes + sizeof(RecordHeader)) return;
  const std::byte* input = frame_ + kFrameBytes;
  const std::uint32_t bytes = reinterpret_cast<const RecordHeader*>(input)->size;
  std::uint64_t mark{};
  std::memcpy(&mark, frame_ + 8, sizeof mark);
  if (mark == journal_format::input_mark(input, bytes, old_salt)) {
    mark = journal_format::input_mark(input, bytes, salt_);
    std::memcpy(frame_ + 8, &mark, sizeof mark);
  }
}

void Journal::next_segment() {
  if (!roll()) go_to_memory();
}

// The open transaction does not fit where it is: it moves on as a whole. What was returned for its
// first records stays readable, because the segment that it leaves is unmapped much later.
void Journal::make_room(std::size_t bytes) {
  const std::byte* from = frame_;
  const auto used = static_cast<std::size_t>(at_ - frame_);
  if (!memory_) {
    if (used - kFrameBytes + bytes > max_transaction_bytes()) {
      core().fail({journal_errors::kTooLarge, "transaction",
                   fmt::format("{} bytes", used - kFrameBytes + bytes),
                   fmt::format("at most {} bytes in segments of {}", max_transaction_bytes(),
                               core().config.segment_bytes),
                   core().folder});
    } else if (roll(used)) {
      const std::scoped_lock lock{core().list_mutex};
      ++core().stats.moved;
      return;
    }
  }
  auto& buffer = core().buffers.emplace_back(std::max(kFirstBuffer, 2 * (used + bytes)));
  std::memcpy(buffer.data(), from, used);
  use_buffer(used);
}

void Journal::go_to_memory() {
  core().buffers.emplace_back(kFirstBuffer);
  use_buffer(kFrameBytes);
}

void Journal::use_buffer(std::size_t used) {
  auto& buffer = core().buffers.back();
  memory_ = true;
  reserve_ = 0;
  next_ = frame_ = buffer.data();
  at_ = frame_ + used;
  limit_ = frame_ + buffer.size();
}

bool Journal::commit_in_memory() {
  if (durability_ != Durability::kOff) return false;
  shared_->committed_seq.store(last_seq_, std::memory_order_release);
  return true;
}

// --- for the executor ---

Status Journal::prepare_next() { return core().prepare(); }

Status Journal::seal_next() {
  auto sealed = core().seal_one();
  core().unmap_unused();
  return sealed;
}

Status Journal::maintain() {
  if (auto prepared = core().prepare(); !prepared) return prepared;
  while (core().wants_seal())
    if (auto sealed = core().seal_one(); !sealed) return sealed;
  core().unmap_unused();
  return {};
}

bool Journal::wants_maintenance() const {
  if (durability_ == Durability::kOff) return false;
  return core().prepared.load() == nullptr || core().wants_seal();
}

Status Journal::sync() { return core().sync(); }

Status Journal::write_snapshot(std::uint64_t seq, std::span<const std::byte> state) {
  if (durability_ == Durability::kOff) return {};
  if (seq > durable_seq())
    return Error{journal_errors::kSnapshotSeq, "seq", fmt::format("{}", seq),
                 fmt::format("durable is {}: a snapshot may not be ahead of it", durable_seq()),
                 core().folder};
  const std::scoped_lock lock{core().snapshot_mutex};
  auto written = keel::write_snapshot(core().folder, seq, state, &core().files);
  if (!written) return std::move(written).error();
  return core().retire();
}

}  // namespace keel
