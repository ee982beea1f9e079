// The input in whose transaction the process ended, from the moment at which the torn tail is cut
// until an engine has got past it: a small file of its own, replaced as a whole.
#include <cerrno>
#include <utility>

#include "record_shape.hpp"
#include "writer_core.hpp"

namespace keel {

using namespace journal_detail;

namespace {

constexpr char kFileMagic[8] = {'k', 'e', 'e', 'l', 'i', 'n', 't', 'r'};
constexpr std::uint32_t kFileVersion = 1;
constexpr std::uint64_t kFileBytesMax = std::uint64_t{64} << 20;

struct FileHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t ends;
  std::uint64_t seq;
  std::uint64_t fed_as;
  std::uint64_t bytes;  // of the record behind the header
  std::uint32_t input_crc;
  std::uint32_t crc;  // of the bytes before
};
static_assert(sizeof(FileHeader) == 48 && std::has_unique_object_representations_v<FileHeader>);

Bytes bytes_of(const FileHeader& header) {
  return {reinterpret_cast<const std::byte*>(&header), sizeof header};
}

std::uint32_t header_crc(const FileHeader& header) {
  return crc32c(bytes_of(header).first(offsetof(FileHeader, crc)));
}

const char* fault_in(const FileHeader& header, Bytes input) {
  if (std::memcmp(header.magic, kFileMagic, sizeof kFileMagic) != 0)
    return "the file does not begin as it should";
  if (header.version > kFileVersion) return "the format is newer than this program";
  if (header.version == 0 || header.crc != header_crc(header) || header.ends == 0)
    return "the header's checksum differs";
  if (header.bytes != input.size() || crc32c(input) != header.input_crc)
    return "the input's checksum differs";
  const auto record = record_fault(input.data(), input.size());
  if (record.what == nullptr && reinterpret_cast<const RecordHeader*>(input.data())->size !=
                                    static_cast<std::uint32_t>(input.size()))
    return "more than one record";
  return record.what;
}

}  // namespace

Status Journal::Core::write_interrupted() {
  FileHeader header{};
  std::memcpy(header.magic, kFileMagic, sizeof kFileMagic);
  header.version = kFileVersion;
  header.ends = interrupted->ends;
  header.seq = interrupted->seq;
  header.fed_as = interrupted->fed_as;
  header.bytes = interrupted->input.size();
  header.input_crc = crc32c(interrupted->input);
  header.crc = header_crc(header);
  const Bytes parts[] = {bytes_of(header), interrupted->input};
  return write_atomically(files, folder, kInterruptedName, parts);
}

Status Journal::Core::read_interrupted() {
  const auto path = join(folder, kInterruptedName);
  auto content = read_file(files, path, kFileBytesMax);
  if (!content) return std::move(content).error();
  if (!*content) return {};
  FileHeader header{};
  const char* what = "the file is cut short";
  std::vector<std::byte> input = std::move(**content);
  if (input.size() >= sizeof header + sizeof(RecordHeader)) {
    std::memcpy(&header, input.data(), sizeof header);
    input.erase(input.begin(), input.begin() + sizeof header);
    what = fault_in(header, input);
  }
  if (what == nullptr) {
    interrupted = InterruptedInput{header.seq, header.ends, header.fed_as, std::move(input)};
    return {};
  }
  if (config.accept_loss) return {};
  return Error{journal_errors::kCorrupt, "interrupted", "", what, path};
}

Status Journal::Core::remove_interrupted() {
  interrupted.reset();
  const auto path = join(folder, kInterruptedName);
  if (const int code = files.remove(path.c_str()); code < 0 && code != -ENOENT)
    return storage_error("remove", path, code);
  return {};
}

// `input`: what lies whole behind the last transaction, or nothing. Before it is wiped out there.
Status Journal::Core::note_interrupted(std::uint64_t last_seq, Bytes input) {
  auto listing = list_folder(folder);
  if (!listing) return std::move(listing).error();
  if (listing->has_interrupted)
    if (auto status = read_interrupted(); !status) return status;
  if (interrupted) {
    // Fed again, and its transaction is here: it is settled, though nobody came to say so.
    if (interrupted->fed_as != 0 && last_seq >= interrupted->fed_as) {
      if (auto status = remove_interrupted(); !status) return status;
    } else if (interrupted->fed_as != 0 || !input.empty()) {
      ++interrupted->ends;
      return write_interrupted();
    } else {
      return {};
    }
  }
  if (input.empty()) return {};
  const auto& header = *reinterpret_cast<const RecordHeader*>(input.data());
  interrupted = InterruptedInput{header.seq, 1, 0, {input.begin(), input.end()}};
  return write_interrupted();
}

const std::optional<InterruptedInput>& Journal::interrupted() const { return core().interrupted; }

Status Journal::feeding_interrupted(std::uint64_t seq) {
  KEEL_ASSERT(core().interrupted.has_value(), "no input was interrupted");
  core().interrupted->fed_as = seq;
  return core().write_interrupted();
}

Status Journal::settle_interrupted() {
  if (!core().interrupted) return {};
  return core().remove_interrupted();
}

}  // namespace keel
