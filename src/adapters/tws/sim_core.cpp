#include <algorithm>

#include "adapters/tws/sim_session.hpp"

namespace keel::tws {

struct SimulatorCore::Impl final : DeskEvents {
  Impl(SimulatorConfig config, Timestamp now) : world(std::move(config), now) {
    world.desk = std::make_unique<OrderDesk>(world.config, world.registry, world.listings,
                                             *world.market, *world.accounts, *this);
  }

  void on_order(const SimOrder& order) override {
    for (const auto& session : world.sessions)
      if (session->hears(order)) session->on_order(order);
  }
  void on_execution(const SimOrder& order, const SimExecution& execution) override {
    ++world.stats.fills;
    for (const auto& session : world.sessions)
      if (session->hears(order)) session->on_execution(execution, -1);
  }
  void on_fee(const SimOrder& order, const SimExecution& execution) override {
    for (const auto& session : world.sessions)
      if (session->hears(order)) session->on_fee(execution);
    for (const auto& session : world.sessions)
      if (session->started) session->on_position(order.account, order.listing);
  }
  void on_order_error(int client, std::int32_t id, int code, std::string text) override {
    if (Session* session = world.session_of(client)) session->error(id, code, std::move(text));
  }

  Session* find(int connection) {
    for (const auto& session : world.sessions)
      if (session->number == connection) return session.get();
    return nullptr;
  }
  // Time passes up to `now`, one market event after the other.
  void run_to(Timestamp now) {
    if (now < world.now) now = world.now;
    while (const auto tick = world.market->next_tick(now)) {
      const Timestamp at = tick->quote   ? tick->quote->header.ts_event
                           : tick->trade ? tick->trade->header.ts_event
                                         : now;
      world.now = std::max(world.now, at);
      if (!world.reachable || (!tick->quote && !tick->trade)) continue;
      world.desk->on_tick(*tick, world.now);
      for (const auto& session : world.sessions)
        if (session->started) session->on_tick(*tick);
    }
    world.now = now;
    if (world.reachable) world.desk->advance(now);
    for (const auto& session : world.sessions)
      if (session->started && world.reachable) session->on_time();
  }

  World world;
  std::vector<int> numbers;
  int next_number = 1;
  std::string nothing;
};

SimulatorCore::SimulatorCore(SimulatorConfig config, Timestamp now)
    : impl_(new Impl{std::move(config), now}) {
  impl_->run_to(now);
}
SimulatorCore::~SimulatorCore() = default;

int SimulatorCore::open(std::string peer, Timestamp now) {
  advance(now);
  const int number = impl_->next_number++;
  ++impl_->world.stats.connections;
  impl_->world.sessions.push_back(std::make_unique<Session>(impl_->world, number, std::move(peer)));
  impl_->numbers.push_back(number);
  if (impl_->world.now < impl_->world.closed_until) impl_->find(number)->closing = true;
  return number;
}

void SimulatorCore::receive(int connection, std::string_view bytes, Timestamp now) {
  advance(now);
  if (Session* session = impl_->find(connection)) session->receive(bytes);
}

void SimulatorCore::close(int connection) {
  std::erase_if(impl_->world.sessions,
                [&](const auto& session) { return session->number == connection; });
  std::erase(impl_->numbers, connection);
}

void SimulatorCore::advance(Timestamp now) { impl_->run_to(now); }

Timestamp SimulatorCore::next_event() const {
  Timestamp next = impl_->world.market->next_time();
  if (!impl_->world.reachable) return next;
  if (const auto order = impl_->world.desk->next_event()) next = std::min(next, *order);
  for (const auto& session : impl_->world.sessions)
    if (session->started) next = std::min(next, session->next_time());
  return next;
}

std::string& SimulatorCore::output(int connection) {
  Session* session = impl_->find(connection);
  return session == nullptr ? impl_->nothing : session->out;
}
bool SimulatorCore::is_closing(int connection) const {
  const Session* session = impl_->find(connection);
  return session == nullptr || session->closing;
}
std::span<const int> SimulatorCore::connections() const { return impl_->numbers; }

void SimulatorCore::lose_connectivity() {
  impl_->world.reachable = false;
  impl_->world.desk->set_reachable(false, impl_->world.now);
  for (const auto& session : impl_->world.sessions)
    if (session->started) {
      session->error(-1, 1100, "Connectivity between IBKR and Trader Workstation has been lost.");
      session->error(-1, 2103, "Market data farm connection is broken:usfarm");
      session->error(-1, 2105, "HMDS data farm connection is broken:ushmds");
    }
}

void SimulatorCore::restore_connectivity(bool data_lost) {
  impl_->world.reachable = true;
  for (const auto& session : impl_->world.sessions)
    if (session->started) {
      if (data_lost) session->drop_market_data();
      session->error(-1, data_lost ? 1101 : 1102,
                     data_lost ? "Connectivity between IBKR and Trader Workstation has been "
                                 "restored - data lost."
                               : "Connectivity between IBKR and Trader Workstation has been "
                                 "restored - data maintained. The following farms are connected: "
                                 "usfarm; ushmds; secdefil.");
      session->farms_ok();
    }
  impl_->world.desk->set_reachable(true, impl_->world.now);
}

void SimulatorCore::restart(Timestamp until) {
  impl_->world.closed_until = until;
  for (const auto& session : impl_->world.sessions) session->closing = true;
}

Result<std::int64_t> SimulatorCore::place_by_hand(const Contract& contract, const Order& order) {
  return impl_->world.desk->place_by_hand(contract, order, impl_->world.now);
}

void SimulatorCore::move_price(std::string_view symbol, Price to) {
  World& world = impl_->world;
  for (std::size_t i = 0; i < world.listings.size(); ++i)
    if (world.listings[i].contract.symbol == symbol) world.market->move(i, to, world.now);
}

SimulatorStats SimulatorCore::stats() const { return impl_->world.stats; }

}  // namespace keel::tws
