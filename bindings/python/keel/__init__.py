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

from keel import _keel
from keel._keel import *  # noqa: F403
from keel._keel import __version__ as __version__
from keel.backtest import Backtest as Backtest
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

# What loads NumPy or more is loaded when it is asked for.
_LAZY = {
    "QUOTE_DTYPE": "keel.arrays",
    "TRADE_DTYPE": "keel.arrays",
    "quote_array": "keel.arrays",
    "trade_array": "keel.arrays",
    "raw_prices": "keel.arrays",
    "raw_quantities": "keel.arrays",
    "frame": "keel.frames",
    "sweep": "keel.sweeps",
}


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module 'keel' has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(_LAZY))


del _keel
