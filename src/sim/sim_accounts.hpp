// SimAccounts: what each account holds at the venue, and whether it can pay for one more order.
#pragma once

#include <keel/sim/sim_config.hpp>

namespace keel::sim_detail {

class SimAccounts {
 public:
  SimAccounts(const SimConfig& config, const InstrumentRegistry& registry);

  void reserve(std::size_t instruments);
  [[nodiscard]] bool knows(AccountId account) const {
    return account.value != 0 && account.value < holdings_.size();
  }
  [[nodiscard]] bool is_checked(AccountId account) const { return checked_[account.value] != 0; }

  [[nodiscard]] Quantity position(AccountId account, InstrumentId instrument) const;
  void set_position(AccountId account, InstrumentId instrument, Quantity quantity) {
    row(account, instrument).position = quantity;
  }
  [[nodiscard]] std::optional<Money> balance(AccountId account, const Currency& currency) const;
  [[nodiscard]] const std::vector<SimBalance>& balances() const { return balances_; }

  // How much of an order of this side only reduces the position.
  [[nodiscard]] Quantity reducible(AccountId account, InstrumentId instrument, Side side) const;

  // What a position of a checked account is valued at.
  void set_mark(AccountId account, InstrumentId instrument, Price price);
  // Whether a checked account can pay for `open` more at `price` at the worst case, on top of its
  // position and its open orders. kNone, or why not. An order that only reduces always passes.
  [[nodiscard]] Reason check(AccountId account, const Instrument& instrument, Side side,
                             Quantity open, Price price, const std::optional<Money>& fee) const;
  // Open quantity of an order came or went, reserved at `price`. Nothing for unchecked accounts.
  void add_open(AccountId account, const Instrument& instrument, Side side, Quantity open,
                Price price) {
    change_open(account, instrument, side, open, price, 1);
  }
  void remove_open(AccountId account, const Instrument& instrument, Side side, Quantity open,
                   Price price) {
    change_open(account, instrument, side, open, price, -1);
  }

  // Worth of an account in one currency: cash and positions at their marks, beside what these must
  // have (their maintenance margin). 1e-18; nullopt: it has no balance, or the sums do not fit.
  struct Standing {
    Int128 equity, required;
  };
  [[nodiscard]] std::optional<Standing> standing(AccountId account, const Currency& currency) const;
  // The position with the largest maintenance margin; none where all are flat.
  [[nodiscard]] InstrumentId largest_requirement(AccountId account, const Currency& currency) const;
  // Nothing for unchecked accounts.
  void add_cash(AccountId account, const Money& amount);

  void book_fill(AccountId account, const Instrument& instrument, Side side, Price price,
                 Quantity quantity, const std::optional<Money>& fee);

 private:
  struct Holding {
    Quantity position = Quantity::zero();
    Quantity open_buy = Quantity::zero(), open_sell = Quantity::zero();
    detail::i128 reserved_buy = 0, reserved_sell = 0;  // notional of the open orders, 1e-18
    Price mark = Price::zero();
  };
  Holding& row(AccountId account, InstrumentId instrument) {
    auto& rows = holdings_[account.value];
    if (rows.size() < instrument.value) rows.resize(instrument.value);
    return rows[instrument.value - 1u];
  }
  void change_open(AccountId account, const Instrument& instrument, Side side, Quantity open,
                   Price price, int sign);

  const InstrumentRegistry* registry_;
  std::vector<std::vector<Holding>> holdings_;  // by account id, then instrument
  std::vector<std::uint8_t> checked_;
  std::vector<SimBalance> balances_;
};

}  // namespace keel::sim_detail
