// Any bytes as a journal's segment, snapshot, run counter and record.
//
// The first byte chooses: whether the input is a whole segment or the transactions behind a good
// header, and whether the checksums are made right, without which a fuzzer hardly gets past them.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include <keel/journal/inspect.hpp>
#include <keel/journal/journal.hpp>
#include <keel/journal/reader.hpp>
#include <keel/journal/run_counter.hpp>
#include <keel/journal/snapshot.hpp>

using namespace keel;

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;

void require(bool right) {
  if (!right) std::abort();
}

struct Folder {
  Folder() {
    std::string name = fs::exists("/dev/shm") ? "/dev/shm/keel-fuzz-XXXXXX" : "keel-fuzz-XXXXXX";
    require(::mkdtemp(name.data()) != nullptr);
    root = name;
    config.segment_bytes = journal_format::kSegmentBytesMin;
    require(Journal::create(root, config).ok());
    header.resize(journal_format::kHeaderBytes);
    const int fd = ::open((root + "/segment-0000000001.keel").c_str(), O_RDONLY | O_CLOEXEC);
    require(::read(fd, header.data(), header.size()) == static_cast<ssize_t>(header.size()));
    ::close(fd);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }
  void put(const char* name, std::span<const std::byte> bytes) const {
    const int fd =
        ::open((root + "/" + name).c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    require(::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    ::close(fd);
  }
  std::string root;
  JournalConfig config;
  Bytes header;
};

void repair_checksums(Bytes& bytes) {
  if (bytes.size() < journal_format::kHeaderBytes) return;
  std::uint32_t salt;
  std::memcpy(&salt, bytes.data() + offsetof(journal_format::Identity, crc), sizeof salt);
  std::size_t at = journal_format::kHeaderBytes;
  while (at + sizeof(journal_format::Frame) <= bytes.size()) {
    journal_format::Frame frame;
    std::memcpy(&frame, bytes.data() + at, sizeof frame);
    if (frame.length == 0 || frame.length % 8 != 0 ||
        frame.length > bytes.size() - at - sizeof frame)
      return;
    frame.crc = journal_format::frame_crc(bytes.data() + at, frame.length, salt);
    std::memcpy(bytes.data() + at, &frame, sizeof frame);
    at += sizeof frame + frame.length;
  }
}

void try_segment(const Folder& folder) {
  auto reader = JournalReader::open(folder.root);
  if (!reader) return;
  std::uint64_t last = 0, sum = 0;
  while (reader->next()) {
    const auto& transaction = reader->transaction();
    require(transaction.first_seq > last && transaction.last_seq >= transaction.first_seq);
    last = transaction.last_seq;
    for (const RecordHeader& record : transaction.records) {
      const auto* at = reinterpret_cast<const std::byte*>(&record);
      require(check_record(at, record.size).ok());
      sum += crc32c({at, record.size});
    }
  }
  const bool readable = reader->status().ok();
  require(inspect_journal(folder.root).ok());
  // A header that is right in all its sums may ask for a large file: that is its right, not ours.
  {
    const auto journal = Journal::open(folder.root, folder.config);
    if (journal) require(readable && journal->committed_seq() == last);
  }
  if (sum == 1) std::abort();  // keeps the sum alive
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const Folder folder;
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const auto* at = reinterpret_cast<const std::byte*>(data + 1);
  const std::span<const std::byte> input{at, size - 1};

  // A copy, so that one byte too many is seen.
  const Bytes record{input.begin(), input.end()};
  if (check_record(record.data(), record.size()).ok()) {
    RecordHeader header;
    std::memcpy(&header, record.data(), sizeof header);
    require(header.size <= record.size() && header.size >= sizeof header);
  }

  Bytes segment = (choice & 1u) != 0 ? folder.header : Bytes{};
  segment.insert(segment.end(), input.begin(), input.end());
  if ((choice & 2u) != 0) repair_checksums(segment);
  folder.put("segment-0000000001.keel", segment);
  try_segment(folder);

  folder.put("snapshot-00000000000000000001.keel", input);
  const auto snapshot = latest_snapshot(folder.root);
  if (snapshot && *snapshot) require((*snapshot)->state.size() < input.size());
  folder.put("run", input);
  static_cast<void>(next_run(folder.root));
  fs::remove(folder.root + "/run");
  fs::remove(folder.root + "/snapshot-00000000000000000001.keel");
  return 0;
}
