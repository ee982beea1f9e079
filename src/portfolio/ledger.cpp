#include <keel/portfolio/ledger.hpp>

#include <algorithm>

#include <fmt/core.h>

#include <keel/core/format.hpp>
#include <keel/core/time_text.hpp>

#include "exact.hpp"
#include "facts.hpp"

namespace keel {

namespace {

constexpr std::uint32_t kTag = 0x4C454447;  // "LEDG"

// Where income of this kind is booked.
LedgerAccount income_account(ChangeKind change) {
  switch (change) {
    case ChangeKind::kFunding: return LedgerAccount::kFunding;
    case ChangeKind::kInterest: return LedgerAccount::kInterest;
    case ChangeKind::kBorrow: return LedgerAccount::kBorrow;
    case ChangeKind::kDividend:
    case ChangeKind::kSplit: return LedgerAccount::kDividends;
    default: return LedgerAccount::kRealized;
  }
}

// Where cash of this kind came from.
LedgerAccount source_account(ChangeKind change) {
  switch (change) {
    case ChangeKind::kOpening: return LedgerAccount::kOpening;
    case ChangeKind::kTransfer: return LedgerAccount::kTransfers;
    case ChangeKind::kConversion: return LedgerAccount::kExchange;
    case ChangeKind::kRounding: return LedgerAccount::kRounding;
    default: return LedgerAccount::kAdjustments;
  }
}

constexpr LedgerAccount kCarriedAccounts[kCarriedKinds] = {
    LedgerAccount::kOpening, LedgerAccount::kTransfers, LedgerAccount::kAdjustments,
    LedgerAccount::kExchange};

}  // namespace

std::string_view to_text(LedgerAccount account) {
  constexpr std::string_view kNames[kLedgerAccountCount] = {
      "cash",     "positions", "margin_contra", "realized",    "fees",
      "rebates",  "funding",   "interest",      "borrow",      "dividends",
      "rounding", "opening",   "transfers",     "adjustments", "exchange"};
  const auto at = static_cast<std::size_t>(account);
  return at < kLedgerAccountCount ? kNames[at] : std::string_view{"unknown"};
}

Ledger::Ledger(const InstrumentRegistry& registry, const Directory& directory,
               const PositionBookConfig& config)
    : registry_(&registry), directory_(&directory), book_(registry, directory, config) {}

void Ledger::fold(const RecordHeader& record) {
  Posting posting;
  if (!book_.fold(record, posting)) return;
  ++entries_;
  LedgerLine line{};
  line.seq = record.seq;
  line.entry = entries_;
  // As the engine's now: it does not go back, whatever the inputs say.
  line.time = lines_.empty() ? record.ts_recv : std::max(record.ts_recv, lines_.back().time);
  line.instrument = record.instrument;
  line.account = posting.account;
  line.strategy = posting.strategy;
  line.venue = posting.venue;
  line.cause = record.kind;
  line.change = posting.change;
  if (!posting.currency.empty()) write_first(line, posting);
  if (!posting.second.empty()) write_second(line, posting);
}

void Ledger::write_first(const LedgerLine& line, const Posting& posting) {
  using detail::negated;
  const auto to = [&](LedgerAccount ledger, Int128 amount) {
    if (!(amount == Int128{})) write(line, ledger, posting.currency, amount);
  };
  to(LedgerAccount::kCash, posting.cash);
  // A split moves a quantity and no money: its line says so.
  if (!posting.quantity.is_zero() || !(posting.cost == Int128{})) {
    LedgerLine held = line;
    held.quantity = posting.quantity;
    write(held, LedgerAccount::kPositions, posting.currency, posting.cost);
  }
  if (posting.rule == CashRule::kProfit) to(LedgerAccount::kMarginContra, negated(posting.cost));
  to(LedgerAccount::kRealized, negated(posting.realized));
  to(LedgerAccount::kRounding, posting.rounding);
  to(LedgerAccount::kFees, posting.fees);
  to(LedgerAccount::kRebates, negated(posting.rebates));
  to(income_account(posting.change), negated(posting.income));
  for (int kind = 0; kind < kCarriedKinds; ++kind)
    to(kCarriedAccounts[kind], negated(posting.carried[kind]));
}

void Ledger::write_second(const LedgerLine& line, const Posting& posting) {
  using detail::minus;
  using detail::negated;
  using detail::plus;
  const auto to = [&](LedgerAccount ledger, Int128 amount) {
    if (!(amount == Int128{})) write(line, ledger, posting.second, amount);
  };
  to(LedgerAccount::kCash, posting.second_cash);
  to(LedgerAccount::kFees, posting.second_fees);
  to(LedgerAccount::kRebates, negated(posting.second_rebates));
  to(income_account(posting.change), negated(posting.second_income));
  const detail::i128 source =
      minus(plus(posting.second_cash.wide(), posting.second_fees.wide()),
            plus(posting.second_rebates.wide(), posting.second_income.wide()));
  to(source_account(posting.change), negated(Int128::from(source)));
}

void Ledger::write(LedgerLine line, LedgerAccount ledger, const Currency& currency, Int128 amount) {
  line.ledger = ledger;
  line.amount = {amount, currency};
  index(line);
  lines_.push_back(line);
}

// Adds a line to its balance and notes where it will stand.
void Ledger::index(LedgerLine& line) {
  Balance& held = balance_of(line.account, line.ledger, line.amount.currency());
  detail::add_to(held.total, line.amount.raw());
  line.balance = held.total;
  held.lines.push_back(static_cast<std::uint32_t>(lines_.size()));
}

Ledger::Balance& Ledger::balance_of(AccountId account, LedgerAccount ledger,
                                    const Currency& currency) {
  std::size_t at = 0;
  while (at < currencies_.size() && !(currencies_[at] == currency)) ++at;
  if (at == currencies_.size()) currencies_.push_back(currency);
  const std::size_t row = account.value - 1u;
  if (row >= books_.size()) books_.resize(row + 1);
  if (at >= books_[row].size()) books_[row].resize(at + 1);
  return books_[row][at].accounts[static_cast<int>(ledger)];
}

const Ledger::Balance* Ledger::find(AccountId account, LedgerAccount ledger,
                                    const Currency& currency) const {
  const std::size_t row = account.value - 1u;
  if (row >= books_.size()) return nullptr;
  for (std::size_t at = 0; at < books_[row].size(); ++at)
    if (currencies_[at] == currency) return &books_[row][at].accounts[static_cast<int>(ledger)];
  return nullptr;
}

// --- questions ---------------------------------------------------------------------------------

Money Ledger::trial_balance(const Currency& currency) const {
  Money sum = Money::zero(currency);
  for (std::size_t row = 0; row < books_.size(); ++row)
    for (int ledger = 0; ledger < kLedgerAccountCount; ++ledger)
      sum += balance({static_cast<std::uint16_t>(row + 1)}, static_cast<LedgerAccount>(ledger),
                     currency);
  return sum;
}

Money Ledger::balance(AccountId account, LedgerAccount ledger, const Currency& currency) const {
  const Balance* held = find(account, ledger, currency);
  return held == nullptr ? Money::zero(currency) : Money{held->total, currency};
}

Money Ledger::balance(AccountId account, LedgerAccount ledger, const Currency& currency,
                      std::uint64_t seq) const {
  const Balance* held = find(account, ledger, currency);
  if (held == nullptr) return Money::zero(currency);
  const auto after = std::partition_point(held->lines.begin(), held->lines.end(),
                                          [&](std::uint32_t at) { return lines_[at].seq <= seq; });
  if (after == held->lines.begin()) return Money::zero(currency);
  return lines_[*(after - 1)].balance_money();
}

Quantity Ledger::quantity(AccountId account, InstrumentId instrument, std::uint64_t seq) const {
  Quantity sum = Quantity::zero();
  const Instrument* listed = registry_->find(instrument);
  if (listed == nullptr) return sum;
  const Balance* held = find(account, LedgerAccount::kPositions, listed->settlement);
  if (held == nullptr) return sum;
  for (const std::uint32_t at : held->lines) {
    if (lines_[at].seq > seq) break;
    if (lines_[at].instrument == instrument) sum += lines_[at].quantity;
  }
  return sum;
}

std::uint64_t Ledger::seq_at(Timestamp time) const {
  const auto after = std::partition_point(
      lines_.begin(), lines_.end(), [&](const LedgerLine& line) { return line.time <= time; });
  return after == lines_.begin() ? 0 : (after - 1)->seq;
}

Result<Statement> Ledger::statement(AccountId account, Timestamp from, Timestamp to) const {
  if (from > to)
    return Error{
        portfolio_errors::kBadRange, "from", to_text(from), "at or before " + to_text(to), {}};
  const auto before = [&](Timestamp time) {
    const auto at = std::partition_point(lines_.begin(), lines_.end(),
                                         [&](const LedgerLine& line) { return line.time < time; });
    return at == lines_.begin() ? std::uint64_t{0} : (at - 1)->seq;
  };
  return statement_of(account, before(from), before(to));
}

Result<Statement> Ledger::statement_of(AccountId account, std::uint64_t after_seq,
                                       std::uint64_t to_seq) const {
  if (directory_->account(account) == nullptr)
    return Error{portfolio_errors::kUnknownAccount,
                 "account",
                 std::to_string(account.value),
                 "an account of the directory",
                 {}};
  if (after_seq > to_seq)
    return Error{portfolio_errors::kBadRange,
                 "after_seq",
                 std::to_string(after_seq),
                 "at most " + std::to_string(to_seq),
                 {}};
  Statement told{account, after_seq, to_seq, {}, {}};
  for (const Currency& currency : currencies_) {
    for (int i = 0; i < kLedgerAccountCount; ++i) {
      const auto ledger = static_cast<LedgerAccount>(i);
      const Balance* held = find(account, ledger, currency);
      if (held == nullptr || held->lines.empty() || lines_[held->lines.front()].seq > to_seq)
        continue;
      told.rows.push_back({ledger, balance(account, ledger, currency, after_seq),
                           balance(account, ledger, currency, to_seq)});
    }
  }
  const auto first = std::partition_point(
      lines_.begin(), lines_.end(), [&](const LedgerLine& line) { return line.seq <= after_seq; });
  for (auto line = first; line != lines_.end() && line->seq <= to_seq; ++line)
    if (line->account == account) told.lines.push_back(*line);
  return told;
}

// --- text and snapshots ------------------------------------------------------------------------

std::string Ledger::csv_header() {
  return "seq,entry,time,account,strategy,venue,instrument,cause,ledger,quantity,amount,currency,"
         "balance\n";
}

std::string Ledger::csv_row(const LedgerLine& line) const {
  const Account* account = directory_->account(line.account);
  const Instrument* instrument = registry_->find(line.instrument);
  return fmt::format(
      "{},{},{},{},{},{},{},{},{},{},{},{},{}\n", line.seq, line.entry, to_text(line.time),
      facts::csv_field(account == nullptr ? std::string_view{} : account->name.view()),
      facts::csv_field(directory_->strategy_name(line.strategy)),
      facts::csv_field(directory_->venue_name(line.venue)),
      facts::csv_field(instrument == nullptr ? std::string_view{} : instrument->symbol.view()),
      to_text(line.cause), to_text(line.ledger),
      line.ledger == LedgerAccount::kPositions ? line.quantity.to_text() : std::string{},
      line.amount.amount_text(), line.amount.currency().code(), line.balance_money().amount_text());
}

void Ledger::save(StateWriter& writer) const {
  const auto section = writer.begin(kTag, 1);
  book_.save(writer);
  writer.put(entries_);
  writer.put(lines_);
  writer.end(section);
}

void Ledger::load(StateReader& reader) {
  books_.clear();
  currencies_.clear();
  lines_.clear();
  reader.begin(kTag);
  book_.load(reader);
  reader.get(entries_);
  std::vector<LedgerLine> lines;
  reader.get(lines);
  reader.end();
  std::uint64_t seq = 0;
  for (LedgerLine line : lines) {
    const Int128 balance = line.balance;
    const bool fits = directory_->account(line.account) != nullptr && line.seq >= seq &&
                      static_cast<int>(line.ledger) < kLedgerAccountCount;
    if (!fits) return reader.fail("a ledger line out of order or of an unknown account");
    seq = line.seq;
    index(line);
    if (!(line.balance == balance)) return reader.fail("a ledger line does not add up");
    lines_.push_back(line);
  }
}

}  // namespace keel
