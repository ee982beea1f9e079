#include <keel/model/describe.hpp>

#include <keel/core/format.hpp>
#include <keel/model/market_data.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>

namespace keel {

namespace {

std::string order_text(const OrderRecord& r) {
  auto text = fmt::format(" {} {} {} {}", r.order, to_text(r.side), r.terms.quantity,
                          to_text(r.terms.type));
  if (const auto price = r.terms.limit()) text += fmt::format(" limit {}", *price);
  if (const auto price = r.terms.trigger()) text += fmt::format(" trigger {}", *price);
  text += fmt::format(" {} account {} strategy {} venue {}", to_text(r.terms.time_in_force),
                      r.account, r.strategy, r.venue);
  if (r.state_before != r.state_after)
    text += fmt::format(" {}->{}", to_text(r.state_before), to_text(r.state_after));
  if (!r.last_quantity.is_zero())
    text += fmt::format(" last {} at {}", r.last_quantity, r.last_price);
  if (!r.filled.is_zero()) text += fmt::format(" filled {}", r.filled);
  if (!r.fee_currency.empty()) text += fmt::format(" fee {}", r.fee_money());
  if (r.reason != Reason::kNone) text += fmt::format(" because {}", to_text(r.reason));
  if (r.header.kind == RecordKind::kOrderDenied)
    text += fmt::format(" (value {}, limit {}, raw)", detail::decimal_text(r.value, 0),
                        detail::decimal_text(r.limit, 0));
  if (!r.execution.empty()) text += fmt::format(" execution {}", r.execution);
  if (!r.client_id.empty()) text += fmt::format(" client {}", r.client_id);
  if (!r.note.empty()) text += fmt::format(" \"{}\"", r.note);
  return text;
}

std::string report_text(const OrderReport& r) {
  auto text = fmt::format(" kind {} order {}", static_cast<int>(r.kind), r.order);
  if (!r.last_quantity.is_zero())
    text += fmt::format(" last {} at {}", r.last_quantity, r.last_price);
  if (!r.fee_currency.empty()) text += fmt::format(" fee {}", Money{r.fee, r.fee_currency});
  if (r.reason != Reason::kNone) text += fmt::format(" because {}", to_text(r.reason));
  if (!r.execution.empty()) text += fmt::format(" execution {}", r.execution);
  if (!r.text.empty()) text += fmt::format(" \"{}\"", r.text);
  return text;
}

std::string state_text(const StateFact& r) {
  return fmt::format(
      " {} {}->{} value {}->{} {}{}", r.name, r.before, r.after,
      detail::decimal_text(r.value_before, 18), detail::decimal_text(r.value_after, 18), r.currency,
      r.reason != Reason::kNone ? fmt::format(" because {}", to_text(r.reason)) : std::string{});
}

}  // namespace

std::string describe(const RecordHeader& record) {
  auto text = fmt::format("#{} {} {}", record.seq, Timestamp{record.ts_recv}, to_text(record.kind));
  if (record.instrument.value != 0) text += fmt::format(" instrument {}", record.instrument);
  if (is_order_record(record.kind)) return text + order_text(record_as<OrderRecord>(record));
  switch (record.kind) {
    case RecordKind::kQuote: {
      const auto& q = record_as<Quote>(record);
      if (q.has_bid()) text += fmt::format(" bid {} x {}", q.bid_price, q.bid_size);
      if (q.has_ask()) text += fmt::format(" ask {} x {}", q.ask_price, q.ask_size);
      return text;
    }
    case RecordKind::kTrade: {
      const auto& t = record_as<Trade>(record);
      return text + fmt::format(" {} x {}", t.price, t.size);
    }
    case RecordKind::kBookOrder: {
      const auto& o = record_as<BookOrder>(record);
      if (o.action == BookAction::kClear) return text + " clear";
      return text + fmt::format(" {} {} order {} {} x {}{}", to_text(o.action), to_text(o.side),
                                o.order, o.price, o.size, o.is_event_end() ? "" : " (more)");
    }
    case RecordKind::kAuction: {
      const auto& a = record_as<AuctionUpdate>(record);
      text += fmt::format(" {} matched {}", to_text(a.kind), a.matched);
      if (a.has_indicative()) text += fmt::format(" indicative {}", a.indicative);
      if (!a.imbalance.is_zero())
        text += fmt::format(" imbalance {} {}", to_text(a.imbalance_side), a.imbalance);
      return text;
    }
    case RecordKind::kBar:
    case RecordKind::kBarClosed: {
      const auto& b = record_as<Bar>(record);
      return text + fmt::format(" from {} o {} h {} l {} c {} v {}", b.open_time, b.open, b.high,
                                b.low, b.close, b.volume);
    }
    case RecordKind::kOrderReport: return text + report_text(record_as<OrderReport>(record));
    case RecordKind::kTimer:
      return text + fmt::format(" deadline {}", record_as<TimerInput>(record).deadline);
    case RecordKind::kHostCommand: {
      const auto& c = record_as<HostCommand>(record);
      return text + fmt::format(" action {} account {} order {} name {} by {}",
                                static_cast<int>(c.action), c.account, c.order, c.name, c.by);
    }
    case RecordKind::kInstrumentDefined: {
      const auto& i = record_as<InstrumentDefined>(record).definition;
      return text + fmt::format(" {} {} tick {} lot {} revision {}", i.symbol, to_text(i.kind),
                                i.price_increment, i.quantity_increment, i.revision);
    }
    case RecordKind::kAccountDefined:
      return text + fmt::format(" {}", record_as<DirectoryEntry>(record).entry.name);
    case RecordKind::kRunStarted:
    case RecordKind::kRestarted: {
      const auto& r = record_as<RunInput>(record);
      text += fmt::format(" engine {} run {} after {} hash {:016x}", r.engine, r.run,
                          r.recovered_seq, r.rolling_hash);
      if (r.interrupted_seq != 0)
        text += fmt::format(" interrupted {} at seq {} ends {}", to_text(r.interrupted_kind),
                            r.interrupted_seq, r.interrupted_ends);
      return text;
    }
    case RecordKind::kCashChanged:
    case RecordKind::kPositionBreak:
    case RecordKind::kPositionChanged: {
      const auto& a = record_as<AccountFact>(record);
      return text + fmt::format(" account {} quantity {} cash {} ({})", a.account, a.quantity,
                                a.money(), a.reference);
    }
    case RecordKind::kBarsSubscribed: {
      const auto& spec = record_as<SeriesFact>(record).spec;
      return text + fmt::format(" step {} unit {} source {}", spec.step,
                                static_cast<int>(spec.unit), static_cast<int>(spec.source));
    }
    case RecordKind::kTradingStateChanged:
    case RecordKind::kKillSwitchChanged:
    case RecordKind::kLimitChanged:
    case RecordKind::kEquityMarked:
    case RecordKind::kCallbackFailed:
    case RecordKind::kGuardChanged: return text + state_text(record_as<StateFact>(record));
    case RecordKind::kStopMoved: {
      const auto& fact = record_as<StateFact>(record);
      return text + fmt::format(" {} to {}", fact.order, fact.price);
    }
    default: return text;
  }
}

}  // namespace keel
