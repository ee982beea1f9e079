#include <keel/engine/verify.hpp>

#include <algorithm>
#include <cstring>
#include <map>

#include <keel/journal/reader.hpp>
#include <keel/model/describe.hpp>

#include "engine/strategy_state.hpp"

namespace keel {

// Drives one engine over the transactions of one run.
class Verifier final : private TransactionObserver {
 public:
  // `up_to_seq`: what the run began with, 0 for a new journal.
  Status adopt(std::unique_ptr<Engine> engine, const std::string& folder, std::uint64_t up_to_seq,
               const RunInput& run) {
    if (auto status = take(std::move(engine), run.engine); !status) return status;
    // The strategies of a restart are what they were at the snapshot that it was made from, as
    // this verify has seen them: the snapshot itself may be gone by now.
    const auto known = captured_.find(run.snapshot_seq);
    const Engine::StrategyState none{};
    const Engine::StrategyState* strategies = known != captured_.end() ? &known->second : nullptr;
    if (up_to_seq != 0 && run.snapshot_seq == 0) strategies = &none;
    if (up_to_seq != 0) {
      if (auto status = engine_->recover(folder, up_to_seq, strategies); !status) return status;
      engine_->adopt_capabilities();
    }
    engine_->begin_run(run.run);
    begin();
    return {};
  }

  // In the middle of a run.
  Status adopt(std::unique_ptr<Engine> engine, const Snapshot& snapshot, std::uint32_t engine_id) {
    if (auto status = take(std::move(engine), engine_id); !status) return status;
    if (auto status = engine_->load_snapshot(snapshot, true); !status) return status;
    engine_->adopt_capabilities();
    begin();
    return {};
  }

  // Snapshots that later restarts were made from: the strategies are kept as they are there.
  void expect(std::vector<std::uint64_t> seqs) { wanted_ = std::move(seqs); }
  // Before the transaction that begins with `next_seq`.
  void capture(std::uint64_t next_seq) {
    while (!wanted_.empty() && wanted_.front() < next_seq) {
      StateWriter writer;
      if (engine_ != nullptr) {
        engine_->save_strategies(writer);
        const auto bytes = writer.bytes();
        captured_[wanted_.front()] = {wanted_.front(), {bytes.begin(), bytes.end()}};
      }
      wanted_.erase(wanted_.begin());
    }
  }

  [[nodiscard]] bool ready() const { return engine_ != nullptr; }

  // Feeds the recorded input; true where the consequences are the recorded ones.
  bool replay(const Transaction& transaction) {
    const RecordHeader& input = transaction.input();
    begin_ = end_ = nullptr;
    engine_->seq_ = input.seq - 1;
    engine_->on(input);
    const RecordRange& recorded = transaction.records;
    return static_cast<std::size_t>(end_ - begin_) == recorded.size_bytes() &&
           std::memcmp(begin_, recorded.data(), recorded.size_bytes()) == 0;
  }
  [[nodiscard]] std::uint64_t expected_seq() const { return engine_->seq_ + 1; }

  VerifyReport::Difference difference(const Transaction& transaction) const {
    const RecordRange replayed{begin_, end_};
    auto mine = replayed.begin();
    auto theirs = transaction.records.begin();
    while (mine != replayed.end() && theirs != transaction.records.end() &&
           mine->size == theirs->size && std::memcmp(&*mine, &*theirs, mine->size) == 0) {
      ++mine;
      ++theirs;
    }
    return {transaction.first_seq, describe(transaction.input()),
            theirs != transaction.records.end() ? describe(*theirs) : "nothing",
            mine != replayed.end() ? describe(*mine) : "nothing"};
  }

