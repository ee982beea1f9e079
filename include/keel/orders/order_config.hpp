// OrderManagerConfig: an order manager written down.
#pragma once

#include <optional>
#include <vector>

#include <keel/core/id.hpp>
#include <keel/core/time.hpp>

namespace keel {

struct OrderManagerConfig {
  std::uint32_t engine = 1;
  std::uint32_t run = 1;           // higher than every run before it
  std::uint32_t slots = 1u << 16;  // a power of two; a snapshot loads into as many or more
  std::uint32_t execution_window = 1u << 17;  // a power of two: executions remembered
  std::optional<Duration> answer_timeout;     // a command older than this without answer: Unknown
  // When a contingency's cancel or resize was refused, it is asked for again after this.
  Duration contingency_retry = Duration::seconds(1);
  // Venues that name orders by integers that we choose (Capabilities::integer_order_ids).
  std::vector<VenueId> number_venues;
};

}  // namespace keel
