// JsonCursor: walks over one JSON text, key by key, without building anything. For messages of
// known shape: texts are given as they stand (an escape in one is refused, no market data has any).
#pragma once

#include <cstdint>
#include <string_view>

namespace keel::storage {

class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  [[nodiscard]] bool ok() const { return ok_; }
  // Nothing but blanks is left.
  [[nodiscard]] bool at_end() {
    blanks();
    return at_ == end_;
  }
  // What comes next, without taking it; 0 at the end.
  [[nodiscard]] char peek() {
    blanks();
    return at_ == end_ ? '\0' : *at_;
  }
  // Takes this character; a cursor that is not ok otherwise.
  bool take(char c) {
    blanks();
    if (at_ == end_ || *at_ != c) return fail();
    ++at_;
    return true;
  }
  // Loops over an object or array: `if (take('{')) while (more('}')) { ... }`. Takes the commas and
  // the closing character.
  bool more(char close) {
    if (!ok_) return false;
    blanks();
    if (at_ == end_) return fail();
    if (*at_ == close) {
      ++at_;
      fresh_ = false;
      return false;
    }
    if (fresh_) {
      fresh_ = false;
      return true;
    }
    if (*at_ != ',') return fail();
    ++at_;
    blanks();
    if (at_ == end_ || *at_ == close) return fail();
    return true;
  }
  bool open(char c) {
    fresh_ = take(c);
    return fresh_;
  }
  // A text, without its quotes.
  std::string_view text() {
    if (!take('"')) return {};
    const char* from = at_;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\') ++at_;
    if (at_ == end_ || *at_ == '\\') {
      fail();
      return {};
    }
    ++at_;
    return {from, static_cast<std::size_t>(at_ - 1 - from)};
  }
  std::string_view key() {
    const std::string_view name = text();
    take(':');
    return name;
  }
  // A number's text, or a text with a number in it.
  std::string_view number() {
    if (peek() == '"') return text();
    const char* from = at_;
    while (at_ != end_ && ((*at_ >= '0' && *at_ <= '9') || *at_ == '-' || *at_ == '.' ||
                           *at_ == 'e' || *at_ == 'E' || *at_ == '+'))
      ++at_;
    if (at_ == from) fail();
    return {from, static_cast<std::size_t>(at_ - from)};
  }
  // A number without sign or point.
  std::uint64_t count() {
    const std::string_view digits = number();
    std::uint64_t value = 0;
    for (const char c : digits) {
      if (c < '0' || c > '9' || __builtin_mul_overflow(value, std::uint64_t{10}, &value) ||
          __builtin_add_overflow(value, static_cast<std::uint64_t>(c - '0'), &value)) {
        fail();
        return 0;
      }
    }
    return value;
  }
  bool boolean() {
    const bool value = peek() == 't';
    word(value ? "true" : "false");
    return value;
  }
  // Passes over any value; at most `depth` levels deep.
  void skip(int depth = 32) {
    if (depth == 0) {
      fail();
      return;
    }
    switch (peek()) {
      case '{':
        open('{');
        while (more('}')) {
          key();
          skip(depth - 1);
        }
        return;
      case '[':
        open('[');
        while (more(']')) skip(depth - 1);
        return;
      case '"': skip_text(); return;
      case 't': word("true"); return;
      case 'f': word("false"); return;
      case 'n': word("null"); return;
      default: number(); return;
    }
  }
  // Where the next character stands, for a second look at the same value.
  [[nodiscard]] const char* place() const { return at_; }

 private:
  void blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r' || *at_ == '\n')) ++at_;
  }
  bool fail() {
    ok_ = false;
    at_ = end_;
    return false;
  }
  void word(std::string_view expected) {
    if (static_cast<std::size_t>(end_ - at_) < expected.size() ||
        std::string_view{at_, expected.size()} != expected) {
      fail();
      return;
    }
    at_ += expected.size();
  }
  void skip_text() {
    if (!take('"')) return;
    while (at_ != end_ && *at_ != '"') at_ += *at_ == '\\' && at_ + 1 != end_ ? 2 : 1;
    if (at_ == end_)
      fail();
    else
      ++at_;
  }

  const char* at_;
  const char* end_;
  bool ok_ = true, fresh_ = false;
};

}  // namespace keel::storage
