// The journal against a list in memory, over seeded random lives with crashes.
#include <doctest/doctest.h>

#include "journal_support.hpp"

using namespace keel;
using namespace keel::test;

namespace {

// A journal's life: what it must hold is a list of transactions, the slow and obvious way.
class Life {
 public:
  Life(std::uint64_t seed, Medium medium) : folder_(medium), random_(seed) {
    config_ =
        small_config(random_.chance_ppm(300'000) ? Durability::kMachine : Durability::kProcess);
    if (random_.chance_ppm(500'000)) config_.keep_segments = random_.below(3);
    config_.keep_snapshots = 1 + static_cast<std::uint32_t>(random_.below(3));
    auto made = Journal::create(folder_.journal(), config_);
    REQUIRE(made.ok());
    journal_ = std::move(*made);
  }

  void step() {
    switch (random_.below(16)) {
      default: append(); break;
      case 10: REQUIRE(journal_.maintain().ok()); break;
      case 11: REQUIRE(journal_.prepare_next().ok()); break;
      case 12: REQUIRE(journal_.sync().ok()); break;
      case 13: snapshot(); break;
      case 14: reopen(); break;
      case 15: crash(); break;
    }
  }

  void check() {
    auto reader = JournalReader::open(folder_.journal());
    REQUIRE_MESSAGE(reader.ok(), reader.error().message());
    std::size_t at = 0;
    bool begun = false;
    while (reader->next()) {
      const auto& t = reader->transaction();
      // Retention may have taken the oldest: what is there is a tail of the list, without a hole.
      while (!begun && at < model_.size() && model_[at].front() != t.first_seq) ++at;
      begun = true;
      REQUIRE(at < model_.size());
      std::size_t i = 0;
      for (const RecordHeader& record : t.records) {
        const Trade expected = trade_of(model_[at].at(i++));
        REQUIRE(std::memcmp(&record, &expected, sizeof expected) == 0);
      }
      REQUIRE(i == model_[at].size());
      ++at;
    }
    REQUIRE(reader->status().ok());
    if (begun) REQUIRE(at == model_.size());
    // Everything after the last snapshot is there.
    if (!model_.empty() && model_.back().back() > snapshot_) {
      auto recovery = JournalReader::open(folder_.journal(), {.after_seq = snapshot_});
      REQUIRE(recovery.ok());
      std::uint64_t count = 0, expected = 0;
      while (recovery->next()) ++count;
      for (const auto& t : model_) expected += t.back() > snapshot_ ? 1u : 0u;
      REQUIRE(count == expected);
    }
    if (auto found = latest_snapshot(folder_.journal()); found.ok() && found->has_value())
      REQUIRE((*found)->info.seq == snapshot_);
  }

 private:
  void append() {
    for (auto times = 1 + random_.below(60); times > 0; --times) {
      journal_.begin();
      std::vector<std::uint64_t> transaction;
      auto count = 1 + random_.below(random_.chance_ppm(20'000) ? 700 : 8);
      while (count-- > 0) {
        transaction.push_back(seq_);
        journal_.append(trade_of(seq_).header);
        seq_ += 1 + random_.below(3);  // not all market data is journaled: numbers have gaps
      }
      if (random_.chance_ppm(50'000)) continue;  // dropped, its numbers too
      REQUIRE(journal_.commit());
      model_.push_back(std::move(transaction));
    }
  }

  void snapshot() {
    if (model_.empty()) return;
    const auto seq = model_.back().back();
    if (seq > journal_.durable_seq()) REQUIRE(journal_.sync().ok());
    journal_.release(seq);
    REQUIRE(journal_.write_snapshot(seq, {}).ok());
    snapshot_ = seq;
  }

  void open() {
    ++config_.run;
    auto opened = Journal::open(folder_.journal(), config_);
    REQUIRE_MESSAGE(opened.ok(), opened.error().message());
    journal_ = std::move(*opened);
    REQUIRE(journal_.committed_seq() == (model_.empty() ? 0 : model_.back().back()));
  }

  void reopen() {
    journal_ = Journal::scratch();
    open();
  }

  // The process ends in the middle of a transaction. With kMachine the power goes: of what was not
  // synced, a random part of the 512-byte sectors never reached the disk.
  void crash() {
    const auto durable = journal_.durable_seq();
    journal_.begin();
    for (auto count = random_.below(5); count > 0; --count) journal_.append(trade_of(seq_).header);
    const auto saved = folder_.root() / "saved";
    fs::copy(folder_.journal(), saved);
    journal_ = Journal::scratch();
    fs::remove_all(folder_.journal());
    fs::rename(saved, folder_.journal());
    if (config_.durability == Durability::kMachine) lose_sectors(durable);
    open();
  }

  void lose_sectors(std::uint64_t durable) {
    std::uint64_t lost_from = ~std::uint64_t{0};
    std::uint64_t segment = 0;
    std::vector<char> bytes;
    const auto save = [&] {
      if (segment != 0)
        write_bytes(segment_path(folder_.journal(), static_cast<unsigned>(segment)), bytes);
    };
    for (const auto& place : places(folder_.journal())) {
      if (place.last_seq <= durable || !random_.chance_ppm(300'000)) continue;
      if (place.segment != segment) {
        save();
        segment = place.segment;
        bytes = read_bytes(segment_path(folder_.journal(), static_cast<unsigned>(segment)));
      }
      // At least its first word; as much more as the sector has of what was not synced.
      const auto end = std::min<std::uint64_t>(place.end, (place.offset | 511) + 1);
      std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(place.offset),
                bytes.begin() + static_cast<std::ptrdiff_t>(end), '\0');
      lost_from = std::min(lost_from, place.first_seq);
    }
    save();
    while (!model_.empty() && model_.back().front() >= lost_from) model_.pop_back();
  }

  TemporaryFolder folder_;
  Random random_;
  JournalConfig config_;
  Journal journal_ = Journal::scratch();
  std::vector<std::vector<std::uint64_t>> model_;
  std::uint64_t seq_ = 1;
  std::uint64_t snapshot_ = 0;
};

}  // namespace

TEST_CASE("recovered equals the list of what was committed, over 60 lives") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Life life{seed, seed % 8 == 0 ? Medium::kDisk : Medium::kMemory};
    for (int i = 0; i < 40; ++i) life.step();
    life.check();
  }
}
