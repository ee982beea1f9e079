// Accounts, strategies and venues by name: the directory that turns the names of a configuration
// into the dense ids of records.
#pragma once

#include <string_view>
#include <vector>

#include <keel/core/currency.hpp>
#include <keel/core/id.hpp>
#include <keel/core/result.hpp>
#include <keel/core/state.hpp>
#include <keel/core/text.hpp>
#include <keel/model/enums.hpp>

namespace keel {

struct Account {
  AccountId id;
  VenueId venue;
  AccountKind kind;
  AccountRealm realm;
  PositionMode mode;
  std::uint8_t reserved;
  Currency base;  // in which equity and limits are told
  FixedText<40> name;
};
static_assert(std::has_unique_object_representations_v<Account>);

class Directory {
 public:
  struct Named {
    std::uint16_t id;
    FixedText<40> name;
  };

  // Ids count from 1. Errors: model.duplicate_name, model.bad_account, core.text_too_long.
  Result<VenueId> add_venue(std::string_view name);
  Result<StrategyId> add_strategy(std::string_view name);
  Result<AccountId> add_account(std::string_view name, VenueId venue, Currency base,
                                AccountKind kind, AccountRealm realm,
                                PositionMode mode = PositionMode::kNetting);

  [[nodiscard]] const Account* account(AccountId id) const {
    return id.value - 1u < accounts_.size() ? &accounts_[id.value - 1u] : nullptr;
  }
  [[nodiscard]] std::string_view venue_name(VenueId id) const { return name_of(venues_, id.value); }
  [[nodiscard]] std::string_view strategy_name(StrategyId id) const {
    return id.value == 0 ? std::string_view{"host"} : name_of(strategies_, id.value);
  }
  [[nodiscard]] std::optional<VenueId> find_venue(std::string_view name) const;
  [[nodiscard]] std::optional<StrategyId> find_strategy(std::string_view name) const;
  [[nodiscard]] std::optional<AccountId> find_account(std::string_view name) const;
  [[nodiscard]] const std::vector<Account>& accounts() const { return accounts_; }
  [[nodiscard]] std::size_t venue_count() const { return venues_.size(); }
  [[nodiscard]] std::size_t strategy_count() const { return strategies_.size(); }

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  static std::string_view name_of(const std::vector<Named>& names, std::uint16_t id) {
    return id - 1u < names.size() ? names[id - 1u].name.view() : std::string_view{};
  }
  std::vector<Named> venues_, strategies_;
  std::vector<Account> accounts_;
};

}  // namespace keel
