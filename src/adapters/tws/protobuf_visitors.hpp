// The protobuf dialect, written out by hand: what it needs of the wire format is four wire types.
// The same descriptions run over these visitors as over the text ones (wire_*.hpp); tws.proto
// says the same in protobuf's own language, and a test holds the two against each other.
//
// A plain number is always written, also when it is zero; text and flags only when they are not
// empty; an optional value when it is there. Unknown fields are skipped.
#pragma once

#include <bit>
#include <limits>
#include <string>
#include <string_view>

#include <keel/adapters/tws/types.hpp>

#include "adapters/tws/numbers.hpp"
#include "adapters/tws/wire.hpp"

namespace keel::tws {

class ProtobufWriter {
 public:
  static constexpr bool kText = false, kReading = false;

  ProtobufWriter(std::string& out, int version) : out_(out), version_(version) {}
  [[nodiscard]] int version() const { return version_; }

  // Fields with consecutive numbers.
  template <class... F>
  void from(int number, const F&... fields) {
    (put(number++, fields), ...);
  }
  // A decimal that goes as text, and a text that goes as a number.
  template <class T>
  void as_text(int number, const T& value) {
    std::string text;
    TextOf{text}.put(value);
    put(number, text);
  }
  void as_number(int number, const std::string& text) {
    double value = 0;
    if (parse_double(text, value) == Parsed::kValue) put(number, value);
  }

 private:
  struct TextOf {
    std::string& out;
    template <class Tag, int Digits>
    void put(Decimal<Tag, Digits> value) {
      append_decimal(out, value.raw(), Digits);
    }
    template <class T>
    void put(const std::optional<T>& value) {
      if (value) put(*value);
    }
  };

  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>((value & 0x7F) | 0x80);
    out_ += static_cast<char>(value);
  }
  void tag(int number, int wire) {
    varint(static_cast<std::uint64_t>(number) * 8 + static_cast<std::uint64_t>(wire));
  }
  void bytes(int number, std::string_view value) {
    tag(number, 2);
    varint(value.size());
    out_ += value;
  }

  void put(int number, const std::string& value) {
    if (!value.empty()) bytes(number, value);
  }
  void put(int number, bool value) {
    if (!value) return;
    tag(number, 0);
    varint(1);
  }
  void put(int number, std::int32_t value) { put(number, static_cast<std::int64_t>(value)); }
  void put(int number, std::int64_t value) {
    tag(number, 0);
    varint(static_cast<std::uint64_t>(value));
  }
  void put(int number, double value) {
    tag(number, 1);
    auto bits = std::bit_cast<std::uint64_t>(value);
    for (int i = 0; i < 8; ++i, bits >>= 8) out_ += static_cast<char>(bits & 0xFF);
  }
  void put(int number, Price value) { put(number, to_double(value.raw(), Price::kDigits)); }
  void put(int number, Quantity value) { as_text(number, value); }
  template <class T>
  void put(int number, const std::optional<T>& value) {
    if (value) put(number, *value);
  }
  void put(int number, const TagValues& values) {
    for (const auto& [key, value] : values) {
      std::string entry;
      ProtobufWriter inner{entry, version_};
      inner.bytes(1, key);
      inner.bytes(2, value);
      bytes(number, entry);
    }
  }
  template <Part T>
  void put(int number, const T& part) {
    std::string inner;
    ProtobufWriter writer{inner, version_};
    Wire<T>::fields(writer, part);
    bytes(number, inner);
  }
  void put(int number, const std::vector<std::string>& values) {
    for (const auto& value : values) bytes(number, value);
  }
  template <Part T>
  void put(int number, const std::vector<T>& parts) {
    for (const T& part : parts) put(number, part);
  }
  template <class T>
    requires(Is<T, std::int32_t, Price>)
  void put(int number, const std::vector<T>& values) {  // packed
    if (values.empty()) return;
    std::string packed;
    ProtobufWriter writer{packed, version_};
    for (const T& value : values) {
      std::string one;
      ProtobufWriter{one, version_}.put(1, value);
      packed.append(one, 1);  // without its tag
    }
    bytes(number, packed);
  }

  std::string& out_;
  int version_;
};

class ProtobufReader {
 public:
  static constexpr bool kText = false, kReading = true;
  static constexpr int kMaxDepth = 8;

  // Looks over the whole message once: it is well formed, or nothing is read.
  ProtobufReader(std::string_view in, int version, int depth = 0);
  [[nodiscard]] int version() const { return version_; }
  [[nodiscard]] bool ok() const { return ok_; }
  // The number of the field that could not be read.
  [[nodiscard]] int field() const { return field_; }

