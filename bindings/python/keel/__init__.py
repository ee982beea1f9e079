"""keel: exact money, honest orders, backtests that run live.

    import keel

    class Cross(keel.Strategy):
        def __init__(self, btc):
            self.btc, self.fast, self.slow = btc, keel.Ema(10), keel.Ema(40)
        def on_start(self, ctx):
            ctx.subscribe_bars(self.btc, "5min")
        def on_bar(self, ctx, bar):
            self.fast.update(bar.close)
            self.slow.update(bar.close)
            if self.slow.ready:
                up = self.fast.value > self.slow.value
                ctx.set_target_position(self.btc, keel.Quantity(1 if up else 0))

    test = keel.Backtest(cash="10000 USD")
    btc = test.add_instrument("BTC/USD", quote="USD", price_increment="0.01",
                              quantity_increment="0.00000001")
    report = test.run(Cross(btc), keel.quotes_feed(btc, quotes))
    print(report.summary())

Prices, sizes and money are exact: they are made from text, int or decimal.Decimal and never from a
float. Every failure is a keel.Error with code, field and value. docs/python.md is the guide.
"""

from __future__ import annotations

from keel import _keel as _keel
from keel._keel import *  # noqa: F403
from keel._keel import __version__ as __version__
from keel.backtest import Backtest as Backtest
from keel.desk import Desk as Desk
from keel.errors import Bug as Bug
from keel.errors import CallbackError as CallbackError
from keel.errors import Error as Error
from keel.errors import InputError as InputError
from keel.errors import Interrupted as Interrupted
from keel.errors import WrongType as WrongType
from keel.feeds import python_feed as python_feed
from keel.feeds import quotes_feed as quotes_feed
from keel.feeds import trades_feed as trades_feed
from keel.strategy import Strategy as Strategy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keel.arrays import QUOTE_DTYPE as QUOTE_DTYPE
    from keel.arrays import TRADE_DTYPE as TRADE_DTYPE
    from keel.arrays import quote_array as quote_array
    from keel.arrays import trade_array as trade_array
    from keel.arrays import raw_prices as raw_prices
    from keel.arrays import raw_quantities as raw_quantities
    from keel.frames import frame as frame
    from keel.frames import quotes_from_frame as quotes_from_frame
    from keel.frames import trades_from_frame as trades_from_frame
    from keel.sweeps import grid as grid
    from keel.sweeps import sweep as sweep
    from keel.whole import SignalReport as SignalReport
    from keel.whole import atr as atr
    from keel.whole import bollinger_bands as bollinger_bands
    from keel.whole import ema as ema
    from keel.whole import macd as macd
    from keel.whole import rma as rma
    from keel.whole import roc as roc
    from keel.whole import rolling_max as rolling_max
    from keel.whole import rolling_min as rolling_min
    from keel.whole import rolling_std_dev as rolling_std_dev
    from keel.whole import rsi as rsi
    from keel.whole import signal_backtest as signal_backtest
    from keel.whole import sma as sma
    from keel.whole import statistics as statistics
    from keel.whole import true_range as true_range
    from keel.whole import vwap as vwap
    from keel.whole import z_score as z_score

# What loads NumPy or more is loaded when it is asked for.
_LAZY = {
    "QUOTE_DTYPE": "keel.arrays",
    "TRADE_DTYPE": "keel.arrays",
    "quote_array": "keel.arrays",
    "trade_array": "keel.arrays",
    "raw_prices": "keel.arrays",
    "raw_quantities": "keel.arrays",
    "frame": "keel.frames",
    "quotes_from_frame": "keel.frames",
    "trades_from_frame": "keel.frames",
    "grid": "keel.sweeps",
    "sweep": "keel.sweeps",
    "SignalReport": "keel.whole",
    "atr": "keel.whole",
    "bollinger_bands": "keel.whole",
    "ema": "keel.whole",
    "macd": "keel.whole",
    "rma": "keel.whole",
    "roc": "keel.whole",
    "rolling_max": "keel.whole",
    "rolling_min": "keel.whole",
    "rolling_std_dev": "keel.whole",
    "rsi": "keel.whole",
    "signal_backtest": "keel.whole",
    "sma": "keel.whole",
    "statistics": "keel.whole",
    "true_range": "keel.whole",
    "vwap": "keel.whole",
    "z_score": "keel.whole",
}


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module 'keel' has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def _report_html(self: _keel.RunReport) -> str:
    from keel.notebook import html_of_report

    return html_of_report(self)


def _report_plot(self: _keel.RunReport) -> object:
    """Equity over time, by matplotlib or plotly. Error: python.missing_package."""
    from keel.notebook import plot

    return plot(self)


setattr(_keel.RunReport, "_repr_html_", _report_html)
setattr(_keel.RunReport, "plot", _report_plot)


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(_LAZY))

