// Any bytes as the YAML file of `keel backtest`. It is read or refused with an error that says
// something; nothing is thrown, and an override is taken in the same spirit.
#include <cli/settings.hpp>

#include "fuzz_file.hpp"

using namespace keel;
using keel::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static keel::fuzz::File file;
  file.write(data, size);
  const auto settings = cli::Settings::load(file.path(), {});
  if (settings) {
    require(!settings->strategy.empty());
    const auto strategy = settings->make_strategy({1});
    if (!strategy) require(!strategy.error().message().empty());
  } else {
    require(!settings.error().message().empty());
  }
  // The first line as an override of nothing else.
  const std::string text{reinterpret_cast<const char*>(data), size};
  const auto overridden = cli::Settings::load(file.path(), {text.substr(0, text.find('\n'))});
  if (!overridden) require(!overridden.error().message().empty());
  return 0;
}
