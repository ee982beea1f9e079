"""Runs: strategies of Python against native ones and against whole arrays."""

import json
import threading
import time

import numpy as np
import pytest
from conftest import SECOND, make_backtest, swinging_quotes

import keel


class Cross(keel.Strategy):
    state = ("fast", "slow", "seen")

    def __init__(self, instrument=1, fast=20, slow=80):
        self.instrument, self.seen, self.facts = instrument, 0, []
        self.fast, self.slow = keel.Ema(fast), keel.Ema(slow)

    def on_start(self, ctx):
        ctx.subscribe_quotes(self.instrument)

    on_recovered = on_start

    def on_quote(self, ctx, quote):
        self.seen += 1
        self.fast.update(quote.mid)
        self.slow.update(quote.mid)
        if self.slow.ready:
            up = self.fast.value > self.slow.value
            ctx.set_target_position(self.instrument, keel.Quantity(1 if up else -1))

    def on_fill(self, ctx, fact):
        self.facts.append(fact)


class Bars(keel.Strategy):
    def __init__(self, fast, slow):
        self.fast, self.slow = keel.Ema(fast), keel.Ema(slow)

    def on_start(self, ctx):
        ctx.subscribe_bars(1, "10s@mid")

    def on_bar(self, ctx, bar):
        self.fast.update(bar.close)
        self.slow.update(bar.close)
        if self.slow.ready:
            up = self.fast.value > self.slow.value
            ctx.set_target_position(1, keel.Quantity(1 if up else 0))


def test_python_and_native_strategies_decide_the_same():
    feed = keel.quotes_feed(1, swinging_quotes(50_000))
    ours, native = make_backtest(), make_backtest()
    a = ours.run(Bars(5, 20), feed)
    b = native.run(keel.EmaCross(1, 5, 20, "1", "10s@mid"), feed)
    assert a.counts["fills"] == b.counts["fills"] > 5
    assert ours.rolling_hash == native.rolling_hash


def test_whole_arrays_agree_with_the_engine(quotes):
    fees = keel.FeeSchedule.percent("0", "0.001")
    test = make_backtest(order_latency="150ms", response_latency="1ns", fees=fees, kind="margin")
    strategy = Cross()
    report = test.run(strategy, keel.quotes_feed(1, quotes))
    mid = (quotes["bid_price"] / 1e9 + quotes["ask_price"] / 1e9) * 0.5
    fast, slow = keel.ema(mid, 20), keel.ema(mid, 80)
    targets = np.where(np.isnan(slow), 0, np.where(fast > slow, 1, -1)) * 10**8
    whole = keel.signal_backtest(test.instrument(1), quotes, targets, fees=fees,
                                 cash="1000000 USD", equity=True)
    engine_fills = [fact.last_price.raw for fact in strategy.facts]
    assert list(whole.fills["price"][:len(engine_fills)]) == engine_fills and engine_fills
    assert whole.cash == report.valuation.cash and whole.fees == report.valuation.fees
    assert len(whole.equity) == len(quotes)


def test_journal_recover_verify(tmp_path, quotes):
    folder = str(tmp_path / "run.journal")
    test = make_backtest(journal=folder)
    strategy = Cross()
    test.run(strategy, keel.quotes_feed(1, quotes))
    fresh = Cross()
    recovered = test.recover(fresh)
    assert recovered.seq > 0 and fresh.seen == strategy.seen
    assert fresh.slow.value == strategy.slow.value
    assert test.verify(Cross).identical
    assert not test.verify(lambda: Cross(fast=10)).identical
    assert keel.inspect_journal(folder)["whole"]
    kinds = [record.kind for _, _, records in keel.JournalReader(folder) for record in records
             if isinstance(record, keel.OrderFact)]
    assert kinds.count("order_filled") == len(strategy.facts)
    assert keel.report_from_journal(folder).counts["fills"] == len(strategy.facts)
    with pytest.raises(keel.Error) as caught:
        make_backtest(journal=folder).run(Cross(), keel.quotes_feed(1, quotes))
    assert caught.value.code == "journal.exists"


def test_journal_is_whole_after_an_exception(tmp_path, quotes):
    class Breaks(Cross):
        def on_fill(self, ctx, fact):
            raise ValueError("on the first fill")

    folder = str(tmp_path / "run.journal")
    with pytest.raises(keel.CallbackError) as caught:
        make_backtest(journal=folder).run(Breaks(), keel.quotes_feed(1, quotes))
    assert caught.value.event.kind == "order_filled"
    trace = caught.value.__cause__.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    assert trace.tb_frame.f_code.co_name == "on_fill"
    assert keel.inspect_journal(folder)["whole"]


