// Bytes that nobody wrote so: no crash, no endless work, no unbounded memory; seeded.
#include <doctest/doctest.h>

#include "journal_support.hpp"

using namespace keel;
using namespace keel::test;

namespace {

using Bytes = std::vector<char>;

// Makes the checksums right again, so that what is behind them is reached.
void repair_checksums(Bytes& bytes) {
  auto* base = reinterpret_cast<std::byte*>(bytes.data());
  if (bytes.size() < journal_format::kHeaderBytes) return;
  std::uint32_t salt;
  std::memcpy(&salt, base + offsetof(journal_format::Identity, crc), sizeof salt);
  std::size_t at = journal_format::kHeaderBytes;
  while (at + journal_format::kFrameBytes <= bytes.size()) {
    journal_format::Frame frame;
    std::memcpy(&frame, base + at, sizeof frame);
    if (frame.length == 0 || frame.length % 8 != 0 ||
        frame.length > bytes.size() - at - sizeof frame)
      return;
    frame.crc = journal_format::frame_crc(base + at, frame.length, salt);
    std::memcpy(base + at, &frame, sizeof frame);
    at += sizeof frame + frame.length;
  }
}

void mutate(Bytes& bytes, Random& random, std::size_t from) {
  const auto place = [&](std::size_t room) {
    return from + static_cast<std::size_t>(random.below(room - from));
  };
  switch (random.below(6)) {
    case 0: bytes[place(bytes.size())] ^= static_cast<char>(1u << random.below(8)); break;
    case 1: bytes[place(bytes.size())] = static_cast<char>(random.next()); break;
    case 2: {  // a word of extremes
      static constexpr std::uint32_t kWords[] = {0, 1, 8, 40, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF8};
      const auto at = place(bytes.size() - 4) & ~std::size_t{3};
      std::memcpy(bytes.data() + at, &kWords[random.below(std::size(kWords))], 4);
      break;
    }
    case 3: {  // a stretch copied elsewhere
      const auto size = random.below(300);
      const auto source = place(bytes.size() - size), target = place(bytes.size() - size);
      std::memmove(bytes.data() + target, bytes.data() + source, size);
      break;
    }
    case 4: {
      const auto at = place(bytes.size());
      const auto size = std::min<std::uint64_t>(random.below(300), bytes.size() - at);
      std::memset(bytes.data() + at, 0, size);
      break;
    }
    default: bytes.resize(place(bytes.size())); break;
  }
}

// Uses everything that a reader shows. The result keeps the work from being optimised away.
std::uint64_t consume(JournalReader& reader) {
  std::uint64_t sum = 0, last = 0;
  while (reader.next()) {
    const auto& transaction = reader.transaction();
    REQUIRE(transaction.first_seq > last);
    last = transaction.last_seq;
    REQUIRE(!transaction.records.empty());
    for (const RecordHeader& record : transaction.records) {
      sum += to_text(record.kind).size() +
             crc32c({reinterpret_cast<const std::byte*>(&record), record.size});
      if (is_order_record(record.kind)) {
        const auto& order = record_as<OrderRecord>(record);
        for (const char c : order.note.view()) sum += static_cast<unsigned char>(c);
      } else if (record.kind == RecordKind::kTrade) {
        sum += record_as<Trade>(record).trade_id;
      } else if (record.kind == RecordKind::kBookDelta) {
        const auto& delta = record_as<BookDelta>(record);
        const auto* levels = reinterpret_cast<const BookLevel*>(&delta + 1);
        for (std::uint32_t i = 0; i < delta.count; ++i)
          sum += static_cast<std::uint64_t>(levels[i].price.raw());
      }
    }
  }
  return sum;
}

// A journal of every shape: orders with text, book deltas with levels, trades.
void write_varied(const std::string& folder) {
  auto journal = Journal::create(folder, small_config());
  REQUIRE(journal.ok());
  std::uint64_t seq = 1;
  for (int i = 0; i < 12; ++i) {
    journal->begin();
    journal->append(trade_of(seq++).header);
    auto order =
        make_record<OrderRecord>(i % 2 == 0 ? RecordKind::kSubmit : RecordKind::kOrderFilled);
    order.header.seq = seq++;
    order.note = FixedText<40>{"why it was so"};
    journal->append(order.header);
    struct Delta {
      BookDelta delta;
      BookLevel levels[3];
    } book{};
    book.delta = make_record<BookDelta>(RecordKind::kBookDelta);
    book.delta.header.size = sizeof book;
    book.delta.header.seq = seq++;
    book.delta.count = 3;
    journal->append(book.delta.header);
    journal->commit();
  }
}

}  // namespace

