"""Each gate is alive: planted in a small tree, what it forbids is found, and named."""

import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
HEADER = "// What it is for.\n#pragma once\n"
ERRORS = "| code | meaning | what to do |\n|---|---|---|\n"
CODE = 'inline constexpr ErrorCode kBad{"core.bad"};\n'
ROW = "| `core.bad` | bad | make it good |\n"

# (gate, files, words that its complaint must hold; none: it must pass)
CASES = [
    ("layers", {"src/risk/a.cpp": "#include <keel/market/a.hpp>\n#include <keel/core/a.hpp>\n"},
     None),
    ("layers", {"src/model/a.cpp": "#include <keel/risk/a.hpp>\n"}, "model does not lean on risk"),
    ("layers", {"include/keel/market/a.hpp": "#include <keel/orders/a.hpp>\n"}, "does not lean on"),
    ("layers", {"src/net/a.cpp": "#include <keel/model/a.hpp>\n"}, "net does not lean on model"),
    ("layers", {"src/core/a.cpp": "#include <keel/keel.hpp>\n"}, "does not include keel/keel.hpp"),
    ("layers", {"src/core/a.cpp": "#include <keel/crystal/a.hpp>\n"}, "no room crystal"),
    ("layers", {"src/risk/a.cpp": '#include "market/hidden.hpp"\n'}, "private to room market"),
    ("layers", {"include/keel/risk/a.hpp": '#include "risk/hidden.hpp"\n'}, "private one"),
    ("layers", {"include/keel/risk/a.hpp": "#include <Eigen/Dense>\n"},
     "not include <Eigen/Dense>"),
    ("layers", {"include/keel/risk/a.hpp": "#  include <functional>\n"}, "<functional>"),
    ("layers", {"include/keel/core/a.hpp": "#include <chrono>\n"}, "<chrono>"),
    ("layers", {"include/keel/core/chrono.hpp": "#include <chrono>\n"}, None),
    ("layers", {"src/journal/a.cpp": "#include <boost/json.hpp>\n"}, "builds with fmt alone"),
    ("layers", {"src/analytics/a.cpp": "#include <boost/json.hpp>\n"}, None),
    ("layers", {"src/adapters/fix/a.cpp": "#include <keel/adapters/tws/a.hpp>\n"},
     "sees adapter tws"),
    ("layers", {"src/adapters/fix/a.cpp": "#include <keel/adapters/fix/a.hpp>\n"}, None),
    ("layers", {"src/adapters/fix/a.cpp": '#include "adapters/tws/a.hpp"\n'},
     "private to adapter tws"),
    ("layers", {"src/model/CMakeLists.txt": "keel_room(model LEANS core risk)\n",
                "src/core/a.cpp": ""}, "does not lean on risk"),
    ("layers", {"examples/a.cpp": '#include "orders/table.hpp"\n'}, "only public headers"),
    ("layers", {"src/cli/a.cpp": '#include "../engine/hidden.hpp"\n'}, "only public headers"),
    ("layers", {"src/crystal/a.cpp": "", "src/core/a.cpp": ""}, "not a room"),
    ("layers", {"include/keel/keel.hpp": "#include <keel/core/chrono.hpp>\n",
                "src/core/a.cpp": ""}, "opt-in"),
    ("error_codes", {"include/keel/core/a.hpp": CODE, "docs/errors.md": ERRORS + ROW}, None),
    ("error_codes", {"include/keel/core/a.hpp": CODE, "docs/errors.md": ERRORS}, "lacks core.bad"),
    ("error_codes", {"include/keel/core/a.hpp": CODE, "docs/errors.md":
                     ERRORS + ROW + "| `core.gone` | a | b |\n"}, "core.gone is not in the code"),
    ("error_codes", {"src/risk/a.cpp": CODE, "docs/errors.md": ERRORS + ROW}, "room's name, risk"),
    ("error_codes", {"include/keel/core/a.hpp": CODE, "src/core/a.cpp": CODE,
                     "docs/errors.md": ERRORS + ROW}, "is declared in"),
    ("error_codes", {"include/keel/core/a.hpp": CODE, "docs/errors.md":
                     ERRORS + "| `core.bad` | bad | |\n"}, "lacks its meaning"),
    ("error_codes", {"include/keel/core/a.hpp": CODE, "docs/errors.md": ERRORS + ROW,
                     "src/model/reasons.cpp": 'return "risk.new";\n', "docs/model.md": ""},
     "lacks risk.new"),
    ("house_rules", {"include/keel/core/a.hpp": HEADER}, None),
    ("house_rules", {"include/keel/core/a.hpp": HEADER + "\n" * 300}, "at most 300"),
    ("house_rules", {"src/core/a.cpp": "\n" * 601}, "at most 600"),
    ("house_rules", {"src/core/a.cpp": "//" + "x" * 99 + "\n"}, "101 characters"),
    ("house_rules", {"include/keel/core/a.hpp": "#pragma once\n"}, "begins with what"),
    ("house_rules", {"include/keel/core/a.hpp": "// It.\n"}, "#pragma once"),
    ("house_rules", {"include/keel/core/a.hpp": HEADER + "using namespace std;\n"},
     "using namespace"),
    ("house_rules", {"src/core/a.cpp": 'std::cout << "x";\n'}, "prints"),
    ("house_rules", {"src/core/a.cpp": 'printf("x");\n'}, "prints"),
    ("house_rules", {"src/core/a.cpp": 'std::fprintf(stderr, "x");\n'}, "prints"),
    ("house_rules", {"src/core/a.cpp": 'fmt::print("x");\n'}, "prints"),
    ("house_rules", {"src/core/a.cpp": "std::abort();\n"}, "ends the process"),
    ("house_rules", {"src/core/a.cpp": 'std::getenv("X");\n'}, "environment"),
    ("house_rules", {"src/cli/a.cpp": 'std::printf("x"); std::getenv("X");\n'}, None),
    ("house_rules", {"src/core/assert.cpp": "std::abort();\n"}, None),
    ("house_rules", {"src/core/a.cpp": '// printf("x")\nconst char* s = "abort()";\n'
                     'std::snprintf(s, 1, "x");\nsignal.exit(1);\ndouble signal();\n'}, None),
    ("house_rules", {"src/core/a.cpp": "::signal(SIGINT, stop);\n"}, "sets a signal handler"),
    ("house_rules", {"src/sim/a.cpp": "std::chrono::steady_clock::now();\n"}, "asks a clock"),
    ("house_rules", {"src/sim/a.cpp": "std::mutex m;\n"}, "a thread or a lock"),
    ("house_rules", {"src/sim/a.cpp": "std::random_device d;\n"}, "unseeded"),
    ("house_rules", {"src/net/a.cpp": "std::chrono::steady_clock::now();\n"}, None),
    ("house_rules", {"src/core/a.cpp": "// TO" "DO later\n"}, "leftover"),
    ("house_rules", {"src/core/a.cpp": "#define SIZE 3\n"}, "macro SIZE"),
    ("house_rules", {"src/core/a.cpp": "#define KEEL_SIZE 3\nint x = 1'000;\n"}, None),
    ("house_rules", {"src/core/a.cpp": "int x; \n"}, "blanks at the end"),
    ("doc_links", {"a.md": "# One two\n[x](a.md#one-two) [y](https://example.com)\n"}, None),
    ("doc_links", {"a.md": "[x](b.md)\n"}, "b.md is not there"),
    ("doc_links", {"a.md": "# One\n[x](#two)\n"}, "no heading #two"),
]

