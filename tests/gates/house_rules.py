"""The house style that a program can see.

usage: house_rules.py [ROOT]
"""

import re

from tree import files, finish, root_from_arguments, text_of, without_comments_and_strings

LINE_LIMIT = 100
FILE_LIMIT = 600
HEADER_LIMIT = 300

# A room prints nothing, ends nothing, asks the environment nothing.
NO_SIDE_EFFECTS = [
    (re.compile(r"\bstd::(cout|cerr|clog|wcout)\b"), "prints"),
    (re.compile(r"(?<![\w.>])(std::)?(v?f?printf|puts|fputs|putchar|perror)\s*\("), "prints"),
    (re.compile(r"\bfmt::v?print\b"), "prints"),
    (re.compile(r"(?<![\w.>:])(std::)?(abort|exit|_Exit|quick_exit|terminate)\s*\("),
     "ends the process"),
    (re.compile(r"\b(secure_)?getenv\s*\("), "reads the environment"),
    (re.compile(r"\bstd::signal\b|\bsignal\s*\(\s*SIG|\bsigaction\s*\("), "sets a signal handler"),
]
SIDE_EFFECTS_ALLOWED = {
    "src/core/assert.cpp": "the default assert handler",
}
# The command and the service kit are programs, not parts of one.
PROGRAMS = ("src/cli/", "src/service/")

# What a decision rests on has no clock, no thread, no lock and no dice.
PURE_ROOMS = ["core", "model", "calendar", "indicators", "market", "orders", "portfolio", "venue",
              "risk", "execution", "sim", "learn", "engine", "analytics"]
NO_WORLD = [
    (re.compile(r"\b\w+_clock::now\b"), "asks a clock"),
    (re.compile(r"(?<![\w.>:])(std::)?(time\s*\(\s*(NULL|nullptr|0)\b|clock_gettime|gettimeofday)"),
     "asks a clock"),
    (re.compile(r"\bstd::(jthread|thread|async|mutex|shared_mutex|condition_variable)\b"),
     "has a thread or a lock"),
    (re.compile(r"\bstd::random_device\b|(?<![\w.>:])s?rand\s*\("), "draws unseeded numbers"),
]
WORLD_ALLOWED: dict[str, str] = {}  # file: why

LEFTOVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
MACRO = re.compile(r"^\s*#\s*define\s+(?!KEEL_)(\w+)", re.MULTILINE)


def each_match(code, rules):
    for pattern, what in rules:
        for match in pattern.finditer(code):
            yield code.count("\n", 0, match.start()) + 1, what, match.group(0).strip()


def check_lines(name, text, limit, problems):
    lines = text.split("\n")
    generated = "do not edit" in lines[0] and name.startswith("tests/")  # tables of vectors
    if len(lines) - 1 > limit and not generated:
        problems.append(f"{name}: {len(lines) - 1} lines, at most {limit}")
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_LIMIT and "http" not in line:
            problems.append(f"{name}:{number}: {len(line)} characters, at most {LINE_LIMIT}")
        if line != line.rstrip():
            problems.append(f"{name}:{number}: blanks at the end")
        if LEFTOVER.search(line):
            problems.append(f"{name}:{number}: leftover {LEFTOVER.search(line).group(0)}")
    if text and not text.endswith("\n"):
        problems.append(f"{name}: no newline at the end")


def check_header(name, text, code, problems):
    if not text.startswith("//"):
        problems.append(f"{name}: a header begins with what it is for")
    if "#pragma once" not in text:
        problems.append(f"{name}: no #pragma once")
    theirs = name.startswith(("include/", "src/"))  # a test's own header may do as it likes
    for match in re.finditer(r"\busing\s+namespace\b", code) if theirs else []:
        line = code.count("\n", 0, match.start()) + 1
        problems.append(f"{name}:{line}: using namespace in a header")


def check_room_file(name, code, problems):
    for match in MACRO.finditer(code):
        problems.append(f"{name}: macro {match.group(1)}: ours begin with KEEL_")
    if not name.startswith(PROGRAMS) and name not in SIDE_EFFECTS_ALLOWED:
        for line, what, found in each_match(code, NO_SIDE_EFFECTS):
            problems.append(f"{name}:{line}: {what}: {found}")
    parts = name.split("/")
    room = parts[2] if parts[0] == "include" else parts[1]
    if room in PURE_ROOMS and name not in WORLD_ALLOWED:
        for line, what, found in each_match(code, NO_WORLD):
            problems.append(f"{name}:{line}: {what}: {found}")


def main():
    root = root_from_arguments()
    problems, checked = [], 0
    code_suffixes = [".hpp", ".cpp", ".h", ".py", ".sh", ".cmake", "CMakeLists.txt"]
    for path in files(root, code_suffixes) + [root / "dev"]:
        if not path.exists():
            continue
        name = path.relative_to(root).as_posix()
        text = text_of(path)
        public = name.startswith("include/")
        check_lines(name, text, HEADER_LIMIT if public else FILE_LIMIT, problems)
        if path.suffix in (".hpp", ".cpp", ".h"):
            code = without_comments_and_strings(text)
            if path.suffix != ".cpp":
                check_header(name, text, code, problems)
            if name.startswith(("include/", "src/")):
                check_room_file(name, code, problems)
        checked += 1
    finish("house rules", problems, checked)


if __name__ == "__main__":
    main()
