"""Builds each fuzz target with libFuzzer and runs it for a while on a copy of its corpus.

usage: fuzz.py ROOT FOLDER SECONDS TARGET...

What it finds is left in FOLDER/found/<target>, and the command that repeats it is printed.
"""

import pathlib
import shutil
import subprocess
import sys


def build(root, folder, targets):
    configure = ["cmake", "-S", root, "-B", folder / "build", "-G", "Ninja", "--log-level=ERROR",
                 "-DCMAKE_CXX_COMPILER=clang++-19", "-DCMAKE_BUILD_TYPE=Debug",
                 "-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g1 -fsanitize=fuzzer-no-link,address,undefined "
                 "-fno-sanitize-recover=all -fno-omit-frame-pointer",
                 "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache", "-DKEEL_BUILD_FUZZ=ON",
                 "-DKEEL_BUILD_EXAMPLES=OFF"]
    subprocess.run(configure, check=True, timeout=600)
    names = [f"fuzz_{target}" for target in targets]
    done = subprocess.run(["cmake", "--build", folder / "build", "--target", *names],
                          capture_output=True, text=True, timeout=3000)
    assert done.returncode == 0, done.stdout[-6000:]


def fuzz(root, folder, seconds, target):
    corpus, found = folder / "corpus" / target, folder / "found" / target
    for place in (corpus, found):
        place.mkdir(parents=True, exist_ok=True)
    for seed in (root / "tests/fuzz/corpus" / target).iterdir():
        shutil.copy(seed, corpus / seed.name)
    program = folder / "build/bin" / f"fuzz_{target}"
    dictionary = root / "tests/fuzz" / f"{target}.dict"
    command = [program, corpus, f"-max_total_time={seconds}", "-max_len=4096", "-timeout=20",
               "-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={found}/"]
    if dictionary.exists():
        command.append(f"-dict={dictionary}")
    done = subprocess.run(command, capture_output=True, text=True, errors="replace",
                          timeout=int(seconds) + 900)
    runs = [line for line in done.stderr.splitlines() if "number_of_executed_units" in line]
    print(f"{target}: {runs[0].split(':')[-1].strip() if runs else '?'} inputs in {seconds} s")
    if done.returncode != 0:
        print(done.stderr[-6000:])
        print(f"again: {program} {' '.join(str(file) for file in found.iterdir())}")
    return done.returncode == 0


def main():
    root, folder, seconds, *targets = sys.argv[1:]
    root, folder = pathlib.Path(root), pathlib.Path(folder)
    build(root, folder, targets)
    failed = [target for target in targets if not fuzz(root, folder, seconds, target)]
    assert not failed, failed


main()
