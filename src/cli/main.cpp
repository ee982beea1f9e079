// keel: backtests, journals and reports from the command line.
#include <algorithm>
#include <string_view>

#include <fmt/core.h>

#include <keel/core/error.hpp>

#include "cli/commands.hpp"

namespace keel::cli {

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

int fail(const Error& error, bool json) {
  if (json) {
    fmt::print(stderr, "{{\"code\":{},\"field\":{},\"value\":{},\"rule\":{},\"where\":{}}}\n",
               json_string(error.code.text), json_string(error.field), json_string(error.value),
               json_string(error.rule), json_string(error.where));
  } else {
    fmt::print(stderr, "keel: {}\n", error.message());
  }
  return kFailed;
}

}  // namespace keel::cli

int main(int argc, char** argv) {
  CLI::App app{
      "keel: backtests, journals and reports.\n\n"
      "Examples:\n"
      "  keel backtest btc.yaml --out build/run --journal build/run/run.journal\n"
      "  keel sweep btc.yaml --grid fast=10:60:10 --grid slow=90:240:30 --html sweep.html\n"
      "  keel walk-forward btc.yaml --grid fast=10:60:10 --in-sample 30d --out-of-sample 10d\n"
      "  keel replay btc.yaml --journal build/run/run.journal\n"
      "  keel inspect build/run/run.journal --records --kind order_filled\n"
      "  keel report build/run/run.journal --html report.html\n"
      "  keel sim tws --port 7497"};
  app.require_subcommand(1);
  app.set_version_flag("--version", KEEL_VERSION);
  int code = 0;
  keel::cli::add_backtest(app, code);
  keel::cli::add_sweep(app, code);
  keel::cli::add_walk_forward(app, code);
  keel::cli::add_replay(app, code);
  keel::cli::add_inspect(app, code);
  keel::cli::add_report(app, code);
  keel::cli::add_sim(app, code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool json = std::any_of(
        argv, argv + argc, [](const char* word) { return std::string_view{word} == "--json"; });
    if (error.get_exit_code() == 0 || !json) return app.exit(error) == 0 ? 0 : 2;
    keel::cli::fail({keel::cli::kUsage, {}, {}, error.what(), "command line"}, json);
    return 2;
  }
  return code;
}
