"""Every error code of the code is in docs/errors.md, and every code there is in the code; every
reason is in docs/model.md.

usage: error_codes.py [ROOT]
"""

import re

from tree import files, finish, root_from_arguments, text_of

DECLARED = re.compile(r'ErrorCode\s+k\w+\s*\{\s*"([^"]*)"')
CELL = r"\s*([^|]*?)\s*\|"
ROW = re.compile(r"^\|\s*`?([a-z0-9_]+\.[a-z0-9_.]+)`?\s*\|" + CELL + CELL + r"\s*$", re.MULTILINE)
REASON = re.compile(r'return "([a-z]+\.[a-z_]+)";')
SHAPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


def main():
    root = root_from_arguments()
    problems, declared = [], {}
    for path in files(root, [".hpp", ".cpp"], "include", "src"):
        name = path.relative_to(root).as_posix()
        folders = name.split("/")[2 if name.startswith("include/") else 1:]
        # An adapter has a folder of its own, and its codes begin with that.
        room = folders[1] if folders[0] == "adapters" and len(folders) > 2 else folders[0]
        for code in DECLARED.findall(text_of(path)):
            if code in declared:
                problems.append(f"{name}: {code} is declared in {declared[code]} too")
            declared[code] = name
            if not SHAPE.fullmatch(code):
                problems.append(f"{name}: {code}: a code is room.name in lower case")
            elif code.split(".")[0] != room:
                problems.append(f"{name}: {code}: begins with the room's name, {room}")
    described = set()
    for code, meaning, remedy in ROW.findall(text_of(root / "docs/errors.md")):
        if code in described:
            problems.append(f"docs/errors.md: {code} stands there twice")
        described.add(code)
        if not meaning or not remedy:
            problems.append(f"docs/errors.md: {code} lacks its meaning or what to do")
    for code in sorted(declared.keys() - described):
        room = root / "src" / code.split(".")[0]
        # A room that has only its headers so far refuses nothing yet.
        if not room.exists() or list(room.rglob("*.cpp")):
            problems.append(f"docs/errors.md: lacks {code} ({declared[code]})")
    problems += [f"docs/errors.md: {code} is not in the code"
                 for code in sorted(described - declared.keys())]
    # Reasons of denials, rejections and anomalies have a page of their own.
    reasons = root / "src/model/reasons.cpp"
    if reasons.exists():
        page = text_of(root / "docs/model.md")
        problems += [f"docs/model.md: lacks {name}" for name in REASON.findall(text_of(reasons))
                     if f"| `{name}` |" not in page]
    finish("error codes", problems, len(declared))


if __name__ == "__main__":
    main()
