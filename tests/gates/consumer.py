"""A project outside the tree builds against keel and runs: the installed package, moved to another
folder after it was installed, or the source tree as a sub-directory.

usage: consumer.py package BUILD_FOLDER WORK_FOLDER COMPILER [NAME=VALUE...]
       consumer.py source SOURCE_FOLDER WORK_FOLDER COMPILER [NAME=VALUE...]
"""

import json
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Flags of ours that a host must not get.
OURS = ["-O3", "-O1", "-g1", "-ffp-contract", "-fmacro-prefix", "-Werror", "-Wall", "-fsanitize"]


def run(*command):
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if result.returncode != 0:
        print(" ".join(str(c) for c in command), result.stdout, result.stderr, sep="\n")
        sys.exit(1)
    return result.stdout


def main():
    way, place, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    compiler, settings = sys.argv[4], [f"-D{setting}" for setting in sys.argv[5:]]
    shutil.rmtree(work, ignore_errors=True)
    if way == "package":
        run("cmake", "--install", place, "--prefix", work / "first_place")
        (work / "first_place").rename(work / "moved")
        settings.append(f"-DCMAKE_PREFIX_PATH={work / 'moved'}")
        for path in (work / "moved").rglob("*.cmake"):
            if str(place) in path.read_text() or "first_place" in path.read_text():
                print(f"{path.name}: names the folder that it was built or installed in")
                sys.exit(1)
    else:
        settings.append(f"-DKEEL_SOURCE={place}")
    build = work / "build"
    run("cmake", "-S", HERE.parent / "consumer", "-B", build, "-G", "Ninja",
        f"-DCMAKE_CXX_COMPILER={compiler}", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", *settings)
    run("cmake", "--build", build)
    for program in sorted(build.glob("consumer*")):
        if program.is_file():
            print(program.name, run(program).strip())
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if "consumer" in pathlib.Path(entry["file"]).parts:
            leaked = [flag for flag in OURS if flag in entry["command"]]
            if leaked:
                print(f"flags of ours reach a host: {leaked}\n{entry['command']}")
                sys.exit(1)
    targets = run("cmake", "--build", build, "--target", "help")
    for line in targets.splitlines():
        if line.startswith(("test_", "bench_", "keel-demo")):
            print(f"a host that adds keel gets our {line}")
            sys.exit(1)


if __name__ == "__main__":
    main()
