// Guards: what stands over the orders of an engine and acts when nobody else does. Folded from
// facts (kGuardChanged, kPositionBreak), so what was set off before a restart still is after it.
//
//   dead man         the host's heartbeat is lost: every order at a venue is canceled, new ones are
//                    denied (risk.dead_man) until a person says that all is well (kReady). Orders
//                    that keel holds stay: a stop protects.
//   disconnected     a venue's connection was lost: its orders are canceled as soon as it is back
//   closing          positions that are to be closed, until they are flat
//   breaks           the venue holds another position than we do: no new risk in that instrument
//                    until a person accepts the difference (kAcceptAdjustment)
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <keel/core/state.hpp>
#include <keel/model/system_records.hpp>

namespace keel {

struct GuardConfig {
  // HostAction::kHeartbeat comes at least this often, or the dead man's switch goes off.
  std::optional<Duration> dead_man;
  bool cancel_on_disconnect = false;
  bool halt_on_breaks = true;  // false: breaks are told, and nothing is denied
};

// How two lists of positions differ in one instrument.
enum class BreakKind : std::uint8_t {
  kMissingHere = 1,     // the venue holds something, we expect nothing
  kMissingAtVenue = 2,  // we expect something, the venue holds nothing
  kSide = 3,            // long and short
  kQuantity = 4,        // the same side, not as much
};
std::string_view to_text(BreakKind kind);

struct HeldPosition {
  InstrumentId instrument;
  Quantity quantity;  // signed
  Price price;        // average, where it is known
};

struct PositionBreak {
  AccountId account;
  InstrumentId instrument;
  BreakKind kind;
  Quantity expected, found;
  Price price;  // the venue's
  [[nodiscard]] Quantity difference() const { return found - expected; }
};

// Start of day, or any time: what is expected against what the venue says, by instrument. Pure; the
// lists come in any order, with each instrument at most once.
[[nodiscard]] std::vector<PositionBreak> find_breaks(AccountId account,
                                                     std::span<const HeldPosition> expected,
                                                     std::span<const HeldPosition> found);

// As a venue told it, until its snapshot ends.
struct ReportedPosition {
  AccountId account;
  std::uint16_t reserved;
  InstrumentId instrument;  // 0: the account was told of, and no position
  Quantity quantity;
  Price price;
};
static_assert(std::has_unique_object_representations_v<ReportedPosition>);

class Guards {
 public:
  struct Closing {
    InstrumentId instrument;
    AccountId account;
    StrategyId strategy;  // 0: the account's whole position
    Reason why;
    std::uint16_t attempts;
    std::uint32_t reserved;
  };
  struct Break {
    InstrumentId instrument;
    AccountId account;
    std::uint16_t reserved;
    Quantity difference;  // what the venue has more than we do
    Price price;
  };
  static_assert(std::has_unique_object_representations_v<Closing> &&
                std::has_unique_object_representations_v<Break>);

  // Anything that an order has to ask about.
  [[nodiscard]] bool is_alert() const { return dead_man_ != 0 || !breaks_.empty(); }
  [[nodiscard]] bool is_dead_man() const { return dead_man_ != 0; }
  [[nodiscard]] bool is_disconnected(VenueId venue) const;
  [[nodiscard]] const Break* find_break(AccountId account, InstrumentId instrument) const;
  [[nodiscard]] const std::vector<Break>& breaks() const { return breaks_; }
  [[nodiscard]] const std::vector<Closing>& closings() const { return closings_; }

  void fold(const RecordHeader& record);
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

  // The facts, as fold() reads them.
  [[nodiscard]] static StateFact dead_man(bool tripped);
  [[nodiscard]] static StateFact disconnected(VenueId venue, bool lost);
  [[nodiscard]] static StateFact closing(const Closing& of, bool goes_on, Reason reason);
  [[nodiscard]] static AccountFact position_break(AccountId account, InstrumentId instrument,
                                                  Quantity difference, Price price);

 private:
  void fold_guard(const StateFact& fact);
  std::uint8_t dead_man_ = 0;
  std::vector<VenueId> disconnected_;
  std::vector<Closing> closings_;
  std::vector<Break> breaks_;
};

}  // namespace keel
