// Saving and loading. Indexes, lists of what is to do and sums are derived again.
#include <keel/orders/order_manager.hpp>

#include "orders/order_names.hpp"

namespace keel {

using detail::kNoSlot;

namespace {
constexpr std::uint32_t kTag = 0x5244'524Fu;  // "ORDR"
}

void OrderManager::save(StateWriter& writer) const {
  const std::size_t section = writer.begin(kTag, 1);
  writer.put(config_.engine);
  writer.put(config_.run);
  writer.put(counter_);
  writer.put(static_cast<std::uint64_t>(numbers_.size()));
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    writer.put(config_.number_venues[i]);
    writer.put(numbers_[i]);
  }
  slots_.save(writer);
  executions_.save(writer);
  writer.end(section);
}

void OrderManager::load(StateReader& reader) {
  if (reader.begin(kTag) != 1 && reader.ok()) return reader.fail("orders: unknown version");
  std::uint32_t engine{}, run{};
  std::uint64_t counter{}, venues{};
  reader.get(engine);
  reader.get(run);
  reader.get(counter);
  reader.get(venues);
  if (reader.ok() && run > config_.run) return reader.fail("orders: saved by a later run");
  counter_ = engine == config_.engine && run == config_.run ? counter : 0;
  for (std::uint64_t i = 0; i < venues && reader.ok(); ++i) {
    VenueId venue{};
    std::uint64_t number{};
    reader.get(venue);
    reader.get(number);
    for (std::size_t known = 0; known < numbers_.size(); ++known)
      if (config_.number_venues[known] == venue) numbers_[known] = number;
  }
  slots_.load(reader);
  executions_.load(reader);
  if (reader.ok() && !rebuild()) reader.fail("orders: damaged");
  reader.end();
}

bool OrderManager::rebuild() {
  names_.clear();
  groups_.clear();
  account_open_.clear();
  strategy_open_.clear();
  while (!dirty_.empty()) dirty_.pop();
  while (!retries_.empty()) retries_.pop();
  listings_.clear();
  waiting_ = {};
  std::uint32_t waiting = 0;
  for (std::uint32_t at = 0; at < slots_.touched(); ++at) {
    const Slot& slot = slots_[at];
    const Order& order = slot.order;
    is_listed_.clear(at);
    is_old_.clear(at);
    if (order.id.is_none()) continue;
    using detail::OpenTable;
    account_open_.add(OpenTable::key(order.account, order.instrument), order.side,
                      order.open_worst);
    strategy_open_.add(OpenTable::key(order.account, order.instrument, order.strategy), order.side,
                       order.open_worst);
    if (!order.venue_order_id.empty()) note_venue_id(at);
    if (!order.client_id.empty()) note_client_id(at);
    if (slot.venue_number != 0) note_number(at);
    if (slot.is_group_head != 0) groups_.insert(detail::group_hash(order.account, order.group), at);
    if (slot.is_waiting != 0) {
      ++waiting;
      if (slot.prev_waiting == kNoSlot) waiting_.first = at;
      if (slot.next_waiting == kNoSlot) waiting_.last = at;
    }
    if (is_terminal(order.state)) continue;
    mark_dirty(at);
    if (slot.failures > 0 || slot.is_put_off != 0 || slot.marked(Slot::kLinked) ||
        (order.state == OrderState::kHeld && slot.marked(Slot::kTriggered)))
      retries_.push(at);
    if (order.updated > now_) now_ = order.updated;
  }
  std::uint32_t listed = 0;
  for (std::uint32_t at = waiting_.first; at != kNoSlot && listed <= waiting;
       at = slots_[at].next_waiting)
    ++listed;
  return listed == waiting;
}

void OrderManager::save_live(StateWriter& writer) const {
  const std::size_t section = writer.begin(kTag, 1);
  writer.put(now_);
  writer.put(number_floors_);
  writer.put(static_cast<std::uint64_t>(listings_.size()));
  for (const Listing& listing : listings_) {
    writer.put(listing.account);
    writer.put(listing.venue);
    writer.put(listing.asked_at);
  }
  std::vector<std::uint32_t> listed, old;
  for (std::uint32_t at = 0; at < slots_.touched(); ++at) {
    if (is_listed_.test(at)) listed.push_back(at);
    if (is_old_.test(at)) old.push_back(at);
  }
  writer.put(listed);
  writer.put(old);
  writer.end(section);
}

void OrderManager::load_live(StateReader& reader) {
  reader.begin(kTag);
  std::uint64_t count{};
  std::vector<std::uint64_t> floors;
  reader.get(now_);
  reader.get(floors);
  if (floors.size() == number_floors_.size()) number_floors_ = floors;
  reader.get(count);
  listings_.clear();
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    Listing listing{};
    reader.get(listing.account);
    reader.get(listing.venue);
    reader.get(listing.asked_at);
    listings_.push_back(listing);
  }
  for (detail::SlotBits* bits : {&is_listed_, &is_old_}) {
    std::vector<std::uint32_t> set;
    reader.get(set);
    for (const std::uint32_t at : set) {
      if (at >= slots_.touched()) return reader.fail("orders: a slot that was never used");
      bits->set(at);
    }
  }
  // What was to be done has been done: between two inputs nothing is left.
  while (!dirty_.empty()) dirty_.pop();
  reader.end();
}

}  // namespace keel