def test_kept_records_stay_as_they_were(quotes):
    class Keeps(Cross):
        kept = []

        def on_quote(self, ctx, quote):
            if self.seen % 100 == 0:
                self.kept.append((quote, quote.time.ns, quote.bid_price))
            self.seen += 1

    strategy = Keeps()
    make_backtest().run(strategy, keel.quotes_feed(1, quotes))
    assert len(strategy.kept) == 50
    for quote, time_ns, price in strategy.kept:
        assert quote.time.ns == time_ns and quote.bid_price == price


def test_other_threads_run_meanwhile():
    done = []
    thread = threading.Thread(target=lambda: [time.sleep(0.001), done.append(time.monotonic())])
    thread.start()
    make_backtest().run(keel.EmaCross(1), keel.quotes_feed(1, swinging_quotes(400_000)))
    ended = time.monotonic()
    thread.join()
    assert done[0] <= ended


def test_python_feed_and_bars():
    bars = [keel.Bar(1, i * 60 * SECOND, "1min", "100", "101", "99", "100", "5")
            for i in range(50)]

    class Counts(keel.Strategy):
        def __init__(self):
            self.bars = []

        def on_start(self, ctx):
            ctx.subscribe_bars(1, "1min")

        def on_bar(self, ctx, bar):
            self.bars.append(bar.close)

    strategy = Counts()
    make_backtest().run(strategy, keel.python_feed(bars))
    assert len(strategy.bars) >= 49

    def breaks():
        yield bars[0]
        raise OSError("the line is cut")

    with pytest.raises(OSError):
        make_backtest().run(Counts(), keel.python_feed(breaks()))


def test_frames_and_html(quotes):
    report = make_backtest().run(Cross(), keel.quotes_feed(1, quotes))
    plain = keel.frame(report.fills(), "dict")
    assert plain["time"].dtype == "datetime64[ns]" and plain["price"].dtype == float
    assert "<table>" in report._repr_html_() and json.loads(report.json())
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"time": quotes["time"].view("datetime64[ns]"),
                              "bid": quotes["bid_price"] / 1e9, "ask": quotes["ask_price"] / 1e9})
    assert (keel.quotes_from_frame(table)["bid_price"] == quotes["bid_price"]).all()
    assert len(keel.frame(report.fills())) == report.counts["fills"]


def cell(quotes, fast, slow):
    if fast == slow:
        raise ValueError("no cross")
    mid = (quotes["bid_price"] + quotes["ask_price"]) / 2e9
    a, b = keel.ema(mid, fast), keel.ema(mid, slow)
    test = make_backtest()
    return str(keel.signal_backtest(test.instrument(1), quotes,
                                    np.where(a > b, 10**8, 0)).cash)


def test_sweep_is_the_same_everywhere(quotes):
    axes = {"fast": [5, 10, 20], "slow": [20, 40]}
    told = []
    here = keel.sweep(cell, axes, shared=(quotes,), on="inline",
                      progress=lambda done, total: told.append((done, total)))
    threads = keel.sweep(cell, axes, shared=(quotes,), on="threads", workers=2)
    assert [p.value for p in here] == [p.value for p in threads] and told[-1] == (6, 6)
    failed = [p for p in here if not p.ok]
    assert [p.parameters for p in failed] == [{"fast": 20, "slow": 20}]
    assert "no cross" in failed[0].error


def test_whole_array_indicators_agree_with_streaming():
    values = np.random.default_rng(3).normal(100, 5, 500)
    for name, kind, length in (("ema", keel.Ema, 20), ("sma", keel.Sma, 20), ("rsi", keel.Rsi, 14),
                               ("rma", keel.Rma, 9), ("z_score", keel.ZScore, 30)):
        one, whole = kind(length), getattr(keel, name)(values, length)
        streamed = []
        for value in values:
            one.update(value)
            streamed.append(one.value)
        assert np.array_equal(np.array(streamed), whole, equal_nan=True), name
        again = kind(length)
        again.set_state(one.get_state())
        assert again.value == one.value


def test_sweep_on_dask(quotes):
    distributed = pytest.importorskip("distributed")
    axes = {"fast": [5, 10], "slow": [20, 40]}
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=False,
                                  dashboard_address=None) as cluster:
        with distributed.Client(cluster) as client:
            there = keel.sweep(cell, axes, shared=(quotes,), on=client)
    here = keel.sweep(cell, axes, shared=(quotes,), on="inline")
    assert [p.value for p in there] == [p.value for p in here]
