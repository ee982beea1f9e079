// What a record must look like before anybody casts to its struct.
#pragma once

#include <cstddef>

#include <keel/model/record.hpp>

namespace keel::journal_detail {

struct RecordFault {
  const char* what = nullptr;  // null: the record is fine
  bool newer = false;          // not damaged, but of a version after this one
};

[[nodiscard]] RecordFault record_fault(const std::byte* at, std::size_t available);

}  // namespace keel::journal_detail
