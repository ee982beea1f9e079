// A segment's bytes: writing and checking its header, checking its transactions.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <keel/journal/format.hpp>

namespace keel::journal_detail {

using Bytes = std::span<const std::byte>;

// --- header ---
void write_identity(std::byte* segment, std::uint64_t index, std::uint64_t bytes,
                    std::uint32_t engine, std::uint32_t run, Durability durability);
void write_start(std::byte* segment, std::uint64_t first_seq, std::uint64_t previous_end);
void write_seal(std::byte* segment, const Digest& previous);
// `turn` alternates, so that one of the two marks is whole at every moment.
void write_mark(std::byte* segment, std::uint64_t turn, std::uint64_t durable_seq);

enum class HeaderState : std::uint8_t { kPrepared, kBegun, kBad };

struct HeaderCheck {
  HeaderState state = HeaderState::kBad;
  const char* what = nullptr;  // kBad: why
  bool newer = false;          // kBad: of a version after this one
  journal_format::Header header{};

  [[nodiscard]] Durability durability() const {
    return static_cast<Durability>(header.identity.durability);
  }
};
// `segment` is as much of the file as there is.
[[nodiscard]] HeaderCheck check_header(Bytes segment, std::uint64_t index);
// The segment before, as the header knows it; none while it is not sealed.
[[nodiscard]] std::optional<Digest> sealed_previous(const journal_format::Header& header);
// The highest durable_seq that a whole mark names, or 0.
[[nodiscard]] std::uint64_t durable_mark(const journal_format::Header& header);

// --- transactions ---
enum class FrameState : std::uint8_t {
  kCommitted,
  kUncommitted,  // zero, or no more room in the file
  kTorn,         // not a transaction as it was committed
  kInvalid       // it was committed so, and cannot be right
};

struct FrameCheck {
  FrameState state = FrameState::kUncommitted;
  bool newer = false;  // kInvalid: of a version after this one
  std::uint32_t length = 0;
  std::uint64_t first_seq = 0, last_seq = 0;
  const char* what = nullptr;
};

// A frame with its records, out of the file: what was checked is what is used, even where the file
// is recycled or overwritten in the meantime. Words, for the alignment.
using FrameCopy = std::vector<std::uint64_t>;

// The transaction at `offset`, which must follow on `last_seq`; if it is committed, `copy` begins
// with its frame. Safe on any bytes.
[[nodiscard]] FrameCheck check_frame(Bytes segment, std::size_t offset, std::uint32_t salt,
                                     std::uint64_t last_seq, FrameCopy& copy);
// Whether a committed transaction, later than `last_seq`, lies anywhere from `offset` on. Work is
// bounded; where hostile bytes exhaust it the answer is yes.
[[nodiscard]] bool finds_committed(Bytes segment, std::size_t offset, std::uint32_t salt,
                                   std::uint64_t last_seq);

}  // namespace keel::journal_detail
