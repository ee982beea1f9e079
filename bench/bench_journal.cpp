// What a committed transaction costs, and what reading it back costs. References of the same run:
// the plain copy of the same bytes in memory, and write(2) into a file of the same file system.
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include <figures.hpp>
#include <keel/journal/journal.hpp>
#include <keel/journal/reader.hpp>
#include <keel/model/market_data.hpp>
#include <keel/model/order_records.hpp>

using namespace keel;
using namespace keel::bench;

namespace {

// Any payload of 88 bytes behind a header: together 128.
struct Sample {
  static constexpr std::uint8_t kVersion = 1;
  RecordHeader header;
  std::uint64_t payload[11];
};
static_assert(sizeof(Sample) == 128 && Record<Sample>);

Sample make_sample() {
  auto sample = make_record<Sample>(RecordKind::kTrade);
  for (std::uint64_t i = 0; i < 11; ++i) sample.payload[i] = i * 0x9E3779B97F4A7C15u;
  return sample;
}

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "keel-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string at(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

template <class T>
T take(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message().c_str());
    std::exit(1);
  }
  return std::move(result).value();
}

constexpr std::uint64_t kTransactions = 100'000;  // of 144 bytes: they fit in one segment

double per_transaction(std::vector<double>& seconds) {
  return median(seconds) / static_cast<double>(kTransactions) * 1e9;
}

void append(Journal& journal, Sample& sample, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    ++sample.header.seq;
    journal.begin();
    journal.append(sample.header);
    journal.commit();
  }
}

// In prepared segments, one a run; the roll between them is outside.
double journal_ns(const std::string& folder) {
  auto journal = take(Journal::create(folder, {}));
  auto sample = make_sample();
  std::vector<double> seconds;
  for (int run = 0; run < 9; ++run) {
    if (!journal.prepare_next().ok()) std::exit(1);
    const auto start = cpu_ns();
    append(journal, sample, kTransactions);
    seconds.push_back(static_cast<double>(cpu_ns() - start) / 1e9);
    const auto rolls = journal.stats().rolls;
    while (journal.stats().rolls == rolls) append(journal, sample, 1);
  }
  return per_transaction(seconds);
}

double scratch_ns() {
  auto journal = Journal::scratch();
  auto sample = make_sample();
  std::vector<double> seconds;
  for (int run = 0; run < 9; ++run) {
    const auto start = cpu_ns();
    append(journal, sample, kTransactions);
    seconds.push_back(static_cast<double>(cpu_ns() - start) / 1e9);
  }
  return per_transaction(seconds);
}

// The same bytes into memory that was touched before.
double copy_ns() {
  std::vector<std::byte> memory(kTransactions * 144);
  auto sample = make_sample();
  std::vector<double> seconds;
  for (int run = 0; run < 9; ++run) {
    const auto start = cpu_ns();
    for (std::uint64_t i = 0; i < kTransactions; ++i) {
      ++sample.header.seq;
      std::memcpy(memory.data() + i * 144 + 16, &sample, sizeof sample);
      keep(memory[i * 144 + 16]);
    }
    seconds.push_back(static_cast<double>(cpu_ns() - start) / 1e9);
  }
  return per_transaction(seconds);
}

double write_ns(const std::string& path) {
  const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  auto sample = make_sample();
  std::vector<double> seconds;
  for (int run = 0; run < 3; ++run) {
    const auto start = cpu_ns();
    for (std::uint64_t i = 0; i < kTransactions; ++i) {
      ++sample.header.seq;
      if (::write(fd, &sample, sizeof sample) != sizeof sample) std::exit(1);
    }
    seconds.push_back(static_cast<double>(cpu_ns() - start) / 1e9);
  }
  ::close(fd);
  return per_transaction(seconds);
}

