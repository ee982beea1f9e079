"""Backtest: a feed, a simulated venue, an engine and a report, wired."""

from __future__ import annotations

import os

from keel import _keel
from keel.errors import InputError, WrongType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["Backtest"]

_SIM = ("seed", "order_latency", "response_latency", "fills", "fees", "fee_delay", "self_trade",
        "max_orders", "max_executions")


def _set(target: object, name: str, value: Any) -> None:
    if name.startswith("_") or not hasattr(target, name):
        raise InputError("python.unknown_argument", name, repr(value),
                         f"an attribute of keel.{type(target).__name__}")
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if name in ("order_latency", "response_latency") and not isinstance(
            value, _keel.LatencyModel):
        value = _keel.LatencyModel.constant(value)
    try:
        setattr(target, name, value)
    except TypeError as error:
        if isinstance(error, WrongType):
            raise
        raise WrongType("python.wrong_type", name, repr(value)[:80],
                        f"what keel.{type(target).__name__}.{name} takes") from None
    except AttributeError:
        raise InputError("python.unknown_argument", name, repr(value)[:80],
                         f"an attribute of keel.{type(target).__name__}") from None


class Backtest:
    """One account, one simulated venue, any number of instruments.

    Keyword arguments are attributes of keel.BacktestConfig (cash, kind, journal, feed_latency,
    period, periods_per_year, ...) and of keel.SimConfig (order_latency, response_latency, fees,
    fills, seed, ...); `limits` is a dict of risk limits by name. Latencies are durations ("1ms")
    or a keel.LatencyModel. Errors: python.unknown_argument, and those of the values.

    >>> test = Backtest(cash="10000 USD", limits={"max_position": "2"})
    >>> test.add_instrument("BTC/USD", quote="USD", price_increment="0.01",
    ...                     quantity_increment="0.00000001")
    1
    """

    def __init__(self, config: _keel.BacktestConfig | None = None, *,
                 limits: dict[str, Any] | None = None, **settings: Any) -> None:
        config = config if config is not None else _keel.BacktestConfig()
        sim = config.sim
        for name, value in settings.items():
            _set(sim if name in _SIM else config, name, value)
        config.sim = sim
        for name, value in (limits or {}).items():
            config.set_limit(name, str(value))
        self._test = _keel._Backtest(config)

    def add_instrument(self, symbol: str | _keel.InstrumentSpec, **terms: Any) -> int:
        """Lists an instrument; its id. `terms` are attributes of keel.InstrumentSpec; quote,
        price_increment and quantity_increment must be among them. The base of "BTC/USD" is BTC
        where none is given. Errors: model.bad_instrument, model.duplicate_name."""
        if isinstance(symbol, _keel.InstrumentSpec):
            spec = symbol
        else:
            spec = _keel.InstrumentSpec()
            spec.symbol = symbol
            if "base" not in terms and "/" in symbol:
                terms["base"] = symbol.split("/")[0]
        for name, value in terms.items():
            _set(spec, name, value)
        return self._test.add_instrument(spec)

    @property
    def instruments(self) -> _keel.InstrumentRegistry:
        """What was listed."""
        return self._test.instruments

    def instrument(self, instrument: int) -> _keel.Instrument:
        """Error: model.unknown_instrument."""
        return self._test.instruments.get(instrument)

    def set_limit(self, name: str, value: Any, instrument: int | None = None) -> None:
        """A risk limit by name, for all instruments or one. Errors: risk.*."""
        self._test.set_limit(name, str(value), instrument)

    def run(self, strategy: Any, feed: _keel.Feed, *, name: str = "strategy",
            progress: Callable[[int, int, _keel.Timestamp], object] | None = None,
            ) -> _keel.RunReport:
        """Runs a strategy over a feed. Ctrl-C stops it. Errors: keel.CallbackError (a callback
        raised), engine.*, journal.* (journal.exists: the folder must be new), storage.*."""
        return self._test.run(strategy, feed, name, progress)

    def recover(self, strategy: Any, *, name: str = "strategy") -> _keel.RecoveryReport:
        """Opens the journal of the last run as a restart would, with a fresh strategy."""
        return self._test.recover(strategy, name)

    def verify(self, make: Callable[[], Any], *, name: str = "strategy") -> _keel.VerifyReport:
        """Runs fresh strategies over the journal, and names the first decision that differs."""
        return self._test.verify(make, name)

    def position(self, instrument: int) -> _keel.Quantity:
        """Of the account, after the last run."""
        return self._test.position(instrument)

    @property
    def rolling_hash(self) -> int:
        """Over every fact and command of the last run: equal runs have equal ones."""
        return self._test.rolling_hash
