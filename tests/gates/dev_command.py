"""./dev explains itself, and refuses what it does not know.

usage: dev_command.py ROOT
"""

import re
import subprocess

from tree import files, finish, root_from_arguments, text_of


def check_packages(root, listed, problems):
    """packages.txt has the libraries that some room asks for, and no other."""
    named = dict(re.findall(r"keel_package\((\w+)[^)]*?DEBIAN\s+([\w.-]+)\)",
                            text_of(root / "cmake/KeelDependencies.cmake")))
    asked = set()
    for path in files(root, ["CMakeLists.txt", ".cmake"]):
        asked.update(re.findall(r"^\s*keel_need\((\w+)\)", text_of(path), re.MULTILINE))
    wanted = {named.get(name, f"a package called {name}") for name in asked} - {"libc6-dev"}
    problems += [f"packages.txt lacks {package}" for package in sorted(wanted - set(listed))]
    libraries = {package for package in listed if package in named.values()}
    problems += [f"packages.txt has {package}, which no room asks for"
                 for package in sorted(libraries - wanted)]


def main():
    root = root_from_arguments()
    problems = []

    def dev(*arguments):
        return subprocess.run([root / "dev", *arguments], capture_output=True, text=True)

    commands = sorted(p.stem for p in files(root / "tools/dev", [".sh"]) if p.stem != "common")
    overview = dev("help").stdout
    for command in commands:
        if f"  {command} " not in overview:
            problems.append(f"./dev help does not name {command}")
        told = dev(command, "--help")
        if told.returncode != 0 or f"usage: ./dev {command}" not in told.stdout:
            problems.append(f"./dev {command} --help does not say how it is used")
        if f"example: ./dev {command}" not in told.stdout:
            problems.append(f"./dev {command} --help has no example")
        refused = dev(command, "--no-such-option")
        # The demo hands its options to the program, which refuses them.
        if command != "demo" and (refused.returncode != 2 or not refused.stderr):
            problems.append(f"./dev {command} --no-such-option: exit {refused.returncode}, not 2")
    if dev("no-such-command").returncode != 2:
        problems.append("an unknown command does not exit with 2")

    rows = [line for line in text_of(root / "tools/dev/packages.txt").splitlines()
            if line and not line.startswith("#")]
    for row in rows:
        fields = [field.strip() for field in row.split("|")]
        if len(fields) != 4 or not all(fields):
            problems.append(f"packages.txt: package, probe, group and reason, not: {row}")
    check_packages(root, [row.split("|")[0].strip() for row in rows], problems)
    for script in [root / "dev", root / ".ci/run", *files(root / "tools", [".sh"])]:
        checked = subprocess.run(["bash", "-n", script], capture_output=True, text=True)
        if checked.returncode != 0:
            problems.append(checked.stderr.strip())
    finish("./dev", problems, len(commands))


if __name__ == "__main__":
    main()
