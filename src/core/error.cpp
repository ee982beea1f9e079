#include <keel/core/error.hpp>

namespace keel {

std::string Error::message() const {
  std::string text;
  const auto part = [&text](std::string_view piece, std::string_view before) {
    if (piece.empty()) return;
    if (!text.empty()) text += before;
    text += piece;
  };
  part(where, "");
  part(field, ": ");
  if (!value.empty()) part("'" + value + "'", ": ");
  part(rule, ": ");
  text += " [";
  text += code.text;
  text += ']';
  return text;
}

}  // namespace keel
