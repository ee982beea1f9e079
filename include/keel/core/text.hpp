// FixedText<N>: text inside N bytes, at most N - 1 characters, no allocation, zero padded so that
// equal texts have equal bytes. Text that is too long is an error, never cut, except by `clipped`.
#pragma once

#include <compare>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include <keel/core/result.hpp>

namespace keel {

namespace detail {
Error text_too_long(std::string_view text, std::size_t limit);
}

template <std::size_t N>
class FixedText {
  static_assert(N >= 2 && N <= 256);

 public:
  static constexpr std::size_t kMaxSize = N - 1;

  constexpr FixedText() : bytes_{} {}

  // A literal, checked while compiling.
  template <std::size_t M>
  consteval FixedText(const char (&literal)[M]) : bytes_{} {
    static_assert(M - 1 <= kMaxSize, "text is too long for its field");
    for (std::size_t i = 0; i + 1 < M; ++i) bytes_[i] = literal[i];
    bytes_[N - 1] = static_cast<char>(M - 1);
  }

  // Error: core.text_too_long.
  [[nodiscard]] static Result<FixedText> from(std::string_view text) {
    if (text.size() > kMaxSize) return detail::text_too_long(text, kMaxSize);
    return FixedText{text};
  }
  // The first kMaxSize characters: for messages meant for people only.
  [[nodiscard]] static FixedText clipped(std::string_view text) {
    return FixedText{text.substr(0, kMaxSize)};
  }

  // Never more than there is, also where the bytes came from outside (a journal, the bus).
  [[nodiscard]] constexpr std::size_t size() const {
    const std::size_t size = static_cast<unsigned char>(bytes_[N - 1]);
    return size < kMaxSize ? size : kMaxSize;
  }
  [[nodiscard]] constexpr bool empty() const { return size() == 0; }
  [[nodiscard]] constexpr std::string_view view() const { return {bytes_, size()}; }
  [[nodiscard]] std::string str() const { return std::string{view()}; }

  friend constexpr bool operator==(const FixedText&, const FixedText&) = default;
  // A template, so that a literal is compared as text and not also tried as a FixedText.
  template <class Text>
    requires std::is_convertible_v<const Text&, std::string_view>
  friend constexpr bool operator==(const FixedText& a, const Text& b) {
    return a.view() == std::string_view{b};
  }
  friend constexpr std::strong_ordering operator<=>(const FixedText& a, const FixedText& b) {
    return a.view() <=> b.view();
  }

 private:
  explicit FixedText(std::string_view text) : bytes_{} {
    if (!text.empty()) std::memcpy(bytes_, text.data(), text.size());
    bytes_[N - 1] = static_cast<char>(text.size());
  }
  char bytes_[N];  // the last byte is the length
};

}  // namespace keel
