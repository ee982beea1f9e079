// RunRecorder: collects what a report needs while a run goes.
//
//   RunRecorder recorder{registry, directory, {.account = account}};
//   for (const RecordHeader& record : transaction) recorder.fold(record);
//   recorder.sample(now, portfolio.valuation(account));     // each bar, fill or N seconds
//   auto report = recorder.report();
//
// Orders and fills are kept exactly, one row each; curves are kept in bounded memory: a picture's
// spans double in length when there are too many. Reads, never decides: it may be left out without
// changing a run. Not thread-safe. `registry` and `directory` outlive it.
#pragma once

#include <keel/analytics/errors.hpp>
#include <keel/analytics/run_report.hpp>

namespace keel {

struct RunRecorderConfig {
  AccountId account{};  // whose valuations are sampled; 0: the directory's first
  // Length of a return period and how many of them make a year. A period without a sample makes no
  // return. With more than `max_periods` the period doubles and periods_per_year halves.
  Duration period = Duration::hours(1);
  double periods_per_year = 8760;        // hours, round the clock
  double risk_free = 0;                  // a year
  std::uint32_t max_periods = 1u << 16;  // at least 8
  std::uint32_t max_spans = 1200;        // of each picture
};

// What report() would refuse. Error: analytics.bad_config.
[[nodiscard]] Status check(const RunRecorderConfig& config);

class RunRecorder {
 public:
  RunRecorder(const InstrumentRegistry& registry, const Directory& directory,
              const RunRecorderConfig& config = {});
  RunRecorder(RunRecorder&& other) noexcept;
  RunRecorder& operator=(RunRecorder&& other) noexcept;
  ~RunRecorder();

  // Every record of every transaction, in order. Market inputs give the price picture; a host that
  // does not hand them over (they are many) calls sample_price.
  void fold(const RecordHeader& record);

  // The account's value at this moment; moments do not go back. Call it first before the first
  // order, so that the curve begins where the run began.
  void sample(Timestamp time, const Valuation& valuation);
  // A price for the picture.
  void sample_price(Timestamp time, InstrumentId instrument, Price price);
  // Counts of inputs that were not folded.
  void count_market_inputs(std::uint64_t count);

  // What was collected so far; the run may go on. Errors: analytics.bad_config.
  [[nodiscard]] Result<RunReport> report() const;

 private:
  struct Core;
  Core* core_;  // owned
};

}  // namespace keel
