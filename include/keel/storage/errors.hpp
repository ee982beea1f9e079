// The room's error codes (docs/errors.md).
#pragma once

#include <keel/core/error.hpp>

namespace keel::storage_errors {
// The file or its description; always an error.
inline constexpr ErrorCode kFileMissing{"storage.file_missing"};
inline constexpr ErrorCode kReadFailed{"storage.read_failed"};
inline constexpr ErrorCode kEmptyFile{"storage.empty_file"};
inline constexpr ErrorCode kBadSpec{"storage.bad_spec"};
inline constexpr ErrorCode kMissingColumn{"storage.missing_column"};
inline constexpr ErrorCode kDuplicateColumn{"storage.duplicate_column"};
inline constexpr ErrorCode kColumnsDiffer{"storage.columns_differ"};
// The rest of the file is lost: reported, and an error where strict.
inline constexpr ErrorCode kTruncatedGzip{"storage.truncated_gzip"};
inline constexpr ErrorCode kBadGzip{"storage.bad_gzip"};
inline constexpr ErrorCode kTruncatedZstd{"storage.truncated_zstd"};
inline constexpr ErrorCode kBadZstd{"storage.bad_zstd"};
// A DBN file; always an error.
inline constexpr ErrorCode kBadDbn{"storage.bad_dbn"};
inline constexpr ErrorCode kDbnVersion{"storage.dbn_version"};
inline constexpr ErrorCode kTruncatedDbn{"storage.truncated_dbn"};
inline constexpr ErrorCode kBadDefinition{"storage.bad_definition"};
// A line of a capture; always an error.
inline constexpr ErrorCode kBadCapture{"storage.bad_capture"};
// A row: reported and skipped, and an error where strict.
inline constexpr ErrorCode kLineTooLong{"storage.line_too_long"};
inline constexpr ErrorCode kBadQuote{"storage.bad_quote"};
inline constexpr ErrorCode kColumnCount{"storage.column_count"};
inline constexpr ErrorCode kMissingValue{"storage.missing_value"};
inline constexpr ErrorCode kBadTime{"storage.bad_time"};
inline constexpr ErrorCode kTimeGoingBack{"storage.time_going_back"};
inline constexpr ErrorCode kTimeJump{"storage.time_jump"};
inline constexpr ErrorCode kBadNumber{"storage.bad_number"};
inline constexpr ErrorCode kNumberDigits{"storage.number_digits"};
inline constexpr ErrorCode kNumberRange{"storage.number_range"};
inline constexpr ErrorCode kZeroSize{"storage.zero_size"};
inline constexpr ErrorCode kNegativeSize{"storage.negative_size"};
inline constexpr ErrorCode kPriceNotPositive{"storage.price_not_positive"};
inline constexpr ErrorCode kOffIncrement{"storage.off_increment"};
inline constexpr ErrorCode kUnknownSide{"storage.unknown_side"};
inline constexpr ErrorCode kBadBar{"storage.bad_bar"};
}  // namespace keel::storage_errors
