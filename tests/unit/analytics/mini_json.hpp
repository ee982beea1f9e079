// A strict reader of RFC 8259 for tests: refuses what a browser would refuse. Keeps the scalar
// values by their path ("statistics.sharpe", "trades.0.net").
#pragma once

#include <cctype>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace keel::test {

class MiniJson {
 public:
  explicit MiniJson(std::string_view text) : text_(text) {
    value("");
    blanks();
    if (at_ != text_.size()) fail("text after the end");
  }
  [[nodiscard]] const std::string& at(const std::string& path) const { return values_.at(path); }
  [[nodiscard]] bool has(const std::string& path) const { return values_.contains(path); }

 private:
  [[noreturn]] void fail(const char* what) const {
    throw std::runtime_error(std::string{what} + " at " + std::to_string(at_));
  }
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void expect(char c) {
    if (peek() != c) fail("another character was expected");
    ++at_;
  }
  void blanks() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') ++at_;
  }
  std::string string() {
    expect('"');
    std::string out;
    for (; peek() != '"'; ++at_) {
      if (at_ >= text_.size() || static_cast<unsigned char>(peek()) < 0x20) fail("bad text");
      if (peek() == '\\') {
        ++at_;
        if (peek() != '"' && peek() != '\\') fail("an escape that we do not write");
      }
      out += peek();
    }
    ++at_;
    return out;
  }
  std::string number() {
    const std::size_t begin = at_;
    if (peek() == '-') ++at_;
    if (std::isdigit(static_cast<unsigned char>(peek())) == 0) fail("no digit");
    if (peek() == '0' && at_ + 1 < text_.size() &&
        std::isdigit(static_cast<unsigned char>(text_[at_ + 1])) != 0)
      fail("leading zero");
    while (std::isdigit(static_cast<unsigned char>(peek())) != 0 || peek() == '.' ||
           peek() == 'e' || peek() == 'E' || peek() == '+' || peek() == '-')
      ++at_;
    const std::string out{text_.substr(begin, at_ - begin)};
    std::size_t used = 0;
    (void)std::stod(out, &used);
    if (used != out.size() || out.back() == '.') fail("bad number");
    return out;
  }
  void value(const std::string& path) {
    blanks();
    const std::string inside = path.empty() ? "" : path + ".";
    if (peek() == '{') {
      ++at_;
      blanks();
      if (peek() == '}') return void(++at_);
      do {
        blanks();
        const std::string name = string();
        if (!keys_.emplace(inside + name, 0).second) fail("a name twice");
        blanks();
        expect(':');
        value(inside + name);
        blanks();
      } while (peek() == ',' && ++at_ != 0);
      expect('}');
    } else if (peek() == '[') {
      ++at_;
      blanks();
      if (peek() == ']') return void(++at_);
      int index = 0;
      do {
        value(inside + std::to_string(index++));
        blanks();
      } while (peek() == ',' && ++at_ != 0);
      expect(']');
    } else if (peek() == '"') {
      values_[path] = string();
    } else {
      for (const std::string_view word : {"true", "false", "null"})
        if (text_.substr(at_, word.size()) == word) {
          at_ += word.size();
          values_[path] = word;
          return;
        }
      values_[path] = number();
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::map<std::string, std::string> values_;
  std::map<std::string, int> keys_;
};

}  // namespace keel::test
