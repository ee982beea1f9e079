#include <keel/model/marks.hpp>

namespace keel {

namespace {
constexpr std::uint32_t kTag = 0x4D41524B;  // "MARK"

// A trade ends a gap, and brings no quote: the one from before the gap is no longer the market.
void drop_quote_before_gap(Mark& mark) {
  if (mark.has(Mark::kGapped)) mark.flags &= ~(Mark::kHasBid | Mark::kHasAsk);
}

}  // namespace

void Marks::fold(const RecordHeader& record) {
  const auto at = record.instrument.value - 1u;
  if (!is_market(record.kind)) return;
  if (record.kind == RecordKind::kMarketGap && record.instrument.value == 0) {
    for (auto& mark : marks_) mark.flags |= Mark::kGapped;
    return;
  }
  if (record.instrument.value == 0 || at >= registry_->size()) return;
  if (at >= marks_.size()) marks_.resize(registry_->size());
  Mark& mark = marks_[at];
  switch (record.kind) {
    case RecordKind::kQuote: {
      const auto& quote = record_as<Quote>(record);
      mark.flags &= ~(Mark::kHasBid | Mark::kHasAsk | Mark::kGapped);
      if (quote.has_bid()) mark.flags |= Mark::kHasBid;
      if (quote.has_ask()) mark.flags |= Mark::kHasAsk;
      mark.bid = quote.bid_price;
      mark.ask = quote.ask_price;
      mark.bid_size = quote.bid_size;
      mark.ask_size = quote.ask_size;
      mark.quote_time = record.ts_recv;
      break;
    }
    case RecordKind::kTrade: {
      const auto& trade = record_as<Trade>(record);
      drop_quote_before_gap(mark);
      mark.flags = (mark.flags | Mark::kHasLast) & ~Mark::kGapped;
      mark.last = trade.price;
      mark.last_size = trade.size;
      mark.last_time = record.ts_recv;
      break;
    }
    case RecordKind::kBar: {
      const auto& bar = record_as<Bar>(record);
      drop_quote_before_gap(mark);
      mark.flags = (mark.flags | Mark::kHasLast) & ~Mark::kGapped;
      mark.last = bar.close;
      mark.last_time = record.ts_recv;
      break;
    }
    case RecordKind::kMarkPrice: {
      const auto& value = record_as<MarketValue>(record);
      mark.flags |= Mark::kHasMark;
      mark.mark = value.price;
      mark.mark_time = record.ts_recv;
      if ((record.flags & MarketValue::kHasIndex) == 0) break;
      mark.flags |= Mark::kHasIndex;
      mark.index = value.index;
      break;
    }
    case RecordKind::kIndexPrice:
      mark.flags |= Mark::kHasIndex;
      mark.index = record_as<MarketValue>(record).index;
      break;
    case RecordKind::kInstrumentStatus: mark.status = record_as<StatusChange>(record).status; break;
    case RecordKind::kMarketGap: mark.flags |= Mark::kGapped; break;
    default: break;
  }
}

std::optional<ReferencePrice> Marks::valuation(InstrumentId id, bool is_long) const {
  const Mark* mark = find(id);
  const Price* price = mark != nullptr ? mark->valuation(is_long) : nullptr;
  if (price == nullptr) return std::nullopt;
  if (price == &mark->mark) return ReferencePrice{*price, mark->mark_time};
  return ReferencePrice{*price, price == &mark->last ? mark->last_time : mark->quote_time};
}

std::optional<ReferencePrice> Marks::reference(InstrumentId id, Side side) const {
  const Mark* mark = find(id);
  if (mark == nullptr) return std::nullopt;
  if (side == Side::kBuy && mark->has(Mark::kHasAsk))
    return ReferencePrice{mark->ask, mark->quote_time};
  if (side == Side::kSell && mark->has(Mark::kHasBid))
    return ReferencePrice{mark->bid, mark->quote_time};
  if (mark->has(Mark::kHasLast)) return ReferencePrice{mark->last, mark->last_time};
  if (mark->has(Mark::kHasMark)) return ReferencePrice{mark->mark, mark->mark_time};
  return std::nullopt;
}

std::optional<ConversionRate> Marks::rate(const Currency& from, const Currency& to) const {
  if (from == to) return ConversionRate{Price::whole(1), true};
  for (const auto& instrument : registry_->all()) {
    if (instrument.kind != InstrumentKind::kSpot && instrument.kind != InstrumentKind::kFxPair)
      continue;
    const bool forward = instrument.base == from && instrument.quote == to;
    const bool backward = instrument.base == to && instrument.quote == from;
    if (!forward && !backward) continue;
    const auto price = valuation(instrument.id, true);
    if (price && price->price.is_positive()) return ConversionRate{price->price, forward};
  }
  return std::nullopt;
}

std::optional<Money> Marks::convert(const Money& amount, const Currency& to) const {
  if (amount.currency() == to) return amount;
  const auto found = rate(amount.currency(), to);
  if (!found) return std::nullopt;
  const auto converted =
      found->multiply ? amount.scaled(found->price.raw(), Price::kScale, Rounding::kHalfEven)
                      : amount.scaled(Price::kScale, found->price.raw(), Rounding::kHalfEven);
  if (!converted) return std::nullopt;
  return Money{converted->raw(), to};
}

void Marks::save(StateWriter& writer) const {
  const auto section = writer.begin(kTag, 1);
  writer.put(marks_);
  writer.end(section);
}

void Marks::load(StateReader& reader) {
  reader.begin(kTag);
  reader.get(marks_);
  reader.end();
}

}  // namespace keel