TEST_CASE("mutated segments are read, refused or cut, never believed") {
  TemporaryFolder folder{Medium::kMemory};
  write_varied(folder.journal());
  const auto path = segment_path(folder.journal(), 1);
  auto good = read_bytes(path);
  good.resize(12 * 1024);  // the rest is zeros
  Random random{4242};
  std::uint64_t sum = 0;
  int errors = 0, torn = 0, ends = 0;
  for (int round = 0; round < 6'000; ++round) {
    CAPTURE(round);
    auto bytes = good;
    const bool checksums_right = round % 2 == 0;
    const std::size_t from = checksums_right ? journal_format::kHeaderBytes : 0;
    for (auto changes = 1 + random.below(4); changes > 0; --changes)
      if (bytes.size() > from + 400) mutate(bytes, random, from);
    if (checksums_right) repair_checksums(bytes);
    write_bytes(path, bytes);
    auto reader = JournalReader::open(folder.journal());
    if (!reader) {
      ++errors;
      continue;
    }
    sum += consume(*reader);
    errors += reader->status().ok() ? 0 : 1;
    torn += reader->torn_tail() ? 1 : 0;
    ends += reader->status().ok() && !reader->torn_tail() ? 1 : 0;
    const auto last_seq = reader->last_seq();
    if (round % 8 == 0) {
      const bool readable = reader->status().ok();
      const auto journal = Journal::open(folder.journal(), small_config());
      CHECK(journal.ok() == readable);
      if (journal) CHECK(journal->committed_seq() == last_seq);
    }
    if (round % 16 == 1) CHECK(inspect_journal(folder.journal()).ok());
  }
  CHECK(sum != 0);
  CHECK(errors > 500);
  CHECK(torn > 100);
  CHECK(ends > 100);
}

TEST_CASE("a segment of plausible frames does not make the search for them quadratic") {
  TemporaryFolder folder{Medium::kMemory};
  {
    auto config = small_config();
    config.segment_bytes = 4 * 1024 * 1024;
    auto journal = Journal::create(folder.journal(), config);
    REQUIRE(journal.ok());
    append_until(*journal, 1, 5);
  }
  const auto path = segment_path(folder.journal(), 1);
  auto bytes = read_bytes(path);
  const auto end = places(folder.journal()).back().end;
  // Every 56 bytes something that could be a transaction as long as the rest of the file; its
  // checksum alone says no. Without a bound this is half a million times two megabytes.
  for (std::size_t at = end + 8; at + 64 < bytes.size(); at += 56) {
    journal_format::Frame frame{};
    frame.length = static_cast<std::uint32_t>((bytes.size() - at - sizeof frame) & ~std::size_t{7});
    frame.crc = 1;
    frame.first_seq = 1'000'000;
    RecordHeader header{};
    header.size = 40;
    header.seq = frame.first_seq;
    std::memcpy(bytes.data() + at, &frame, sizeof frame);
    std::memcpy(bytes.data() + at + sizeof frame, &header, sizeof header);
  }
  write_bytes(path, bytes);
  const auto all = read_all(folder.journal());  // returns: the promise is that it does so soon
  REQUIRE(all.error);
  CHECK(all.error->code == journal_errors::kCorrupt);
}

TEST_CASE("files of any size and content under a journal's names") {
  TemporaryFolder folder{Medium::kMemory};
  fs::create_directory(folder.journal());
  Random random{99};
  for (int round = 0; round < 300; ++round) {
    Bytes bytes(random.below(9'000));
    for (auto& byte : bytes) byte = static_cast<char>(random.next());
    write_bytes(segment_path(folder.journal(), 1), bytes);
    const auto reader = JournalReader::open(folder.journal());
    REQUIRE(!reader.ok());
    CHECK(reader.error().code == journal_errors::kCorrupt);
    CHECK(!Journal::open(folder.journal(), small_config()).ok());
  }
}

TEST_CASE("check_record believes no size, kind, version or count") {
  const Trade trade = trade_of(1);
  const auto* bytes = reinterpret_cast<const std::byte*>(&trade);
  CHECK(check_record(bytes, sizeof trade).ok());
  for (std::size_t available = 0; available < sizeof trade; ++available)
    CHECK(check_record(bytes, available).error().code == journal_errors::kCorrupt);
  const auto refused = [](const auto& record) {
    return check_record(reinterpret_cast<const std::byte*>(&record), sizeof record);
  };
  auto bad = trade;
  for (const std::uint32_t size : {0u, 8u, 32u, 40u, 64u, 71u, 73u, 80u, 0xFFFFFFF8u}) {
    bad.header.size = size;
    CHECK(refused(bad).error().code == journal_errors::kCorrupt);
  }
  bad = trade;
  for (const unsigned kind : {0u, 0x0100u, 0x01FFu, 0x0700u, 0x0604u, 0xFFFFu}) {
    bad.header.kind = static_cast<RecordKind>(kind);
    CHECK(refused(bad).error().code == journal_errors::kFormat);
  }
  bad = trade;
  bad.header.version = Trade::kVersion + 1;
  CHECK(refused(bad).error().code == journal_errors::kFormat);
  auto delta = make_record<BookDelta>(RecordKind::kBookSnapshot);
  CHECK(refused(delta).ok());
  delta.count = 1;
  CHECK(refused(delta).error().code == journal_errors::kCorrupt);
  delta.count = 0xFFFFFFFF;
  CHECK(refused(delta).error().code == journal_errors::kCorrupt);
}

TEST_CASE("every kind that has a name has a shape") {
  for (unsigned kind = 0; kind < 0x0800; ++kind) {
    RecordHeader header{};
    header.kind = static_cast<RecordKind>(kind);
    header.size = sizeof header;
    header.version = 1;
    const auto status = check_record(reinterpret_cast<const std::byte*>(&header), sizeof header);
    const bool known = to_text(header.kind) != "invalid";
    const bool said_unknown = !status.ok() && status.error().code == journal_errors::kFormat;
    CHECK(known != said_unknown);
  }
}
