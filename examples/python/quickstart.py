"""A backtest: a strategy, quotes, a simulated venue; a report in a file.

usage: quickstart.py [TRADES.csv.gz]      by default the trades that ship with the examples
"""

import pathlib
import sys

import keel

HERE = pathlib.Path(__file__).resolve().parents[1]


class Cross(keel.Strategy):
    """Long one bitcoin while the fast average is above the slow one, else flat."""

    state = ("fast", "slow")

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


def main():
    data = HERE / "data" / "bitstamp_trades_from_20131125_usd.csv.gz"
    path = sys.argv[1] if len(sys.argv) > 1 else str(data)
    test = keel.Backtest(title="Quickstart", cash="10000 USD", limits={"max_position": "2"},
                         fees=keel.FeeSchedule.percent("0.002", "0.0025"))
    btc = test.add_instrument("BTC/USD", quote="USD", price_increment="0.01",
                              quantity_increment="0.00000001")
    columns = keel.CsvSpec()
    columns.time, columns.price, columns.size = "timestamp", "price", "amount"
    report = test.run(Cross(btc), keel.csv_trades(path, columns, test.instrument(btc)))
    print(report.summary())
    report.write_html("quickstart.html")


if __name__ == "__main__":
    main()
