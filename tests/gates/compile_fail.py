"""A file whose marked parts must not compile, each for the reason that it names.

usage: compile_fail.py FILE COMPILER [FLAG...]

The file compiles as it stands. Each part between `#if EXPECT_FAIL == N  // error: PATTERN` and its
`#endif` must then break it, alone, and PATTERN (a regular expression) is found in what the compiler
says.
"""

import pathlib
import re
import subprocess
import sys

from tree import finish, text_of

PART = re.compile(r"^#if EXPECT_FAIL == (\d+)\s*// error: (.+)$", re.MULTILINE)


def compile_file(command, number):
    run = subprocess.run([*command, f"-DEXPECT_FAIL={number}"], capture_output=True, text=True)
    return run.returncode == 0, run.stderr


def main():
    path = pathlib.Path(sys.argv[1])
    command = [*sys.argv[2:], "-fsyntax-only", "-x", "c++", str(path)]
    parts = PART.findall(text_of(path))
    problems = []
    good, stderr = compile_file(command, 0)
    if not good:
        problems.append(f"{path.name}: does not compile without its parts\n{stderr}")
    if [int(number) for number, _ in parts] != list(range(1, len(parts) + 1)):
        problems.append(f"{path.name}: the parts are numbered 1, 2, 3 ...")
    for number, pattern in parts if good else []:
        compiled, stderr = compile_file(command, number)
        if compiled:
            problems.append(f"{path.name}: part {number} compiles, and must not")
        elif not re.search(pattern, stderr):
            why = f"part {number} fails, but not with '{pattern}'"
            problems.append(f"{path.name}: {why}:\n{stderr}")
    finish(path.name, problems, len(parts))


if __name__ == "__main__":
    main()
