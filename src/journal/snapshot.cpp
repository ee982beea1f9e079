#include <keel/journal/snapshot.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "folder.hpp"

namespace keel {

using namespace journal_detail;

namespace {

constexpr char kSnapshotMagic[8] = {'k', 'e', 'e', 'l', 's', 'n', 'a', 'p'};
constexpr std::uint32_t kSnapshotVersion = 1;

struct SnapshotHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t zero;
  std::uint64_t seq;
  std::uint64_t bytes;  // of the state behind the header
  Digest digest;        // of the state
  std::uint64_t reserved[7];
  std::uint32_t state_crc;  // of the state: a second, independent check
  std::uint32_t crc;        // of the bytes before
};
static_assert(sizeof(SnapshotHeader) == 128);
static_assert(std::has_unique_object_representations_v<SnapshotHeader>);

std::span<const std::byte> bytes_of(const SnapshotHeader& header) {
  return {reinterpret_cast<const std::byte*>(&header), sizeof header};
}
std::uint32_t header_crc(const SnapshotHeader& header) {
  return crc32c(bytes_of(header).first(offsetof(SnapshotHeader, crc)));
}

const char* header_fault(const SnapshotHeader& header, std::uint64_t seq, std::uint64_t bytes) {
  if (std::memcmp(header.magic, kSnapshotMagic, sizeof kSnapshotMagic) != 0)
    return "the file does not begin as a snapshot";
  if (header.version > kSnapshotVersion) return "the format is newer than this program";
  if (header.crc != header_crc(header) || header.version == 0)
    return "the header's checksum differs";
  if (header.seq != seq) return "the header names another seq than the file's name";
  if (header.bytes != bytes) return "the file's size differs from what the header says";
  return nullptr;
}

Result<Snapshot> load(FileOps& files, const std::string& path, std::uint64_t seq) {
  auto content = read_file(files, path, ~std::uint64_t{0} >> 1);
  if (!content) return std::move(content).error();
  const auto wrong = [&path](const char* what) {
    return Error{journal_errors::kSnapshot, "snapshot", "", what, path};
  };
  if (!*content || (*content)->size() < sizeof(SnapshotHeader))
    return wrong("the file is cut short");
  SnapshotHeader header;
  std::memcpy(&header, (*content)->data(), sizeof header);
  std::vector<std::byte> state = std::move(**content);
  state.erase(state.begin(), state.begin() + sizeof header);
  if (const char* what = header_fault(header, seq, state.size()); what != nullptr)
    return wrong(what);
  if (crc32c(state) != header.state_crc || sha256(state) != header.digest)
    return wrong("the state's checksum differs");
  return Snapshot{{seq, header.digest, state.size(), path}, std::move(state), {}};
}

}  // namespace

Result<SnapshotInfo> write_snapshot(const std::string& folder, std::uint64_t seq,
                                    std::span<const std::byte> state, FileOps* file_ops) {
  FileOps& files = file_ops != nullptr ? *file_ops : system_files();
  SnapshotHeader header{};
  std::memcpy(header.magic, kSnapshotMagic, sizeof kSnapshotMagic);
  header.version = kSnapshotVersion;
  header.seq = seq;
  header.bytes = state.size();
  header.digest = sha256(state);
  header.state_crc = crc32c(state);
  header.crc = header_crc(header);
  const std::span<const std::byte> parts[] = {bytes_of(header), state};
  const auto name = snapshot_name(seq);
  if (auto written = write_atomically(files, folder, name, parts); !written)
    return std::move(written).error();
  auto back = load(files, join(folder, name), seq);
  if (!back) return std::move(back).error();
  return std::move(back->info);
}

Result<std::optional<Snapshot>> latest_snapshot(const std::string& folder, std::uint64_t up_to_seq,
                                                FileOps* file_ops) {
  FileOps& files = file_ops != nullptr ? *file_ops : system_files();
  auto listing = list_folder(folder);
  if (!listing) return std::move(listing).error();
  std::vector<Error> damaged;
  for (auto at = listing->snapshots.rbegin(); at != listing->snapshots.rend(); ++at) {
    if (at->number > up_to_seq) continue;
    auto found = load(files, join(folder, at->name), at->number);
    if (found) {
      found->damaged = std::move(damaged);
      return std::optional<Snapshot>{std::move(*found)};
    }
    damaged.push_back(std::move(found).error());
  }
  if (damaged.empty()) return std::optional<Snapshot>{};
  return std::move(damaged.front());
}

Result<std::vector<SnapshotInfo>> list_snapshots(const std::string& folder) {
  auto listing = list_folder(folder);
  if (!listing) return std::move(listing).error();
  std::vector<SnapshotInfo> found;
  for (const auto& file : listing->snapshots) {
    const auto path = join(folder, file.name);
    auto mapped = File::map_whole(system_files(), path, sizeof(SnapshotHeader));
    SnapshotHeader header{};
    if (mapped && mapped->bytes() == sizeof header)
      std::memcpy(&header, mapped->data(), sizeof header);
    found.push_back({file.number, header.digest, header.bytes, path});
  }
  return found;
}

}  // namespace keel
