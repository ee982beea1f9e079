"""Turns the C++ of a page into a program, so that what the documentation shows compiles and runs.

usage: doc_code.py PAGE.md OUTPUT.cpp
       doc_code.py --list PAGE.md...      prints the pages that have code

Every block fenced as ```cpp is taken; ```cpp fragment marks one that is not whole. A block with a
main is run as it stands; statements are put into a function. Includes go to the top. Compiler
messages name the page and its line.
"""

import pathlib
import re
import sys

FENCE = re.compile(r"^```cpp[ \t]*$\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|[{}]', re.DOTALL)
INCLUDE = re.compile(r"^\s*#\s*include\b.*$", re.MULTILINE)


def blocks(text):
    """(line of the page, code) of each block."""
    for match in FENCE.finditer(text):
        yield text.count("\n", 0, match.start()) + 2, match.group(1)


def renamed_main(code):
    """main as an ordinary function: with the return that only main may leave out."""
    head = re.search(r"\bint\s+main\s*\(\s*\)\s*\{", code)
    if head is None:
        return None
    depth = 1
    for token in TOKEN.finditer(code, head.end()):
        depth += {"{": 1, "}": -1}.get(token.group(0), 0)
        if depth == 0:
            end = token.start()
            body = code[head.end():end]
            return f"{code[:head.start()]}int program() {{{body}return 0; {code[end:]}"
    return None


def program(page):
    text = page.read_text(encoding="utf-8")
    includes, bodies, calls = [], [], []
    for number, (line, code) in enumerate(blocks(text), 1):
        for match in INCLUDE.finditer(code):
            at = line + code.count("\n", 0, match.start())
            includes.append(f'#line {at} "{page.name}"\n{match.group(0).strip()}')
        code = INCLUDE.sub("", code)
        here = f'#line {line} "{page.name}"\n'
        if re.search(r"\bint\s+main\s*\(", code):
            code = renamed_main(code)
            if code is None:
                sys.exit(f"{page.name}:{line}: a main in the documentation takes no arguments")
            bodies.append(f"namespace block_{number} {{\n{here}{code}}}\n")
            calls.append(f"  if (const int code = block_{number}::program()) return code;")
        else:
            bodies.append(f"namespace block_{number} {{\nvoid run() {{\n{here}{code}}}\n}}\n")
            calls.append(f"  block_{number}::run();")
    return "\n".join([*includes, *bodies, "int main() {", *calls, "  return 0;", "}", ""])


def main():
    if sys.argv[1] == "--list":
        for name in sys.argv[2:]:
            if any(True for _ in blocks(pathlib.Path(name).read_text(encoding="utf-8"))):
                print(name)
        return
    text = program(pathlib.Path(sys.argv[1]))
    output = pathlib.Path(sys.argv[2])
    if not output.exists() or output.read_text(encoding="utf-8") != text:
        output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
