"""The package imports, and a backtest runs: needs nothing but the interpreter.

usage: python test_first.py, with the package on PYTHONPATH
"""

import decimal
import pickle
import struct
import sys

import keel

assert "numpy" not in sys.modules  # importing keel loads nothing heavy

SECOND = 1_000_000_000


def quotes(count):
    """Packed rows of 40 bytes around a price that swings."""
    rows = bytearray()
    for i in range(count):
        cents = 10_000 + 50 * ((i // 40) % 2) + i % 7
        rows += struct.pack("<5q", i * SECOND, cents * 10**7, (cents + 1) * 10**7, 10**9, 10**9)
    return rows


class Cross(keel.Strategy):
    state = ("fast", "slow")

    def __init__(self, instrument):
        self.instrument = instrument
        self.fast, self.slow = keel.Ema(5), keel.Ema(20)
        self.fills = []

    def on_start(self, ctx):
        ctx.subscribe_quotes(self.instrument)

    def on_quote(self, ctx, quote):
        self.fast.update(quote.mid)
        self.slow.update(quote.mid)
        if self.slow.ready:
            up = self.fast.value > self.slow.value
            ctx.set_target_position(self.instrument, keel.Quantity(1 if up else 0))

    def on_fill(self, ctx, fact):
        self.fills.append((fact.last_price, ctx.position(self.instrument)))


def backtest(**settings):
    test = keel.Backtest(cash="100000 USD", **settings)
    test.add_instrument("ABC/USD", quote="USD", price_increment="0.01", quantity_increment="1")
    return test


def test_values():
    assert keel.Price("0.1") + keel.Price("0.2") == keel.Price("0.3") == decimal.Decimal("0.3")
    assert hash(keel.Price("-1")) == hash(-1) and hash(keel.Quantity("2.5")) == hash(2.5)
    assert pickle.loads(pickle.dumps(keel.Money("1.50 USD"))) == keel.Money("1.5", "USD")
    for wrong in (lambda: keel.Price(0.1), lambda: keel.Price("1") + 0.5,
                  lambda: keel.Price("1") < 0.5, lambda: keel.Price("1") * 0.5):
        try:
            wrong()
        except keel.WrongType as error:
            assert error.code == "python.wrong_type" and isinstance(error, TypeError)
        else:
            raise AssertionError("a float was taken")


def test_backtest():
    feed = keel.quotes_feed(1, quotes(2_000))
    first, again = Cross(1), Cross(1)
    test = backtest()
    report = test.run(first, feed)
    assert report.counts["fills"] == len(first.fills) > 10
    hash_of_first = test.rolling_hash
    test.run(again, feed)
    assert again.fills == first.fills and test.rolling_hash == hash_of_first
    assert set(report.statistics) >= {"sharpe", "max_drawdown"}
    assert report.end_equity == report.start_equity + report.net_pnl


def test_error_in_callback():
    class Breaks(Cross):
        def on_quote(self, ctx, quote):
            self.kept = ctx
            if quote.time.ns == 100 * SECOND:
                raise ZeroDivisionError("here")

    strategy = Breaks(1)
    try:
        backtest().run(strategy, keel.quotes_feed(1, quotes(200)))
    except keel.CallbackError as error:
        assert isinstance(error.__cause__, ZeroDivisionError) and error.__cause__.__traceback__
        assert error.event.time == keel.Timestamp(100 * SECOND)
    else:
        raise AssertionError("the run went on")
    try:
        strategy.kept.now
    except keel.Error as error:
        assert error.code == "python.no_callback"


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print(name, "passed")
