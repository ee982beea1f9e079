// The summary that a trader wants, for every writer that shows it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <keel/analytics/run_report.hpp>

namespace keel::analytics {

struct SummaryGroup {
  std::string title;
  std::vector<std::pair<std::string, std::string>> rows;  // label, value; not escaped
};

[[nodiscard]] std::vector<SummaryGroup> summary_groups(const RunReport& report);

}  // namespace keel::analytics
