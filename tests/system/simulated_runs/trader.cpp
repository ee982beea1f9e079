#include "trader.hpp"

namespace keel::runs {

RandomTrader::RandomTrader(const Plan& plan, std::size_t index, CallbackHook* hook)
    : plan_(plan), index_(index), hook_(hook), random_(plan.seed * 101 + index) {
  last_.assign(plan.instruments.size(), Price::zero());
}

void RandomTrader::on_start(Context& context) {
  for (std::uint32_t i = 1; i <= plan_.instruments.size(); ++i) {
    if ((plan_.seed + index_ + i) % 5 == 0 && plan_.instruments.size() > 1) continue;
    context.subscribe_quotes({i});
    context.subscribe_trades({i});
    context.subscribe_market({i});
    context.subscribe_bars({i}, 1_s);
    if ((plan_.seed + i) % 3 == 0) context.subscribe_bars({i}, BarSpec::ticks(5));
  }
}

void RandomTrader::on_quote(Context& context, const Quote& quote) {
  if (quote.is_two_sided()) last_[quote.header.instrument.value - 1] = quote.bid_price;
  maybe_act(context, plan_.eagerness_ppm);
}
void RandomTrader::on_trade(Context& context, const Trade& trade) {
  last_[trade.header.instrument.value - 1] = trade.price;
  maybe_act(context, plan_.eagerness_ppm);
}
void RandomTrader::on_bar(Context& context, const Bar& bar) {
  last_[bar.header.instrument.value - 1] = bar.close;
  maybe_act(context, plan_.eagerness_ppm);
}
void RandomTrader::on_market(Context& context, const RecordHeader& record) {
  if (record.kind == RecordKind::kBookSnapshot) {
    const auto* levels = reinterpret_cast<const BookLevel*>(
        reinterpret_cast<const std::byte*>(&record) + sizeof(BookDelta));
    last_[record.instrument.value - 1] = levels[0].price;
  }
  maybe_act(context, plan_.eagerness_ppm);
}
void RandomTrader::on_fill(Context& context, const OrderFact&) { maybe_act(context, 100'000); }
void RandomTrader::on_denied(Context& context, const OrderFact&) { maybe_act(context, 20'000); }
void RandomTrader::on_order(Context& context, const OrderFact&) { maybe_act(context, 30'000); }
void RandomTrader::on_timer(Context& context, Timestamp) { maybe_act(context, 500'000); }
void RandomTrader::on_parameter(Context&, std::string_view name, Int128 value) {
  if (name == "quiet") quiet_ = !(value == Int128{});
}

void RandomTrader::save(StateWriter& writer) const {
  writer.put(random_.save());
  writer.put(last_);
  writer.put(orders_);
  writer.put(tags_);
  writer.put(quiet_);
}
void RandomTrader::load(StateReader& reader) {
  Random::State state{};
  reader.get(state);
  random_.restore(state);
  reader.get(last_);
  reader.get(orders_);
  reader.get(tags_);
  reader.get(quiet_);
  last_.resize(plan_.instruments.size(), Price::zero());
}

void RandomTrader::maybe_act(Context& context, std::uint32_t ppm) {
  if (hook_ != nullptr) hook_->in_callback();
  if (quiet_ || !random_.chance_ppm(ppm)) return;
  if (entropy_ != 0 && (entropy_ = entropy_ * 6364136223846793005u + 1) >> 62 == 0) return;
  act(context);
}

void RandomTrader::note(OrderId id) {
  if (id.is_none()) return;
  if (orders_.size() >= 24) orders_.erase(orders_.begin());
  orders_.push_back(id);
}

OrderId RandomTrader::any_order() {
  // Sometimes one that nobody has ever heard of.
  if (orders_.empty() || random_.below(50) == 0)
    return OrderId::make(1, 1, static_cast<std::uint32_t>(1 + random_.below(5000)));
  return orders_[random_.below(orders_.size())];
}

Price RandomTrader::near(const Instrument& instrument, std::int64_t ticks) {
  Price last = last_[instrument.id.value - 1];
  if (last.is_zero()) last = Price::from_raw(instrument.price_increment.raw() * 20'000);
  const std::int64_t step = 1 + last.raw() / instrument.price_increment.raw() / 20'000;
  const Price price = Price::from_raw(last.raw() + ticks * step * instrument.price_increment.raw());
  return price.floor_to(instrument.price_increment);
}

Quantity RandomTrader::any_size(const Instrument& instrument) {
  const std::int64_t most = plan_.max_order.raw() / Quantity::kScale;
  const Quantity whole =
      Quantity::whole(random_.between(1, most + (random_.below(20) == 0 ? 9 : 0)));
  if (random_.below(3) != 0) return whole;
  const Quantity fine =
      Quantity::from_raw(
          static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(whole.raw()))))
          .floor_to(instrument.quantity_increment);
  return fine.is_zero() ? instrument.quantity_increment : fine;
}

OrderRequest RandomTrader::any_request(Context& context) {
  const InstrumentId id{static_cast<std::uint32_t>(1 + random_.below(plan_.instruments.size()))};
  const Instrument& instrument = context.instrument(id);
  const Side side = random_.below(2) == 0 ? Side::kBuy : Side::kSell;
  const Quantity size = any_size(instrument);
  const std::int64_t away = random_.between(-6, 6);
  OrderRequest request = OrderRequest::market(id, side, size);
  // Half of what is asked for is of the four kinds that every venue has.
  const auto type = random_.below(2) == 0 ? static_cast<OrderType>(random_.between(1, 4))
                                          : static_cast<OrderType>(random_.between(1, 10));
  request.terms.type = type;
  const auto set_limit = [&](Price price) {
    request.terms.flags |= OrderTerms::kHasLimit;
    request.terms.limit_price = price;
  };
  const auto set_trigger = [&](Price price) {
    request.terms.flags |= OrderTerms::kHasTrigger;
    request.terms.trigger_price = price;
  };
  const Price limit = near(instrument, away), other = near(instrument, random_.between(-6, 6));
  if (type == OrderType::kLimit || type == OrderType::kStopLimit ||
      type == OrderType::kLimitIfTouched)
    set_limit(limit);
  if (type == OrderType::kStop || type == OrderType::kStopLimit ||
      type == OrderType::kMarketIfTouched || type == OrderType::kLimitIfTouched)
    set_trigger(other);
  if (type == OrderType::kTrailingStop || type == OrderType::kTrailingStopLimit) {
    request.terms.trail_unit = static_cast<TrailUnit>(random_.between(1, 3));
    request.terms.trail_offset =
        request.terms.trail_unit == TrailUnit::kTicks     ? random_.between(1, 20)
        : request.terms.trail_unit == TrailUnit::kPercent ? random_.between(1, 20) * 1'000'000
                                                          : 10 * instrument.price_increment.raw();
    if (random_.below(2) == 0) set_trigger(other);
  }
  if (random_.below(3) == 0)
    request.terms.time_in_force = static_cast<TimeInForce>(random_.between(1, 7));
  if (request.terms.time_in_force == TimeInForce::kGtd)
    request.until(context.now() + Duration::seconds(random_.between(1, 300)));
  if (random_.below(8) == 0) request.reduce_only();
  if (random_.below(10) == 0 && type == OrderType::kLimit) request.post_only();
  if (random_.below(15) == 0 && type == OrderType::kLimit)
    request.display(instrument.quantity_increment);
  if (random_.below(6) == 0) request.terms.trigger_by = static_cast<TriggerBy>(random_.below(5));
  if (random_.below(8) == 0)
    request.tagged(ClientOrderId::clipped("tag-" + std::to_string(index_) + "-" +
                                          std::to_string(++tags_ / 2)));
  // Mostly an account that the instrument's venue knows.
  const std::size_t first = random_.below(plan_.accounts.size());
  for (std::size_t i = 0; i < plan_.accounts.size(); ++i) {
    const std::size_t which = (first + i) % plan_.accounts.size();
    if (plan_.accounts[which].venue == instrument.venue || random_.below(20) == 0)
      request.on({static_cast<std::uint16_t>(which + 1)});
  }
  return random_.below(25) == 0 ? garbled(request) : request;
}

// What no keel may pass on.
OrderRequest RandomTrader::garbled(OrderRequest request) {
  switch (random_.below(8)) {
    case 0: request.terms.quantity = Quantity::zero(); break;
    case 1: request.terms.quantity = Quantity::from_raw(-5); break;
    case 2: request.terms.quantity = Quantity::max(); break;
    case 3: request.terms.limit_price = Price::from_raw(random_.between(-7, 7)); break;
    case 4: request.terms.flags = static_cast<std::uint16_t>(random_.below(65536)); break;
    case 5: request.terms.type = static_cast<OrderType>(random_.below(256)); break;
    case 6: request.side = static_cast<Side>(random_.below(256)); break;
    default: request.account = AccountId{static_cast<std::uint16_t>(random_.below(9))}; break;
  }
  return request;
}

void RandomTrader::act(Context& context) {
  const InstrumentId id{static_cast<std::uint32_t>(1 + random_.below(plan_.instruments.size()))};
  switch (random_.below(20)) {
    case 0: {
      const Quantity size = any_size(context.instrument(id));
      note(context.set_target_position(id, random_.below(2) == 0 ? size : -size));
      break;
    }
    case 1: note(context.close_position(id)); break;
    case 2:
    case 3:
    case 4: context.cancel(any_order()); break;
    case 5:
      if (random_.below(4) == 0)
        context.cancel_all();
      else
        context.cancel_all(id);
      break;
    case 6:
      context.set_timer(context.now() + Duration::milliseconds(random_.between(1, 5000)));
      break;
    case 7:
    case 8:
    case 9: {
      ReplaceRequest change{};
      change.order = any_order();
      const Order* order = context.order(change.order);
      const InstrumentId of = order != nullptr ? order->instrument : id;
      if (random_.below(2) == 0) change.quantity = any_size(context.instrument(of));
      if (random_.below(2) == 0)
        change.limit_price = near(context.instrument(of), random_.between(-6, 6));
      if (random_.below(3) == 0)
        change.trigger_price = near(context.instrument(of), random_.between(-6, 6));
      (void)context.replace(change);
      break;
    }
    case 10:
    case 11:
    case 12: {
      BracketRequest bracket{any_request(context), std::nullopt, std::nullopt};
      const InstrumentId of = bracket.entry.instrument;
      const std::int64_t sign_of = bracket.entry.side == Side::kSell ? -1 : 1;
      const Instrument& instrument = context.instrument(of);
      if (random_.below(4) != 0)
        bracket.take_profit = near(instrument, sign_of * random_.between(1, 9));
      if (random_.below(4) != 0)
        bracket.stop_loss = near(instrument, -sign_of * random_.between(1, 9));
      const BracketIds made = context.submit_bracket(bracket);
      note(made.entry);
      note(made.take_profit);
      note(made.stop_loss);
      break;
    }
    default: note(context.submit(any_request(context))); break;
  }
}

}  // namespace keel::runs
