// Ledger: the same facts as double entries, for accountants and auditors. A projection off the hot
// path: it decides nothing, keeps every line, and may be folded from a journal at any time.
//
//   Ledger ledger{registry, directory};
//   ledger.fold(fact.header);
//   ledger.trial_balance("USD").is_zero();                   // always
//   ledger.balance(account, LedgerAccount::kCash, "USD");    // as Portfolio::cash, to the last
//   digit ledger.statement(account, from, to);
//
// Each fact is one entry: lines whose amounts, debits above zero and credits below, sum to zero in
// every currency. Every currency is a book of its own; a conversion goes over kExchange.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <keel/portfolio/position_book.hpp>

namespace keel {

namespace portfolio_errors {
inline constexpr ErrorCode kUnknownAccount{"portfolio.unknown_account"};
inline constexpr ErrorCode kBadRange{"portfolio.bad_range"};
}  // namespace portfolio_errors

// Values are on disk in snapshots: append, never renumber.
enum class LedgerAccount : std::uint8_t {
  kCash = 0,          // what is on the account
  kPositions = 1,     // open positions at cost
  kMarginContra = 2,  // stands against the cost of positions that were not paid for
  kRealized = 3,      // profit is a credit, below zero
  kFees = 4,
  kRebates = 5,
  kFunding = 6,
  kInterest = 7,
  kBorrow = 8,
  kDividends = 9,
  kRounding = 10,  // what settling in a currency's own digits kept back
  kOpening = 11,   // equity that was there before the first fact
  kTransfers = 12,
  kAdjustments = 13,  // made by reconciliation or by hand
  kExchange = 14,     // the other side of a conversion is in another currency
};
inline constexpr int kLedgerAccountCount = 15;
std::string_view to_text(LedgerAccount account);

struct LedgerLine {
  std::uint64_t seq;    // of the fact
  std::uint64_t entry;  // counts from 1; lines of one fact share it
  Timestamp time;       // ts_recv of the fact, or of one before it that was later
  InstrumentId instrument;
  AccountId account;
  StrategyId strategy;
  VenueId venue;
  RecordKind cause;
  LedgerAccount ledger;
  ChangeKind change;  // 0 for order facts
  std::uint8_t reserved[2];
  Quantity quantity;  // change of the holding, in lines of kPositions
  Money amount;       // debit above zero
  Int128 balance;     // of this account, ledger account and currency, after the line

  [[nodiscard]] Money balance_money() const { return {balance, amount.currency()}; }
};
static_assert(std::has_unique_object_representations_v<LedgerLine>);

// One ledger account in one currency, before and after.
struct StatementRow {
  LedgerAccount ledger;
  Money opening, closing;
  [[nodiscard]] Money change() const { return closing - opening; }
};

struct Statement {
  AccountId account;
  std::uint64_t after_seq, to_seq;  // the facts told: above the one, up to the other
  std::vector<StatementRow> rows;   // by currency in order of appearance, then by ledger account
  std::vector<LedgerLine> lines;
};

class Ledger {
 public:
  // The configuration must be the portfolio's for both to undo forgotten fills alike.
  Ledger(const InstrumentRegistry& registry, const Directory& directory,
         const PositionBookConfig& config = {});

  void fold(const RecordHeader& record);

  // The sum over all accounts: zero, or a bug.
  [[nodiscard]] Money trial_balance(const Currency& currency) const;
  // Now, or after the fact with this sequence (the last one at or before it).
  [[nodiscard]] Money balance(AccountId account, LedgerAccount ledger,
                              const Currency& currency) const;
  [[nodiscard]] Money balance(AccountId account, LedgerAccount ledger, const Currency& currency,
                              std::uint64_t seq) const;
  // What was held after that fact. O(lines of positions of the account).
  [[nodiscard]] Quantity quantity(AccountId account, InstrumentId instrument,
                                  std::uint64_t seq) const;
  // The last fact at or before this moment; 0 where there is none.
  [[nodiscard]] std::uint64_t seq_at(Timestamp time) const;

  // What happened in [from, to). Errors: portfolio.unknown_account, portfolio.bad_range.
  [[nodiscard]] Result<Statement> statement(AccountId account, Timestamp from, Timestamp to) const;
  // The same for the facts above `after_seq` up to `to_seq`.
  [[nodiscard]] Result<Statement> statement_of(AccountId account, std::uint64_t after_seq,
                                               std::uint64_t to_seq) const;

  [[nodiscard]] std::span<const LedgerLine> lines() const { return lines_; }
  [[nodiscard]] const std::vector<Currency>& currencies() const { return currencies_; }
  // Positions by the same rules as the portfolio's.
  [[nodiscard]] const PositionBook& book() const { return book_; }

  // Lines as text for files; names with a comma or a quote are quoted.
  [[nodiscard]] static std::string csv_header();
  [[nodiscard]] std::string csv_row(const LedgerLine& line) const;

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  struct Balance {
    Int128 total;
    std::vector<std::uint32_t> lines;  // in order
  };
  struct CurrencyBook {
    Balance accounts[kLedgerAccountCount];
  };

  Balance& balance_of(AccountId account, LedgerAccount ledger, const Currency& currency);
  [[nodiscard]] const Balance* find(AccountId account, LedgerAccount ledger,
                                    const Currency& currency) const;
  void write(LedgerLine line, LedgerAccount ledger, const Currency& currency, Int128 amount);
  void write_first(const LedgerLine& line, const Posting& posting);
  void write_second(const LedgerLine& line, const Posting& posting);
  void index(LedgerLine& line);

  const InstrumentRegistry* registry_;
  const Directory* directory_;
  PositionBook book_;
  std::vector<Currency> currencies_;
  std::vector<std::vector<CurrencyBook>> books_;  // by account id - 1, then currency
  std::vector<LedgerLine> lines_;
  std::uint64_t entries_ = 0;
};

}  // namespace keel
