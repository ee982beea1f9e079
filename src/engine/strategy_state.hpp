// What the strategies were at a snapshot: verify has seen them there, and the snapshot may be gone.
#pragma once

#include <keel/engine/engine.hpp>

namespace keel {

struct Engine::StrategyState {
  std::uint64_t seq = 0;  // 0: no snapshot, strategies begin as they are made
  std::vector<std::byte> bytes;
};

}  // namespace keel
