"""The keel command as a user and a script would run it: exit codes, JSON, errors that name the key."""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile

KEEL, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
YAML = "examples/demo/btc_trend.yaml"


def run(*arguments, code=0):
    done = subprocess.run([KEEL, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == code, (arguments, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done


def main():
    for command in ([], ["backtest"], ["replay"], ["inspect"], ["report"]):
        text = run(*command, "--help").stdout
        assert "xample" in text, command
    run(code=2)
    run("backtest", code=2)
    run("backtest", "no-such-file.yaml", code=2)

    error = json.loads(run("backtest", YAML, "--json", "--set", "strategy.nmae=trend", code=1).stderr)
    assert error["code"] == "cli.config_key" and error["field"] == "strategy.nmae", error
    error = json.loads(run("backtest", YAML, "--json", "--set", "instrument.price_increment=0.0000000001", code=1).stderr)
    assert error["code"] == "core.decimal_digits" and error["field"] == "instrument.price_increment", error
    error = json.loads(run("backtest", YAML, "--json", "--set", "strategy.name=trned", code=1).stderr)
    assert error["code"] == "cli.unknown_strategy" and error["value"] == "trned", error
    error = json.loads(run("backtest", YAML, "--json", "--set", "limits.max_positoin=3", code=1).stderr)
    assert error["code"] == "risk.unknown_limit", error

    with tempfile.TemporaryDirectory() as folder:
        journal, out = f"{folder}/run.journal", f"{folder}/out"
        report = json.loads(run("backtest", YAML, "--json", "--journal", journal, "--out", out).stdout)
        assert isinstance(report, dict)
        fills = list(csv.DictReader(open(f"{out}/fills.csv", newline="")))
        assert len(fills) > 2
        error = json.loads(run("backtest", YAML, "--json", "--journal", journal, code=1).stderr)
        assert error["code"] == "journal.exists", error

        same = json.loads(run("replay", YAML, "--json", "--journal", journal).stdout)
        assert same["identical"] and same["commands"] > 0
        other = json.loads(run("replay", YAML, "--json", "--journal", journal, "--set", "strategy.parameters.fast=50", code=3).stdout)
        assert not other["identical"] and other["recorded"] != other["replayed"]

        summary = json.loads(run("inspect", journal, "--json").stdout)
        assert summary["whole"] and summary["kinds"]["order_filled"] == len(fills)
        lines = run("inspect", journal, "--records", "--kind", "order_filled", "--json").stdout.splitlines()
        assert len(lines) == len(fills) and all(json.loads(line)["kind"] == "order_filled" for line in lines)

        run("report", journal, "--html", f"{folder}/again.html", "--fills", f"{folder}/again.csv")
        assert pathlib.Path(f"{folder}/again.csv").read_text() == pathlib.Path(f"{out}/fills.csv").read_text()

        segment = next(pathlib.Path(journal).glob("segment-*"), None) or max(pathlib.Path(journal).iterdir(), key=lambda p: p.stat().st_size)
        data = bytearray(segment.read_bytes())
        data[len(data) // 8] ^= 0xFF
        segment.write_bytes(data)
        broken = json.loads(run("inspect", journal, "--json", code=3).stdout)
        assert not broken["whole"] and broken["damage"]
    print("ok")


main()