 private:
  Status take(std::unique_ptr<Engine> engine, std::uint32_t engine_id) {
    engine_ = std::move(engine);
    if (engine_->started_)
      return Error{engine_errors::kVerify, "engine", "started", "made, not started", {}};
    engine_->config_.journal.clear();
    engine_->config_.market_journal = MarketJournal::kAll;
    engine_->config_.snapshot_every = 0;
    engine_->capabilities_.clear();
    engine_->venues_.clear();  // nothing is sent
    return engine_->prepare(engine_id);
  }
  void begin() {
    engine_->observers_.assign(1, this);
    engine_->marks_.reserve(engine_->registry_.size());
    engine_->started_ = true;
  }
  void on_transaction(std::span<const std::byte> records) override {
    begin_ = records.data();
    end_ = begin_ + records.size();
  }
  std::unique_ptr<Engine> engine_;
  std::vector<std::uint64_t> wanted_;  // ascending
  std::map<std::uint64_t, Engine::StrategyState> captured_;
  const std::byte* begin_ = nullptr;
  const std::byte* end_ = nullptr;
};

namespace {
bool is_definition(RecordKind kind) {
  return kind == RecordKind::kInstrumentDefined || kind == RecordKind::kAccountDefined;
}

// Definitions come before the run's first input; order ids carry the run's number.
struct Runs {
  std::optional<RunInput> first;
  std::vector<std::uint64_t> snapshots;  // that restarts were made from, ascending
};
Result<Runs> find_runs(const std::string& folder) {
  auto reader = JournalReader::open(folder);
  if (!reader) return std::move(reader).error();
  Runs runs;
  while (reader->next()) {
    const RecordHeader& input = reader->transaction().input();
    if (input.kind == RecordKind::kRunStarted && !runs.first)
      runs.first = record_as<RunInput>(input);
    if (input.kind != RecordKind::kRestarted) continue;
    const std::uint64_t seq = record_as<RunInput>(input).snapshot_seq;
    if (seq != 0 && (runs.snapshots.empty() || seq > runs.snapshots.back()))
      runs.snapshots.push_back(seq);
  }
  if (auto status = reader->status(); !status) return std::move(status).error();
  return runs;
}

// What to begin behind: none is the beginning.
Result<std::optional<Snapshot>> beginning(const std::string& folder, const VerifyOptions& options) {
  if (options.from_seq) return latest_snapshot(folder, *options.from_seq);
  auto reader = JournalReader::open(folder);
  if (!reader) return std::move(reader).error();
  if (!reader->next() || reader->transaction().first_seq == 1) return std::optional<Snapshot>{};
  // Market data at the very beginning may be what the journal leaves out.
  ReaderOptions whole;
  whole.after_seq = 0;
  if (auto from_first = JournalReader::open(folder, whole); from_first.ok())
    return std::optional<Snapshot>{};
  auto kept = list_snapshots(folder);
  if (!kept) return std::move(kept).error();
  for (const auto& snapshot : *kept)
    if (snapshot.seq + 1 >= reader->transaction().first_seq)
      return latest_snapshot(folder, snapshot.seq);
  return Error{engine_errors::kVerify,
               "journal",
               folder,
               "its beginning, or a snapshot to begin behind",
               {}};
}

}  // namespace

Result<VerifyReport> verify(const std::string& folder, EngineMaker& maker,
                            const VerifyOptions& options) {
  auto begin = beginning(folder, options);
  if (!begin) return std::move(begin).error();
  VerifyReport report;
  Verifier verifier;
  ReaderOptions behind;
  if (*begin) behind.after_seq = report.after_seq = (*begin)->info.seq;
  auto reader = JournalReader::open(folder, behind);
  if (!reader) return std::move(reader).error();
  if (*begin) {
    auto engine = maker.make();
    if (!engine) return std::move(engine).error();
    if (auto status = verifier.adopt(std::move(engine).value(), **begin, reader->engine()); !status)
      return std::move(status).error();
    report.runs = 1;
  }
  const auto runs = find_runs(folder);
  if (!runs) return runs.error();
  verifier.expect(runs->snapshots);
  while (reader->next()) {
    const Transaction& transaction = reader->transaction();
    const RecordHeader& input = transaction.input();
    const bool restarted = input.kind == RecordKind::kRestarted;
    verifier.capture(transaction.first_seq);
    if (!verifier.ready() || restarted) {
      auto engine = maker.make();
      if (!engine) return std::move(engine).error();
      if (!restarted && !runs->first)
        return Error{engine_errors::kVerify, "journal", folder, "a run that has started", {}};
      const RunInput run = restarted ? record_as<RunInput>(input) : *runs->first;
      const std::uint64_t before = restarted ? transaction.first_seq - 1 : 0;
      if (auto status = verifier.adopt(std::move(engine).value(), folder, before, run); !status)
        return std::move(status).error();
    }
    if (restarted || input.kind == RecordKind::kRunStarted) ++report.runs;
    ++report.inputs;
    for (const RecordHeader& record : transaction.records) {
      report.facts += is_fact(record.kind) ? 1u : 0u;
      report.commands += is_command(record.kind) ? 1u : 0u;
    }
    if (is_definition(input.kind)) {
      verifier.replay(transaction);
      continue;
    }
    const bool gap = !is_input(input.kind) || transaction.first_seq != verifier.expected_seq();
    if (gap && !report.unrecorded_from) report.unrecorded_from = transaction.first_seq;
    if (is_input(input.kind) && verifier.replay(transaction)) continue;
    if (!report.unrecorded_from) report.difference = verifier.difference(transaction);
    return report;
  }
  if (auto status = reader->status(); !status) return std::move(status).error();
  return report;
}

std::string VerifyReport::text() const {
  if (difference) {
    return "replay: differs at seq " + std::to_string(difference->seq) + "\n  input    " +
           difference->input + "\n  recorded " + difference->recorded + "\n  replayed " +
           difference->replayed;
  }
  if (unrecorded_from)
    return "replay: identical up to seq " + std::to_string(*unrecorded_from - 1) +
           "; market data was not recorded from there";
  if (after_seq != 0) return "replay: identical from seq " + std::to_string(after_seq + 1);
  return "replay: identical";
}

}  // namespace keel
