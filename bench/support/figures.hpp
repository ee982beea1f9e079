// What every benchmark shares: clocks, percentiles, and one line a figure beside its reference.
//
//   Figures figures{argc, argv, "backtest"};
//   figures.add("quotes_per_second", 11.2e6, "1/s", "ema alone", 95e6);
#pragma once

#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace keel::bench {

inline std::uint64_t clock_ns(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000u +
         static_cast<std::uint64_t>(t.tv_nsec);
}
inline std::uint64_t wall_ns() { return clock_ns(CLOCK_MONOTONIC); }
// Processor time of this thread: other programs on the machine do not count.
inline std::uint64_t cpu_ns() { return clock_ns(CLOCK_THREAD_CPUTIME_ID); }

// The compiler must believe that the value is used.
template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}
inline double percentile(std::vector<double>& sorted, double part) {
  return sorted.empty()
             ? 0
             : sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

// Runs `work` a few times and gives the median processor seconds of a run.
template <class F>
double median_seconds(int runs, F&& work) {
  std::vector<double> seconds;
  for (int i = 0; i < runs; ++i) {
    const auto start = cpu_ns();
    work();
    seconds.push_back(static_cast<double>(cpu_ns() - start) / 1e9);
  }
  return median(seconds);
}

class Figures {
 public:
  Figures(int argc, char** argv, std::string bench) : bench_(std::move(bench)) {
    for (int i = 1; i < argc; ++i) {
      if (std::strcmp(argv[i], "--json") == 0)
        json_ = true;
      else if (std::strcmp(argv[i], "--help") == 0) {
        std::printf(
            "bench_%s [--json]\nPrints each figure beside a reference measured in the same run.\n",
            bench_.c_str());
        std::exit(0);
      } else {
        std::fprintf(stderr, "bench_%s: unknown option '%s'\n", bench_.c_str(), argv[i]);
        std::exit(2);
      }
    }
  }
  // `reference` is what the value is held against, by name; ratio is value / reference.
  void add(const std::string& name, double value, const std::string& unit,
           const std::string& reference_name, double reference) {
    const double ratio = reference != 0 ? value / reference : 0;
    if (json_) {
      std::printf(
          "{\"name\":\"%s.%s\",\"value\":%.6g,\"unit\":\"%s\",\"reference_name\":\"%s\","
          "\"reference\":%.6g,\"ratio\":%.4g}\n",
          bench_.c_str(), name.c_str(), value, unit.c_str(), reference_name.c_str(), reference,
          ratio);
    } else {
      std::printf("%-44s %14.6g %-6s  %-34s %12.6g   x %.3g\n", (bench_ + "." + name).c_str(),
                  value, unit.c_str(), reference_name.c_str(), reference, ratio);
    }
    std::fflush(stdout);
  }

 private:
  std::string bench_;
  bool json_ = false;
};

}  // namespace keel::bench
