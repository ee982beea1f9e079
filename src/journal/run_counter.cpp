#include <keel/journal/run_counter.hpp>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include <keel/core/id.hpp>

#include "folder.hpp"
#include "segment.hpp"

namespace keel {

using namespace journal_detail;

namespace {

constexpr std::string_view kRunFile = "run";
constexpr std::string_view kRunPrefix = "keel run ";

// One line: "keel run 0000007 1a2b3c4d", the checksum over what is before it.
std::string run_line(std::uint32_t run) {
  auto text = fmt::format("{}{:07} ", kRunPrefix, run);
  const auto crc = crc32c(std::as_bytes(std::span{text}));
  return fmt::format("{}{:08x}\n", text, crc);
}

// 0: damaged.
std::uint32_t parse_run(std::string_view text) {
  if (!text.starts_with(kRunPrefix) || text.size() < kRunPrefix.size() + 7) return 0;
  std::uint32_t run = 0;
  const char* digits = text.data() + kRunPrefix.size();
  const auto [end, error] = std::from_chars(digits, digits + 7, run);
  if (error != std::errc{} || end != digits + 7 || run_line(run) != text) return 0;
  return run;
}

// The highest run that a segment's header names.
Result<std::uint32_t> highest_in_segments(FileOps& files, const std::string& folder,
                                          const Listing& listing) {
  std::uint32_t highest = 0;
  for (const auto& entry : listing.segments) {
    auto file = File::map_whole(files, join(folder, entry.name), journal_format::kHeaderBytes);
    if (!file) return std::move(file).error();
    const auto check = check_header(file->span(), entry.number);
    if (check.state != HeaderState::kBad) highest = std::max(highest, check.header.identity.run);
  }
  return highest;
}

}  // namespace

Result<std::uint32_t> next_run(const std::string& folder, std::optional<std::uint32_t> at_least,
                               FileOps* file_ops) {
  FileOps& files = file_ops != nullptr ? *file_ops : system_files();
  if (auto made = make_folder(files, folder); !made) return std::move(made).error();
  // Two callers at once get two numbers.
  const auto guard_path = join(folder, "run.lock");
  auto guard = File::open(files, guard_path, O_RDWR | O_CREAT);
  if (!guard) return std::move(guard).error();
  if (const int code = files.lock(guard->fd()); code < 0) {
    if (code != -EWOULDBLOCK) return storage_error("flock", guard_path, code);
    return Error{journal_errors::kLocked, "run", "", "another process takes a run number now",
                 folder};
  }
  auto listing = list_folder(folder);
  if (!listing) return std::move(listing).error();
  auto content = read_file(files, join(folder, kRunFile), 256);
  if (!content) return std::move(content).error();
  auto highest = highest_in_segments(files, folder, *listing);
  if (!highest) return highest;

  std::uint32_t last = 0;  // runs count from 1
  if (*content)
    last = parse_run({reinterpret_cast<const char*>((*content)->data()), (*content)->size()});
  const bool used_before =
      content->has_value() || !listing->segments.empty() || !listing->snapshots.empty();
  // Older than the journal: the file was put back from a copy.
  if (last < *highest) last = 0;
  if (last == 0 && used_before && (!at_least || *at_least <= *highest))
    return Error{journal_errors::kRunLost, "run", at_least ? fmt::format("{}", *at_least) : "",
                 fmt::format("the run counter is lost or damaged; give a number above every run "
                             "there was, the journal itself names {}",
                             *highest),
                 join(folder, kRunFile)};
  const std::uint64_t next = std::max<std::uint64_t>(std::uint64_t{last} + 1, at_least.value_or(0));
  if (next > OrderId::kMaxRun)
    return Error{journal_errors::kRunExhausted, "run", fmt::format("{}", next),
                 fmt::format("at most {}", OrderId::kMaxRun), folder};
  const auto run = static_cast<std::uint32_t>(next);
  const auto line = run_line(run);
  const std::span<const std::byte> part = std::as_bytes(std::span{line});
  if (auto written = write_atomically(files, folder, kRunFile, std::span{&part, 1}); !written)
    return std::move(written).error();
  return run;
}

}  // namespace keel
