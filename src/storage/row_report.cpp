#include <keel/storage/row_report.hpp>

#include <fmt/core.h>

#include <keel/storage/errors.hpp>

namespace keel {

std::uint64_t RowReport::count(ErrorCode code) const {
  for (const Count& one : counts)
    if (one.code == code) return one.rows;
  return 0;
}

double RowReport::skipped_share() const {
  const std::uint64_t own = rows - filtered;
  return own == 0 ? 0.0 : static_cast<double>(skipped) / static_cast<double>(own);
}

std::string RowReport::summary() const {
  std::string text = fmt::format("{} rows: {} delivered, {} skipped", rows, delivered, skipped);
  if (skipped != 0) text += fmt::format(" ({:.2f}%)", skipped_share() * 100);
  if (filtered != 0) text += fmt::format(", {} of other symbols", filtered);
  if (cut_short) text += ", the rest of the file is lost";
  return text;
}

std::string RowReport::to_text() const {
  std::string text = summary() + "\n";
  for (const Count& one : counts) text += fmt::format("  {:>8}  {}\n", one.rows, one.code.text);
  for (const Error& problem : first) text += "  " + problem.message() + "\n";
  std::uint64_t total = 0;
  for (const Count& one : counts) total += one.rows;
  if (total > first.size()) text += fmt::format("  and {} more\n", total - first.size());
  return text;
}

void RowReport::add(Error problem, std::size_t max_messages) {
  const bool is_row = !(problem.code == storage_errors::kTruncatedGzip) &&
                      !(problem.code == storage_errors::kBadGzip) &&
                      !(problem.code == storage_errors::kTruncatedZstd) &&
                      !(problem.code == storage_errors::kBadZstd);
  if (is_row)
    ++skipped;
  else
    cut_short = true;
  bool found = false;
  for (Count& one : counts) {
    if (!(one.code == problem.code)) continue;
    ++one.rows;
    found = true;
  }
  if (!found) counts.push_back({problem.code, 1});
  if (first.size() < max_messages) first.push_back(std::move(problem));
}

}  // namespace keel
