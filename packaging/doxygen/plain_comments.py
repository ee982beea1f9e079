#!/usr/bin/env python3
"""Doxygen's input filter: plain // comments of a header become its /// comments, line by line.

usage: plain_comments.py HEADER

A comment at the left of a declaration belongs to what follows, one behind code to what stands
before it. Line numbers hold: the page's own comment moves down by one, over `#pragma once`.
"""

import re
import sys

OWN = re.compile(r"^(\s*)//(?!/) ?(.*)$")
BEHIND = re.compile(r'^((?:[^"/]|"(?:\\.|[^"\\])*"|/(?!/))*\S\s*)//(?!/)(.*)$')


def quiet(text):
    """What Doxygen would read as a command, a tag or a link is text here."""
    return re.sub(r"([<>#&%\\@])", r"\\\1", text)


def main():
    lines = open(sys.argv[1], encoding="utf-8").read().split("\n")
    page = next((i for i, line in enumerate(lines) if not line.startswith("//")), 0)
    if page > 0 and lines[page] == "#pragma once":
        texts = [OWN.match(line).group(2) for line in lines[:page]]
        lines[0] = "/** \\file"
        lines[1:page + 1] = [f" *  {quiet(text)}" for text in texts]
        lines[page] += " */"
    for line in lines:
        own, behind = OWN.match(line), BEHIND.match(line)
        if own:
            line = f"{own.group(1)}/// {quiet(own.group(2))}"
        elif behind and not line.lstrip().startswith(("#", "}", "/**", "*")):
            line = f"{behind.group(1)}///<{quiet(behind.group(2))}"
        print(line)


if __name__ == "__main__":
    main()
