"""The Python package in figures of one run; read them as ratios.

usage: bench_python.py [--peers]      with the package keel and numpy importable

--peers makes environments of their own under build/env and measures FLOX (lrvx) beside keel on the
same quotes where it can be installed; it needs a package index.
"""

import argparse
import pathlib
import subprocess
import sys
import time
import venv

import numpy as np

import keel

COUNT = 1_000_000
SECOND = 1_000_000_000


def quotes(count):
    rng = np.random.default_rng(1)
    cents = np.maximum(1_000, 10_000 + np.cumsum(rng.integers(-3, 4, count)))
    rows = np.zeros(count, keel.QUOTE_DTYPE)
    rows["time"] = np.arange(count) * (SECOND // 10)
    rows["bid_price"], rows["ask_price"] = cents * 10**7, (cents + 1) * 10**7
    rows["bid_size"] = rows["ask_size"] = 10**12
    return rows


class Silent(keel.Strategy):
    """Subscribes, and listens to nothing: what the engine costs alone."""

    def on_start(self, ctx):
        ctx.subscribe_quotes(1)


class Empty(Silent):
    def on_quote(self, ctx, quote):
        pass


class Cross(Silent):
    def __init__(self, fast=100, slow=400):
        self.fast, self.slow = keel.Ema(fast), keel.Ema(slow)
        self.one, self.zero, self.was = keel.Quantity(1), keel.Quantity(0), None

    def on_quote(self, ctx, quote):
        mid = quote.mid
        self.fast.update(mid)
        self.slow.update(mid)
        up = self.fast.value > self.slow.value
        if up is not self.was and self.slow.ready:
            self.was = up
            ctx.set_target_position(1, self.one if up else self.zero)


def make():
    test = keel.Backtest(cash="1000000 USD", measure_latency=False)
    test.add_instrument("ABC/USD", quote="USD", price_increment="0.01", quantity_increment="1")
    return test


def best(function, times=3):
    """Processor seconds of the fastest of some calls."""
    seconds = []
    for _ in range(times):
        began = time.process_time()
        result = function()
        seconds.append(time.process_time() - began)
    return min(seconds), result


def whole(test, rows, fast=100, slow=400):
    mid = (rows["bid_price"] + rows["ask_price"]) * 5e-10
    up = keel.ema(mid, fast) > keel.ema(mid, slow)
    return keel.signal_backtest(test.instrument(1), rows, np.where(up, 10**8, 0))


def cell(rows, averages, instrument, fast, slow):
    up = averages[fast] > averages[slow]
    return keel.signal_backtest(instrument, rows, np.where(up, 10**8, 0)).cash


def measure():
    rows, test = quotes(COUNT), make()
    feed = keel.quotes_feed(1, rows)
    figures = {}
    for kind in (Silent, Empty, Cross):
        seconds, report = best(lambda: test.run(kind(), feed))
        figures[kind.__name__] = seconds
        print(f"{kind.__name__:8} {COUNT / seconds / 1e6:6.2f} M quotes/s, "
              f"{report.counts['orders']} orders")
    overhead = (figures["Empty"] - figures["Silent"]) / COUNT * 1e9
    print(f"a callback costs {overhead:.0f} ns more than none (budget 300)")
    seconds, report = best(lambda: whole(test, rows))
    print(f"whole arrays: {COUNT / seconds / 1e6:.1f} M quotes/s with both averages (budget 10), "
          f"{len(report.fills['row'])} fills")

    rows = quotes(5_000)
    mid = (rows["bid_price"] + rows["ask_price"]) * 5e-10
    axes = {"fast": list(range(5, 45, 2)), "slow": list(range(50, 150, 5))}
    began = time.perf_counter()
    averages = {n: keel.ema(mid, n) for axis in axes.values() for n in axis}
    points = keel.sweep(cell, axes, shared=(rows, averages, test.instrument(1)))
    print(f"sweep of {len(points)} cells over 5,000 rows: "
          f"{(time.perf_counter() - began) * 1e3:.0f} ms by the clock (budget 100)")

    began = time.perf_counter()
    for _ in range(5):
        subprocess.run([sys.executable, "-c", "import keel"], check=True)
    there = time.perf_counter()
    for _ in range(5):
        subprocess.run([sys.executable, "-c", "pass"], check=True)
    bare = time.perf_counter() - there
    print(f"import keel: {(there - began - bare) / 5 * 1e3:.0f} ms above a bare interpreter")
    return COUNT / figures["Cross"], COUNT / best(lambda: whole(test, quotes(COUNT)))[0]


PEER = """
import time, numpy as np, flox_py as flox
n = 1_000_000
rng = np.random.default_rng(1)
price = np.maximum(10.0, 100.0 + np.cumsum(rng.integers(-3, 4, n)) / 100)
began = time.process_time()
a, b = flox.ema(price, 100), flox.ema(price, 400)
np.where(a > b, 1, 0)
print(n / (time.process_time() - began))
"""


def peers(ours):
    folder = pathlib.Path("build/env/flox")
    if not (folder / "bin/python").exists():
        venv.create(folder, with_pip=True)
    python = folder / "bin/python"
    for command in ([python, "-m", "pip", "-q", "install", "lrvx==0.11.0", "numpy"],
                    [python, "-c", PEER]):
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
        if done.returncode != 0:
            print("FLOX (lrvx 0.11.0) was not measured:", (done.stderr or "").strip()[-200:])
            return
    print(f"FLOX, its averages alone: {float(done.stdout) / 1e6:.1f} M/s; keel's whole-array "
          f"backtest is {ours / float(done.stdout):.2f} times that")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--peers", action="store_true")
    wanted = parser.parse_args()
    _, arrays = measure()
    if wanted.peers:
        peers(arrays)
