// LotBook: which purchase a sale has closed, by a named method; for tax and for reading.
//
//   LotBook lots{LotMethod::kFifo, registry, directory};
//   lots.fold(fact.header);
//   for (const ClosedLot& row : lots.closed(account, btc)) ...
//
// A projection off the hot path. It keeps every step, so a busted or corrected fill never was,
// however old it is. Lots split as costs do: the floor of the magnitude leaves, the residue stays
// with the lot. Whatever the method, realized - cost is the portfolio's; with kAverage realized and
// cost are the portfolio's too (inverse contracts: to 1e-18 a close, before they are rounded to be
// paid).
#pragma once

#include <span>
#include <string>
#include <vector>

#include <keel/core/state.hpp>
#include <keel/model/account.hpp>
#include <keel/model/instrument_registry.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>
#include <keel/portfolio/position.hpp>

namespace keel {

enum class LotMethod : std::uint8_t {
  kFifo = 1,         // the oldest first
  kLifo = 2,         // the newest first
  kAverage = 3,      // one lot, at its average
  kHighestCost = 4,  // the dearest first: for a short, the one that was sold cheapest
};
std::string_view to_text(LotMethod method);

// An open lot. All lots of a position have its sign.
struct Lot {
  std::uint64_t seq;  // of the fact that opened it
  Timestamp time;
  Quantity quantity;  // signed
  Money cost;         // signed like the position's
};

// A lot, or a part of one, that went.
struct ClosedLot {
  std::uint64_t opened_seq, closed_seq;
  Timestamp opened, closed;
  InstrumentId instrument;
  AccountId account;
  StrategyId strategy;  // whose fill closed it
  ChangeKind change;    // 0: a trade; a transfer or adjustment out closes at cost
  Quantity quantity;    // signed like the lot
  Money cost, proceeds;
  [[nodiscard]] Money profit() const { return proceeds - cost; }
};

class LotBook {
 public:
  LotBook(LotMethod method, const InstrumentRegistry& registry, const Directory& directory)
      : registry_(&registry), directory_(&directory), method_(method) {}

  // Fills, fees in kind, busts, corrections, changes of positions and daily variation.
  void fold(const RecordHeader& record);

  // Oldest first. In a hedging account the long lots, or the short ones. Spans hold until the next
  // fold.
  [[nodiscard]] std::span<const Lot> open(AccountId account, InstrumentId instrument,
                                          Side side = Side::kBuy) const;
  [[nodiscard]] std::span<const ClosedLot> closed(AccountId account, InstrumentId instrument,
                                                  Side side = Side::kBuy) const;
  // Sums over both sides, settlement currency.
  [[nodiscard]] Money realized(AccountId account, InstrumentId instrument) const;
  [[nodiscard]] Money cost(AccountId account, InstrumentId instrument) const;

  [[nodiscard]] LotMethod method() const { return method_; }
  [[nodiscard]] static std::string csv_header();
  [[nodiscard]] std::string csv_row(const ClosedLot& row) const;

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  enum class StepKind : std::uint8_t { kTrade = 1, kInKind, kAtCost, kSplit, kVariation };
  struct Step {
    std::uint64_t seq, execution, order;
    Timestamp time;
    Quantity quantity;
    Price price;
    Int128 amount;
    StrategyId strategy;
    StepKind kind;
    ChangeKind change;
    std::uint8_t reserved[4];
  };
  static_assert(std::has_unique_object_representations_v<Step>);
  struct Book {
    AccountId account;
    InstrumentId instrument;
    bool is_short_leg;
    Quantity quantity;
    Money realized;
    std::vector<Step> steps;
    std::vector<Lot> lots;
    std::vector<ClosedLot> closed;
  };

  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  [[nodiscard]] std::uint32_t index_of(AccountId account, InstrumentId instrument,
                                       bool is_short_leg) const;
  Book& book(AccountId account, InstrumentId instrument, bool is_short_leg);
  [[nodiscard]] const Book* find(AccountId account, InstrumentId instrument,
                                 bool is_short_leg) const;
  void fold_order(const OrderRecord& record);
  void fold_account(const AccountFact& fact);
  void fold_fee(const OrderRecord& record, const Step& fill, Price price);
  Quantity take_back_fees(AccountId account, InstrumentId instrument, const Step& like);
  void take(AccountId account, InstrumentId instrument, const Step& step, bool reduces);
  bool undo(AccountId account, InstrumentId instrument, const Step& like, const Step* instead,
            bool reduces);
  void add(Book& book, const Step& step);
  void apply(Book& book, const Step& step);
  void open_lot(Book& book, const Step& step, Quantity quantity);
  Quantity close_lots(Book& book, const Step& step);
  static void spread(Book& book, const Step& step);
  static void spread_variation(Book& book, const Step& step);
  [[nodiscard]] std::size_t pick(const Book& book) const;
  void replay(Book& book);

  const InstrumentRegistry* registry_;
  const Directory* directory_;
  LotMethod method_;
  std::vector<Book> books_;
  std::vector<std::vector<std::uint32_t>> rows_;  // by account, then instrument and leg
};

}  // namespace keel
