#include <keel/model/account.hpp>

#include <keel/model/instrument_registry.hpp>

namespace keel {

namespace {

Result<std::uint16_t> add_name(std::vector<Directory::Named>& names, std::string_view name,
                               const char* field) {
  if (name.empty()) return Error{model_errors::kBadAccount, field, {}, "a name", {}};
  for (const auto& known : names)
    if (known.name == name)
      return Error{model_errors::kDuplicateName, field, std::string{name}, "a new name", {}};
  if (names.size() >= 0xFFFE)
    return Error{model_errors::kTooMany, field, std::string{name}, "at most 65534", {}};
  auto text = FixedText<40>::from(name);
  if (!text) return std::move(text).error().in_field(field);
  const auto id = static_cast<std::uint16_t>(names.size() + 1);
  names.push_back({id, *text});
  return id;
}

std::optional<std::uint16_t> find_name(const std::vector<Directory::Named>& names,
                                       std::string_view name) {
  for (const auto& known : names)
    if (known.name == name) return known.id;
  return std::nullopt;
}

constexpr std::uint32_t kTag = 0x44495243;  // "DIRC"

}  // namespace

Result<VenueId> Directory::add_venue(std::string_view name) {
  auto id = add_name(venues_, name, "venue");
  if (!id) return std::move(id).error();
  return VenueId{*id};
}

Result<StrategyId> Directory::add_strategy(std::string_view name) {
  auto id = add_name(strategies_, name, "strategy");
  if (!id) return std::move(id).error();
  return StrategyId{*id};
}

Result<AccountId> Directory::add_account(std::string_view name, VenueId venue, Currency base,
                                         AccountKind kind, AccountRealm realm, PositionMode mode) {
  if (name.empty()) return Error{model_errors::kBadAccount, "account", {}, "a name", {}};
  if (base.empty()) return Error{model_errors::kBadAccount, "base", {}, "a base currency", {}};
  if (venue_name(venue).empty())
    return Error{
        model_errors::kBadAccount, "venue", std::to_string(venue.value), "a declared venue", {}};
  for (const auto& [field, text] :
       {std::pair{"kind", to_text(kind)}, std::pair{"realm", to_text(realm)},
        std::pair{"mode", to_text(mode)}})
    if (text == "invalid")
      return Error{model_errors::kBadAccount, field, std::string{text}, "one of its kind", {}};
  if (find_account(name))
    return Error{model_errors::kDuplicateName, "account", std::string{name}, "a new name", {}};
  if (accounts_.size() >= 0xFFFE)
    return Error{model_errors::kTooMany, "account", std::string{name}, "at most 65534", {}};
  auto text = FixedText<40>::from(name);
  if (!text) return std::move(text).error().in_field("account");
  Account account{};
  account.id = {static_cast<std::uint16_t>(accounts_.size() + 1)};
  account.venue = venue;
  account.kind = kind;
  account.realm = realm;
  account.mode = mode;
  account.base = base;
  account.name = *text;
  accounts_.push_back(account);
  return account.id;
}

std::optional<VenueId> Directory::find_venue(std::string_view name) const {
  const auto id = find_name(venues_, name);
  return id ? std::optional{VenueId{*id}} : std::nullopt;
}

std::optional<StrategyId> Directory::find_strategy(std::string_view name) const {
  const auto id = find_name(strategies_, name);
  return id ? std::optional{StrategyId{*id}} : std::nullopt;
}

std::optional<AccountId> Directory::find_account(std::string_view name) const {
  for (const auto& account : accounts_)
    if (account.name == name) return account.id;
  return std::nullopt;
}

void Directory::save(StateWriter& writer) const {
  const auto section = writer.begin(kTag, 1);
  for (const auto* names : {&venues_, &strategies_}) {
    writer.put(static_cast<std::uint64_t>(names->size()));
    for (const auto& name : *names) writer.put(name.name);
  }
  writer.put(accounts_);
  writer.end(section);
}

void Directory::load(StateReader& reader) {
  reader.begin(kTag);
  for (auto* names : {&venues_, &strategies_}) {
    std::uint64_t count{};
    reader.get(count);
    names->clear();
    for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
      FixedText<40> name;
      reader.get(name);
      names->push_back({static_cast<std::uint16_t>(i + 1), name});
    }
  }
  reader.get(accounts_);
  for (std::size_t i = 0; i < accounts_.size(); ++i)
    if (accounts_[i].id.value != i + 1) reader.fail("account ids are not dense");
  reader.end();
}

}  // namespace keel
