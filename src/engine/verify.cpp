#include <keel/engine/verify.hpp>

#include <cstring>

#include <keel/journal/reader.hpp>
#include <keel/model/describe.hpp>

namespace keel {

// Drives one engine over the transactions of one run.
class Verifier final : private TransactionObserver {
 public:
  // `up_to_seq`: what the run began with, 0 for a new journal.
  Status adopt(std::unique_ptr<Engine> engine, const std::string& folder, std::uint64_t up_to_seq,
               const RunInput& run) {
    if (auto status = take(std::move(engine), run.engine); !status) return status;
    if (up_to_seq != 0) {
      if (auto status = engine_->recover(folder, up_to_seq); !status) return status;
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
  const std::byte* begin_ = nullptr;
  const std::byte* end_ = nullptr;
};

namespace {
bool is_definition(RecordKind kind) {
  return kind == RecordKind::kInstrumentDefined || kind == RecordKind::kAccountDefined;
}

// Definitions come before the run's first input; order ids carry the run's number.
Result<RunInput> first_run(const std::string& folder) {
  auto reader = JournalReader::open(folder);
  if (!reader) return std::move(reader).error();
  while (reader->next())
    if (reader->transaction().input().kind == RecordKind::kRunStarted)
      return record_as<RunInput>(reader->transaction().input());
  if (auto status = reader->status(); !status) return std::move(status).error();
  return Error{engine_errors::kVerify, "journal", folder, "a run that has started", {}};
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
  while (reader->next()) {
    const Transaction& transaction = reader->transaction();
    const RecordHeader& input = transaction.input();
    const bool restarted = input.kind == RecordKind::kRestarted;
    if (!verifier.ready() || restarted) {
      auto engine = maker.make();
      if (!engine) return std::move(engine).error();
      const auto run = restarted ? Result<RunInput>{record_as<RunInput>(input)} : first_run(folder);
      if (!run) return run.error();
      const std::uint64_t before = restarted ? transaction.first_seq - 1 : 0;
      if (auto status = verifier.adopt(std::move(engine).value(), folder, before, *run); !status)
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
