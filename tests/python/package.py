"""pip install of the tree into an environment of its own, then everything that it promises.

usage: package.py TREE ENVIRONMENT
"""

import os
import pathlib
import subprocess
import sys
import time
import venv

PACKAGES = ["numpy", "pandas", "pyarrow", "polars", "pytest", "hypothesis", "mypy", "dask",
            "distributed"]
IMPORT_MS, WHEEL_MIB = 40, 10


def run(*command, **settings):
    print("$", *command, flush=True)
    subprocess.run([str(c) for c in command], check=True, **settings)


def processor_seconds(python, code, times=5):
    """Of an interpreter that runs this, the least of some."""
    best = float("inf")
    for _ in range(times):
        before = os.times()
        subprocess.run([str(python), "-c", code], check=True)
        after = os.times()
        best = min(best, after.children_user + after.children_system - before.children_user
                   - before.children_system)
    return best


def main():
    tree, place = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    python = place / "bin/python"
    if not python.exists():
        venv.create(place, with_pip=True)
        run(python, "-m", "pip", "-q", "install", *PACKAGES)
    settings = dict(os.environ, CMAKE_CXX_COMPILER_LAUNCHER="ccache")
    began = time.monotonic()
    run(python, "-m", "pip", "-q", "install", "--force-reinstall", "--no-deps", tree, env=settings)
    print(f"built and installed in {time.monotonic() - began:.0f} s")
    native = next(place.glob("lib/python*/site-packages/keel/_keel*.so"))
    assert native.stat().st_size < WHEEL_MIB << 20, native.stat().st_size
    cost = processor_seconds(python, "import keel") - processor_seconds(python, "pass")
    print(f"import keel: {cost * 1e3:.0f} ms of processor time, {native.stat().st_size >> 10} KiB")
    assert cost * 1e3 < IMPORT_MS

    stubs = place / "_keel.pyi"
    run(python, tree / "bindings/python/tools/make_stubs.py", stubs)
    committed = tree / "bindings/python/keel/_keel.pyi"
    assert stubs.read_text() == committed.read_text(), "make_stubs.py gives something else"
    run(python, tree / "bindings/python/tools/bindings_check.py", tree)
    run(python, "-m", "mypy", "--config-file", tree / "pyproject.toml", "-p", "keel", cwd=place)
    run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", tree / "bindings/python/tests",
        cwd=place)
    for example in ("quickstart.py",):
        run(python, tree / "examples/python" / example, cwd=place)
    run(python, "-m", "keel.doctor")


if __name__ == "__main__":
    main()
