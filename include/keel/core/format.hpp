// Opt-in fmt formatters for the core values: fmt::format("{} {:>12}", time, price). Texts take the
// specifiers of text, ids those of numbers. Light: what fmt/format.h costs is paid in one .cpp
// file.
#pragma once

#include <concepts>
#include <string>

#include <fmt/core.h>

#include <keel/core/currency.hpp>
#include <keel/core/decimal.hpp>
#include <keel/core/id.hpp>
#include <keel/core/money.hpp>
#include <keel/core/text.hpp>
#include <keel/core/time_text.hpp>
#include <keel/core/volume.hpp>

namespace keel::detail {
template <class T>
concept HasToText = requires(const T& value) {
  { value.to_text() } -> std::convertible_to<std::string>;
};
template <class T>
concept HasFreeToText = requires(const T& value) {
  { to_text(value) } -> std::convertible_to<std::string>;
} && (std::same_as<T, Timestamp> || std::same_as<T, Duration> || std::same_as<T, CivilDate>);

class TextFormatter : public fmt::formatter<fmt::string_view> {
 protected:
  fmt::appender write(std::string_view text, fmt::format_context& context) const;
};
class NumberFormatter : public fmt::formatter<unsigned long long> {
 protected:
  fmt::appender write(unsigned long long number, fmt::format_context& context) const;
};
}  // namespace keel::detail

template <keel::detail::HasToText T>
struct fmt::formatter<T> : keel::detail::TextFormatter {
  auto format(const T& value, fmt::format_context& context) const {
    return write(value.to_text(), context);
  }
};

template <keel::detail::HasFreeToText T>
struct fmt::formatter<T> : keel::detail::TextFormatter {
  auto format(const T& value, fmt::format_context& context) const {
    return write(to_text(value), context);
  }
};

template <std::size_t N>
struct fmt::formatter<keel::FixedText<N>> : keel::detail::TextFormatter {
  auto format(const keel::FixedText<N>& value, fmt::format_context& context) const {
    return write(value.view(), context);
  }
};

template <>
struct fmt::formatter<keel::Currency> : keel::detail::TextFormatter {
  auto format(const keel::Currency& value, fmt::format_context& context) const {
    return write(value.code(), context);
  }
};

template <class Tag, class Rep>
struct fmt::formatter<keel::Id<Tag, Rep>> : keel::detail::NumberFormatter {
  auto format(keel::Id<Tag, Rep> id, fmt::format_context& context) const {
    return write(id.value, context);
  }
};

// "engine-run-counter", as in every log line and file.
template <>
struct fmt::formatter<keel::OrderId> : keel::detail::TextFormatter {
  auto format(keel::OrderId id, fmt::format_context& context) const {
    return write(std::to_string(id.engine()) + '-' + std::to_string(id.run()) + '-' +
                     std::to_string(id.counter()),
                 context);
  }
};
