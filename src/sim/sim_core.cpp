#include "sim/sim_core.hpp"

#include <algorithm>
#include <span>

namespace keel {

using namespace sim_detail;

namespace {

Capabilities make_capabilities() {
  Capabilities all;
  all.order_types = Capabilities::bits(
      OrderType::kMarket, OrderType::kLimit, OrderType::kStop, OrderType::kStopLimit,
      OrderType::kMarketToLimit, OrderType::kMarketIfTouched, OrderType::kLimitIfTouched,
      OrderType::kTrailingStop, OrderType::kTrailingStopLimit, OrderType::kPegged);
  all.times_in_force =
      Capabilities::bits(TimeInForce::kGtc, TimeInForce::kDay, TimeInForce::kIoc, TimeInForce::kFok,
                         TimeInForce::kGtd, TimeInForce::kAtOpen, TimeInForce::kAtClose);
  all.replace = all.post_only = all.reduce_only = all.native_oco = true;
  return all;
}

}  // namespace

SimCore::SimCore(const SimConfig& given, const InstrumentRegistry& registry)
    : config(given),
      accounts(given, registry),
      registry_(&registry),
      capabilities_(make_capabilities()),
      order_random_(given.seed * 3 + 1),
      response_random_(given.seed * 3 + 2),
      fault_random_(given.seed * 3 + 3),
      engine_({0, given.max_orders, given.levels}),
      trigger_pool_(given.max_orders),
      orders_(given.max_orders),
      by_id_(given.max_orders),
      by_client_(given.max_orders),
      by_group_(given.max_orders),
      executions_(given.max_executions),
      commands_(given.messages),
      reports_(given.messages) {
  const std::size_t rows = std::size_t{config.max_accounts} + 1;
  const auto plan_of = [](const FeeSchedule& schedule) {
    FeePlan plan;
    plan.schedule = schedule;
    return plan;
  };
  fees_.emplace_back(config.fee_plan ? *config.fee_plan : plan_of(config.fees), rows);
  for (SimListing& listing : config.listings)
    if (listing.fees && !listing.fee_plan) listing.fee_plan = plan_of(*listing.fees);
  free_orders_.reserve(config.max_orders);
  for (Slot slot = config.max_orders; slot > 0; --slot) free_orders_.push_back(slot - 1);
  heap_.reserve(config.max_orders);
  level_.reserve(config.max_orders);
  calls_.reserve(config.max_orders);
  add_books(registry.size());
}

void SimCore::add_books(std::size_t count) {
  while (books_.size() < count) {
    const InstrumentId id{static_cast<std::uint32_t>(books_.size() + 1)};
    Book& added = books_.emplace_back();
    added.fills = config.fills;
    for (const SimListing& listing : config.listings) {
      if (listing.instrument != id) continue;
      if (listing.fills) added.fills = *listing.fills;
      if (listing.limits) {
        limits_.push_back(*listing.limits);
        added.limits = static_cast<std::uint32_t>(limits_.size());
      }
      if (listing.fee_plan) {
        added.fees = static_cast<std::uint32_t>(fees_.size());
        fees_.emplace_back(*listing.fee_plan, std::size_t{config.max_accounts} + 1);
      }
    }
    engine_.add_book();
    for (std::uint32_t i = 0; i < 20; ++i) {
      // What a rise sets off waits above the market: the lowest is reached first.
      const auto number = static_cast<std::uint32_t>(triggers_.size());
      triggers_.emplace_back(i % 2 == 0, number, config.levels);
    }
  }
  accounts.reserve(count);
}

// ---- time ----

void SimCore::set_now(Timestamp now) { engine_now = std::max(engine_now, now); }

std::optional<Timestamp> SimCore::next_event_time() const {
  constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  std::int64_t next = kNever;
  if (!commands_.is_empty()) next = commands_.first_time().ns;
  if (!reports_.is_empty()) next = std::min(next, reports_.first_time().ns);
  if (!heap_.empty()) next = std::min(next, orders_[heap_.front()].expires.ns);
  if (reconnect_at_) next = std::min(next, reconnect_at_->ns);
  next = std::min(next, next_funding_.ns);
  if (next == kNever) return std::nullopt;
  return Timestamp{next};
}

void SimCore::advance_to(Timestamp time) {
  run_due(time, true);
  now_ = std::max(now_, time);
}

// At one instant: the connection returns, funding is settled, orders expire, commands arrive.
void SimCore::run_due(Timestamp time, bool inclusive) {
  const std::int64_t until = inclusive ? time.ns : time.ns - 1;
  constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  for (;;) {
    const std::int64_t back = reconnect_at_ ? reconnect_at_->ns : kNever;
    const std::int64_t expiry = heap_.empty() ? kNever : orders_[heap_.front()].expires.ns;
    const std::int64_t arrival = commands_.is_empty() ? kNever : commands_.first_time().ns;
    const std::int64_t funding = next_funding_.ns;
    const std::int64_t next = std::min(std::min(back, expiry), std::min(arrival, funding));
    if (next > until || next == kNever) return;
    now_ = std::max(now_, Timestamp{next});
    if (back == next) {
      reconnect_at_.reset();
      connected = true;
      tell_connection(now_, ConnectionState::kUp);
    } else if (funding == next) {
      settle_funding();
    } else if (expiry == next) {
      const Slot slot = heap_.front();
      const bool day = orders_[slot].terms.time_in_force == TimeInForce::kDay;
      end(slot, OrderState::kExpired, day ? Reason::kDayEnded : Reason::kNone);
    } else {
      const CommandMessage message = commands_.pop();
      arrive(message);
    }
  }
}

void SimCore::arrive(const CommandMessage& message) {
  if (message.cuts) {
    cut(now_, config.faults.down);
    return;
  }
  switch (message.kind) {
    case RecordKind::kSubmit:
      submit(message);
      if (config.margin && registry_->find(message.instrument) != nullptr)
        check_margin(message.instrument);
      return;
    case RecordKind::kReplace: replace(message); return;
    case RecordKind::kCancel: cancel(message); return;
    default: answer_snapshot(message.account); return;
  }
}

void SimCore::on_market(const RecordHeader& record, Timestamp exchange_time) {
  run_due(exchange_time, false);
  now_ = std::max(now_, exchange_time);
  take_market(record);
  if (config.margin && record.instrument.value != 0) check_margin(record.instrument);
}

void SimCore::take_market(const RecordHeader& record) {
  if (record.instrument.value == 0) {
    if (record.kind == RecordKind::kMarketGap)
      for (Book& each : books_) {
        each.bid.present = each.ask.present = false;
        if (each.depth != nullptr) each.depth->reset(std::span<const BookLevel>{});
        if (each.l3 != nullptr) each.l3->clear();
      }
    return;
  }
  if (Book& at = book(record.instrument); at.limits != 0 || at.halted_until.ns != 0) [[unlikely]]
    wake(record.instrument, at);
  switch (record.kind) {
    case RecordKind::kQuote: on_quote(record_as<Quote>(record)); return;
    case RecordKind::kBookDelta:
    case RecordKind::kBookSnapshot: on_depth(record_as<BookDelta>(record)); return;
    case RecordKind::kBookOrder: on_book_order(record_as<BookOrder>(record)); return;
    case RecordKind::kTrade: on_trade(record_as<Trade>(record)); return;
    case RecordKind::kBar: on_bar(record_as<Bar>(record)); return;
    case RecordKind::kMarkPrice: {
      Book& at = book(record.instrument);
      at.mark = record_as<MarketValue>(record).price;
      at.has_mark = true;
      if (at.open_orders == 0 || !at.is_open()) return;
      if (at.movers.head != kNone) repeg(at);
      run_triggers(record.instrument, TriggerBy::kMark, at.mark, at.mark, nullptr);
      return;
    }
    case RecordKind::kFundingRate: on_funding(record_as<MarketValue>(record)); return;
    case RecordKind::kAuction: on_auction(record_as<AuctionUpdate>(record)); return;
    case RecordKind::kInstrumentStatus: on_status(record_as<StatusChange>(record)); return;
    case RecordKind::kMarketGap: {
      // What was shown may be gone; nothing trades against it until it is shown again.
      Book& at = book(record.instrument);
      at.bid.present = at.ask.present = false;
      if (at.depth != nullptr) at.depth->reset(std::span<const BookLevel>{});
      if (at.l3 != nullptr) at.l3->clear();
      return;
    }
    default: return;
  }
}

// ---- orders by expiry: a binary heap in which each order knows its place ----

void SimCore::push_heap(Slot slot, Timestamp expires) {
  orders_[slot].expires = expires;
  orders_[slot].heap_at = static_cast<std::uint32_t>(heap_.size());
  heap_.push_back(slot);
  sift_heap(heap_.size() - 1);
}

void SimCore::erase_heap(Slot slot) {
  const std::size_t at = orders_[slot].heap_at;
  if (at == kNone) return;
  orders_[slot].heap_at = kNone;
  const Slot last = heap_.back();
  heap_.pop_back();
  if (last == slot) return;
  heap_[at] = last;
  orders_[last].heap_at = static_cast<std::uint32_t>(at);
  sift_heap(at);
}

void SimCore::sift_heap(std::size_t at) {
  const auto before = [this](Slot a, Slot b) {
    const SimOrder &left = orders_[a], &right = orders_[b];
    return left.expires != right.expires ? left.expires < right.expires
                                         : left.number < right.number;
  };
  const auto swap = [this](std::size_t a, std::size_t b) {
    std::swap(heap_[a], heap_[b]);
    orders_[heap_[a]].heap_at = static_cast<std::uint32_t>(a);
    orders_[heap_[b]].heap_at = static_cast<std::uint32_t>(b);
  };
  while (at > 0 && before(heap_[at], heap_[(at - 1) / 2])) {
    swap(at, (at - 1) / 2);
    at = (at - 1) / 2;
  }
  for (;;) {
    std::size_t first = at;
    for (std::size_t child = 2 * at + 1; child <= 2 * at + 2 && child < heap_.size(); ++child)
      if (before(heap_[child], heap_[first])) first = child;
    if (first == at) return;
    swap(at, first);
    at = first;
  }
}

}  // namespace keel
