"""What is installed: `keel-python`, or `python -m keel.doctor`."""

from __future__ import annotations

import importlib.util
import os
import sys

_OPTIONAL = {
    "numpy": "arrays and whole-array backtests",
    "pandas": "keel.frame(..., 'pandas')",
    "polars": "keel.frame(..., 'polars')",
    "pyarrow": "keel.frame(..., 'arrow')",
    "matplotlib": "report.plot()",
    "distributed": "keel.sweep(..., on=Client(...))",
    "ray": "keel.sweep(..., on=ray)",
}


def report() -> list[str]:
    """One line each: the package, its native module, optional packages and what they are for."""
    from keel import _keel

    lines = [f"keel {_keel.__version__}, Python {sys.version.split()[0]}",
             f"native module: {_keel.__file__} ({os.path.getsize(_keel.__file__) // 1024} KiB)"]
    for name, purpose in _OPTIONAL.items():
        there = importlib.util.find_spec(name) is not None
        lines.append(f"  {name:12} {'yes' if there else 'no ':3}  {purpose}"
                     + ("" if there else f"  (pip install {name})"))
    return lines


def main() -> int:
    """Prints the report."""
    sys.stdout.write("\n".join(report()) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
