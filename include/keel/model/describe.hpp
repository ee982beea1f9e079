// One line of text for any record: for logs, `keel inspect` and the first difference of a replay.
#pragma once

#include <string>

#include <keel/model/record.hpp>

namespace keel {

// "#1042 submit 1-1-7 buy 0.5 limit 800.01 ...". Only fields that count are shown. The record must
// be whole (bytes from outside go through the journal's check first).
[[nodiscard]] std::string describe(const RecordHeader& record);

}  // namespace keel
