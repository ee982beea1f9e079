// Opt-in fmt formatters for the core values: fmt::format("{} {}", price, time).
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
}  // namespace keel::detail

template <keel::detail::HasToText T>
struct fmt::formatter<T> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const T& value, Context& context) const {
    return fmt::formatter<fmt::string_view>::format(value.to_text(), context);
  }
};

template <keel::detail::HasFreeToText T>
struct fmt::formatter<T> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const T& value, Context& context) const {
    return fmt::formatter<fmt::string_view>::format(to_text(value), context);
  }
};

template <std::size_t N>
struct fmt::formatter<keel::FixedText<N>> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const keel::FixedText<N>& value, Context& context) const {
    const auto view = value.view();
    return fmt::formatter<fmt::string_view>::format({view.data(), view.size()}, context);
  }
};

template <>
struct fmt::formatter<keel::Currency> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const keel::Currency& value, Context& context) const {
    return fmt::formatter<fmt::string_view>::format({value.code().data(), value.code().size()},
                                                    context);
  }
};

template <class Tag, class Rep>
struct fmt::formatter<keel::Id<Tag, Rep>> : fmt::formatter<Rep> {
  template <class Context>
  auto format(keel::Id<Tag, Rep> id, Context& context) const {
    return fmt::formatter<Rep>::format(id.value, context);
  }
};

// "engine-run-counter", as in every log line and file.
template <>
struct fmt::formatter<keel::OrderId> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(keel::OrderId id, Context& context) const {
    return fmt::format_to(context.out(), "{}-{}-{}", id.engine(), id.run(), id.counter());
  }
};
