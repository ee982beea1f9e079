#include <keel/orders/order_slot.hpp>

namespace keel::detail {

namespace {

constexpr std::uint32_t kTag = 0x544F'4C53u;  // "SLOT"

bool is_sound(const OrderSlot& slot) {
  const Order& order = slot.order;
  return !order.id.is_none() && order.id.counter() != 0 &&
         static_cast<int>(order.state) < kOrderStateCount && order.state != OrderState::kNone &&
         static_cast<int>(slot.ended) < kOrderStateCount &&
         (order.side == Side::kBuy || order.side == Side::kSell) &&
         !order.open_worst.is_negative() && !order.filled.is_negative();
}

}  // namespace

OrderSlot OrderSlots::blank() {
  OrderSlot slot{};
  slot.first_child = slot.next_child = slot.prev_child = kNoSlot;
  slot.next_peer = slot.prev_peer = kNoSlot;
  slot.next_waiting = slot.prev_waiting = kNoSlot;
  return slot;
}

std::uint64_t OrderSlots::next_free(std::uint64_t counter) const {
  KEEL_ASSERT(open_count_ < size_, "every slot holds an open order");
  const auto start = static_cast<std::uint32_t>(counter & (size_ - 1));
  for (std::uint32_t step = 0; step < size_;) {
    const std::uint32_t at = (start + step) & (size_ - 1);
    const std::uint64_t rest = open_.word(at / 64) >> (at % 64);
    const auto taken = static_cast<std::uint32_t>(std::countr_one(rest));
    const std::uint32_t in_word = 64 - at % 64, in_ring = size_ - at;
    const std::uint32_t room = in_word < in_ring ? in_word : in_ring;
    if (taken < room) return counter + step + taken;
    step += room;
  }
  return counter + size_;  // not reached: some bit is clear
}

void OrderSlots::save(StateWriter& writer) const {
  const std::size_t section = writer.begin(kTag, 1);
  writer.put(size_);
  std::uint32_t held = 0;
  for (const OrderSlot& slot : slots_) held += slot.order.id.is_none() ? 0u : 1u;
  writer.put(held);
  for (const OrderSlot& slot : slots_)
    if (!slot.order.id.is_none()) writer.put(slot);
  writer.end(section);
}

void OrderSlots::load(StateReader& reader) {
  if (reader.begin(kTag) != 1 && reader.ok()) reader.fail("orders: unknown version");
  std::uint32_t old_size{}, held{};
  reader.get(old_size);
  reader.get(held);
  slots_.clear();
  open_.clear_all();
  open_count_ = 0;
  if (!reader.ok()) return;
  if (old_size == 0 || (old_size & (old_size - 1)) != 0 || held > old_size)
    return reader.fail("orders: damaged");
  if (old_size > size_) return reader.fail("orders: saved with more slots than there are now");
  std::vector<OrderSlot> saved;
  saved.reserve(held);
  for (std::uint32_t i = 0; i < held && reader.ok(); ++i) {
    reader.get(saved.emplace_back());
    if (reader.ok() && !is_sound(saved.back())) reader.fail("orders: damaged");
  }
  if (reader.ok() && !accept(saved, old_size)) reader.fail("orders: damaged");
  reader.end();
}

bool OrderSlots::accept(const std::vector<OrderSlot>& saved, std::uint32_t old_size) {
  // Two ids that share no slot in the old ring share none in a larger one.
  std::vector<std::uint32_t> moved(old_size, kNoSlot);
  for (const OrderSlot& slot : saved) {
    std::uint32_t& to = moved[slot.order.id.counter() & (old_size - 1)];
    if (to != kNoSlot) return false;
    to = place(slot.order.id);
    touch(to);
    slots_[to] = slot;
  }
  const auto follow = [&](std::uint32_t& link) {
    if (link == kNoSlot) return true;
    if (link >= old_size || moved[link] == kNoSlot) return false;
    link = moved[link];
    return true;
  };
  for (OrderSlot& slot : slots_) {
    if (slot.order.id.is_none()) continue;
    for (std::uint32_t* link :
         {&slot.first_child, &slot.next_child, &slot.prev_child, &slot.next_peer, &slot.prev_peer,
          &slot.next_waiting, &slot.prev_waiting})
      if (!follow(*link)) return false;
    set_open(place(slot.order.id), !is_terminal(slot.order.state));
  }
  return lists_agree();
}

// Every link is answered by its opposite, so no list runs in a circle that is not meant to.
bool OrderSlots::lists_agree() const {
  for (std::uint32_t at = 0; at < touched(); ++at) {
    const OrderSlot& slot = slots_[at];
    const auto agree = [&](std::uint32_t link, std::uint32_t OrderSlot::* back) {
      return link == kNoSlot || slots_[link].*back == at;
    };
    if (!agree(slot.next_child, &OrderSlot::prev_child) ||
        !agree(slot.prev_child, &OrderSlot::next_child) ||
        !agree(slot.next_peer, &OrderSlot::prev_peer) ||
        !agree(slot.prev_peer, &OrderSlot::next_peer) ||
        !agree(slot.next_waiting, &OrderSlot::prev_waiting) ||
        !agree(slot.prev_waiting, &OrderSlot::next_waiting))
      return false;
    if ((slot.next_peer == kNoSlot) != (slot.prev_peer == kNoSlot)) return false;
    if (slot.first_child != kNoSlot && slots_[slot.first_child].prev_child != kNoSlot) return false;
  }
  return true;
}

}  // namespace keel::detail
