"""What `#include <keel/keel.hpp>` costs: its preprocessed lines stay under a limit.

usage: umbrella_lines.py HEADER LIMIT COMPILER [FLAG...]
"""

import subprocess
import sys


def main():
    header, limit, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    run = subprocess.run([*command, "-E", "-P", "-x", "c++", header],
                         capture_output=True, text=True, check=False)
    if run.returncode != 0:
        print(run.stderr)
        sys.exit(1)
    lines = run.stdout.count("\n")
    print(f"{header}: {lines} preprocessed lines, at most {limit}")
    sys.exit(0 if 0 < lines <= limit else 1)


if __name__ == "__main__":
    main()
