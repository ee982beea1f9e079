// Promises: a record's layout is what journals of earlier runs hold. A size that changes here is a
// new version of that record, not a test to be corrected.
#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <set>
#include <string>

#include <keel/model/approved.hpp>
#include <keel/model/market_data.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>

using namespace keel;
using namespace keel::literals;

namespace {

template <class T, int kVersion = 1>
constexpr bool kLaidOut = Record<T> && std::is_standard_layout_v<T> && alignof(T) == 8 &&
                          offsetof(T, header) == 0 && T::kVersion == kVersion;

static_assert(kLaidOut<Quote> && kLaidOut<Trade> && kLaidOut<Bar> && kLaidOut<BookDelta> &&
              kLaidOut<MarketValue> && kLaidOut<MarketGap> && kLaidOut<StatusChange> &&
              kLaidOut<BookOrder> && kLaidOut<AuctionUpdate>);
static_assert(kLaidOut<OrderRecord> && kLaidOut<OrderReport> && kLaidOut<AccountFact> &&
              kLaidOut<AccountReport> && kLaidOut<TimerInput> && kLaidOut<HostCommand> &&
              kLaidOut<InstrumentDefined, 2> && kLaidOut<ConnectionInput> && kLaidOut<RunInput> &&
              kLaidOut<ParameterInput> && kLaidOut<ClockJump> && kLaidOut<StateFact>);

}  // namespace

TEST_CASE("sizes and places of what is on disk") {
  CHECK(sizeof(RecordHeader) == 40);
  CHECK(offsetof(RecordHeader, kind) == 4);
  CHECK(offsetof(RecordHeader, instrument) == 8);
  CHECK(offsetof(RecordHeader, seq) == 16);
  CHECK(offsetof(RecordHeader, ts_event) == 24);
  CHECK(offsetof(RecordHeader, ts_recv) == 32);
  // A quote or a trade fits in 96 bytes.
  CHECK(sizeof(Quote) == 80);
  CHECK(sizeof(Trade) == 72);
  CHECK(sizeof(Bar) == 136);
  CHECK(sizeof(BookDelta) == 64);
  CHECK(sizeof(BookLevel) == 24);
  CHECK(sizeof(MarketValue) == 88);
  CHECK(sizeof(MarketGap) == 64);
  CHECK(sizeof(StatusChange) == 48);
  CHECK(sizeof(BookOrder) == 88);
  CHECK(sizeof(AuctionUpdate) == 96);
  CHECK(sizeof(OrderTerms) == 64);
  CHECK(sizeof(OrderRecord) == 432);
  CHECK(sizeof(OrderReport) == 384);
  CHECK(sizeof(AccountFact) == 136);
  CHECK(sizeof(AccountReport) == 112);
  CHECK(sizeof(StateFact) == 224);
  CHECK(sizeof(HostCommand) == 296);
  CHECK(sizeof(Instrument) == 896);
  CHECK(sizeof(InstrumentDefined) == 936);
}

TEST_CASE("a fresh record says its size, kind and version, and nothing else") {
  const OrderRecord record = make_record<OrderRecord>(RecordKind::kOrderFilled);
  CHECK(record.header.size == sizeof record);
  CHECK(record.header.kind == RecordKind::kOrderFilled);
  CHECK(record.header.version == 1);
  OrderRecord zero{};
  zero.header.size = sizeof zero;
  zero.header.kind = RecordKind::kOrderFilled;
  zero.header.version = 1;
  CHECK(std::memcmp(&zero, &record, sizeof zero) == 0);
}

TEST_CASE("kinds have names and families") {
  std::set<std::string> names;
  int kinds = 0;
  for (int i = 0; i < 0x10000; ++i) {
    const auto kind = static_cast<RecordKind>(i);
    if (to_text(kind) == "invalid") continue;
    ++kinds;
    CHECK(names.insert(std::string{to_text(kind)}).second);
    const int family_byte = i >> 8;
    CHECK(family_byte >= 1);
    CHECK(family_byte <= 6);
    CHECK(is_market(kind) == (family_byte == 1));
    CHECK(is_input(kind) == (family_byte <= 2));
    CHECK(is_fact(kind) == (family_byte >= 3 && family_byte <= 5));
    CHECK(is_command(kind) == (family_byte == 6));
    CHECK(is_order_record(kind) == (family_byte == 3 || family_byte == 6));
    CHECK(is_input(kind) + is_fact(kind) + is_command(kind) == 1);
  }
  CHECK(kinds >= 51);
  CHECK(RecordKind::kSubmit == static_cast<RecordKind>(0x0601));  // on disk
  CHECK(RecordKind::kOrderFilled == static_cast<RecordKind>(0x0305));
}

TEST_CASE("requests are what their makers say") {
  const auto stop = OrderRequest::stop_limit(InstrumentId{3}, Side::kSell, 2_qty, 90_px, 89_px)
                        .with(TimeInForce::kDay)
                        .on(AccountId{4})
                        .at(VenueId{5})
                        .reduce_only()
                        .display(1_qty)
                        .triggered_by(TriggerBy::kMark)
                        .tagged("exit-1");
  CHECK(stop.instrument == InstrumentId{3});
  CHECK(stop.account == AccountId{4});
  CHECK(stop.venue == VenueId{5});
  CHECK(stop.side == Side::kSell);
  CHECK(stop.terms.type == OrderType::kStopLimit);
  CHECK(stop.terms.limit() == 89_px);
  CHECK(stop.terms.trigger() == 90_px);
  CHECK(stop.terms.display() == 1_qty);
  CHECK_FALSE(stop.terms.expiry().has_value());
  CHECK(stop.terms.reduce_only());
  CHECK_FALSE(stop.terms.post_only());
  CHECK(stop.client_id == "exit-1");
  const auto market = OrderRequest::market(InstrumentId{1}, Side::kBuy, 1_qty);
  CHECK_FALSE(market.terms.limit().has_value());
  CHECK_FALSE(market.terms.trigger().has_value());
  CHECK(market.terms.time_in_force == TimeInForce::kGtc);
  const auto dated =
      OrderRequest::limit(InstrumentId{1}, Side::kBuy, 1_qty, 1_px).until(Timestamp{7});
  CHECK(dated.terms.time_in_force == TimeInForce::kGtd);
  CHECK(dated.terms.expiry() == Timestamp{7});
}

TEST_CASE("an unchecked approval carries its reason, a checked one none") {
  const auto request = OrderRequest::market(InstrumentId{1}, Side::kBuy, 1_qty);
  Approved<OrderRequest> approval{Unchecked{"a test"}, request, 5_px};
  CHECK(approval.unchecked() == "a test");
  CHECK(approval.reserve_price() == 5_px);
  CHECK(approval.request().terms == request.terms);
}
