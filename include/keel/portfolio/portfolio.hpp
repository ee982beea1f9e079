// Portfolio: positions, cash and the value of every account, folded from facts.
//
//   Portfolio portfolio{registry, directory};
//   portfolio.fold(fill.header);                  // kOrderFilled and the other facts about money
//   portfolio.revalue(btc, marks);                // after each market input of that instrument
//   portfolio.valuation(account).equity;
//
// A fold reads its own state and the record alone. Valuations are kept up to date by difference:
// revalue costs O(accounts that hold the instrument), reading costs nothing. Prices are a cache
// that market data fills: they are not saved, and after `load` everything is unpriced until
// `revalue_all`. Not thread-safe; one thread owns an engine and its portfolio.
#pragma once

#include <vector>

#include <keel/model/account.hpp>
#include <keel/model/marks.hpp>
#include <keel/portfolio/position_book.hpp>

namespace keel {

// An account in its base currency. Each currency is converted by one rounding a figure, half even
// at 18 digits; figures in the base currency itself are exact.
struct Valuation {
  Money equity;          // cash, holdings at market, unrealized of what is on margin
  Money cash;            // all currencies
  Money unrealized;      // value less cost of every open position
  Money realized;        // before fees
  Money fees;            // paid less rebates
  Money income;          // funding, dividends, interest, borrow cost
  Money gross_exposure;  // sum of |notional|
  Money net_exposure;    // long less short notional
  // |notional| x initial margin; the whole value of a holding in a cash account. With that,
  // equity - margin_used is what is free in every kind of account.
  Money margin_used;
  // Open positions without a price, and positions and cash balances without a rate to the base
  // currency. They are in none of the figures above; while this is not zero, equity is a part.
  std::uint32_t unpriced;
  std::uint32_t reserved;

  [[nodiscard]] Money available() const { return equity - margin_used; }
  friend bool operator==(const Valuation&, const Valuation&) = default;
};

// A valuation with its moment, for reports and equity curves.
struct AccountSnapshot {
  Timestamp time;
  std::uint64_t seq;  // of the last fact in it
  AccountId account;
  std::uint16_t reserved[3];
  Valuation valuation;
};

static_assert(std::has_unique_object_representations_v<AccountSnapshot>);

class Portfolio {
 public:
  Portfolio(const InstrumentRegistry& registry, const Directory& directory,
            const PositionBookConfig& config = {});

  // Room for this many (account, strategy, instrument) positions and currencies, so that nothing
  // allocates later. Without it, only the first fact of a pair does.
  void reserve(std::size_t positions, std::size_t currencies);

  // Books order facts and account facts; every other record is ignored.
  void fold(const RecordHeader& record);

  // Takes the instrument's latest price; where it is a pair of two currencies in use, everything
  // in those currencies follows. Call it after each market input, held or not. What it changes is
  // summed up when somebody asks, or at the next fold: most prices are looked at by nobody.
  void revalue(InstrumentId instrument, const Marks& marks);
  // All instruments: after recovery, and when a portfolio is put beside marks that already ran.
  void revalue_all(const Marks& marks);

  // The account's own position: netted, or long and short together in a hedging account. nullptr:
  // never traded. Pointers hold until the next fold.
  [[nodiscard]] const Position* position(AccountId account, InstrumentId instrument) const {
    return book_.position(account, instrument);
  }
  // One side of a hedging account: kBuy is the long leg.
  [[nodiscard]] const Position* leg(AccountId account, InstrumentId instrument, Side side) const {
    return book_.leg(account, instrument, side);
  }
  // What one strategy did there. Quantities of all strategies (the host is 0) add up to the
  // account's position, and so does realized - cost.
  [[nodiscard]] const Position* strategy_position(AccountId account, StrategyId strategy,
                                                  InstrumentId instrument) const {
    return book_.strategy_position(account, strategy, instrument);
  }
  // Calls f(const Position&) for the account's own positions, flat ones included, in the order in
  // which they were first seen.
  template <class F>
  void for_each_position(AccountId account, F f) const {
    book_.for_each_position([&](const Position& position) {
      if (position.account == account) f(position);
    });
  }

  [[nodiscard]] Money cash(AccountId account, const Currency& currency) const;
  // Fees paid less rebates in this currency.
  [[nodiscard]] Money fees(AccountId account, const Currency& currency) const;
  // Currencies in which this account has or had something, in order of appearance.
  [[nodiscard]] std::vector<Currency> currencies(AccountId account) const;

