// What the messages of the TWS wire have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <keel/core/decimal.hpp>

namespace keel::tws {

// Tags and values of algo parameters and options, in order.
using TagValues = std::vector<std::pair<std::string, std::string>>;

}  // namespace keel::tws
