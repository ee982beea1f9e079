"""Desk: risk checker, order manager, portfolio and ledger in a loop of your own."""

from __future__ import annotations

from keel import _keel
from keel.backtest import _set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Desk"]


class Desk:
    """No engine, no journal, no venue: your loop brings prices, wishes and what venues say; every
    wish is checked at the worst case of what is open, and what passes is yours to send.

    >>> desk = Desk()
    >>> account = desk.add_account("book", desk.add_venue("X"), "USD", kind="margin")
    >>> btc = desk.add_instrument("BTC/USD", venue=1, quote="USD", price_increment="0.01",
    ...                           quantity_increment="0.001")
    >>> desk.set_limit("max_position", "3")
    >>> desk.start()
    >>> desk.change_cash(account, "100000 USD")
    >>> desk.on_market(_keel.Quote(btc, 1, "99", "1", "101", "1"))
    >>> order = _keel.OrderRequest.limit(btc, "buy", "4", "101").on(account)
    >>> desk.check(order)
    <Decision denied: risk.position_limit>
    """

    def __init__(self) -> None:
        self._desk = _keel._Desk()

    def add_venue(self, name: str) -> int:
        """Its id. Before start, as everything that is declared."""
        return self._desk.add_venue(name)

    def add_strategy(self, name: str) -> int:
        """Its id."""
        return self._desk.add_strategy(name)

    def add_account(self, name: str, venue: int, base: str, *, kind: Any = "cash",
                    realm: Any = "live") -> int:
        """Its id. Errors: model.duplicate_name, model.bad_account."""
        return self._desk.add_account(name, venue, base, kind, realm)

    def add_instrument(self, symbol: str, **terms: Any) -> int:
        """Its id; `terms` as in Backtest.add_instrument, and `venue`."""
        spec = _keel.InstrumentSpec()
        spec.symbol = symbol
        if "base" not in terms and "/" in symbol:
            terms["base"] = symbol.split("/")[0]
        for name, value in terms.items():
            _set(spec, name, value)
        return self._desk.add_instrument(spec)

    def set_limit(self, name: str, value: Any, *, instrument: int | None = None,
                  account: int | None = None) -> None:
        """A risk limit by name (docs/risk.md). Errors: risk.*."""
        self._desk.set_limit(name, str(value), instrument, account)

    def start(self) -> None:
        """Everything is declared. Errors: risk.limit_*."""
        self._desk.start()

    def on_market(self, record: _keel.Quote | _keel.Trade | _keel.Bar) -> None:
        """A price."""
        self._desk.on_market(record)

    def set_now(self, now: Any) -> None:
        """Time moves on; it never goes back."""
        self._desk.set_now(now)

    def check(self, request: _keel.OrderRequest) -> _keel.Decision:
        """What the risk checker says; nothing changes."""
        return self._desk.submit(request, False)

    def submit(self, request: _keel.OrderRequest) -> _keel.Decision:
        """Checks, and counts the order as open where it passes; `order` is its id."""
        return self._desk.submit(request, True)

    def cancel(self, order: int) -> str:
        """'' or why not; the order stays open until canceled() is told."""
        return self._desk.cancel(order)

    def accepted(self, order: int) -> None:
        """The venue has it."""
        self._desk.accepted(order)

    def filled(self, order: int, quantity: Any, price: Any, execution: str,
               fee: Any = None) -> None:
        """The venue filled a part. A doubled execution id is booked once."""
        self._desk.filled(order, quantity, price, execution, fee)

    def rejected(self, order: int) -> None:
        """The venue said no."""
        self._desk.rejected(order)

    def canceled(self, order: int) -> None:
        """The venue has taken it out."""
        self._desk.canceled(order)

    def change_cash(self, account: int, amount: Any) -> None:
        """Money came in, or went out (negative)."""
        self._desk.change_cash(account, amount)

    def position(self, account: int, instrument: int) -> _keel.Position | None:
        """None where it never traded."""
        return self._desk.position(account, instrument)

    def valuation(self, account: int) -> _keel.Valuation:
        """In the account's base currency."""
        return self._desk.valuation(account)

    def cash(self, account: int, currency: str) -> _keel.Money:
        """Exact."""
        return self._desk.cash(account, currency)

    def order(self, order: int) -> _keel.Order | None:
        """What is known of it."""
        return self._desk.order(order)

    def ledger(self) -> dict[str, list[Any]]:
        """Double entries, one row a line: keel.frame(desk.ledger())."""
        return self._desk.ledger()

    def trial_balance(self, currency: str) -> _keel.Money:
        """Over all ledger accounts: zero."""
        return self._desk.trial_balance(currency)

    def set_trading_state(self, state: Any, by: str) -> None:
        """active, reducing or halted."""
        self._desk.set_trading_state(state, by)

    def set_kill_level(self, level: Any, why: str, by: str) -> None:
        """Raises the kill switch; reset_kill_switch lowers it."""
        self._desk.set_kill_level(level, why, by)

    def reset_kill_switch(self, by: str) -> None:
        """Who did it is in the audit trail."""
        self._desk.reset_kill_switch(by)

    def open_orders(self, account: int) -> int:
        """How many may still fill."""
        return self._desk.open_orders(account)

    @property
    def trading_state(self) -> _keel.TradingState:
        """For everybody."""
        return self._desk.trading_state

    @property
    def instruments(self) -> _keel.InstrumentRegistry:
        """What was listed."""
        return self._desk.instruments
