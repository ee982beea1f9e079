// A report from a journal alone: definitions, fills, orders and denials are in it exactly; equity
// follows from the fills and the market data that was recorded.
#pragma once

#include <string>

#include <keel/analytics/run_recorder.hpp>

namespace keel {

struct JournalReportConfig {
  RunRecorderConfig recorder;
  Duration sample_every = Duration::minutes(1);  // of recorded time; fills are always sampled
};

// Errors: those of JournalReader, analytics.no_definitions (the journal does not begin with its
// instruments and accounts), analytics.bad_config. A torn tail is a note in the report.
[[nodiscard]] Result<RunReport> report_from_journal(const std::string& folder,
                                                    const JournalReportConfig& config = {});

}  // namespace keel
