// What a venue can do by itself; the rest is emulated or denied before it leaves.
#pragma once

#include <cstdint>

#include <keel/model/enums.hpp>

namespace keel {

struct Capabilities {
  std::uint32_t order_types = 0;     // bit per OrderType
  std::uint32_t times_in_force = 0;  // bit per TimeInForce
  bool replace = false;
  bool post_only = false;
  bool reduce_only = false;
  bool native_brackets = false;
  bool native_oco = false;
  bool integer_order_ids = false;  // TWS: the order manager allocates above the floor told by it
  std::uint8_t client_id_length = 36;

  [[nodiscard]] constexpr bool supports(OrderType type) const {
    return (order_types >> static_cast<unsigned>(type) & 1u) != 0;
  }
  [[nodiscard]] constexpr bool supports(TimeInForce tif) const {
    return (times_in_force >> static_cast<unsigned>(tif) & 1u) != 0;
  }
  template <class... E>
  [[nodiscard]] static constexpr std::uint32_t bits(E... values) {
    return ((1u << static_cast<unsigned>(values)) | ...);
  }
};

}  // namespace keel