// Single transactions with the clock around each: what the worst of them cost.
void add_tail(Figures& figures, const std::string& folder) {
  auto journal = take(Journal::create(folder, {}));
  auto sample = make_sample();
  std::vector<double> each, clock_alone;
  for (std::uint64_t i = 0; i < kTransactions; ++i) {
    const auto before = wall_ns();
    const auto start = wall_ns();
    append(journal, sample, 1);
    const auto end = wall_ns();
    each.push_back(static_cast<double>(end - start));
    clock_alone.push_back(static_cast<double>(start - before));
  }
  std::sort(each.begin(), each.end());
  std::sort(clock_alone.begin(), clock_alone.end());
  for (const auto& [name, part] : {std::pair{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}})
    figures.add(std::string{"append_128_"} + name, percentile(each, part), "ns",
                "the clock read twice", percentile(clock_alone, part));
}

// Rolls and preparation included; on the engine's thread, as in a backtest.
void add_sustained(Figures& figures, const std::string& folder, double copy) {
  auto journal = take(Journal::create(folder, {}));
  auto sample = make_sample();
  const auto start = cpu_ns();
  append(journal, sample, 10 * kTransactions);
  const double each =
      static_cast<double>(cpu_ns() - start) / static_cast<double>(10 * kTransactions);
  figures.add("append_128_with_rolls", each, "ns", "memcpy", copy);

  std::vector<double> prepare;
  for (int run = 0; run < 5; ++run) {
    const auto before = wall_ns();
    if (!journal.prepare_next().ok()) std::exit(1);
    prepare.push_back(static_cast<double>(wall_ns() - before) / 1e6);
    const auto rolls = journal.stats().rolls;
    while (journal.stats().rolls == rolls) append(journal, sample, 1);
  }
  std::vector<std::byte> memory(16 * 1024 * 1024), from(memory.size(), std::byte{1});
  const double touch = median_seconds(5,
                                      [&] {
                                        std::memcpy(memory.data(), from.data(), from.size());
                                        keep(memory[0]);
                                      }) *
                       1e3;
  figures.add("prepare_16_mib", median(prepare), "ms", "memcpy of 16 MiB", touch);
}

void add_reading(Figures& figures, const std::string& folder) {
  std::uint64_t count = 0, bytes = 0;
  const double seconds = median_seconds(5, [&] {
    auto reader = take(JournalReader::open(folder));
    count = bytes = 0;
    while (reader.next()) {
      ++count;
      bytes += reader.transaction().records.size_bytes();
    }
    if (!reader.status().ok()) std::exit(1);
  });
  std::vector<std::byte> memory(bytes, std::byte{1});
  const double checksum = median_seconds(5, [&] { keep(crc32c(memory)); });
  figures.add("read_per_second", static_cast<double>(count) / seconds, "1/s",
              "crc32c over the bytes", static_cast<double>(count) / checksum);
}

void add_sync(Figures& figures, const std::string& folder, const std::string& file) {
  JournalConfig config;
  config.durability = Durability::kMachine;
  auto journal = take(Journal::create(folder, config));
  auto sample = make_sample();
  std::vector<double> group, plain;
  const int fd = ::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  for (int run = 0; run < 30; ++run) {
    append(journal, sample, 100);
    auto start = wall_ns();
    if (!journal.sync().ok()) std::exit(1);
    group.push_back(static_cast<double>(wall_ns() - start) / 1e3);
    start = wall_ns();
    if (::write(fd, &sample, sizeof sample) != sizeof sample || ::fdatasync(fd) != 0) std::exit(1);
    plain.push_back(static_cast<double>(wall_ns() - start) / 1e3);
  }
  ::close(fd);
  figures.add("sync_of_100_transactions", median(group), "us", "write and fdatasync of one",
              median(plain));
}

}  // namespace

int main(int argc, char** argv) {
  Figures figures{argc, argv, "journal"};
  const Folder folder;
  const double copy = copy_ns();
  const double appended = journal_ns(folder.at("process"));
  figures.add("append_128", appended, "ns", "memcpy into memory", copy);
  figures.add("append_128_beside_write", appended, "ns", "write(2)", write_ns(folder.at("plain")));
  figures.add("append_128_off", scratch_ns(), "ns", "memcpy into memory", copy);
  add_tail(figures, folder.at("tail"));
  add_sustained(figures, folder.at("sustained"), copy);
  add_reading(figures, folder.at("process"));
  add_sync(figures, folder.at("machine"), folder.at("plain-sync"));
}
