// The text dialect: fields in order, each ended by a NUL. A message's description (wire_*.hpp) is
// run over a TextWriter to encode it and over a TextReader to decode it.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <keel/adapters/tws/types.hpp>
#include <keel/core/decimal.hpp>

#include "adapters/tws/numbers.hpp"
#include "adapters/tws/wire.hpp"

namespace keel::tws {

class TextWriter {
 public:
  static constexpr bool kText = true, kReading = false;

  TextWriter(std::string& out, int version) : out_(out), version_(version) {}
  [[nodiscard]] int version() const { return version_; }

  template <class... F>
  void text(const F&... fields) {
    (put(fields), ...);
  }
  template <class... F>
  void from(int, const F&... fields) {
    (put(fields), ...);
  }
  template <class T>
  void as_text(int, const T& value) {
    put(value);
  }
  void as_number(int, const std::string& value) { put(value); }
  void constant(std::string_view value) { put(value); }

  // A count, and each element.
  template <class List, class Each>
  void list(List& list, Each each) {
    put(static_cast<std::int64_t>(list.size()));
    for (auto& element : list) each(element);
  }
  template <class Part, class Each>
  void part(Part& part, Each each) {
    put(part.has_value());
    if (part) each(*part);
  }
  // "tag=value;tag=value;" in one field.
  void joined(const TagValues& values) {
    for (const auto& [tag, value] : values) {
      out_ += tag;
      out_ += '=';
      out_ += value;
      out_ += ';';
    }
    end();
  }
  void counted(const TagValues& values) {
    put(static_cast<std::int64_t>(values.size()));
    for (const auto& [tag, value] : values) text(tag, value);
  }
  // A number that is written as `absent` where it is not known.
  void number_or(const std::optional<double>& value, double absent) { put(value.value_or(absent)); }

 private:
  void end() { out_ += '\0'; }
  void put(std::string_view value) {
    for (const char c : value)
      if (c != '\0') out_ += c;
    end();
  }
  void put(const std::string& value) { put(std::string_view{value}); }
  void put(bool value) {
    out_ += value ? '1' : '0';
    end();
  }
  void put(std::int32_t value) { put(static_cast<std::int64_t>(value)); }
  void put(std::int64_t value) {
    append_integer(out_, value);
    end();
  }
  void put(double value) {
    append_double(out_, value);
    end();
  }
  template <class Tag, int Digits>
  void put(Decimal<Tag, Digits> value) {
    append_decimal(out_, value.raw(), Digits);
    end();
  }
  template <class T>
  void put(const std::optional<T>& value) {
    if (value) return put(*value);
    end();
  }
  template <Part T>
  void put(const T& part) {
    Wire<T>::fields(*this, part);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    put(static_cast<std::int64_t>(values.size()));
    for (const T& value : values) put(value);
  }

  std::string& out_;
  int version_;
};

class TextReader {
 public:
  static constexpr bool kText = true, kReading = true;

  TextReader(std::string_view in, int version) : in_(in), version_(version) {}
  [[nodiscard]] int version() const { return version_; }
  [[nodiscard]] bool ok() const { return ok_; }
  // Which field, counted from 1, could not be read.
  [[nodiscard]] int field() const { return field_; }
  [[nodiscard]] bool at_end() const { return in_.empty(); }
  void fail() {
    ok_ = false;
    in_ = {};
  }

  template <class... F>
  void text(F&... fields) {
    (get(fields), ...);
  }
  template <class... F>
  void from(int, F&... fields) {
    (get(fields), ...);
  }
  template <class T>
  void as_text(int, T& value) {
    get(value);
  }
  void as_number(int, std::string& value) { get(value); }
  void constant(std::string_view) { next(); }

  template <class List, class Each>
  void list(List& list, Each each) {
    // Each element has at least one field, so a count that is larger than what is left is a lie.
    for (std::int64_t left = count(); left > 0 && ok_; --left) each(list.emplace_back());
  }
  template <class Part, class Each>
  void part(Part& part, Each each) {
    bool present = false;
    get(present);
    if (present && ok_) each(part.emplace());
  }
  void joined(TagValues& values) {
    std::string_view all = next();
    while (!all.empty()) {
      const auto end = all.find(';');
      const std::string_view one = all.substr(0, end);
      const auto equals = one.find('=');
      if (equals != std::string_view::npos)
        values.emplace_back(one.substr(0, equals), one.substr(equals + 1));
      if (end == std::string_view::npos) break;
      all.remove_prefix(end + 1);
    }
  }
  void counted(TagValues& values) {
    list(values, [this](auto& pair) { text(pair.first, pair.second); });
  }
  void number_or(std::optional<double>& value, double absent) {
    get(value);
    if (value == absent) value.reset();
  }

 private:
  std::string_view next() {
    const auto end = in_.find('\0');
    if (end == std::string_view::npos) {
      fail();
      return {};
    }
    ++field_;
    const std::string_view field = in_.substr(0, end);
    in_.remove_prefix(end + 1);
    return field;
  }
  std::int64_t count() {
    std::int64_t count = 0;
    get(count);
    if (count < 0 || count > static_cast<std::int64_t>(in_.size())) fail();
    return ok_ ? count : 0;
  }

  void get(std::string& value) { value = next(); }
  void get(bool& value) {
    const std::string_view field = next();
    value = field == "1" || field == "true" || field == "True";
    if (!value && !(field.empty() || field == "0" || field == "false" || field == "False")) {
      std::int64_t number = 0;
      if (parse_integer(field, number) != Parsed::kValue) return fail();
      value = number != 0;
    }
  }
  template <class T>
    requires(Is<T, std::int32_t, std::int64_t>)
  Parsed parse(T& value) {
    std::int64_t wide = 0;
    const Parsed parsed = parse_integer(next(), wide);
    if (parsed == Parsed::kValue && wide >= std::numeric_limits<T>::min() &&
        wide <= std::numeric_limits<T>::max()) {
      value = static_cast<T>(wide);
      return parsed;
    }
    return parsed == Parsed::kValue ? Parsed::kBad : parsed;
  }
  Parsed parse(double& value) { return parse_double(next(), value); }
  template <class Tag, int Digits>
  Parsed parse(Decimal<Tag, Digits>& value) {
    std::int64_t raw = 0;
    const Parsed parsed = parse_decimal_nearest(next(), Digits, raw);
    if (parsed == Parsed::kValue) value = Decimal<Tag, Digits>::from_raw(raw);
    return parsed;
  }
  template <class T>
  void get(T& value) {
    const Parsed parsed = parse(value);
    if (parsed == Parsed::kBad) fail();
    if (parsed == Parsed::kUnset) value = T{};
  }
  template <Part T>
  void get(T& part) {
    Wire<T>::fields(*this, part);
  }
  template <class T>
  void get(std::optional<T>& value) {
    T plain{};
    const Parsed parsed = parse(plain);
    if (parsed == Parsed::kBad) return fail();
    value.reset();
    if (parsed == Parsed::kUnset) return;
    if constexpr (std::is_integral_v<T>)
      if (plain == std::numeric_limits<T>::max()) return;
    value = plain;
  }
  template <class T>
  void get(std::vector<T>& values) {
    list(values, [this](auto& value) { get(value); });
  }

  std::string_view in_;
  int version_;
  int field_ = 0;
  bool ok_ = true;
};

}  // namespace keel::tws
