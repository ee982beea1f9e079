// Records: the one form of every input, fact and command, in memory, in the journal and on the bus.
//
// A record is a struct that begins with a RecordHeader, is a multiple of 8 bytes long, has no
// padding and no pointer; its memory is its journal bytes. Components receive a `const
// RecordHeader&` and look inside with `record_as<T>`. A record is valid during the call that hands
// it over.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include <keel/core/assert.hpp>
#include <keel/core/id.hpp>
#include <keel/core/time.hpp>

namespace keel {

// Values are on disk: append, never renumber. The high byte is the family.
enum class RecordKind : std::uint16_t {
  // Market data (inputs)
  kQuote = 0x0101,
  kTrade = 0x0102,
  kBar = 0x0103,
  kBookDelta = 0x0104,
  kBookSnapshot = 0x0105,
  kMarkPrice = 0x0106,
  kFundingRate = 0x0107,
  kOpenInterest = 0x0108,
  kInstrumentStatus = 0x0109,
  kMarketGap = 0x010A,
  kBookOrder = 0x010B,
  kAuction = 0x010C,
  kIndexPrice = 0x010D,

  // Other inputs
  kOrderReport = 0x0201,
  kAccountReport = 0x0202,
  kTimer = 0x0203,
  kHostCommand = 0x0204,
  kInstrumentDefined = 0x0205,
  kAccountDefined = 0x0206,
  kConnection = 0x0207,
  kRunStarted = 0x0208,
  kRestarted = 0x0209,
  kParameter = 0x020A,
  kModelLoaded = 0x020B,
  kClockJump = 0x020C,

  // Facts about orders (OrderRecord)
  kOrderHeld = 0x0301,
  kOrderDenied = 0x0302,
  kOrderWorking = 0x0303,
  kOrderRejected = 0x0304,
  kOrderFilled = 0x0305,  // every fill, partial or last
  kOrderReplaced = 0x0306,
  kOrderReplaceRejected = 0x0307,
  kOrderCanceled = 0x0308,
  kOrderCancelRejected = 0x0309,
  kOrderExpired = 0x030A,
  kOrderUnknown = 0x030B,
  kOrderTriggered = 0x030C,
  kOrderAdopted = 0x030D,  // an order that we did not send, or no longer knew
  kOrderAnomaly = 0x030E,  // a report that does not fit; `reason` says how
  kFillFee = 0x030F,
  kFillBusted = 0x0310,
  kFillCorrected = 0x0311,

  // Facts about accounts (AccountFact)
  kCashChanged = 0x0401,
  kPositionChanged =
      0x0402,  // other than by a fill: opening, transfer, corporate action, adjustment

  // The venue holds another position than we do; the position stays until somebody accepts it.
  kPositionBreak = 0x0403,

  // Facts about risk and the engine (StateFact)
  kTradingStateChanged = 0x0501,
  kKillSwitchChanged = 0x0502,
  kLimitChanged = 0x0503,
  kEquityMarked = 0x0504,  // day's base or peak of equity moved
  kBarClosed = 0x0505,
  kStopMoved = 0x0506,
  kCallbackFailed = 0x0507,
  kBarsSubscribed = 0x0508,  // SeriesFact
  kGuardChanged = 0x0509,  // dead-man timer, cancel-on-disconnect: set, tripped, lifted

  // Commands to a venue (OrderRecord)
  kSubmit = 0x0601,
  kReplace = 0x0602,
  kCancel = 0x0603,
};

enum class RecordFamily : std::uint8_t {
  kMarket = 1,
  kInput = 2,
  kOrderFact = 3,
  kAccountFact = 4,
  kStateFact = 5,
  kCommand = 6,
};

[[nodiscard]] constexpr RecordFamily family(RecordKind kind) {
  return static_cast<RecordFamily>(static_cast<std::uint16_t>(kind) >> 8);
}
[[nodiscard]] constexpr bool is_input(RecordKind kind) {
  return family(kind) <= RecordFamily::kInput;
}
[[nodiscard]] constexpr bool is_market(RecordKind kind) {
  return family(kind) == RecordFamily::kMarket;
}
[[nodiscard]] constexpr bool is_command(RecordKind kind) {
  return family(kind) == RecordFamily::kCommand;
}
[[nodiscard]] constexpr bool is_fact(RecordKind kind) {
  return family(kind) >= RecordFamily::kOrderFact && family(kind) <= RecordFamily::kStateFact;
}
// Facts and commands that carry an OrderRecord.
[[nodiscard]] constexpr bool is_order_record(RecordKind kind) {
  return family(kind) == RecordFamily::kOrderFact || is_command(kind);
}

struct RecordHeader {
  std::uint32_t size;  // bytes of the whole record, a multiple of 8
  RecordKind kind;
  std::uint8_t version;  // of the payload's layout
  std::uint8_t flags;
  InstrumentId instrument;  // 0: about no instrument
  SourceId source;          // who pushed the input; facts and commands carry the engine's 0
  std::uint16_t reserved;
  std::uint64_t seq;   // given by the engine, from 1, without a gap; 0 before that
  Timestamp ts_event;  // when it happened, by the sender's clock
  Timestamp ts_recv;   // when it reached us; the engine's `now` is the largest so far
};
static_assert(sizeof(RecordHeader) == 40);

template <class T>
concept Record = std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T> &&
                 sizeof(T) % 8 == 0 && std::is_same_v<decltype(T::header), RecordHeader>;

// A record of kind `kind` with everything else zero.
template <Record T>
[[nodiscard]] T make_record(RecordKind kind) {
  T record{};
  record.header.size = sizeof(T);
  record.header.kind = kind;
  record.header.version = T::kVersion;
  return record;
}

// The record behind a header. The caller has looked at `kind`; a record shorter than T is a bug
// (bytes from outside are checked where they enter).
template <Record T>
[[nodiscard]] const T& record_as(const RecordHeader& header) {
  KEEL_ASSERT(header.size >= sizeof(T), "record is shorter than its kind");
  return reinterpret_cast<const T&>(header);
}

// Where components put what they derive. emit() is the only mutator: it gives the record its
// sequence and times, appends it to the journal's transaction, and folds it into every component in
// room order, the sender included, before it returns.
class Emitter {
 public:
  virtual void emit(RecordHeader& record) = 0;

 protected:
  ~Emitter() = default;
};

std::string_view to_text(RecordKind kind);

}  // namespace keel
