#include <keel/core/hash.hpp>
#include <keel/orders/execution_window.hpp>

namespace keel::detail {

namespace {

constexpr std::uint32_t kTag = 0x5845'4351u;  // "QCEX"

Int128 plus(Int128 a, Int128 b) {
  i128 sum{};
  KEEL_ASSERT(!__builtin_add_overflow(a.wide(), b.wide(), &sum), "fee overflow");
  return Int128::from(sum);
}

void add_fee(Execution& execution, const OrderRecord& record) {
  if (record.fee_currency.empty()) return;
  if (!(execution.fee_currency == record.fee_currency)) {
    KEEL_ASSERT(execution.fee == Int128{}, "a fee in two currencies");
    execution.fee_currency = record.fee_currency;
  }
  execution.fee = plus(execution.fee, record.fee);
}

}  // namespace

std::uint64_t ExecutionWindow::hash(AccountId account, Side side, const ExecutionId& id) {
  RollingHash hash;
  hash.add(&id, sizeof id);
  return hash.value() ^
         (static_cast<std::uint64_t>(account.value) << 8 | static_cast<std::uint64_t>(side));
}

std::uint32_t ExecutionWindow::place(AccountId account, Side side, InstrumentId instrument,
                                     const ExecutionId& id) const {
  std::uint32_t at = SlotIndex::kNone;
  bool is_one = true;
  (void)index_.find(hash(account, side, id), [&](std::uint32_t slot) {
    const Execution& known = ring_[slot];
    if (known.account != account || known.side != side || !(known.id == id) ||
        (instrument.value != 0 && known.instrument != instrument))
      return false;
    is_one = at == SlotIndex::kNone;
    at = slot;
    return instrument.value != 0 || !is_one;  // without an instrument there may be another
  });
  if (at == SlotIndex::kNone || !is_one) return SlotIndex::kNone;
  if ((ring_[at].flags & Execution::kAlias) == 0) return at;
  const std::uint64_t serial = ring_[at].alias_of;
  if (serial >= count_ || count_ - serial > capacity_) return SlotIndex::kNone;
  return static_cast<std::uint32_t>(serial & (capacity_ - 1));
}

const Execution* ExecutionWindow::find(AccountId account, Side side, InstrumentId instrument,
                                       const ExecutionId& id) const {
  const std::uint32_t at = place(account, side, instrument, id);
  return at == SlotIndex::kNone ? nullptr : &ring_[at];
}

void ExecutionWindow::add(const Execution& execution) {
  const auto at = static_cast<std::uint32_t>(count_ & (capacity_ - 1));
  if (ring_.size() < capacity_) {
    ring_.push_back(execution);
  } else {
    const Execution& oldest = ring_[at];
    index_.erase(hash(oldest.account, oldest.side, oldest.id), at);
    ring_[at] = execution;
  }
  index_.insert(hash(execution.account, execution.side, execution.id), at);
  ++count_;
}

void ExecutionWindow::touch_all() {
  const std::size_t used = ring_.size();
  ring_.resize(capacity_);
  ring_.resize(used);
}

void ExecutionWindow::fold(const OrderRecord& record) {
  if (record.execution.empty()) return;
  if (record.header.kind == RecordKind::kOrderFilled) {
    Execution fill{};
    fill.id = record.execution;
    fill.order = record.order;
    fill.instrument = record.header.instrument;
    fill.account = record.account;
    fill.strategy = record.strategy;
    fill.venue = record.venue;
    fill.side = record.side;
    fill.quantity = record.last_quantity;
    fill.price = record.last_price;
    fill.fee = record.fee;
    fill.fee_currency = record.fee_currency;
    return add(fill);
  }
  if (record.header.kind != RecordKind::kFillFee && record.header.kind != RecordKind::kFillBusted &&
      record.header.kind != RecordKind::kFillCorrected)
    return;
  const std::uint32_t at =
      place(record.account, record.side, record.header.instrument, record.execution);
  if (at == SlotIndex::kNone) return;
  Execution& fill = ring_[at];
  if (record.header.kind == RecordKind::kFillBusted) {
    fill.flags |= Execution::kBusted;
    return;
  }
  add_fee(fill, record);
  if (record.header.kind == RecordKind::kFillFee) return;
  fill.quantity = record.last_quantity;
  fill.price = record.last_price;
  if (record.note.empty() || record.note == fill.id) return;
  Execution alias = fill;  // a correction's own name: the next one refers to it
  alias.id = record.note;
  alias.alias_of = count_ - ((count_ - 1 - at) & (capacity_ - 1)) - 1;
  alias.flags = Execution::kAlias;
  add(alias);
}

void ExecutionWindow::save(StateWriter& writer) const {
  const std::size_t section = writer.begin(kTag, 1);
  const std::uint64_t held = ring_.size();
  const std::uint64_t oldest = count_ - held;
  writer.put(held);
  for (std::uint64_t serial = oldest; serial < count_; ++serial) {
    Execution execution = ring_[static_cast<std::size_t>(serial & (capacity_ - 1))];
    // Serial numbers begin anew with the oldest that is kept; a name of one that is gone leads to
    // nothing.
    if ((execution.flags & Execution::kAlias) != 0)
      execution.alias_of =
          execution.alias_of < oldest ? ~std::uint64_t{0} : execution.alias_of - oldest;
    writer.put(execution);
  }
  writer.end(section);
}

void ExecutionWindow::load(StateReader& reader) {
  if (reader.begin(kTag) != 1 && reader.ok()) reader.fail("executions: unknown version");
  std::uint64_t held{};
  reader.get(held);
  ring_.clear();
  index_.clear();
  count_ = 0;
  const std::uint64_t skip = held > capacity_ ? held - capacity_ : 0;
  for (std::uint64_t serial = 0; serial < held && reader.ok(); ++serial) {
    Execution execution{};
    reader.get(execution);
    if (!reader.ok()) break;
    if (execution.side != Side::kBuy && execution.side != Side::kSell)
      return reader.fail("execution without a side");
    if (serial < skip) continue;
    if ((execution.flags & Execution::kAlias) != 0)
      execution.alias_of = execution.alias_of < skip || execution.alias_of >= serial
                               ? ~std::uint64_t{0}
                               : execution.alias_of - skip;
    add(execution);
  }
  reader.end();
}

}  // namespace keel::detail
