// RowReport: what a reader found in a file, so that nothing is left out silently.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <keel/core/error.hpp>

namespace keel {

struct RowReport {
  struct Count {
    ErrorCode code;
    std::uint64_t rows;
  };

  std::uint64_t rows = 0;       // lines with data: neither header nor empty
  std::uint64_t delivered = 0;  // became records
  std::uint64_t filtered = 0;   // of another symbol
  std::uint64_t skipped = 0;    // bad; rows == delivered + filtered + skipped
  bool cut_short = false;       // the compressed stream broke off: what came after is lost
  std::vector<Count> counts;    // by code, in order of first appearance
  std::vector<Error> first;     // the first of them, with file, line, field and value

  [[nodiscard]] std::uint64_t count(ErrorCode code) const;
  // Nothing was skipped or lost.
  [[nodiscard]] bool clean() const { return skipped == 0 && !cut_short; }
  // Of the rows that were looked at, those left out: 0 to 1.
  [[nodiscard]] double skipped_share() const;
  // "100000 rows: 99982 delivered, 18 skipped (0.02%)"
  [[nodiscard]] std::string summary() const;
  // summary(), a line a code, and the messages.
  [[nodiscard]] std::string to_text() const;

  // For readers: counts a problem and keeps its message while there are fewer than `max_messages`.
  void add(Error problem, std::size_t max_messages);
};

}  // namespace keel
