// A report made from a journal alone equals the one that was made while the run went.
#include <doctest/doctest.h>
#include <keel/analytics/journal_report.hpp>
#include <keel/analytics/report_writers.hpp>
#include <keel/journal/journal.hpp>

#include "synthetic.hpp"
#include "temp_folder.hpp"

using namespace keel;
using test::Run;

namespace {

// Writes what a run is fed with, one transaction a record.
struct Written {
  test::TempFolder folder;
  std::string path = folder.file("run.journal");
  Journal journal = Journal::create(path, {.segment_bytes = 1u << 20}).value();
  std::uint64_t seq = 0;

  void put(const RecordHeader& record) {
    journal.begin();
    journal.append(record).seq = ++seq;
    REQUIRE(journal.commit());
  }

  void define(Run& run) {
    RunInput start = make_record<RunInput>(RecordKind::kRunStarted);
    start.header.ts_event = start.header.ts_recv = run.now;
    put(start.header);
    const auto name = [&](std::uint8_t flag, std::uint16_t id, std::string_view text) {
      DirectoryEntry entry = make_record<DirectoryEntry>(RecordKind::kAccountDefined);
      entry.header.flags = flag;
      entry.entry.id = AccountId{id};
      entry.entry.name = FixedText<40>::clipped(text);
      put(entry.header);
    };
    name(DirectoryEntry::kVenue, 1, "BITSTAMP");
    name(DirectoryEntry::kStrategy, 1, "ema");
    DirectoryEntry account = make_record<DirectoryEntry>(RecordKind::kAccountDefined);
    account.header.flags = DirectoryEntry::kAccount;
    account.entry = *run.directory.account(run.account);
    put(account.header);
    InstrumentDefined listing = make_record<InstrumentDefined>(RecordKind::kInstrumentDefined);
    listing.header.instrument = run.btc;
    listing.definition = run.registry.get(run.btc);
    put(listing.header);
  }
};

}  // namespace

TEST_CASE("a report from a journal equals the report of the run") {
  Written written;
  Run run;
  written.define(run);
  run.sink = [&](const RecordHeader& record) { written.put(record); };
  const RunReport live = test::walk(run, 2000);
  const RunReport read = report_from_journal(written.path).value();
  CHECK(read.host.journal_path == written.path);
  CHECK(read.net_pnl == live.net_pnl);
  CHECK(read.gross_pnl == live.gross_pnl);
  CHECK(read.end_equity == live.end_equity);
  CHECK(read.start_equity == live.start_equity);
  CHECK(*read.valuation == *live.valuation);
  CHECK(read.fills.size() == live.fills.size());
  CHECK(orders_csv_text(read) == orders_csv_text(live));
  CHECK(read.denials.size() == live.denials.size());
  CHECK(read.trades.size() == live.trades.size());
  for (std::size_t i = 0; i < live.trades.size(); ++i)
    CHECK(read.trades[i].net == live.trades[i].net);
  CHECK(read.days.size() == live.days.size());
  REQUIRE(read.statistics.sharpe);
  CHECK(*read.statistics.sharpe == doctest::Approx(*live.statistics.sharpe).epsilon(1e-9));
  CHECK(*read.statistics.max_drawdown == *live.statistics.max_drawdown);
  CHECK(read.host.notes.empty());
  CHECK(read.host.rolling_hash.has_value());
}

TEST_CASE("without market data, positions are valued at their fills, and the report says so") {
  Written written;
  Run run;
  written.define(run);
  run.sink = [&](const RecordHeader& record) {
    if (!is_market(record.kind)) written.put(record);
  };
  run.deposit(1000);
  run.buy("1", "100", "0.1");
  run.pass(Duration::hours(2));
  run.sell("1", "110", "0.1");
  const RunReport read = report_from_journal(written.path).value();
  CHECK(read.net_pnl.to_text() == "9.8 USD");
  CHECK(read.equity.size() >= 2);
  REQUIRE(read.host.notes.size() == 1);
}

TEST_CASE("a journal that does not explain itself is refused by name") {
  Written written;
  Run run;
  run.sink = [&](const RecordHeader& record) { written.put(record); };
  SUBCASE("no definitions at all") {
    run.deposit(1000);
    const auto report = report_from_journal(written.path);
    CHECK(report.error().code == analytics_errors::kNoDefinitions);
    CHECK(report.error().where == "seq 1");
  }
  SUBCASE("a directory entry out of order") {
    DirectoryEntry entry = make_record<DirectoryEntry>(RecordKind::kAccountDefined);
    entry.header.flags = DirectoryEntry::kStrategy;
    entry.entry.id = AccountId{7};
    run.emit(entry.header);
    CHECK(report_from_journal(written.path).error().code == analytics_errors::kNoDefinitions);
  }
  SUBCASE("a directory entry that is cut short") {
    RecordHeader bare{};
    bare.size = sizeof bare;
    bare.kind = RecordKind::kAccountDefined;
    bare.version = 1;
    written.put(bare);
    CHECK(!report_from_journal(written.path).ok());
  }
  SUBCASE("no journal there") {
    CHECK(report_from_journal(written.folder.file("none")).error().code ==
          journal_errors::kMissing);
  }
  SUBCASE("an empty journal is an empty report") {
    const RunReport report = report_from_journal(written.path).value();
    CHECK(report.fills.empty());
    CHECK(!html_text(report).empty());
  }
}