  template <class... F>
  void from(int number, F&... fields) {
    (get(number++, fields), ...);
  }
  template <class T>
  void as_text(int number, T& value) {
    get_text(number, value);
  }
  void as_number(int number, std::string& text) {
    std::optional<double> value;
    get(number, value);
    if (!value) return;
    text.clear();
    append_double(text, *value);
  }

 private:
  struct Field {
    int number = 0;
    int wire = 0;
    std::uint64_t value = 0;  // of a number; bits of a double
    std::string_view bytes;
  };
  // The field at `at`, and `at` behind it; false: malformed.
  bool read(std::size_t& at, Field& field) const;
  bool varint(std::size_t& at, std::uint64_t& value) const;
  // The first field of this number at or after the cursor, else before it. False: none.
  bool find(int number, int wire, Field& field);
  [[nodiscard]] bool has(int number) const {
    return number < 192 && (seen_[number / 64] >> (number % 64) & 1u) != 0;
  }
  void fail(int number) {
    ok_ = false;
    field_ = number;
  }
  template <class Each>
  void each(int number, Each each) {
    if (!ok_ || !has(number)) return;
    Field field;
    for (std::size_t at = 0; at < in_.size() && read(at, field);)
      if (field.number == number) each(field);
  }

  void get(int number, std::string& value) {
    Field field;
    if (find(number, 2, field)) value = field.bytes;
  }
  void get(int number, bool& value) {
    Field field;
    value = find(number, 0, field) && field.value != 0;  // also where the default is true
  }
  template <class T>
    requires(Is<T, std::int32_t, std::int64_t>)
  void get(int number, T& value) {
    Field field;
    if (find(number, 0, field)) value = static_cast<T>(field.value);
  }
  void get(int number, double& value) {
    Field field;
    if (find(number, 1, field)) value = std::bit_cast<double>(field.value);
  }
  void get(int number, Price& value) {
    Field field;
    if (!find(number, 1, field)) return;
    std::int64_t raw = 0;
    const Parsed parsed = decimal_nearest(std::bit_cast<double>(field.value), Price::kDigits, raw);
    if (parsed == Parsed::kBad) return fail(number);
    value = Price::from_raw(parsed == Parsed::kValue ? raw : 0);
  }
  void get(int number, Quantity& value) { get_text(number, value); }
  template <class T>
  void get_text(int number, T& value) {
    Field field;
    if (!find(number, 2, field)) return;
    get_decimal(number, field.bytes, value);
  }
  template <class Tag, int Digits>
  void get_decimal(int number, std::string_view text, Decimal<Tag, Digits>& value) {
    std::int64_t raw = 0;
    const Parsed parsed = parse_decimal_nearest(text, Digits, raw);
    if (parsed == Parsed::kBad) return fail(number);
    value = Decimal<Tag, Digits>::from_raw(parsed == Parsed::kValue ? raw : 0);
  }
  template <class T>
  void get_decimal(int number, std::string_view text, std::optional<T>& value) {
    if (!text.empty()) get_decimal(number, text, value.emplace());
  }
  template <class T>
  void get(int number, std::optional<T>& value) {
    if (!has(number)) return;
    T plain{};
    get(number, plain);
    if (!ok_) return;
    if constexpr (std::is_integral_v<T>)
      if (plain == std::numeric_limits<T>::max()) return;
    if constexpr (std::is_same_v<T, Price> || std::is_same_v<T, double>) {
      Field field;
      if (!find(number, 1, field) ||
          std::bit_cast<double>(field.value) == std::numeric_limits<double>::max())
        return;
    }
    value = static_cast<T&&>(plain);
  }
  void get(int number, TagValues& values) {
    each(number, [&](const Field& field) {
      ProtobufReader entry{field.bytes, version_, depth_ + 1};
      auto& pair = values.emplace_back();
      entry.get(1, pair.first);
      entry.get(2, pair.second);
      if (!entry.ok()) fail(number);
    });
  }
  template <Part T>
  void read_part(const Field& field, T& part) {
    ProtobufReader inner{field.bytes, version_, depth_ + 1};
    if (inner.ok()) Wire<T>::fields(inner, part);
    if (!inner.ok()) fail(field.number);
  }
  template <Part T>
  void get(int number, T& part) {
    Field field;
    if (find(number, 2, field)) read_part(field, part);
  }
  void get(int number, std::vector<std::string>& values) {
    each(number, [&](const Field& field) { values.emplace_back(field.bytes); });
  }
  template <Part T>
  void get(int number, std::vector<T>& parts) {
    each(number, [&](const Field& field) { read_part(field, parts.emplace_back()); });
  }
  void get(int number, std::vector<std::int32_t>& values);
  void get(int number, std::vector<Price>& values);

  std::string_view in_;
  int version_, depth_;
  std::size_t cursor_ = 0;
  std::uint64_t seen_[3] = {};
  int field_ = 0;
  bool ok_ = true;
};

}  // namespace keel::tws
