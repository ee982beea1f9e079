// What the client knows of its connection. None of it is needed after a restart.
#pragma once

#include <deque>
#include <map>

#include <keel/adapters/tws/client.hpp>
#include <keel/model/market_data.hpp>
#include <keel/model/system_records.hpp>
#include <keel/net/pacing.hpp>

namespace keel::tws {

// Orders are numbered below, requests above: an error that names a number is about one or the
// other.
inline constexpr std::int32_t kFirstRequestId = 1 << 30;
inline constexpr std::int32_t kStreamIds = kFirstRequestId + (1 << 28);
inline constexpr int kStreamsEach = 4;  // quotes, trades, depth, bars of one instrument

struct BookRow {
  Price price{};
  Quantity size{};
};

struct Listed {
  InstrumentId instrument;
  Contract contract;
  Subscription wanted;
  Quote quote{};
  std::vector<BookRow> bids, asks;
};

// How far a list of the account's orders and executions has come.
enum class ListingStep : std::uint8_t {
  kNone,
  kExecutions,
  kOrders,
  kCompleted,
  kPositions,
  kSummary
};

struct ClientCore::Impl final : ResponseHandler {
  Impl(ClientConfig given, InputSink& its_sink);

  // ---- connection (client_core.cpp) ----
  void tell_connection(ConnectionState next, std::string_view text);
  void greet();
  void heard_start();
  [[nodiscard]] std::optional<Error> check_accounts() const;
  void give_up(Error why);
  void lost(std::string_view why);
  void plan_connect();
  void ready();
  void resubscribe(Listed& listed);
  void handle(std::string_view frame);
  void push(const RecordHeader& record);
  void flush_blocked();
  void log(LogLevel level, std::string_view text);

  // ---- pacing ----
  template <class M>
  void queue(const M& message) {
    std::string frame;
    encode(frame, version, message);
    if (!frame.empty()) put(std::move(frame), M::kId);
  }
  void put(std::string frame, int number);
  void release();

  // ---- orders (client_orders.cpp) ----
  void command(const Command& command);
  [[nodiscard]] bool fill_order(const Command& command, PlaceOrderRequest& request) const;
  void refuse(const Command& command, Reason why, std::string_view text);
  [[nodiscard]] const Listed* find(InstrumentId instrument) const;
  [[nodiscard]] const Listed* find(const Contract& contract) const;
  [[nodiscard]] AccountId account_of(std::string_view name) const;
  [[nodiscard]] std::string_view account_name(AccountId id) const;

  // ---- reports (client_reports.cpp) ----
  [[nodiscard]] OrderReport report(ReportKind kind) const;
  void name_order(OrderReport& out, std::int32_t number, std::int64_t perm, std::int32_t client,
                  std::string_view reference) const;
  void status_report(const OrderStatus& status);
  void order_error(const ErrorMessage& error);
  void connectivity(const ErrorMessage& error);
  void begin_listing();
  void next_step();
  void end_listing();
  void forget_listing();

  // Hears of every message: used here, then shown to the listener.
#define KEEL_TWS_ON(Message) void on(const Message& message) override;
  KEEL_TWS_RESPONSES(KEEL_TWS_ON)
#undef KEEL_TWS_ON
  template <class M>
  void show(const M& message) {
    if (listener != nullptr) listener->on(message);
  }

  // ---- market data (client_market.cpp) ----
  [[nodiscard]] Listed* stream_of(std::int32_t id, int& kind);
  void push_quote(Listed& listed);
  void depth(std::int32_t id, const MarketDepthData& data);
  void use(const TickPrice& tick);
  void use(const TickSize& tick);
  void use(const TickByTickData& tick);
  void use(const RealTimeBarTick& tick);
  void use(const OrderStatus& status);
  void use(const OpenOrder& order);
  void use(const CompletedOrder& order);
  void use(const ExecutionDetails& details);
  void use(const CommissionAndFeesReport& fee);
  void use(const ErrorMessage& error);
  void use(const Position& position);
  void use(const AccountSummary& summary);
  void use(const ContractData& data);
  void use(const ManagedAccounts& accounts);
  void use(const NextValidId& id);
  void use(const MarketDepth& rows);
  void use(const MarketDepthL2& rows);
  void use(const ExecutionDetailsEnd& end);
  void use(const OpenOrdersEnd& end);
  void use(const CompletedOrdersEnd& end);
  void use(const PositionEnd& end);
  void use(const AccountSummaryEnd& end);
  template <class M>
  void use(const M&) {}

  ClientConfig config;
  InputSink& sink;
  Capabilities can;
  ResponseHandler* listener = nullptr;
  ConnectionState connection = ConnectionState::kDown;
  Timestamp now{};
  Wish wish = Wish::kNothing;
  std::optional<Error> failed;
  bool running = false, linked = false, greeted = false, has_next = false;
  int version = kMaxVersion;
  std::vector<std::string> managed;
  std::int64_t next_valid = 0;

  std::string out;
  FrameReader frames{kMaxFrame};
  net::Backoff backoff;
  net::RateLimit rate, history, history_burst;
  std::deque<std::string> orders_waiting, requests_waiting, history_waiting;
  std::deque<std::vector<std::byte>> blocked;
  std::optional<Timestamp> connect_at, told_at;
  Timestamp heard{}, asked{};
  std::int32_t next_request = kFirstRequestId;

  std::vector<Listed> listed;
  std::map<std::int32_t, std::size_t> by_contract;    // con_id
  std::map<std::int32_t, std::size_t> details_asked;  // request
  OpenOrder last_open;
  std::map<std::int32_t, bool> live_orders;  // numbers that TWS has shown to be open
  struct Fill {
    std::string execution;
    OrderReport about;
  };
  std::deque<Fill> fills;  // the latest, for fees that come behind them
  std::map<std::string, CommissionAndFeesReport> early_fees;

  ListingStep step = ListingStep::kNone;
  std::vector<AccountId> wanted_listings, next_listings;  // asked for now; while that goes on
  Timestamp listing_asked{};
  std::int32_t listing_request = 0;
  std::map<std::string, AccountReport> balances;
};

}  // namespace keel::tws
