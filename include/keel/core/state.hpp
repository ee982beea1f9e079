// Saving and loading component state for snapshots.
//
// A component writes its fields in a fixed order and reads them back in the same order. Sections
// carry a tag, a version and a length, so that a reader meets what it expects or says what it met.
// Reading never trusts the bytes: running past the end or a wrong tag turns the reader bad, every
// later read gives zeros, and `finish` returns the error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <keel/core/result.hpp>

namespace keel {

// Values that are their bytes. Padding would save what nobody wrote; text goes by its length.
template <class T>
concept PlainState = std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> &&
                     !(std::is_array_v<T> && std::is_same_v<std::remove_extent_t<T>, char>) &&
                     (std::has_unique_object_representations_v<T> || std::is_floating_point_v<T> ||
                      std::is_same_v<T, bool>);

class StateWriter {
 public:
  template <PlainState T>
  void put(const T& value) {
    put_bytes(&value, sizeof value);
  }
  template <PlainState T>
  void put(const std::optional<T>& value) {
    put(static_cast<std::uint8_t>(value.has_value()));
    if (value) put(*value);
  }
  void put(std::string_view text) {
    put(static_cast<std::uint64_t>(text.size()));
    put_bytes(text.data(), text.size());
  }
  template <PlainState T>
  void put(const std::vector<T>& values) {
    put(static_cast<std::uint64_t>(values.size()));
    put_bytes(values.data(), values.size() * sizeof(T));
  }
  template <class T>
    requires requires(const T& part, StateWriter& writer) { part.save(writer); }
  void put(const T& part) {
    part.save(*this);
  }

  // Opens a section; close it with `end`. Sections nest.
  [[nodiscard]] std::size_t begin(std::uint32_t tag, std::uint32_t version);
  void end(std::size_t section);

  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  void clear() { bytes_.clear(); }

 private:
  void put_bytes(const void* data, std::size_t size) {
    const auto* from = static_cast<const std::byte*>(data);
    bytes_.insert(bytes_.end(), from, from + size);
  }
  std::vector<std::byte> bytes_;
};

class StateReader {
 public:
  explicit StateReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <PlainState T>
  void get(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      std::uint8_t byte{};
      get_bytes(&byte, 1);
      value = byte != 0;
    } else {
      get_bytes(&value, sizeof value);
    }
  }
  template <PlainState T>
  void get(std::optional<T>& value) {
    std::uint8_t present{};
    get(present);
    value.reset();
    if (present != 0) get(value.emplace());
  }
  void get(std::string& text) {
    std::uint64_t size{};
    get(size);
    text.clear();
    if (!fits(size, 1)) return;
    text.assign(reinterpret_cast<const char*>(bytes_.data() + at_), static_cast<std::size_t>(size));
    at_ += static_cast<std::size_t>(size);
  }
  template <PlainState T>
  void get(std::vector<T>& values) {
    std::uint64_t count{};
    get(count);
    values.clear();
    if (!fits(count, sizeof(T))) return;
    values.resize(static_cast<std::size_t>(count));
    get_bytes(values.data(), values.size() * sizeof(T));
  }
  template <class T>
    requires requires(T& part, StateReader& reader) { part.load(reader); }
  void get(T& part) {
    part.load(*this);
  }

  // Enters a section and returns its version; 0 and a bad reader where the tag differs.
  std::uint32_t begin(std::uint32_t tag);
  // Leaves the innermost section, past anything in it that was not read.
  void end();

  // Marks the state as unusable, for a component that finds a value it cannot accept.
  void fail(std::string_view why);
  [[nodiscard]] bool ok() const { return error_.empty(); }
  // Error: core.state_format.
  [[nodiscard]] Status finish() const;

 private:
  bool fits(std::uint64_t count, std::size_t each);
  void get_bytes(void* data, std::size_t size);

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  std::vector<std::size_t> ends_;
  std::string error_;
};

}  // namespace keel

// Inside a strategy: KEEL_STATE(fast, slow, stop_price) makes its save and load.
#define KEEL_STATE(...)                                   \
  void save(::keel::StateWriter& writer) const override { \
    ::keel::detail::put_all(writer, __VA_ARGS__);         \
  }                                                       \
  void load(::keel::StateReader& reader) override { ::keel::detail::get_all(reader, __VA_ARGS__); }

namespace keel::detail {
template <class... Parts>
void put_all(StateWriter& writer, const Parts&... parts) {
  (writer.put(parts), ...);
}
template <class... Parts>
void get_all(StateReader& reader, Parts&... parts) {
  (reader.get(parts), ...);
}
}  // namespace keel::detail
