"""The demo: its files are there, agree with each other, and the last line is the promise."""

import csv
import decimal
import json
import pathlib
import subprocess
import sys
import tempfile
from html.parser import HTMLParser

DEMO, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])


class Checker(HTMLParser):
    def __init__(self):
        super().__init__()
        self.pictures = 0

    def handle_starttag(self, tag, attributes):
        self.pictures += tag == "svg"
        for name, value in attributes:
            assert name not in ("src", "href") or value.startswith("#"), (tag, name, value)


def run_demo(folder):
    done = subprocess.run([DEMO, "--out", folder], cwd=ROOT, capture_output=True, text=True,
                          timeout=300)
    assert done.returncode == 0, (done.stdout[-3000:], done.stderr[-2000:])
    return done


def main():
    with tempfile.TemporaryDirectory() as folder:
        done = run_demo(folder)
        assert done.stdout.rstrip().splitlines()[-1] == "replay: identical", done.stdout[-500:]
        assert "18" in done.stdout, "the 18 zero amounts of the file are reported"
        out = pathlib.Path(folder)
        for name in ("report.html", "report.json", "fills.csv", "orders.csv"):
            assert (out / name).stat().st_size > 500, name
        report = json.loads((out / "report.json").read_text())
        fills = list(csv.DictReader((out / "fills.csv").open(newline="")))
        orders = list(csv.DictReader((out / "orders.csv").open(newline="")))
        assert fills and orders
        assert isinstance(report, dict)
        # What was bought and sold adds up, in exact decimals.
        held = decimal.Decimal(0)
        for row in fills:
            quantity = decimal.Decimal(row["quantity"])
            held += quantity if row["side"] == "buy" else -quantity
            assert held >= 0, "a cash account does not sell what it does not hold"
        checker = Checker()
        checker.feed((out / "report.html").read_text())
        assert checker.pictures >= 4
        # Again over the same folder: what was there is replaced, and nothing else comes out.
        first = (out / "fills.csv").read_text()
        run_demo(folder)
        assert (out / "fills.csv").read_text() == first
    print("ok")


main()
