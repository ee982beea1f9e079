// IdCodec: OrderId to the client order id that a venue sees, and back; a bijection.
#pragma once

#include <optional>

#include <keel/core/id.hpp>
#include <keel/model/order.hpp>

namespace keel {

// "K" and 13 characters of base 32 (Crockford's alphabet, upper case): 14 characters, accepted by
// every venue that takes text. Text that this codec did not make gives nullopt.
[[nodiscard]] ClientOrderId encode_order_id(OrderId id);
[[nodiscard]] std::optional<OrderId> decode_order_id(std::string_view text);

}  // namespace keel
