#include "record_shape.hpp"

#include <array>

#include <keel/journal/reader.hpp>
#include <keel/model/market_data.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>

namespace keel {

namespace journal_detail {

namespace {

struct Shape {
  std::uint16_t bytes = 0;  // at least; 0: no such kind
  std::uint8_t version = 0;
};

constexpr std::size_t kFamilies = 7;
constexpr std::size_t kKinds = 64;  // of a family
using Shapes = std::array<Shape, kFamilies * kKinds>;

constexpr std::size_t slot(std::size_t kind) { return (kind >> 8) * kKinds + (kind & 0xFFu); }

template <Record T>
constexpr void fill(Shapes& shapes, RecordKind first, RecordKind last) {
  for (auto kind = static_cast<std::size_t>(first); kind <= static_cast<std::size_t>(last); ++kind)
    shapes[slot(kind)] = {sizeof(T), T::kVersion};
}
template <Record T>
constexpr void fill(Shapes& shapes, RecordKind kind) {
  fill<T>(shapes, kind, kind);
}

// A kind whose payload keel itself never reads.
constexpr void open_kind(Shapes& shapes, RecordKind kind) {
  shapes[slot(static_cast<std::size_t>(kind))] = {sizeof(RecordHeader), 255};
}

constexpr Shapes make_shapes() {
  Shapes shapes{};
  fill<Quote>(shapes, RecordKind::kQuote);
  fill<Trade>(shapes, RecordKind::kTrade);
  fill<Bar>(shapes, RecordKind::kBar);
  fill<BookDelta>(shapes, RecordKind::kBookDelta, RecordKind::kBookSnapshot);
  fill<MarketValue>(shapes, RecordKind::kMarkPrice, RecordKind::kOpenInterest);
  fill<StatusChange>(shapes, RecordKind::kInstrumentStatus);
  fill<MarketGap>(shapes, RecordKind::kMarketGap);
  fill<BookOrder>(shapes, RecordKind::kBookOrder);
  fill<AuctionUpdate>(shapes, RecordKind::kAuction);
  fill<MarketValue>(shapes, RecordKind::kIndexPrice);
  fill<OrderReport>(shapes, RecordKind::kOrderReport);
  fill<AccountReport>(shapes, RecordKind::kAccountReport);
  fill<TimerInput>(shapes, RecordKind::kTimer);
  fill<HostCommand>(shapes, RecordKind::kHostCommand);
  fill<InstrumentDefined>(shapes, RecordKind::kInstrumentDefined);
  open_kind(shapes, RecordKind::kAccountDefined);
  fill<ConnectionInput>(shapes, RecordKind::kConnection);
  fill<RunInput>(shapes, RecordKind::kRunStarted, RecordKind::kRestarted);
  fill<ParameterInput>(shapes, RecordKind::kParameter);
  open_kind(shapes, RecordKind::kModelLoaded);
  fill<ClockJump>(shapes, RecordKind::kClockJump);
  fill<OrderRecord>(shapes, RecordKind::kOrderHeld, RecordKind::kFillCorrected);
  fill<AccountFact>(shapes, RecordKind::kCashChanged, RecordKind::kPositionBreak);
  fill<StateFact>(shapes, RecordKind::kTradingStateChanged, RecordKind::kGuardChanged);
  fill<Bar>(shapes, RecordKind::kBarClosed);
  fill<SeriesFact>(shapes, RecordKind::kBarsSubscribed);
  fill<OrderRecord>(shapes, RecordKind::kSubmit, RecordKind::kCancel);
  return shapes;
}

constexpr Shapes kShapes = make_shapes();

}  // namespace

RecordFault record_fault(const std::byte* at, std::size_t available) {
  if (available < sizeof(RecordHeader)) return {"record header is cut short"};
  RecordHeader header;
  std::memcpy(&header, at, sizeof header);
  if (header.size < sizeof(RecordHeader) || header.size % 8 != 0)
    return {"record size is not possible"};
  if (header.size > available) return {"record runs past its end"};
  const auto kind = static_cast<std::size_t>(header.kind);
  if ((kind >> 8) >= kFamilies || (kind & 0xFFu) >= kKinds)
    return {"record kind is not known", true};
  const Shape shape = kShapes[slot(kind)];
  if (shape.bytes == 0) return {"record kind is not known", true};
  if (header.version > shape.version) return {"record version is newer than this program", true};
  if (header.size < shape.bytes) return {"record is shorter than its kind"};
  if (header.kind == RecordKind::kBookDelta || header.kind == RecordKind::kBookSnapshot) {
    BookDelta delta;
    std::memcpy(&delta, at, sizeof delta);
    if (delta.count > (header.size - sizeof delta) / sizeof(BookLevel))
      return {"book record has fewer levels than it says"};
  }
  return {};
}

}  // namespace journal_detail

Status check_record(const std::byte* at, std::size_t available) {
  const auto fault = journal_detail::record_fault(at, available);
  if (fault.what == nullptr) return {};
  return Error{fault.newer ? journal_errors::kFormat : journal_errors::kCorrupt, "record", "",
               fault.what, ""};
}

}  // namespace keel
