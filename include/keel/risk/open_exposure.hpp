// What open orders could still do, at the worst: quantities, values, cash and margin by account and
// instrument, and their sums by account and currency. Kept by folding `open_before/after` and
// `reserve_before/after` of order records, so that asking costs O(1).
//
// The worst case of one instrument is that every order of one side fills and none of the other.
// What that adds to the account's gross exposure beyond the position that is there is called extra:
//   position flat or on the same side:  the value of all open orders of the side
//   position h on the other side:       the part of that value beyond 2 h (first h closes the
//                                       position, the next h opens as much again)
// and the larger of both sides counts. Margin is extra x the instrument's initial margin, rounded
// up; in a cash account it is all of extra.
#pragma once

#include <vector>

#include <keel/core/state.hpp>
#include <keel/model/account.hpp>
#include <keel/model/instrument_registry.hpp>
#include <keel/portfolio/position.hpp>
#include <keel/risk/exact.hpp>

namespace keel {

// Raw values: money 1e-18 of the instrument's settlement currency. [0] is buy, [1] is sell.
struct OpenOrders {
  Int128 value[2];  // sum of open x |reserve| x multiplier
  Int128 cash;      // what fills may take out of cash
  Int128 extra;     // as above
  Int128 margin;
  Quantity open[2];
  Quantity position;  // as of the last fold
  std::uint32_t currency;
  std::uint32_t reserved;
};
static_assert(std::has_unique_object_representations_v<OpenOrders>);

struct OpenSums {
  Int128 value[2], cash, extra, margin;
};
static_assert(std::has_unique_object_representations_v<OpenSums>);

class OpenExposure {
 public:
  // No single order counts for more than this (3.2e14 units of money), so that sums of 2^18 orders
  // never wrap. A request above it is denied with kOverflow.
  static constexpr detail::i128 kMaxOrderValue = static_cast<detail::i128>(1) << 108;

  OpenExposure(const InstrumentRegistry& registry, const Directory& directory)
      : registry_(&registry), directory_(&directory) {
    grow();
  }

  [[nodiscard]] static std::size_t index(Side side) { return side == Side::kBuy ? 0 : 1; }

  // |price x quantity x multiplier| in the settlement currency (for inverse contracts divided by
  // the price). false: more than kMaxOrderValue.
  [[nodiscard]] static bool value(const Instrument& instrument, Price price, Quantity quantity,
                                  detail::i128& result) {
    if (instrument.multiplier.raw() == Quantity::kScale && !instrument.is_inverse()) [[likely]] {
      const auto size = [](std::int64_t raw) {
        const auto bits = static_cast<std::uint64_t>(raw);
        return raw < 0 ? ~bits + 1 : bits;
      };
      const auto product = static_cast<detail::u128>(size(price.raw())) * size(quantity.raw());
      result =
          static_cast<detail::i128>(product * 10);  // 1e-9 x 1e-8 at 1e-18; may wrap if refused
      return product <= static_cast<detail::u128>(kMaxOrderValue / 10);
    }
    const auto raw = position_value(instrument, price, quantity);
    if (!raw) return false;
    const detail::i128 wide = raw->wide();
    result = wide < 0 ? -wide : wide;
    return wide <= kMaxOrderValue && wide >= -kMaxOrderValue;
  }

  // What a fill may take out of cash: the price of a purchase; of a sale only where the price is
  // below zero; nothing where only profit changes hands.
  [[nodiscard]] static detail::i128 cash_need(CashRule rule, Side side, Price price,
                                              detail::i128 value) {
    const bool pays = (side == Side::kBuy) == price.is_positive();
    return rule == CashRule::kFull && pays ? value : 0;
  }

  // Quantities and prices of one order before and after a record.
  struct Change {
    AccountId account;
    InstrumentId instrument;
    Side side;
    Quantity open_before, open_after;
    Price reserve_before, reserve_after;
  };
  void change(const Change& change);
  void set_position(AccountId account, InstrumentId instrument, Quantity position);

  // Both are known to registry and directory; never nullptr then.
  [[nodiscard]] const OpenOrders& orders(AccountId account, InstrumentId instrument) const {
    const auto row = account.value - 1u, column = instrument.value - 1u;
    if (row >= rows_.size() || column >= rows_[row].instruments.size()) return nothing_;
    return rows_[row].instruments[column];
  }
  // The same without looking: of ids for which grow() has made room.
  [[nodiscard]] const OpenOrders& known(AccountId account, InstrumentId instrument) const {
    return rows_[account.value - 1u].instruments[instrument.value - 1u];
  }
  [[nodiscard]] const std::vector<OpenSums>& sums(AccountId account) const {
    const auto row = account.value - 1u;
    return row < rows_.size() ? rows_[row].sums : no_sums_;
  }
  [[nodiscard]] std::uint32_t currency_of(InstrumentId instrument) const {
    return currency_of_[instrument.value - 1u];
  }
  [[nodiscard]] std::uint32_t base_of(AccountId account) const {
    return base_of_[account.value - 1u];
  }
  [[nodiscard]] const std::vector<Currency>& currencies() const { return currencies_; }

  // What a side adds to the gross exposure, where `against` is the size of the position on the
  // other side. false: does not fit.
  [[nodiscard]] static bool extra_of(Quantity open, detail::i128 value, detail::i128 against,
                                     detail::i128& extra) {
    extra = value;
    if (against == 0) [[likely]]
      return true;
    const detail::i128 beyond = static_cast<detail::i128>(open.raw()) - 2 * against;
    extra = 0;
    if (beyond <= 0) return true;
    const auto part = risk_detail::scale_up(value, static_cast<std::int64_t>(beyond), open.raw());
    if (part) extra = *part;
    return part.has_value();
  }
  // Of an extra, rounded up. nullopt: does not fit.
  [[nodiscard]] static std::optional<detail::i128> margin_of(const Instrument& instrument,
                                                             AccountKind kind, detail::i128 extra) {
    if (kind == AccountKind::kCash || instrument.initial_margin.raw() == Rate::kScale) return extra;
    return risk_detail::scale_up(extra, instrument.initial_margin.raw(), Rate::kScale);
  }

  // Makes room for what was listed since. Nothing to do, and no allocation, where nothing was.
  void grow() {
    if (currency_of_.size() != registry_->size() || rows_.size() != directory_->accounts().size())
      grow_now();
  }

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  struct Row {
    std::vector<OpenOrders> instruments;
    std::vector<OpenSums> sums;
  };
  void grow_now();
  std::uint32_t intern(const Currency& currency);
  void rebook(const Account& account, const Instrument& instrument, OpenOrders& orders);

  const InstrumentRegistry* registry_;
  const Directory* directory_;
  std::vector<Row> rows_;
  std::vector<Currency> currencies_;
  std::vector<std::uint32_t> currency_of_, base_of_;
  OpenOrders nothing_{};
  std::vector<OpenSums> no_sums_;
};

}  // namespace keel
