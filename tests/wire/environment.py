"""Runs a wire test in an environment of its own: makes it under build/env once, pinned.

usage: environment.py FOLDER NAME PACKAGE==VERSION... -- SCRIPT ARGUMENT...
"""

import os
import pathlib
import subprocess
import sys


def main():
    arguments = sys.argv[1:]
    end = arguments.index("--")
    folder, name, packages = pathlib.Path(arguments[0]), arguments[1], arguments[2:end]
    home = folder / name
    python = home / "bin" / "python"
    mark = home / "installed.txt"
    wanted = "\n".join(packages)
    if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
        mark.write_text(wanted, encoding="utf-8")
    os.execv(python, [str(python), *arguments[end + 1:]])


if __name__ == "__main__":
    main()
