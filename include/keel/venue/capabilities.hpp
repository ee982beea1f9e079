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
  bool display = false;              // takes a display quantity (iceberg) and slices it by itself
  std::uint8_t trigger_sources = 0;  // bit per TriggerBy of its stops; 0: any that is asked for
  bool integer_order_ids = false;    // TWS: the order manager allocates above the floor told by it
  std::uint8_t client_id_length = 36;

  [[nodiscard]] constexpr bool supports(OrderType type) const {
    return (order_types >> static_cast<unsigned>(type) & 1u) != 0;
  }
  [[nodiscard]] constexpr bool supports(TimeInForce tif) const {
    return (times_in_force >> static_cast<unsigned>(tif) & 1u) != 0;
  }
  [[nodiscard]] constexpr bool watches(TriggerBy source) const {
    return source == TriggerBy::kDefault || trigger_sources == 0 ||
           (trigger_sources >> static_cast<unsigned>(source) & 1u) != 0;
  }
  // The yes-or-no fields, client_id_length and trigger_sources as one number, for records; and
  // back.
  [[nodiscard]] constexpr std::uint32_t features() const {
    return (replace ? 1u : 0u) | (post_only ? 2u : 0u) | (reduce_only ? 4u : 0u) |
           (native_brackets ? 8u : 0u) | (native_oco ? 16u : 0u) | (integer_order_ids ? 32u : 0u) |
           (display ? 64u : 0u) | (static_cast<std::uint32_t>(client_id_length) << 8) |
           (static_cast<std::uint32_t>(trigger_sources) << 16);
  }
  constexpr void set_features(std::uint32_t bits) {
    replace = (bits & 1u) != 0;
    post_only = (bits & 2u) != 0;
    reduce_only = (bits & 4u) != 0;
    native_brackets = (bits & 8u) != 0;
    native_oco = (bits & 16u) != 0;
    integer_order_ids = (bits & 32u) != 0;
    display = (bits & 64u) != 0;
    client_id_length = static_cast<std::uint8_t>(bits >> 8);
    trigger_sources = static_cast<std::uint8_t>(bits >> 16);
  }
  template <class... E>
  [[nodiscard]] static constexpr std::uint32_t bits(E... values) {
    return ((1u << static_cast<unsigned>(values)) | ...);
  }
};

}  // namespace keel
