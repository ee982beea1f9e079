// One connection of the simulator: what was asked for, and the answers.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "adapters/tws/sim_world.hpp"

namespace keel::tws {

class Session final : public RequestHandler {
 public:
  Session(World& world, int its_number, std::string its_peer)
      : number(its_number),
        peer(std::move(its_peer)),
        world_(world),
        frames_(std::size_t{1} << 20) {}

  void receive(std::string_view bytes);
  void on_tick(const SimMarket::Tick& tick);
  void on_time();
  [[nodiscard]] Timestamp next_time() const;

  // Events of orders, where this client hears of them.
  void on_order(const SimOrder& order);
  void on_execution(const SimExecution& execution, std::int32_t request);
  void on_fee(const SimExecution& execution);
  // A position has changed: told to those who asked for positions or account updates.
  void on_position(std::size_t account, std::size_t listing);
  [[nodiscard]] bool hears(const SimOrder& order) const;
  void error(std::int32_t id, int code, std::string text);
  void farms_ok();
  void drop_market_data();

  template <class M>
  void send(const M& message) {
    ++world_.stats.messages;
    encode(out, version, message);
  }

  const int number;
  const std::string peer;
  std::string out;
  int version = 0, client = -1;
  bool closing = false, started = false;

 private:
  struct MarketSub {
    std::int32_t id;
    std::size_t listing;
    bool snapshot;
    std::string generic;
    MarketState sent;
  };
  struct DepthSub {
    std::int32_t id;
    std::size_t listing;
    int rows;
    bool smart;
    std::vector<std::pair<Price, Quantity>> bids, asks;
  };
  struct TickSub {
    std::int32_t id;
    std::size_t listing;
    int type;  // 1 last, 2 all last, 3 bid and ask, 4 middle
  };
  struct BarSub {  // five seconds, or the bar that is kept up to date
    std::int32_t id;
    std::size_t listing;
    Timestamp next;
    Duration length;
    std::string what;
    bool history;
    int format;
  };
  struct AccountSub {
    enum class Kind { kUpdates, kSummary, kMulti, kPnl, kPnlSingle } kind;
    std::int32_t id;
    std::string account, tags;
    std::int32_t con_id;
    Timestamp next;
  };

#define KEEL_TWS_ON(Message) void on(const Message& request) override;
  KEEL_TWS_REQUESTS(KEEL_TWS_ON)
#undef KEEL_TWS_ON
  void handshake();
  void handle(std::string_view frame);
  [[nodiscard]] bool too_fast();
  std::optional<std::size_t> contract_of(std::int32_t id, const Contract& wanted);
  void send_order(const SimOrder& order);
  void send_contract(std::int32_t id, const Listing& listing);
  void send_market(MarketSub& sub, bool all);
  void send_generic(const MarketSub& sub);
  void send_price(MarketSub& sub, int type, Price price, Quantity size);
  void send_size(std::int32_t id, int type, Quantity size);
  void send_depth(DepthSub& sub);
  void send_depth_side(DepthSub& sub, bool bid);
  void send_bar(BarSub& sub);
  void send_account_values(const SimAccount& account, AccountSub* multi);
  void send_portfolio(const SimAccount& account);
  void send_account(AccountSub& sub);
  void send_summary(const AccountSub& sub);
  void send_pnl(const AccountSub& sub);
  void send_positions(std::int32_t request, std::string_view account);
  void send_position(const SimAccount& account, std::size_t listing, const SimPosition& held);
  void send_history(const HistoricalDataRequest& request, std::size_t listing, Timestamp end,
                    Duration length, Duration step);
  void send_schedule(const HistoricalDataRequest& request, Timestamp end, Duration length);
  [[nodiscard]] bool id_in_use(std::int32_t id) const;
  void log(LogLevel level, std::string_view text);
  void remove_account(AccountSub::Kind kind, std::int32_t id);

  World& world_;
  FrameReader frames_;
  bool preamble_ = false, greeted_ = false, auto_bind_ = false, positions_ = false;
  std::vector<MarketSub> markets_;
  std::vector<DepthSub> depths_;
  std::vector<TickSub> ticks_;
  std::vector<BarSub> bars_;
  std::vector<AccountSub> accounts_;
  std::vector<Timestamp> recent_;
};

// "1 D", "3600 S", "2 W", "6 M", "1 Y"; and "5 mins", "1 hour", "1 day" and the like.
std::optional<Duration> parse_span(std::string_view text);
std::optional<Duration> parse_bar_size(std::string_view text);
std::string bar_date(Timestamp start, Duration length, int format);

}  // namespace keel::tws
