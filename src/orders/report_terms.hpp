// A report's terms beside ours.
#pragma once

#include <keel/model/order_records.hpp>

namespace keel::detail {

// The first field that differs, raw.
struct TermsDifference {
  bool differs = false;
  Int128 theirs{}, ours{};
};

// Which of two sets of terms a report shows.
enum class ShownTerms { kOld, kNew, kEither, kNeither };

// Writes what the report says into `terms`: the venue is right about its own book.
inline TermsDifference overlay(OrderTerms& terms, const OrderReport& report) {
  TermsDifference difference;
  const auto take = [&](std::uint16_t present, auto& ours, auto theirs, bool counts) {
    if ((report.present & present) == 0 || !counts || ours == theirs) return;
    if (!difference.differs)
      difference = {true, Int128::from(theirs.raw()), Int128::from(ours.raw())};
    ours = theirs;
  };
  take(OrderReport::kHasQuantity, terms.quantity, report.quantity, report.quantity.is_positive());
  take(OrderReport::kHasPrice, terms.limit_price, report.price, terms.limit().has_value());
  take(OrderReport::kHasTrigger, terms.trigger_price, report.trigger_price,
       terms.trigger().has_value());
  return difference;
}

inline ShownTerms shown(OrderTerms old_terms, OrderTerms new_terms, const OrderReport& report) {
  const bool is_old = !overlay(old_terms, report).differs;
  const bool is_new = !overlay(new_terms, report).differs;
  if (is_old) return is_new ? ShownTerms::kEither : ShownTerms::kOld;
  return is_new ? ShownTerms::kNew : ShownTerms::kNeither;
}

// All of these fields.
[[nodiscard]] inline bool has(const OrderReport& report, std::uint16_t present) {
  return (report.present & present) == present;
}
[[nodiscard]] inline bool is_snapshot(const OrderReport& report) {
  return (report.header.flags & OrderReport::kSnapshot) != 0;
}

}  // namespace keel::detail
