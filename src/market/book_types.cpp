#include <keel/market/book_types.hpp>

namespace keel {

std::string_view to_text(BookOutcome outcome) {
  switch (outcome) {
    case BookOutcome::kApplied: return "applied";
    case BookOutcome::kOld: return "old";
    case BookOutcome::kGap: return "gap";
    case BookOutcome::kNoSnapshot: return "no_snapshot";
    case BookOutcome::kMalformed: return "malformed";
    case BookOutcome::kTooDeep: return "too_deep";
    case BookOutcome::kUnknownOrder: return "unknown_order";
    case BookOutcome::kDuplicateOrder: return "duplicate_order";
    case BookOutcome::kChecksum: return "checksum";
  }
  return "unknown";
}

}  // namespace keel
