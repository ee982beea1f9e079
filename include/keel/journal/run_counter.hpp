// The number of a run, the middle part of every OrderId, so that no order id is ever used twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <keel/core/result.hpp>
#include <keel/journal/errors.hpp>
#include <keel/journal/file_ops.hpp>

namespace keel {

// Takes the next run number of the journal in `folder` (made where it does not exist), from 1. It
// is on disk before this returns, so a number is given once, whatever happens next. The file `run`
// lost or damaged beside an existing journal is journal.run_lost: nobody here can know what was
// used. The host then names a number above every one before as `at_least`, which is taken where it
// is higher than what the counter and the journal's segments say. Other errors:
// journal.run_exhausted (2^22 - 1 runs), .storage.
[[nodiscard]] Result<std::uint32_t> next_run(const std::string& folder,
                                             std::optional<std::uint32_t> at_least = std::nullopt,
                                             FileOps* files = nullptr);

}  // namespace keel