# (before, what the part must complain of, the part, words of the complaint)
PAIRS = [
    ("int x = 1;", "1  // error: .y. was not declared", "int z = y;", None),
    ("int x = 1;", "1  // error: not declared", "int y = x;", "and must not"),
    ("int x = 1;", "1  // error: deleted", "int z = y;", "but not with"),
    ("int x = y;", "1  // error: .", "int z = y;", "without its parts"),
    ("int x = 1;", "2  // error: .", "int z = y;", "are numbered"),
    ("int x = 1;", "1", "int z = y;", "nothing to check"),
]


def judge(name, words, run, problems):
    told = run.stdout + run.stderr
    if words is None and run.returncode != 0:
        problems.append(f"{name}: complains about what is allowed:\n{told}")
    elif words is not None and run.returncode == 0:
        problems.append(f"{name}: does not notice: {words}")
    elif words is not None and words not in told:
        problems.append(f"{name}: does not say '{words}', but:\n{told}")


def run_script(script, *arguments):
    command = [sys.executable, "-B", str(HERE / script), *(str(a) for a in arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def main():
    problems = []
    for gate, planted, words in CASES:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in planted.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            name = f"{gate} ({next(iter(planted))})"
            judge(name, words, run_script(f"{gate}.py", root), problems)
    for before, mark, part, words in PAIRS:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "pair.cpp"
            path.write_text(f"{before}\n#if EXPECT_FAIL == {mark}\n{part}\n#endif\n")
            judge("compile_fail", words, run_script("compile_fail.py", path, "c++"), problems)
    for problem in problems:
        print(problem)
    print(f"{len(CASES) + len(PAIRS)} planted, {len(problems)} wrong")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
