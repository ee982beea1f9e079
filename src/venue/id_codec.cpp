#include <keel/venue/id_codec.hpp>

namespace keel {

namespace {
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kDigits = 13;  // 65 bits
}  // namespace

ClientOrderId encode_order_id(OrderId id) {
  char text[kDigits + 1];
  text[0] = 'K';
  std::uint64_t rest = id.value;
  for (std::size_t i = kDigits; i >= 1; --i, rest >>= 5) text[i] = kAlphabet[rest & 31u];
  return ClientOrderId::clipped({text, sizeof text});
}

std::optional<OrderId> decode_order_id(std::string_view text) {
  if (text.size() != kDigits + 1 || text[0] != 'K') return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 1; i <= kDigits; ++i) {
    const auto digit = kAlphabet.find(text[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    if (i == 1 && digit > 15) return std::nullopt;  // past 64 bits
    value = (value << 5) | digit;
  }
  if (OrderId{value}.counter() == 0) return std::nullopt;
  return OrderId{value};
}

}  // namespace keel
