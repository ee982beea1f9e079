"""Every public C++ class has a binding, or stands in left_out.txt with the reason; never both.

usage: bindings_check.py [ROOT]
"""

import pathlib
import re
import sys

CLASS = re.compile(r"^(?:class|struct)\s+(?:\[\[\w+\]\]\s*)?([A-Z]\w+)(?:\s+final)?"
                   r"\s*(?::[^;{]*)?\{", re.MULTILINE)
INNER = re.compile(r"namespace (?:detail|\w+_detail|indicators|rules)\b[^{]*\{.*?\n\}"
                   r"  // namespace", re.DOTALL)


def public_classes(root):
    """name: header, of classes that stand at the left margin of a public header."""
    found = {}
    for path in sorted((root / "include/keel").rglob("*.hpp")):
        text = INNER.sub("", path.read_text())
        for name in CLASS.findall(text):
            found.setdefault(name, path.relative_to(root).as_posix())
    return found


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                        pathlib.Path(__file__).parents[3]).resolve()
    here = root / "bindings/python"
    sources = "\n".join(p.read_text() for p in sorted((here / "src").glob("*.[ch]pp")))
    left_out, problems = {}, []
    for number, line in enumerate((here / "left_out.txt").read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, reason = line.partition("|")
        if not reason.strip():
            problems.append(f"left_out.txt:{number}: a reason is missing")
        left_out[name.strip()] = reason.strip()
    classes = public_classes(root)
    # Bound: made into a type of Python, or converted by a caster or a function of the bindings.
    used = set(re.findall(r"\b(?:keel::)?([A-Z]\w+)\b", sources))
    places = [place for place in left_out if "/" in place]
    for name, header in classes.items():
        if name not in left_out and name not in used and not any(
                header.startswith(f"include/keel/{place}") for place in places):
            problems.append(f"{header}: {name} has no binding and no line in left_out.txt")
    for name in left_out:
        if "/" in name:
            if not (root / "include/keel" / name).exists():
                problems.append(f"left_out.txt: {name} does not exist")
        elif name not in classes:
            problems.append(f"left_out.txt: {name} is no public class")
        elif re.search(rf"py::class_<(?:keel::)?{name}\b", sources):
            problems.append(f"left_out.txt: {name} has a binding")
    for problem in problems:
        print(problem)
    print(f"bindings: {len(classes)} classes, {len(left_out)} left out, {len(problems)} wrong")
    return 1 if problems or not classes else 0


if __name__ == "__main__":
    sys.exit(main())
