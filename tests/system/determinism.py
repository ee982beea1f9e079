"""The same inputs give the same facts and commands: in two processes, with and without a journal,
and from every compiler at every level of optimisation.

usage: determinism.py PROGRAM
       determinism.py PROGRAM ROOT FOLDER "NAME=COMPILER FLAGS"...

The first form runs the program twice. The second also builds it from ROOT, below FOLDER, with each
of the compilers, and wants the same lines from all.
"""

import pathlib
import subprocess
import sys
import tempfile


def fingerprint(program):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([program, folder], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, (program, done.returncode, done.stderr[-2000:])
    return done.stdout.splitlines()


def check_lines(lines):
    """What one process alone can say: the journal changes nothing, and there was work to do."""
    assert len(lines) == 5, lines
    assert lines[0] == lines[1], f"a journal changes what is decided:\n{lines[0]}\n{lines[1]}"
    words = lines[0].split()
    fills = int(words[words.index("fills") + 1])
    assert fills > 100, lines[0]
    assert lines[2] != lines[4], "the faults changed nothing"


def build(root, folder, name, compiler):
    command, *flags = compiler.split()
    place = folder / name
    configure = ["cmake", "-S", root, "-B", place, "-G", "Ninja", "--log-level=ERROR",
                 f"-DCMAKE_CXX_COMPILER={command}", f"-DCMAKE_CXX_FLAGS={' '.join(flags)}",
                 "-DCMAKE_BUILD_TYPE=", "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"]
    subprocess.run(configure, check=True, timeout=300)
    done = subprocess.run(["cmake", "--build", place, "--target", "keel_fingerprint"],
                          capture_output=True, text=True, timeout=3000)
    assert done.returncode == 0, (name, done.stdout[-4000:])
    return place / "bin" / "keel_fingerprint"


def main():
    program, *rest = sys.argv[1:]
    expected = fingerprint(program)
    check_lines(expected)
    assert fingerprint(program) == expected, "two processes differ"
    differing = []
    if rest:
        root, folder, *compilers = rest
        for text in compilers:
            name, _, compiler = text.partition("=")
            lines = fingerprint(build(root, pathlib.Path(folder), name, compiler))
            print(f"{name}: {lines[0]}")
            differing += [f"{name} differs:\n  {mine}\n  {theirs}"
                          for mine, theirs in zip(expected, lines) if mine != theirs]
    assert not differing, "\n".join(differing)
    print("\n".join(expected))


main()
