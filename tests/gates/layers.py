"""The arrows between the rooms, and what public headers may include.

usage: layers.py [ROOT]

A room includes itself, the rooms that its row names, and what those lean on in turn. Sources
mention only what CMake was told: LEANS in src/<room>/CMakeLists.txt stays inside the row, too.
"""

import os
import re

from tree import files, finish, root_from_arguments, text_of

# room: (number, leans on); docs/architecture.md has the drawing.
ROOMS = {
    "core": (0, []),
    "model": (1, ["core"]),
    "calendar": (1, ["core"]),
    "net": (1, ["core"]),
    "indicators": (2, ["model"]),
    "market": (2, ["model", "calendar"]),
    "orders": (2, ["model", "calendar"]),
    "portfolio": (2, ["model", "calendar"]),
    "venue": (2, ["model"]),
    "journal": (2, ["model"]),
    "pricing": (2, ["model"]),
    "risk": (3, ["market", "orders", "portfolio", "venue", "pricing"]),  # what a venue can do
    "execution": (3, ["market", "orders", "portfolio", "venue"]),
    "sim": (3, ["market", "orders", "portfolio", "venue"]),
    "storage": (3, ["market", "venue", "journal", "net"]),
    "bus": (3, ["journal", "net"]),
    "learn": (3, ["market", "indicators"]),
    "engine": (4, ["risk", "execution", "sim", "journal", "indicators"]),
    "adapters": (4, ["venue", "net", "sim"]),
    "analytics": (4, ["market", "indicators", "portfolio", "risk", "execution", "journal"]),
    "backtest": (5, ["engine", "analytics", "storage"]),
    "service": (5, ["engine", "analytics", "learn", "net", "storage", "bus"]),
}

# These build with fmt alone; the rest say in their CMakeLists.txt what they take.
FMT_ALONE = ["core", "model", "indicators", "orders", "portfolio", "venue", "journal", "pricing"]
THIRD_PARTY = re.compile(
    r"^(?!keel/|sys/|arpa/|netinet/|net/|linux/|fmt/)\w[\w.+-]*/|"
    r"^(zlib|zstd|sqlite3|hiredis|yaml-cpp|nats)\b.*\.h$"
)

# Heavy, or not ours to show: never in a public header.
HEAVY = re.compile(
    r"^(boost|Eigen|date|openssl|yaml-cpp|CLI|doctest|nlohmann|hiredis|pqxx|nats)/|"
    r"^(functional|chrono|iostream|ostream|istream|fstream|sstream|iomanip|regex|thread|mutex|"
    r"condition_variable|future|filesystem|random|locale|"
    r"fmt/format\.h|fmt/chrono\.h|fmt/ranges\.h|fmt/ostream\.h)$"
)
# Opt-in headers that exist for one of those; keel.hpp must not bring them.
OPT_IN = {
    "keel/core/chrono.hpp": {"chrono"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)


def reach(room):
    """The room and everything below it."""
    seen, open_rooms = set(), [room]
    while open_rooms:
        name = open_rooms.pop()
        if name not in seen:
            seen.add(name)
            open_rooms += ROOMS[name][1]
    return seen


def includes(path):
    text = text_of(path)
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1), match.group(2)


def check_table(problems):
    for room, (number, leans) in ROOMS.items():
        for other in reach(room) - {room}:
            if ROOMS[other][0] >= number:
                problems.append(f"layers.py: {room} ({number}) reaches {other} of the same number")


def check_room_file(root, path, room, adapter, public, problems):
    allowed = reach(room)
    name = path.relative_to(root).as_posix()
    for line, quote, target in includes(path):
        where = f"{name}:{line}"
        parts = target.split("/")
        if parts[0] == "keel":
            other = parts[1] if len(parts) > 2 else None
            if other is None:
                problems.append(f"{where}: the library does not include {target}")
            elif other not in ROOMS:
                problems.append(f"{where}: {target}: there is no room {other}")
            elif other not in allowed:
                problems.append(f"{where}: room {room} does not lean on {other}")
            elif adapter and other == "adapters" and len(parts) > 3 and parts[2] != adapter:
                problems.append(f"{where}: adapter {adapter} sees adapter {parts[2]}")
        elif parts[0] in ROOMS and len(parts) > 1:  # "room/private.hpp"
            if public:
                problems.append(f"{where}: a public header includes a private one, {target}")
            elif parts[0] != room:
                problems.append(f"{where}: {target} is private to room {parts[0]}")
            elif adapter and len(parts) > 2 and parts[1] != adapter:
                problems.append(f"{where}: {target} is private to adapter {parts[1]}")
        elif public and quote == '"':
            problems.append(f"{where}: a public header includes <keel/...>, not \"{target}\"")
        elif public and HEAVY.match(target):
            header = name.removeprefix("include/")
            if target not in OPT_IN.get(header, set()):
                problems.append(f"{where}: a public header does not include <{target}>")
        elif room in FMT_ALONE and quote == "<" and THIRD_PARTY.match(target):
            problems.append(f"{where}: room {room} builds with fmt alone, not with <{target}>")


def check_user_file(root, path, problems):
    """Examples, bindings and the command see public headers only."""
    private = tuple(os.path.join(root, "src", room) + os.sep for room in ROOMS)
    for line, quote, target in includes(path):
        beside = os.path.normpath(path.parent / target)
        below_src = os.path.normpath(root / "src" / target)
        reached = beside if os.path.exists(beside) or target.startswith("..") else below_src
        if quote == '"' and reached.startswith(private):
            where = f"{path.relative_to(root).as_posix()}:{line}"
            problems.append(f"{where}: only public headers here, not {target}")


def check_cmake(root, room, problems):
    path = root / "src" / room / "CMakeLists.txt"
    if not path.exists():
        return
    for call in re.finditer(r"keel_room\((.*?)\)", text_of(path), re.DOTALL):
        words = call.group(1).split()
        if "LEANS" not in words:
            continue
        for word in words[words.index("LEANS") + 1:]:
            if word.isupper():
                break
            if word not in reach(room):
                problems.append(f"src/{room}/CMakeLists.txt: room {room} does not lean on {word}")


def check_umbrella(root, problems):
    path = root / "include/keel/keel.hpp"
    if path.exists():
        for line, _, target in includes(path):
            if target in OPT_IN:
                problems.append(f"include/keel/keel.hpp:{line}: {target} is opt-in")


def main():
    root = root_from_arguments()
    problems, checked = [], 0
    check_table(problems)
    check_umbrella(root, problems)
    for room in ROOMS:
        check_cmake(root, room, problems)
        for base, public in ((root / "include/keel" / room, True), (root / "src" / room, False)):
            for path in files(base, [".hpp", ".cpp", ".h"]):
                inner = path.relative_to(base).parts
                adapter = inner[0] if room == "adapters" and len(inner) > 1 else None
                check_room_file(root, path, room, adapter, public, problems)
                checked += 1
    known = set(ROOMS) | {"cli", "keel.hpp"}
    for base in ("include/keel", "src"):
        for entry in sorted((root / base).iterdir()) if (root / base).exists() else []:
            if entry.is_dir() and entry.name not in known:
                problems.append(f"{base}/{entry.name}: not a room of the drawing")
    for path in files(root, [".hpp", ".cpp", ".h"], "examples", "bindings", "src/cli"):
        check_user_file(root, path, problems)
        checked += 1
    finish("layers", problems, checked)


if __name__ == "__main__":
    main()
