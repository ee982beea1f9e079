#include <keel/engine/guards.hpp>

#include <algorithm>

namespace keel {

namespace {
constexpr std::uint32_t kTag = 0x44'4155'47u;  // "GUARD"
constexpr std::string_view kDeadMan = "dead_man", kDisconnected = "disconnected",
                           kClosing = "closing";

StateFact guard_fact(std::string_view name, bool on) {
  StateFact fact = make_record<StateFact>(RecordKind::kGuardChanged);
  fact.name = FixedText<48>::clipped(name);
  fact.before = on ? 0 : 1;
  fact.after = on ? 1 : 0;
  return fact;
}
}  // namespace

std::string_view to_text(BreakKind kind) {
  switch (kind) {
    case BreakKind::kMissingHere: return "missing_here";
    case BreakKind::kMissingAtVenue: return "missing_at_venue";
    case BreakKind::kSide: return "side";
    case BreakKind::kQuantity: return "quantity";
  }
  return "invalid";
}

std::vector<PositionBreak> find_breaks(AccountId account, std::span<const HeldPosition> expected,
                                       std::span<const HeldPosition> found) {
  std::vector<PositionBreak> breaks;
  const auto in = [](std::span<const HeldPosition> list, InstrumentId instrument) {
    const auto at = std::find_if(list.begin(), list.end(), [&](const HeldPosition& position) {
      return position.instrument == instrument;
    });
    return at == list.end() ? nullptr : &*at;
  };
  const auto compare = [&](InstrumentId instrument) {
    const HeldPosition* ours = in(expected, instrument);
    const HeldPosition* theirs = in(found, instrument);
    const Quantity have = ours != nullptr ? ours->quantity : Quantity::zero();
    const Quantity said = theirs != nullptr ? theirs->quantity : Quantity::zero();
    if (have == said) return;
    BreakKind kind = BreakKind::kQuantity;
    if (have.is_zero())
      kind = BreakKind::kMissingHere;
    else if (said.is_zero())
      kind = BreakKind::kMissingAtVenue;
    else if (have.is_positive() != said.is_positive())
      kind = BreakKind::kSide;
    breaks.push_back(
        {account, instrument, kind, have, said, theirs != nullptr ? theirs->price : Price::zero()});
  };
  for (const HeldPosition& position : expected) compare(position.instrument);
  for (const HeldPosition& position : found)
    if (in(expected, position.instrument) == nullptr) compare(position.instrument);
  std::sort(breaks.begin(), breaks.end(), [](const PositionBreak& a, const PositionBreak& b) {
    return a.instrument.value < b.instrument.value;
  });
  return breaks;
}

bool Guards::is_disconnected(VenueId venue) const {
  return std::find(disconnected_.begin(), disconnected_.end(), venue) != disconnected_.end();
}

const Guards::Break* Guards::find_break(AccountId account, InstrumentId instrument) const {
  for (const Break& known : breaks_)
    if (known.account == account && known.instrument == instrument) return &known;
  return nullptr;
}

// ---- facts ----

StateFact Guards::dead_man(bool tripped) {
  StateFact fact = guard_fact(kDeadMan, tripped);
  fact.reason = tripped ? Reason::kDeadMan : Reason::kNone;
  return fact;
}

StateFact Guards::disconnected(VenueId venue, bool lost) {
  StateFact fact = guard_fact(kDisconnected, lost);
  fact.value_after = Int128::from(venue.value);
  return fact;
}

StateFact Guards::closing(const Closing& of, bool goes_on, Reason reason) {
  StateFact fact = guard_fact(kClosing, goes_on);
  fact.header.instrument = of.instrument;
  fact.account = of.account;
  fact.strategy = of.strategy;
  fact.reason = reason;
  fact.value_after = Int128::from(of.attempts);
  return fact;
}

AccountFact Guards::position_break(AccountId account, InstrumentId instrument, Quantity difference,
                                   Price price) {
  AccountFact fact = make_record<AccountFact>(RecordKind::kPositionBreak);
  fact.header.instrument = instrument;
  fact.header.flags = AccountFact::kHasQuantity | AccountFact::kByReconciliation;
  fact.account = account;
  fact.kind = ChangeKind::kAdjustment;
  fact.quantity = difference;
  fact.price = price;
  return fact;
}

void Guards::fold(const RecordHeader& record) {
  if (record.kind == RecordKind::kGuardChanged) return fold_guard(record_as<StateFact>(record));
  if (record.kind != RecordKind::kPositionBreak) return;
  const auto& fact = record_as<AccountFact>(record);
  const auto known = std::find_if(breaks_.begin(), breaks_.end(), [&](const Break& one) {
    return one.account == fact.account && one.instrument == record.instrument;
  });
  if (fact.quantity.is_zero()) {
    if (known != breaks_.end()) breaks_.erase(known);
    return;
  }
  const Break made{record.instrument, fact.account, 0, fact.quantity, fact.price};
  if (known != breaks_.end())
    *known = made;
  else
    breaks_.push_back(made);
}

void Guards::fold_guard(const StateFact& fact) {
  const std::string_view name = fact.name.view();
  if (name == kDeadMan) {
    dead_man_ = fact.after;
  } else if (name == kDisconnected) {
    const VenueId venue{static_cast<std::uint16_t>(fact.value_after.low)};
    disconnected_.erase(std::remove(disconnected_.begin(), disconnected_.end(), venue),
                        disconnected_.end());
    if (fact.after != 0) disconnected_.push_back(venue);
  } else if (name == kClosing) {
    const auto known = std::find_if(closings_.begin(), closings_.end(), [&](const Closing& one) {
      return one.account == fact.account && one.strategy == fact.strategy &&
             one.instrument == fact.header.instrument;
    });
    const Closing made{fact.header.instrument,
                       fact.account,
                       fact.strategy,
                       fact.reason,
                       static_cast<std::uint16_t>(fact.value_after.low),
                       0};
    if (fact.after == 0) {
      if (known != closings_.end()) closings_.erase(known);
    } else if (known != closings_.end()) {
      *known = made;
    } else {
      closings_.push_back(made);
    }
  }
}

void Guards::save(StateWriter& writer) const {
  const auto section = writer.begin(kTag, 1);
  writer.put(dead_man_);
  writer.put(disconnected_);
  writer.put(closings_);
  writer.put(breaks_);
  writer.end(section);
}

void Guards::load(StateReader& reader) {
  if (reader.begin(kTag) != 1 && reader.ok()) return reader.fail("guards: unknown version");
  reader.get(dead_man_);
  reader.get(disconnected_);
  reader.get(closings_);
  reader.get(breaks_);
  reader.end();
}

}  // namespace keel
