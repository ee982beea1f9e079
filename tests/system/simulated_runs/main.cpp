// simulated_runs: seeded runs of the whole engine with everything going wrong, an auditor beside
// each.
//
//   simulated_runs --seed 17 --trace     one run, every input and record on stdout
//   simulated_runs --runs 300            seeds 1 to 300
//   simulated_runs --planted             every planted bug must be caught by the promise it breaks
#include <ctime>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fmt/core.h>

#include "run.hpp"

using namespace keel;
using namespace keel::runs;

namespace {

struct Arguments {
  std::uint64_t first = 1, runs = 0;
  bool one = false, trace = false, planted = false;
};

[[noreturn]] void usage() {
  std::fprintf(stderr,
               "usage: simulated_runs --seed N [--trace]\n"
               "       simulated_runs --runs N [--first SEED]\n"
               "       simulated_runs --planted\n");
  std::exit(2);
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  const auto number = [&](int& i) {
    std::uint64_t value = 0;
    if (++i >= argc) usage();
    const char* end = argv[i] + std::strlen(argv[i]);
    if (std::from_chars(argv[i], end, value).ptr != end) usage();
    return value;
  };
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--seed") {
      arguments.first = number(i);
      arguments.runs = 1;
      arguments.one = true;
    } else if (option == "--runs") {
      arguments.runs = number(i);
    } else if (option == "--first") {
      arguments.first = number(i);
    } else if (option == "--trace") {
      arguments.trace = true;
    } else if (option == "--planted") {
      arguments.planted = true;
    } else {
      usage();
    }
  }
  if (arguments.runs == 0 && !arguments.planted) usage();
  return arguments;
}

std::string failure(std::uint64_t seed, const Outcome& outcome) {
  return fmt::format(
      "seed {} broke the promise '{}' at input {}:\n  {}\n"
      "  replay: build/debug/bin/simulated_runs --seed {} --trace",
      seed, runs::to_text(outcome.broken->promise), outcome.inputs, outcome.broken->what, seed);
}

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// The same seed, a second time.
void run_again(std::uint64_t seed, Outcome& first) {
  const Outcome second = run_seed(seed, {});
  if (second.hash != first.hash || second.inputs != first.inputs)
    first.broken = Broken{Promise::kSameTwice, "a second run decided otherwise"};
}

int run_many(const Arguments& arguments) {
  Auditor::Counts sum;
  std::uint64_t failed = 0, inputs = 0, cuts = 0, executions = 0, storage = 0;
  for (std::uint64_t seed = arguments.first; seed < arguments.first + arguments.runs; ++seed) {
    Outcome outcome = run_seed(seed, {.trace = arguments.trace});
    if (!outcome.broken && seed % 25 == 0) run_again(seed, outcome);
    const auto& counts = outcome.counts;
    sum.transactions += counts.transactions;
    sum.commands += counts.commands;
    sum.fills += counts.fills;
    sum.anomalies += counts.anomalies;
    sum.denials += counts.denials;
    sum.recoveries += counts.recoveries;
    sum.hash_checks += counts.hash_checks;
    sum.naive_checks += counts.naive_checks;
    sum.risk_checks += counts.risk_checks;
    sum.rollbacks += counts.rollbacks;
    inputs += outcome.inputs;
    cuts += outcome.disconnects;
    executions += outcome.executions;
    storage += outcome.storage_failed ? 1u : 0u;
    if (!outcome.broken) continue;
    ++failed;
    fmt::print("{}\n", failure(seed, outcome));
    std::fflush(stdout);
  }
  fmt::print(
      "{} runs, {} failed: {} inputs, {} commands, {} fills of {} executions, {} denials, {} "
      "anomalies, {} cuts, {} recoveries ({} by state, {} with loss), {} with failing "
      "storage; {} orders compared, {} worst cases; {:.1f} s of processor\n",
      arguments.runs, failed, inputs, sum.commands, sum.fills, executions, sum.denials,
      sum.anomalies, cuts, sum.recoveries, sum.hash_checks, sum.rollbacks, storage,
      sum.naive_checks, sum.risk_checks, processor_seconds());
  return failed == 0 ? 0 : 1;
}

// Seeds until the bug bites; the auditor looks at the one promise that it must break.
bool is_caught(const PlantedBug& bug) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const RunOptions options{.trace = false, .plant = bug.plant, .only = bug.promise};
    const Outcome outcome = run_seed(seed, options);
    if (!outcome.broken) continue;
    fmt::print("caught by '{}' (seed {}): {}: {}\n", runs::to_text(bug.promise), seed, bug.what,
               outcome.broken->what);
    return true;
  }
  fmt::print("NOT CAUGHT by '{}': {}\n", runs::to_text(bug.promise), bug.what);
  return false;
}

int run_planted() {
  int missed = 0;
  for (const PlantedBug& bug : planted_bugs()) missed += is_caught(bug) ? 0 : 1;
  const Outcome one = run_seed(3, {});
  const Outcome other = run_seed(3, {.plant = Plant::kOtherDraws});
  const bool differs = one.hash != other.hash;
  fmt::print("{} by 'same_twice': draws that no seed explains\n",
             differs ? "caught" : "NOT CAUGHT");
  missed += differs ? 0 : 1;
  fmt::print("{} planted bugs, {} not caught; {:.1f} s of processor\n", planted_bugs().size() + 1,
             missed, processor_seconds());
  return missed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv);
  return arguments.planted ? run_planted() : run_many(arguments);
}
