// The subcommands of `keel`. Each registers its options, and its callback leaves the exit code in
// `code`: 0 fine, 1 it failed, 2 bad usage (CLI11's own are above 100), 3 a difference or damage
// was found.
#pragma once

#include <string>

#include <CLI/CLI.hpp>
#include <keel/core/error.hpp>

namespace keel::cli {

inline constexpr ErrorCode kUsage{"cli.usage"};
inline constexpr ErrorCode kUnknownKind{"cli.unknown_kind"};
inline constexpr ErrorCode kBadOrderId{"cli.bad_order_id"};
inline constexpr ErrorCode kDamagedData{"cli.damaged_data"};

inline constexpr int kFailed = 1;
inline constexpr int kDifference = 3;

void add_backtest(CLI::App& app, int& code);
void add_replay(CLI::App& app, int& code);
void add_inspect(CLI::App& app, int& code);
void add_report(CLI::App& app, int& code);
void add_sim(CLI::App& app, int& code);
void add_sweep(CLI::App& app, int& code);
void add_walk_forward(CLI::App& app, int& code);

// One line on stderr, or one JSON object where `json` is set.
int fail(const Error& error, bool json);
// A JSON string with its quotes.
std::string json_string(std::string_view text);

}  // namespace keel::cli
