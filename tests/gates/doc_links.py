"""Links between pages, and from pages to files of the tree, lead somewhere.

usage: doc_links.py [ROOT]
"""

import re

from tree import files, finish, root_from_arguments, text_of

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+\s+(.*?)\s*$", re.MULTILINE)


def anchors(text):
    """The anchors that a page's headings make."""
    made = set()
    for title in HEADING.findall(FENCED.sub("", text)):
        plain = re.sub(r"[^\w\- ]", "", title.lower().replace("`", ""))
        made.add(plain.replace(" ", "-"))
    return made


def main():
    root = root_from_arguments()
    problems, checked = [], 0
    for path in files(root, [".md"]):
        text = FENCED.sub(lambda m: "\n" * m.group(0).count("\n"), text_of(path))
        for match in LINK.finditer(text):
            target, _, anchor = match.group(1).partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            line = text.count("\n", 0, match.start()) + 1
            where = f"{path.relative_to(root).as_posix()}:{line}"
            place = (path.parent / target).resolve() if target else path
            if not place.exists():
                problems.append(f"{where}: {target} is not there")
            elif anchor and place.suffix == ".md" and anchor not in anchors(text_of(place)):
                problems.append(f"{where}: {target or path.name} has no heading #{anchor}")
            checked += 1
    finish("links", problems, max(checked, 1))


if __name__ == "__main__":
    main()
