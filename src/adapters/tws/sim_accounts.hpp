// The simulator's accounts: cash, positions, profit, margin; exact.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/tws/sim_market.hpp"

namespace keel::tws {

struct SimPosition {
  Quantity quantity{};  // signed
  Price average{};      // cost of one unit, without commissions
  Money realized;       // today
  Money day_value;      // value at the start of the day, and what was paid since
};

struct SimAccount {
  std::string name;
  std::map<std::string, Money> cash;             // by currency
  std::map<std::size_t, SimPosition> positions;  // by listing
  Money commissions;
};

// Figures of an account at one moment, in USD.
struct AccountFigures {
  Money cash, gross_positions, net_liquidation, initial_margin, maintenance_margin;
  Money unrealized, realized, daily;
  [[nodiscard]] Money available() const { return net_liquidation - initial_margin; }
  [[nodiscard]] Money excess() const { return net_liquidation - maintenance_margin; }
};

// What one fill changed.
struct Booking {
  Money commission;
  std::optional<Money> realized;  // where it closed something
};

class SimAccounts {
 public:
  SimAccounts(const SimulatorConfig& config, const Listings& listings, const SimMarket& market);

  [[nodiscard]] const std::vector<SimAccount>& all() const { return accounts_; }
  [[nodiscard]] const SimAccount* find(std::string_view name) const;
  [[nodiscard]] std::size_t index_of(std::string_view name) const;

  Booking fill(std::size_t account, std::size_t listing, Side side, Quantity quantity, Price price,
               bool first_of_order);
  [[nodiscard]] Money commission(std::size_t listing, Quantity quantity, Price price) const;
  [[nodiscard]] AccountFigures figures(const SimAccount& account) const;
  // Unrealized, realized and daily profit and the value of one position.
  struct PositionFigures {
    Money unrealized, realized, daily, value;
  };
  [[nodiscard]] PositionFigures figures(const SimAccount& account, std::size_t listing) const;
  // What margin the account would need if so much more were held.
  [[nodiscard]] Money margin(const SimAccount& account, std::size_t listing, Quantity change,
                             bool initial) const;
  [[nodiscard]] Price mark(std::size_t listing) const;

 private:
  [[nodiscard]] Money notional(std::size_t listing, Quantity quantity, Price price) const;
  [[nodiscard]] Money to_usd(const Money& money) const;

  const Listings& listings_;
  const SimMarket& market_;
  std::vector<SimAccount> accounts_;
};

[[nodiscard]] inline Currency usd() { return Currency{"USD"}; }

}  // namespace keel::tws