  // As of the last fold or revalue. The account is in the directory.
  [[nodiscard]] const Valuation& valuation(AccountId account) const;
  [[nodiscard]] AccountSnapshot snapshot(AccountId account, Timestamp time) const {
    return {time, seq_, account, {}, valuation(account)};
  }
  // The value of the account's position (both legs), settlement currency, as valued last. nullopt:
  // unpriced. Zero where nothing is held.
  [[nodiscard]] std::optional<Money> market_value(AccountId account, InstrumentId instrument) const;
  // In the account's base currency by the rate in use, one rounding. nullopt: no rate. Knows the
  // currencies that the account has met.
  [[nodiscard]] std::optional<Money> to_base(AccountId account, const Money& amount) const;

  // The valuation computed from nothing but positions, cash and marks: slow, for checks.
  [[nodiscard]] Valuation recompute(AccountId account, const Marks& marks) const;

  [[nodiscard]] const PositionBook& book() const { return book_; }

  // What facts gave; not what market data gave. Equal after equal facts.
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  // Sums of one account in one currency; also what they come to in its base currency.
  enum Figure : std::uint8_t {
    kCash,
    kRealized,
    kFees,
    kIncome,
    kWorth,
    kUnrealized,
    kGross,
    kNet,
    kMargin,
    kFigures,
  };
  using Figures = Int128[kFigures];
  struct Bucket {
    Figures sums;            // in its own currency, priced positions only
    Figures in_base;         // what they add to the valuation, where the base is another currency
    std::uint32_t rate;      // index in rates_; kNone for the base currency
    std::uint32_t open;      // open positions here
    std::uint32_t unpriced;  // of them, without a price
    std::uint32_t counted;   // what this bucket adds to Valuation::unpriced
    bool used;
  };
  struct AccountBook {
    std::vector<Bucket> buckets;  // by currency index
    Figures totals;               // in base
    Valuation valuation;
    Currency base;
    AccountKind kind;
    bool known;
  };
  // What an open position adds to its bucket, by slot of the position book.
  struct Worth {
    Int128 figures[kFigures - kWorth];
    std::uint32_t next, previous;  // other holders of the instrument
    bool linked, priced;
  };
  // Latest prices of an instrument, and who holds it.
  struct Board {
    Price for_long, for_short;
    std::uint32_t first_holder;
    std::uint32_t rates[2];    // rates that this pair may decide: base to quote, quote to base
    std::uint32_t settlement;  // currency index; kNone until needed
    bool has_long, has_short;
    bool stale;  // its latest prices are not in the figures yet
  };
  struct Rate {
    Currency from, to;
    std::uint32_t currency;           // index of `from`
    std::vector<InstrumentId> pairs;  // in order of listing
    std::vector<AccountId> users;
    ConversionRate rate;
    bool known;
  };
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  AccountBook& account_book(AccountId account) const;
  Board& board(InstrumentId instrument);
  void watch(const Instrument& instrument, std::uint32_t rate);
  std::uint32_t currency_index(const Currency& currency);
  [[nodiscard]] std::uint32_t find_currency(const Currency& currency) const;
  Bucket& bucket(AccountBook& book, AccountId account, std::uint32_t currency);
  Bucket& settlement_bucket(AccountBook& book, AccountId account, InstrumentId instrument,
                            Board& board);
  void grow_boards();
  std::uint32_t rate_index(const Currency& from, const Currency& to, AccountId user);
  bool find_rate(Rate& rate) const;
  void refresh_rate(std::uint32_t index);
  void apply(const Posting& posting);
  void change(AccountBook& book, Bucket& bucket, Figure first, const Int128* deltas);
  void count(AccountBook& book, Bucket& bucket);
  void convert(AccountBook& book, Bucket& bucket, int first, int last);
  static void tell(AccountBook& book, int first, int last);
  void revalue_slot(std::uint32_t slot);
  // Brings the figures up to the latest prices. Questions are const, and what they read is kept as
  // if revalue() had done it.
  void settle() const {
    if (!stale_.empty()) const_cast<Portfolio*>(this)->take_prices();
  }
  void take_prices();
  void link(std::uint32_t slot, Board& board);
  void unlink(std::uint32_t slot, Board& board);

  const InstrumentRegistry* registry_;
  const Directory* directory_;
  PositionBook book_;
  std::vector<Currency> currencies_;
  mutable std::vector<AccountBook> accounts_;  // by account id - 1; grows with the directory
  std::vector<Worth> worths_;                  // by slot
  std::vector<Board> boards_;                  // by instrument id - 1
  std::vector<InstrumentId> stale_;            // boards that wait for settle()
  std::vector<Rate> rates_;
  std::uint64_t seq_ = 0;
};

}  // namespace keel
