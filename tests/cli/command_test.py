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


def main():
    for command in ([], ["backtest"], ["replay"], ["inspect"], ["report"]):
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

    error = json.loads(run("backtest", YAML, "--json", "--strict", code=1).stderr)
    assert error["code"] == "storage.zero_size" and error["field"] == "amount", error

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
        other = json.loads(run("replay", YAML, "--json", "--journal", journal, "--set",
                               "strategy.parameters.fast=50", code=3).stdout)
        assert not other["identical"] and other["recorded"] != other["replayed"]

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
