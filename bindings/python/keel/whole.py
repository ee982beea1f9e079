"""Whole arrays: indicators over columns, and backtests of target positions, at native speed."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from keel import _keel
from keel.arrays import QUOTE_DTYPE, raw_quantities
from keel.errors import InputError

__all__ = ["SignalReport", "atr", "bollinger_bands", "ema", "macd", "rma", "roc",
           "rolling_max", "rolling_min", "rolling_std_dev", "rsi", "signal_backtest", "sma",
           "statistics", "true_range", "vwap", "z_score"]

Floats = npt.NDArray[np.float64]


def _floats(values: Any, name: str) -> Floats:
    """As a contiguous column of float64; without a copy where it is one."""
    array = np.asarray(values)
    if array.dtype == object or array.dtype.kind not in "fiu" or array.ndim != 1:
        raise InputError("python.bad_array", name, f"dtype {array.dtype}, shape {array.shape}",
                         "one dimension of numbers")
    return np.ascontiguousarray(array, dtype=np.float64)


def _length(length: Any) -> int:
    if isinstance(length, bool) or not isinstance(length, (int, np.integer)) or not (
            1 <= length <= 10_000_000):
        raise InputError("indicators.bad_length", "length", repr(length)[:40],
                         "an int from 1 to 10000000")
    return int(length)


def _one(function: Any, values: Any, length: int) -> Floats:
    column = _floats(values, "values")
    out = np.empty(len(column))
    function(column, _length(length), out)
    return out


def sma(values: Any, length: int) -> Floats:
    """Simple moving average. (n,) floats in, (n,) floats out, NaN before the warm-up.
    Errors (of every function here): indicators.bad_length, indicators.bad_value (NaN in the input,
    with its row), python.bad_array.

    >>> sma([1.0, 2.0, 3.0, 4.0], 2)
    array([nan, 1.5, 2.5, 3.5])
    """
    return _one(_keel._sma, values, length)


def ema(values: Any, length: int) -> Floats:
    """Exponential average, seeded with the mean of the first n; bit for bit as keel.Ema."""
    return _one(_keel._ema, values, length)


def rma(values: Any, length: int) -> Floats:
    """Wilder's average."""
    return _one(_keel._rma, values, length)


def rsi(values: Any, length: int = 14) -> Floats:
    """Relative strength index, 0 to 100."""
    return _one(_keel._rsi, values, length)


def roc(values: Any, length: int = 10) -> Floats:
    """Rate of change in percent."""
    return _one(_keel._roc, values, length)


def rolling_std_dev(values: Any, length: int) -> Floats:
    """Population standard deviation of the last n."""
    return _one(_keel._rolling_std_dev, values, length)


def z_score(values: Any, length: int) -> Floats:
    """Deviations of the newest value from the mean of the last n."""
    return _one(_keel._z_score, values, length)


def rolling_max(values: Any, length: int) -> Floats:
    """Highest of the last n."""
    return _one(_keel._rolling_max, values, length)


def rolling_min(values: Any, length: int) -> Floats:
    """Lowest of the last n."""
    return _one(_keel._rolling_min, values, length)


def macd(values: Any, fast: int = 12, slow: int = 26,
         signal: int = 9) -> tuple[Floats, Floats, Floats]:
    """(macd, signal, histogram), (n,) floats each."""
    column = _floats(values, "values")
    outs = tuple(np.empty(len(column)) for _ in range(3))
    _keel._macd(column, _length(fast), _length(slow), _length(signal), *outs)
    return outs[0], outs[1], outs[2]


def bollinger_bands(values: Any, length: int = 20,
                    width: float = 2.0) -> tuple[Floats, Floats, Floats]:
    """(upper, middle, lower), (n,) floats each."""
    column = _floats(values, "values")
    outs = tuple(np.empty(len(column)) for _ in range(3))
    _keel._bollinger_bands(column, _length(length), width, *outs)
    return outs[0], outs[1], outs[2]


