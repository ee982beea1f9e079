#include <keel/analytics/journal_report.hpp>

#include <keel/core/hash.hpp>
#include <keel/journal/reader.hpp>
#include <keel/model/marks.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>

namespace keel {
namespace {

// Reads a journal as an engine's components would have seen it, without an engine.
class Replay {
 public:
  explicit Replay(const JournalReportConfig& config)
      : config_(config), recorder_(registry_, directory_, config.recorder) {}

  Status fold(const Transaction& transaction) {
    bool money_moved = false;
    for (const RecordHeader& record : transaction.records) {
      if (Status status = define(record); !status.ok()) return status;
      if (Status status = check(record); !status.ok()) return status;
      now_ = std::max(now_, record.ts_recv);
      if (is_market(record.kind)) on_market(record);
      if (!is_input(record.kind)) hash_.add(&record, record.size);
      portfolio_.fold(record);
      recorder_.fold(record);
      if (record.kind == RecordKind::kBarClosed) on_bar(record_as<Bar>(record));
      if (record.kind == RecordKind::kOrderFilled) on_fill(record_as<OrderRecord>(record));
      money_moved =
          money_moved || family(record.kind) == RecordFamily::kAccountFact ||
          record.kind == RecordKind::kOrderFilled ||
          (record.kind >= RecordKind::kFillFee && record.kind <= RecordKind::kFillCorrected);
    }
    if (money_moved || now_ >= next_sample_) sample();
    return {};
  }

  Result<RunReport> finish() {
    if (directory_.accounts().empty() && orders_seen_)
      return Error{
          analytics_errors::kNoDefinitions, "account", {}, "defined before its first record", {}};
    sample();
    auto report = recorder_.report();
    if (!report) return report;
    report->host.rolling_hash = hash_.value();
    if (valued_by_fills_)
      report->host.notes.emplace_back(
          "The journal holds no market data of some instruments: between fills their positions are "
          "valued at the latest fill or closed bar.");
    return report;
  }

 private:
  static Error undefined(const RecordHeader& record, std::string field, std::string value) {
    return {analytics_errors::kNoDefinitions, std::move(field), std::move(value),
            "defined before its first record", "seq " + std::to_string(record.seq)};
  }

  Status define(const RecordHeader& record) {
    if (record.kind == RecordKind::kInstrumentDefined)
      return registry_.apply(record_as<InstrumentDefined>(record).definition);
    if (record.kind != RecordKind::kAccountDefined) return {};
    if (record.size < sizeof(DirectoryEntry))
      return undefined(record, "directory", "a record that is cut short");
    const auto& entry = record_as<DirectoryEntry>(record).entry;
    const auto at = [&](std::size_t count, std::string_view known, auto add) -> Status {
      if (entry.id.value == count + 1u) {
        auto added = add();
        return added ? Status{} : Status{std::move(added).error()};
      }
      if (entry.id.value != 0 && entry.id.value <= count && known == entry.name.view()) return {};
      return undefined(record, "directory", entry.name.str());
    };
    switch (record.flags) {
      case DirectoryEntry::kVenue:
        return at(directory_.venue_count(), directory_.venue_name({entry.id.value}),
                  [&] { return directory_.add_venue(entry.name.view()); });
      case DirectoryEntry::kStrategy:
        return at(directory_.strategy_count(), directory_.strategy_name({entry.id.value}),
                  [&] { return directory_.add_strategy(entry.name.view()); });
      case DirectoryEntry::kAccount: {
        const Account* known = directory_.account(entry.id);
        return at(directory_.accounts().size(), known != nullptr ? known->name.view() : "", [&] {
          return directory_.add_account(entry.name.view(), entry.venue, entry.base, entry.kind,
                                        entry.realm, entry.mode);
        });
      }
      default: return undefined(record, "directory", entry.name.str());
    }
  }

  // What is booked must be known; a refused order may well name what is not.
  Status check(const RecordHeader& record) {
    AccountId account{};
    bool needs_instrument = false;
    switch (record.kind) {
      case RecordKind::kOrderFilled:
      case RecordKind::kFillFee:
      case RecordKind::kFillBusted:
      case RecordKind::kFillCorrected:
        account = record_as<OrderRecord>(record).account;
        needs_instrument = true;
        break;
      case RecordKind::kPositionChanged: needs_instrument = true; [[fallthrough]];
      case RecordKind::kCashChanged: account = record_as<AccountFact>(record).account; break;
      default: return {};
    }
    orders_seen_ = true;
    if (directory_.account(account) == nullptr)
      return undefined(record, "account", std::to_string(account.value));
    if ((needs_instrument || record.instrument.value != 0) &&
        registry_.find(record.instrument) == nullptr)
      return undefined(record, "instrument", std::to_string(record.instrument.value));
    return {};
  }

  void on_market(const RecordHeader& record) {
    if (registry_.find(record.instrument) == nullptr) return;
    if (has_market_.size() < registry_.size()) has_market_.resize(registry_.size());
    has_market_[record.instrument.value - 1u] = true;
    marks_.fold(record);
    portfolio_.revalue(record.instrument, marks_);
  }
  // Without recorded market data, what the engine made of it is the next best.
  void value_at(const RecordHeader& record, Price price) {
    const std::size_t row = record.instrument.value - 1u;
    if (registry_.find(record.instrument) == nullptr) return;
    if (row < has_market_.size() && has_market_[row]) return;
    valued_by_fills_ = true;
    const Trade trade = Trade::at(record.instrument, record.ts_recv, price, Quantity::whole(1));
    marks_.fold(trade.header);
    portfolio_.revalue(record.instrument, marks_);
  }
  void on_bar(const Bar& bar) { value_at(bar.header, bar.close); }
  void on_fill(const OrderRecord& fill) { value_at(fill.header, fill.last_price); }

  void sample() {
    const AccountId account =
        config_.recorder.account.value != 0 ? config_.recorder.account : AccountId{1};
    if (directory_.account(account) == nullptr || now_.ns == 0) return;
    recorder_.sample(now_, portfolio_.valuation(account));
    next_sample_ = now_ + config_.sample_every;
  }

  JournalReportConfig config_;
  InstrumentRegistry registry_;
  Directory directory_;
  Marks marks_{registry_};
  Portfolio portfolio_{registry_, directory_};
  RunRecorder recorder_;
  RollingHash hash_;
  std::vector<bool> has_market_;  // by instrument id - 1
  Timestamp now_{0}, next_sample_{0};
  bool orders_seen_ = false, valued_by_fills_ = false;
};

}  // namespace

Result<RunReport> report_from_journal(const std::string& folder,
                                      const JournalReportConfig& config) {
  if (config.sample_every.ns <= 0)
    return Error{analytics_errors::kBadConfig,
                 "sample_every",
                 to_text(config.sample_every),
                 "above zero",
                 {}};
  auto reader = JournalReader::open(folder);
  if (!reader) return std::move(reader).error();
  Replay replay{config};
  while (reader->next())
    if (Status status = replay.fold(reader->transaction()); !status.ok())
      return std::move(status).error();
  if (!reader->status().ok()) return Error{reader->status().error()};
  auto report = replay.finish();
  if (!report) return report;
  report->host.journal_path = folder;
  if (const auto& torn = reader->torn_tail())
    report->host.notes.push_back("The journal ends in a transaction that a crash cut short (" +
                                 torn->what + "); it is not in this report.");
  return report;
}

}  // namespace keel
