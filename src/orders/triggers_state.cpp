// What is watched: folded from records, kept in heaps by price and by time, saved and loaded.
#include <keel/orders/triggers.hpp>

#include <algorithm>

#include <keel/orders/emulation.hpp>

namespace keel {

namespace {
constexpr std::uint32_t kTag = 0x4749'5254u;  // "TRIG"
constexpr Duration kAskAgain = Duration::seconds(1);

bool ends_here(const OrderRecord& record) {
  return record.terms.time_in_force == TimeInForce::kGtc &&
         (record.terms.flags & OrderTerms::kHasExpiry) != 0;
}
std::uint64_t hash_of(OrderId order) { return order.value * 0xD6E8FEB86659FD93u; }
}  // namespace

std::uint32_t Triggers::find(OrderId order) const {
  const std::uint32_t at =
      index_.find(hash_of(order), [&](std::uint32_t slot) { return pool_[slot].order == order; });
  return at == detail::SlotIndex::kNone ? kNone : at;
}

// ---- folding ----

void Triggers::fold_order(const OrderRecord& record) {
  const RecordKind kind = record.header.kind;
  if (kind == RecordKind::kOrderHeld) return set(record);
  const bool leaves = record.state_before == OrderState::kHeld;
  const bool ends = is_terminal(record.state_after);
  if (!leaves && !ends && kind != RecordKind::kSubmit && kind != RecordKind::kCancel) return;
  const std::uint32_t at = find(record.order);
  if (at == kNone) {
    if (kind == RecordKind::kSubmit && ends_here(record)) set(record);
  } else if (ends) {
    drop(at);
  } else if (record.state_after != OrderState::kHeld) {
    if (leaves) {
      leave(at, record);
    } else if (kind == RecordKind::kCancel && pool_[at].is(Watch::kTime) &&
               pool_[at].at <= record.header.ts_recv) {
      set_time(at, record.header.ts_recv + kAskAgain);
    }
  } else if (kind == RecordKind::kOrderReplaced) {
    set(record);
  } else if (kind == RecordKind::kOrderTriggered) {
    drop_price(at);
    if (pool_[at].is(Watch::kAuction)) set_time(at, std::nullopt);
    pool_[at].what &= static_cast<std::uint8_t>(~Watch::kAuction);
    if (pool_[at].what == 0) drop(at);
  }
}

// It is at the venue now: only a peg, and an end that the venue does not know, are kept.
void Triggers::leave(std::uint32_t at, const OrderRecord& record) {
  drop_price(at);
  pool_[at].what &= static_cast<std::uint8_t>(~Watch::kAuction);
  set_time(at, ends_here(record) ? std::optional{record.terms.expire_at} : std::nullopt);
  if (pool_[at].is(Watch::kPeg)) pool_[at].what |= Watch::kLive;
  if ((pool_[at].what & (Watch::kTime | Watch::kPeg)) == 0) drop(at);
}

void Triggers::set(const OrderRecord& record) {
  const OrderTerms& terms = record.terms;
  const bool is_held = record.state_after == OrderState::kHeld;
  const bool is_auction = is_held && (terms.time_in_force == TimeInForce::kAtOpen ||
                                      terms.time_in_force == TimeInForce::kAtClose);
  std::uint32_t at = find(record.order);
  // A replace of a held order keeps it armed.
  const bool was_armed =
      at != kNone && (pool_[at].what & (Watch::kPrice | Watch::kPeg | Watch::kAuction)) != 0;
  const bool is_armed = (record.header.flags & OrderRecord::kArmed) != 0 || was_armed;
  std::uint8_t what = 0;
  if (is_armed && (is_stop(terms.type) || is_if_touched(terms.type))) what |= Watch::kPrice;
  if (is_armed && terms.type == OrderType::kPegged) what |= Watch::kPeg;
  if (is_armed && is_auction) what |= Watch::kAuction;
  const bool has_time = (terms.flags & OrderTerms::kHasExpiry) != 0 && (!is_auction || is_armed);
  if (at != kNone) drop(at);
  if (what == 0 && !has_time) return;
  if (free_.empty()) {
    KEEL_ASSERT(pool_.size() < capacity_, "more watched orders than there is room for");
    at = static_cast<std::uint32_t>(pool_.size());
    pool_.emplace_back();
  } else {
    at = free_.back();
    free_.pop_back();
  }
  Watch& watch = pool_[at] = Watch{};
  watch.order = record.order;
  watch.instrument = record.header.instrument;
  watch.account = record.account;
  watch.strategy = record.strategy;
  watch.side = record.side;
  watch.type = terms.type;
  watch.by = terms.trigger_by;
  watch.unit = terms.trail_unit;
  watch.trail_offset = terms.trail_offset;
  watch.what = what;
  watch.price_place = watch.time_place = kNone;
  if (const auto trigger = terms.trigger()) {
    watch.trigger = *trigger;
    watch.what |= Watch::kHasTrigger;
  }
  if ((what & Watch::kPeg) != 0) {
    watch.trigger = terms.limit_offset;
    if (const auto cap = terms.limit()) {
      watch.cap = *cap;
      watch.what |= Watch::kHasCap;
    }
  }
  index_.insert(hash_of(record.order), at);
  this->watch(at);
  if (has_time) set_time(at, terms.expire_at);
}

// A trailing stop takes its new place.
void Triggers::fold_move(const StateFact& fact) {
  const std::uint32_t at = find(fact.order);
  if (at == kNone || !pool_[at].is(Watch::kPrice)) return;
  if (pool_[at].price_place != kNone) erase(heap_of(pool_[at]), at, false);
  pool_[at].trigger = fact.price;
  pool_[at].what |= Watch::kHasTrigger;
  insert(heap_of(pool_[at]), at, false);
}

// Into the lists of its instrument; one without a trigger waits for its first price.
void Triggers::watch(std::uint32_t at) {
  const Watch& watch = pool_[at];
  if ((watch.what & (Watch::kPrice | Watch::kPeg)) == 0) return;
  Board& own = board(watch.instrument);
  ++own.orders;
  if (own.heaps == kNone) {
    own.heaps = static_cast<std::uint32_t>(heaps_.size());
    heaps_.emplace_back();
  }
  if (watch.is(Watch::kPeg)) return list(heaps_[own.heaps].pegs, at);
  const auto source = static_cast<std::size_t>(watch.by), side = index(watch.side);
  if (is_trailing(watch.type)) {
    list(heaps_[own.heaps].trails[source][side], at);
    own.has_best[source][side] = false;
  }
  if (watch.is(Watch::kHasTrigger)) insert(heap_of(watch), at, false);
}

void Triggers::list(Heap& members, std::uint32_t at) {
  const auto place = std::lower_bound(
      members.begin(), members.end(), at,
      [this](std::uint32_t a, std::uint32_t b) { return pool_[a].order < pool_[b].order; });
  members.insert(place, at);
}

void Triggers::unlist(Heap& members, std::uint32_t at) {
  members.erase(std::find(members.begin(), members.end(), at));
}

void Triggers::drop_price(std::uint32_t at) {
  Watch& watch = pool_[at];
  if (!watch.is(Watch::kPrice)) return;
  Board& own = board(watch.instrument);
  --own.orders;
  if (is_trailing(watch.type))
    unlist(heaps_[own.heaps].trails[static_cast<std::size_t>(watch.by)][index(watch.side)], at);
  if (watch.price_place != kNone) erase(heap_of(watch), at, false);
  watch.what &= static_cast<std::uint8_t>(~(Watch::kPrice | Watch::kHasTrigger));
}

void Triggers::drop(std::uint32_t at) {
  drop_price(at);
  set_time(at, std::nullopt);
  if (pool_[at].is(Watch::kPeg)) {
    Board& own = board(pool_[at].instrument);
    --own.orders;
    unlist(heaps_[own.heaps].pegs, at);
  }
  index_.erase(hash_of(pool_[at].order), at);
  pool_[at] = Watch{};
  free_.push_back(at);
}

void Triggers::set_time(std::uint32_t at, std::optional<Timestamp> time) {
  if (pool_[at].is(Watch::kTime)) erase(times_, at, true);
  pool_[at].what &= static_cast<std::uint8_t>(~Watch::kTime);
  pool_[at].at = time.value_or(Timestamp{0});
  if (!time) return;
  pool_[at].what |= Watch::kTime;
  insert(times_, at, true);
}

Triggers::Board& Triggers::board(InstrumentId instrument) {
  if (boards_.size() < instrument.value) boards_.resize(registry_->size());
  return boards_[instrument.value - 1u];
}

Triggers::Heap& Triggers::heap_of(const Watch& watch) {
  Heaps& heaps = heaps_[boards_[watch.instrument.value - 1u].heaps];
  return heaps
      .list[static_cast<std::size_t>(watch.by)][index(watch.side)][is_stop(watch.type) ? 0 : 1];
}

// ---- heaps ----

// The nearer trigger first; of equal ones the older order.
bool Triggers::before(std::uint32_t a, std::uint32_t b, bool by_time) const {
  const Watch &left = pool_[a], &right = pool_[b];
  if (by_time) return left.at != right.at ? left.at < right.at : left.order < right.order;
  if (left.trigger == right.trigger) return left.order < right.order;
  const bool rising = (left.side == Side::kBuy) == is_stop(left.type);
  return rising ? left.trigger < right.trigger : left.trigger > right.trigger;
}

void Triggers::settle(Heap& heap, std::uint32_t place, bool by_time) {
  const std::uint32_t at = heap[place];
  const auto put = [&](std::uint32_t where, std::uint32_t who) {
    heap[where] = who;
    place_of(who, by_time) = where;
  };
  while (place > 0 && before(at, heap[(place - 1) / 2], by_time)) {
    put(place, heap[(place - 1) / 2]);
    place = (place - 1) / 2;
  }
  for (;;) {
    std::uint32_t child = 2 * place + 1;
    if (child >= heap.size()) break;
    if (child + 1 < heap.size() && before(heap[child + 1], heap[child], by_time)) ++child;
    if (!before(heap[child], at, by_time)) break;
    put(place, heap[child]);
    place = child;
  }
  put(place, at);
}

void Triggers::insert(Heap& heap, std::uint32_t at, bool by_time) {
  heap.push_back(at);
  settle(heap, static_cast<std::uint32_t>(heap.size() - 1), by_time);
}

void Triggers::erase(Heap& heap, std::uint32_t at, bool by_time) {
  const std::uint32_t place = place_of(at, by_time);
  place_of(at, by_time) = kNone;
  const std::uint32_t last = heap.back();
  heap.pop_back();
  if (last == at) return;
  heap[place] = last;
  settle(heap, place, by_time);
}

// ---- state ----

void Triggers::save(StateWriter& writer) const {
  const std::size_t section = writer.begin(kTag, 1);
  // In order of their orders: where a watch lies in the pool is of no consequence.
  std::vector<Watch> watches;
  for (const Watch& watch : pool_)
    if (!watch.order.is_none()) watches.push_back(watch);
  std::sort(watches.begin(), watches.end(),
            [](const Watch& a, const Watch& b) { return a.order < b.order; });
  for (Watch& watch : watches) watch.price_place = watch.time_place = kNone;
  writer.put(watches);
  writer.end(section);
}

void Triggers::load(StateReader& reader) {
  if (reader.begin(kTag) != 1 && reader.ok()) return reader.fail("triggers: unknown version");
  std::vector<Watch> watches;
  reader.get(watches);
  reader.end();
  if (watches.size() > capacity_) return reader.fail("triggers: more than there is room for");
  pool_.clear();
  free_.clear();
  boards_.clear();
  heaps_.clear();
  times_.clear();
  moved_pegs_.clear();
  index_.clear();
  for (const Watch& saved : watches) {
    const bool is_sound = !saved.order.is_none() && registry_->find(saved.instrument) != nullptr &&
                          (saved.side == Side::kBuy || saved.side == Side::kSell) &&
                          static_cast<std::size_t>(saved.by) < kSources &&
                          find(saved.order) == kNone;
    if (!is_sound) return reader.fail("triggers: damaged");
    const auto at = static_cast<std::uint32_t>(pool_.size());
    pool_.push_back(saved);
    Watch& own = pool_.back();
    own.price_place = own.time_place = kNone;
    own.what &= static_cast<std::uint8_t>(~Watch::kTime);
    index_.insert(hash_of(own.order), at);
    watch(at);
    if ((saved.what & Watch::kTime) != 0) set_time(at, saved.at);
  }
}

}  // namespace keel