def true_range(high: Any, low: Any, close: Any) -> Floats:
    """The true range of each bar; NaN for the first."""
    highs, lows = _floats(high, "high"), _floats(low, "low")
    out = np.empty(len(highs))
    _keel._atr(highs, lows, _floats(close, "close"), 0, out)
    return out


def atr(high: Any, low: Any, close: Any, length: int = 14) -> Floats:
    """Average true range, Wilder's."""
    highs, lows = _floats(high, "high"), _floats(low, "low")
    out = np.empty(len(highs))
    _keel._atr(highs, lows, _floats(close, "close"), _length(length), out)
    return out


def vwap(price: Any, volume: Any) -> Floats:
    """Volume-weighted average price since the start of the column."""
    prices, volumes = _floats(price, "price"), _floats(volume, "volume")
    out = np.empty(len(prices))
    _keel._vwap(prices, volumes, out)
    return out


def statistics(time: Any, equity: Any, periods_per_year: float,
               risk_free: float = 0.0) -> dict[str, float | None]:
    """Performance statistics of an equity curve, by name (keel.statistic_table() has them all).
    time: (n,) datetime64 or nanoseconds, ascending; equity: (n,) floats, one a period.
    Errors: analytics.bad_curve, analytics.bad_config."""
    from keel.arrays import _times

    made: dict[str, float | None] = _keel._statistics(
        np.ascontiguousarray(_times(time)), _floats(equity, "equity"), periods_per_year, risk_free)
    return made


class SignalReport:
    """What a column of targets came to: exact `cash`, `fees` and `position`; `fills`, a dict of
    (m,) int64 columns (row of the quote, price in 1e-9, quantity in 1e-8, signed); `equity`,
    (n,) floats at the mid, where it was asked for."""

    def __init__(self, result: dict[str, Any], equity: Floats | None) -> None:
        self.cash: _keel.Money = result["cash"]
        self.fees: _keel.Money = result["fees"]
        self.position: _keel.Quantity = result["position"]
        self.fills = {name: np.frombuffer(result[name], dtype=np.int64)
                      for name in ("row", "price", "quantity")}
        self.equity = equity

    def __repr__(self) -> str:
        return (f"<SignalReport {len(self.fills['row'])} fills, cash {self.cash}, "
                f"position {self.position}>")


def signal_backtest(instrument: _keel.Instrument, quotes: npt.NDArray[np.void], targets: Any, *,
                    fees: _keel.FeeSchedule | None = None, cash: Any = None,
                    equity: bool = False) -> SignalReport:
    """A strategy as two columns, at native speed: quotes of keel.QUOTE_DTYPE, (n,), and the
    position wanted after each, (n,): int64 raw quantities (1e-8), or other numbers that
    keel.raw_quantities takes. A target beside quote i is filled at quote i + 1: purchases at its
    ask, sales at its bid, whatever the size; fees by the taker's rate. Money is exact.

    Errors: python.bad_array, storage.columns_differ, python.out_of_range (a target off the
    quantity grid, with its row)."""
    if getattr(quotes, "dtype", None) != QUOTE_DTYPE or not quotes.flags.c_contiguous:
        raise InputError("python.bad_array", "quotes", str(getattr(quotes, "dtype", ""))[:60],
                         "contiguous, dtype keel.QUOTE_DTYPE")
    wanted = np.asarray(targets)
    if wanted.dtype != np.int64:
        wanted = raw_quantities(wanted)
    curve = np.empty(len(quotes)) if equity else None
    start = cash if cash is not None else _keel.Money(0, instrument.settlement)
    result = _keel._signals(instrument, quotes.view(f"V{QUOTE_DTYPE.itemsize}"),
                            np.ascontiguousarray(wanted),
                            fees if fees is not None else _keel.FeeSchedule(), start, curve)
    return SignalReport(result, curve)
