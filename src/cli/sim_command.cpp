// keel sim: servers that speak a venue's protocol to anybody's client.
#include <csignal>
#include <fstream>
#include <memory>
#include <optional>

#include <fmt/core.h>

#include <keel/adapters/tws/simulator.hpp>
#include <keel/core/time_text.hpp>
#include <keel/model/instrument_registry.hpp>
#include <keel/storage/csv_feed.hpp>

#include "cli/commands.hpp"

namespace keel::cli {

namespace {

struct Options {
  std::string host = "127.0.0.1", data, symbol = "AAPL";
  std::uint16_t port = 7497;
  std::uint64_t seed = 1;
  double speed = 1;
  std::vector<std::string> accounts;
  std::int64_t cash = 1'000'000;
  int max_version = tws::kMaxVersion, min_version = tws::kMinVersion, master = -1;
  std::uint32_t rate = 0;
  bool calendar = false, verbose = false, read_only = false, json = false;
};

// A CSV file with columns time, price, size (trades) or time, bid, ask and their sizes (quotes).
struct DataFile {
  InstrumentRegistry registry;
  std::vector<tws::SimulatedContract> contracts;
  std::optional<CsvFeed> feed;
};

Status open_data(const Options& options, DataFile& file) {
  for (auto& known : tws::default_universe(net::Loop::now()))
    if (known.contract.symbol == options.symbol || known.contract.local_symbol == options.symbol)
      file.contracts.push_back(std::move(known));
  if (file.contracts.empty()) {
    tws::SimulatedContract stock;
    stock.contract.symbol = options.symbol;
    stock.contract.sec_type = "STK";
    stock.contract.exchange = "SMART";
    stock.contract.currency = "USD";
    stock.price = Price::whole(100);
    stock.tick = Price::from_raw(Price::kScale / 100);
    stock.size_step = Quantity::whole(1);
    file.contracts.push_back(std::move(stock));
  }
  const tws::SimulatedContract& listed = file.contracts.front();
  InstrumentSpec spec;
  spec.symbol = options.symbol;
  spec.quote = Currency{"USD"};
  spec.price_increment = listed.tick;
  spec.quantity_increment = listed.size_step;
  const auto id = file.registry.add(spec);
  if (!id) return id.error();

  std::ifstream in{options.data};
  std::string header, row;
  std::getline(in, header);
  std::getline(in, row);
  CsvSpec columns;
  columns.time = "time";
  columns.check_increments = false;
  columns.time_format = row.substr(0, row.find(',')).find('-') == std::string::npos
                            ? CsvTime::kSeconds
                            : CsvTime::kIso;
  const bool quotes = header.find("bid") != std::string::npos;
  const auto has = [&](std::string_view name) { return header.find(name) != std::string::npos; };
  if (quotes) {
    columns.bid = "bid";
    columns.ask = "ask";
    if (has("bid_size")) columns.bid_size = "bid_size";
    if (has("ask_size")) columns.ask_size = "ask_size";
    if (!has("bid_size")) columns.quote_size = Quantity::whole(100);
  } else {
    columns.price = "price";
    columns.size = "size";
    if (has("side")) columns.side = "side";
  }
  const Instrument& instrument = file.registry.get(*id);
  auto feed = quotes ? csv_quotes(options.data, columns, instrument)
                     : csv_trades(options.data, columns, instrument);
  if (!feed) return feed.error();
  file.feed.emplace(std::move(feed).value());
  return {};
}

volatile std::sig_atomic_t stop_asked = 0;

class ConsoleLog final : public LogSink {
 public:
  explicit ConsoleLog(bool verbose) : verbose_(verbose) {}
  void log(LogLevel level, std::string_view, std::string_view message) override {
    if (level == LogLevel::kDebug && !verbose_) return;
    if (level == LogLevel::kInfo && !verbose_) return;
    fmt::print(stderr, "{}  {}\n", to_text(net::Loop::now()).substr(11, 12), message);
  }

 private:
  bool verbose_;
};

int run_tws(const Options& options) {
  ConsoleLog log{options.verbose};
  tws::SimulatorConfig config;
  config.seed = options.seed;
  config.speed = options.speed;
  config.min_version = options.min_version;
  config.max_version = options.max_version;
  config.calendar = options.calendar;
  config.cash = options.cash;
  config.master_client = options.master;
  config.max_requests_per_second = options.rate;
  config.read_only = options.read_only;
  config.log = &log;
  if (!options.accounts.empty()) config.accounts = options.accounts;

  DataFile file;
  if (!options.data.empty()) {
    if (const Status opened = open_data(options, file); !opened)
      return fail(opened.error(), options.json);
    config.feed = &*file.feed;
    config.contracts = file.contracts;
  }
  net::Loop loop;
  tws::Simulator server{loop, config};
  const auto port = server.listen(options.host, options.port);
  if (!port) return fail(port.error(), options.json);
  std::string names;
  for (const std::string& name : config.accounts) names += (names.empty() ? "" : ",") + name;
  fmt::print("keel sim tws: listening on {}:{}, seed {}, server versions {} to {}, accounts {}\n",
             options.host, *port, options.seed, options.min_version, options.max_version, names);
  std::fflush(stdout);
  std::signal(SIGINT, [](int) { stop_asked = 1; });
  std::signal(SIGTERM, [](int) { stop_asked = 1; });
  while (stop_asked == 0) loop.run_for(Duration::milliseconds(50));
  server.stop();
  return 0;
}

}  // namespace

void add_sim(CLI::App& app, int& code) {
  CLI::App* sim = app.add_subcommand(
      "sim", "Simulators: servers that speak a venue's protocol to anybody's client.");
  sim->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* command = sim->add_subcommand(
      "tws",
      "A TWS that is not there, for ib_async, ibapi and any other client of Interactive Brokers.\n"
      "Lists AAPL, MSFT, SPY, EUR.USD, ES and BTC with generated prices. Example:\n"
      "  keel sim tws --port 7497 --seed 7");
  command->add_option("--host", options->host, "address to listen at")->capture_default_str();
  command->add_option("--port", options->port, "port; 0: any free one")->capture_default_str();
  command
      ->add_option("--data", options->data,
                   "CSV file to replay: time,price,size or time,bid,ask[,bid_size,ask_size]")
      ->check(CLI::ExistingFile);
  command->add_option("--symbol", options->symbol, "what the file is about")->capture_default_str();
  command->add_option("--seed", options->seed, "of generated prices")->capture_default_str();
  command->add_option("--speed", options->speed, "how much faster than the clock time passes")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--accounts", options->accounts, "names of the accounts (default DU1000001)")
      ->delimiter(',');
  command->add_option("--cash", options->cash, "of each account, in USD")->capture_default_str();
  command->add_option("--max-version", options->max_version, "highest server version")
      ->check(CLI::Range(tws::kMinVersion, tws::kMaxVersion))
      ->capture_default_str();
  command
      ->add_option("--min-version", options->min_version, "lowest version that a client may have")
      ->check(CLI::Range(tws::kMinVersion, tws::kMaxVersion))
      ->capture_default_str();
  command->add_option("--master-client", options->master, "client id that hears of every order");
  command
      ->add_option("--max-rate", options->rate,
                   "requests of a client in a second, as TWS limits them to 50; 0: no limit")
      ->capture_default_str();
  command->add_flag("--calendar", options->calendar, "trade in real hours only");
  command->add_flag("--read-only", options->read_only, "refuse orders");
  command->add_flag("--verbose", options->verbose, "tell of connections and requests on stderr");
  command->callback([options, &code] { code = run_tws(*options); });
}

}  // namespace keel::cli
