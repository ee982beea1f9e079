#include <fmt/format.h>

#include <keel/core/format.hpp>

namespace keel::detail {

fmt::appender TextFormatter::write(std::string_view text, fmt::format_context& context) const {
  return formatter<fmt::string_view>::format({text.data(), text.size()}, context);
}

fmt::appender NumberFormatter::write(unsigned long long number,
                                     fmt::format_context& context) const {
  return formatter<unsigned long long>::format(number, context);
}

}  // namespace keel::detail
