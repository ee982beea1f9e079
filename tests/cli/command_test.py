"""The keel command as a user and a script run it: exit codes, JSON, errors that name the key."""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile

KEEL, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
YAML = "examples/demo/btc_trend.yaml"


def run(*arguments, code=0):
    done = subprocess.run([KEEL, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True,
                          timeout=300)
    assert done.returncode == code, (arguments, done.returncode, done.stdout[-2000:],
                                     done.stderr[-2000:])
    return done


def refused(setting, code, **expected):
    """A backtest with this setting is refused with this error, in JSON on stderr."""
    error = json.loads(run("backtest", YAML, "--json", "--set", setting, code=1).stderr)
    assert error["code"] == code, error
    for name, value in expected.items():
        assert error[name] == value, error


def sweeps():
    grid = ["--grid", "fast=30:60:30", "--grid", "slow=120,240"]
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(f"{folder}/sweep.html")
        two = json.loads(run("sweep", YAML, *grid, "--json", "--threads", 2, "--html", page).stdout)
        assert two["failed"] == 0 and len(two["points"]) == 4, two
        assert [p["parameters"] for p in two["points"]][1] == {"fast": "30", "slow": "240"}, two
        one = json.loads(run("sweep", YAML, *grid, "--json", "--threads", 1).stdout)
        assert one["points"] == two["points"] and one["best"] == two["best"]
        sharpes = [p["statistics"]["sharpe"] for p in one["points"]]
        assert sharpes[one["best"]] == max(sharpes), sharpes
        text = page.read_text()
        assert text.count("<svg") == 2 and "://" not in text and "<script" not in text
        # A point is the backtest that one would run by hand.
        alone = json.loads(run("backtest", YAML, "--json", "--set", "strategy.parameters.fast=30",
                               "--set", "strategy.parameters.slow=240").stdout)
        by_hand = alone["statistics"]["sharpe"]
        assert abs(by_hand - two["points"][1]["statistics"]["sharpe"]) < 1e-6, alone
        # Any key of the file is a parameter by its path; what fails is told at its point.
        fees = json.loads(run("sweep", YAML, "--json", "--grid", "venue.taker_fee=0,0.005,much"
                              ).stdout)
        pnl = [float(p["net_pnl"].split()[0]) for p in fees["points"] if "net_pnl" in p]
        assert len(pnl) == 2 and pnl[0] > pnl[1] and fees["failed"] == 1, fees
        walk_page = f"{folder}/walk.html"
        walk = json.loads(run("walk-forward", YAML, *grid, "--json", "--in-sample", "48h",
                              "--out-of-sample", "24h", "--warm-up", "4h", "--html", walk_page
                              ).stdout)
        assert len(walk["windows"]) >= 2, walk
        for before, after in zip(walk["windows"], walk["windows"][1:]):
            assert before["out_to"] == after["out_from"] and after["in_to"] == after["out_from"]
        assert "<svg" in pathlib.Path(walk_page).read_text()
    error = json.loads(run("sweep", YAML, "--json", "--grid", "fast=9:1:1", code=1).stderr)
    assert error["code"] == "backtest.bad_grid", error
    error = json.loads(run("sweep", YAML, "--json", "--by", "luck", code=1).stderr)
    assert error["code"] == "backtest.unknown_statistic", error
    error = json.loads(run("walk-forward", YAML, "--json", code=1).stderr)
    assert error["code"] == "backtest.bad_window", error


def main():
    for command in ([], ["backtest"], ["sweep"], ["walk-forward"], ["replay"], ["inspect"],
                    ["report"]):
        text = run(*command, "--help").stdout
        assert "xample" in text, command
    run(code=2)
    run("backtest", code=2)
    run("backtest", "no-such-file.yaml", code=2)

    refused("strategy.nmae=trend", "cli.config_key", field="strategy.nmae")
    refused("instrument.price_increment=0.0000000001", "core.decimal_digits",
            field="instrument.price_increment")
    refused("strategy.name=trned", "cli.unknown_strategy", value="trned")
    refused("limits.max_positoin=3", "risk.unknown_limit")

    # Settings that would stop the program are refused by name.
    refused("period=0s", "cli.config_value", field="period")
    refused("sample_every=-1s", "core.time_syntax", field="sample_every")
    refused("periods_per_year=0", "cli.config_value", field="periods_per_year")
    done = run("backtest", YAML, "--json", "--set", "strategy.name=ema_cross", "--set",
               "strategy.parameters={bar: 0s}", code=1)
    assert json.loads(done.stderr)["field"] == "strategy.parameters.bar", done.stderr
    refused("venue.feed_latency=-1s", "core.time_syntax", field="venue.feed_latency")

    # Bad usage is JSON too.
    for words in (["backtest", "no-such-file.yaml", "--json"], ["backtest", "--json"],
                  ["inspect", "--json", "--nonsense"]):
        error = json.loads(run(*words, code=2).stderr)
        assert error["code"] == "cli.usage" and error["rule"], error

    error = json.loads(run("backtest", YAML, "--json", "--strict", code=1).stderr)
    assert error["code"] == "storage.zero_size" and error["field"] == "amount", error

    sweeps()
    with tempfile.TemporaryDirectory() as folder:
        journal, out = f"{folder}/run.journal", f"{folder}/out"
        done = run("backtest", YAML, "--json", "--journal", journal, "--out", out)
        report = json.loads(done.stdout)
        assert isinstance(report, dict)
        fills = list(csv.DictReader(open(f"{out}/fills.csv", newline="")))
        assert len(fills) > 2
        error = json.loads(run("backtest", YAML, "--json", "--journal", journal, code=1).stderr)
        assert error["code"] == "journal.exists", error

        same = json.loads(run("replay", YAML, "--json", "--journal", journal).stdout)
        assert same["identical"] and same["commands"] > 0
        behind = json.loads(run("replay", YAML, "--json", "--journal", journal, "--from",
                                "100").stdout)
        assert behind["identical"] and 0 < behind["after_seq"] <= 100, behind
        assert behind["inputs"] < same["inputs"] and "after_seq" not in same
        other = json.loads(run("replay", YAML, "--json", "--journal", journal, "--set",
                               "strategy.parameters.fast=50", code=3).stdout)
        assert not other["identical"] and other["recorded"] != other["replayed"]

        # Damaged data is told of in one line, whatever else is said.
        warning = json.loads(done.stderr)
        assert warning["code"] == "cli.damaged_data" and "18 storage.zero_size" in warning["value"]
        quiet = run("backtest", YAML, "--quiet", "--set", "feed.max_skipped=0.0001")
        assert quiet.stdout == "" and quiet.stderr.count("\n") == 1, quiet.stderr
        assert quiet.stderr.startswith("keel: WARNING: data: 100000 rows"), quiet.stderr
        text = run("backtest", YAML).stdout
        assert "\ufffd" not in text and "18  storage.zero_size\n" in text, text

        twice = pathlib.Path(f"{folder}/twice.yaml")
        source = (ROOT / YAML).read_text()
        twice.write_text(source + "title: again\n")
        error = json.loads(run("backtest", twice, "--json", code=1).stderr)
        lines = source.splitlines()
        first = next(i for i, line in enumerate(lines, 1) if line.startswith("title:"))
        assert error["code"] == "cli.duplicate_key" and error["field"] == "title", error
        assert f"line {first} and in line {len(lines) + 1}" in error["rule"], error

        for words, code in ((["--kind", "order_filed"], "cli.unknown_kind"),
                            (["--order", "abc"], "cli.bad_order_id"),
                            (["--order", "1-1"], "cli.bad_order_id")):
            error = json.loads(run("inspect", journal, "--records", *words, "--json",
                                   code=1).stderr)
            assert error["code"] == code, error
            assert code != "cli.unknown_kind" or "order_filled" in error["rule"], error

        # What keel denied at release was not rejected by the venue.
        states = {row["reason"]: row["state"]
                  for row in csv.DictReader(open(f"{out}/orders.csv", newline=""))}
        assert all(states[reason] == "denied" for reason in states if reason.startswith("risk.")), \
            states

        summary = json.loads(run("inspect", journal, "--json").stdout)
        assert summary["whole"] and summary["kinds"]["order_filled"] == len(fills)
        done = run("inspect", journal, "--records", "--kind", "order_filled", "--json")
        kinds = [json.loads(line)["kind"] for line in done.stdout.splitlines()]
        assert kinds == ["order_filled"] * len(fills), kinds

        again = pathlib.Path(f"{folder}/again.csv")
        run("report", journal, "--html", f"{folder}/again.html", "--fills", again)
        assert again.read_text() == pathlib.Path(f"{out}/fills.csv").read_text()

        segment = max(pathlib.Path(journal).iterdir(), key=lambda path: path.stat().st_size)
        data = bytearray(segment.read_bytes())
        data[len(data) // 8] ^= 0xFF
        segment.write_bytes(data)
        broken = json.loads(run("inspect", journal, "--json", code=3).stdout)
        assert not broken["whole"] and broken["damage"]
    print("ok")


main()
