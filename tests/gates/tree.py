"""What the gates share: the files of the tree, and one way to say what is wrong."""

import os
import pathlib
import re
import sys

QUIET = re.compile(
    r"""//[^\n]*|/\*.*?\*/                      # comments
    |R"(?P<tag>[^(]*)\(.*?\)(?P=tag)"          # raw strings
    |"(?:\\.|[^"\\\n])*"                      # strings
    |(?<!\w)'(?:\\.|[^'\\\n])+'              # characters, but not the ' in 1'000
    """,
    re.DOTALL | re.VERBOSE,
)

SKIPPED = {"build", ".git", ".cache", "__pycache__", "node_modules"}


def root_from_arguments():
    """The tree to look at: the first argument, or the one that this script lies in."""
    if len(sys.argv) > 1:
        return pathlib.Path(sys.argv[1]).resolve()
    return pathlib.Path(__file__).resolve().parents[2]


def files(root, suffixes, *folders):
    """Files below the folders (default: everything) with one of the suffixes, sorted."""
    found = []
    for folder in folders or ("",):
        for place, inner, names in os.walk(root / folder):
            inner[:] = sorted(n for n in inner if n not in SKIPPED)
            for name in sorted(names):
                if name.endswith(tuple(suffixes)):
                    found.append(pathlib.Path(place) / name)
    return found


def text_of(path):
    return path.read_text(encoding="utf-8")


def without_comments_and_strings(text):
    """C++ with comments, strings and characters blanked, line by line as before."""
    return QUIET.sub(lambda m: '""' + "\n" * m.group(0).count("\n"), text)


def finish(name, problems, checked):
    """Prints the problems, one a line, and ends the program."""
    for problem in problems:
        print(problem)
    if checked == 0:
        print(f"{name}: found nothing to check")
        sys.exit(1)
    print(f"{name}: {checked} checked, {len(problems)} wrong")
    sys.exit(1 if problems else 0)
