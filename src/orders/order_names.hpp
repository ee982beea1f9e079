// Hashes of the names by which an order can be found. Which key a place in the index stands for is
// told by comparing the slot's own fields.
#pragma once

#include <keel/core/hash.hpp>
#include <keel/model/order.hpp>

namespace keel::detail {

enum class NameKind : std::uint64_t { kVenue = 1, kClient = 2, kNumber = 3, kGroup = 4 };

inline std::uint64_t name_hash(NameKind kind, AccountId account, const void* bytes,
                               std::size_t size) {
  RollingHash hash;
  hash.add(bytes, size);
  return hash.value() ^
         (static_cast<std::uint64_t>(kind) << 32 | static_cast<std::uint64_t>(account.value));
}
inline std::uint64_t venue_name_hash(AccountId account, const VenueOrderId& id) {
  return name_hash(NameKind::kVenue, account, &id, sizeof id);
}
inline std::uint64_t client_name_hash(AccountId account, const ClientOrderId& id) {
  return name_hash(NameKind::kClient, account, &id, sizeof id);
}
inline std::uint64_t number_hash(VenueId venue, std::uint64_t number) {
  return name_hash(NameKind::kNumber, AccountId{venue.value}, &number, sizeof number);
}
inline std::uint64_t group_hash(AccountId account, std::uint64_t group) {
  return name_hash(NameKind::kGroup, account, &group, sizeof group);
}

}  // namespace keel::detail
