// What all connections of one simulator share.
#pragma once

#include <memory>

#include "adapters/tws/sim_orders.hpp"

namespace keel::tws {

class Session;

struct World {
  World(SimulatorConfig given, Timestamp start);
  [[nodiscard]] Session* session_of(int client);

  SimulatorConfig config;
  InstrumentRegistry registry;
  Listings listings;
  Timestamp now;
  std::unique_ptr<SimMarket> market;
  std::unique_ptr<SimAccounts> accounts;
  std::unique_ptr<OrderDesk> desk;
  std::vector<std::unique_ptr<Session>> sessions;
  bool reachable = true;
  Timestamp closed_until{};
  SimulatorStats stats{};
  std::vector<std::pair<std::int32_t, std::string>> fa_data;
};

}  // namespace keel::tws
