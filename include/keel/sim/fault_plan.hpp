// FaultPlan: what goes wrong between the engine and a simulated venue, seeded. Chances are parts
// per million and are drawn once for each message.
#pragma once

#include <cstdint>

#include <keel/core/time.hpp>

namespace keel {

struct LinkFaults {
  std::uint32_t delay_ppm = 0;       // held up by at most `delay`, and all behind it with it
  std::uint32_t reorder_ppm = 0;     // held up by at most `delay`, alone: others overtake it
  std::uint32_t duplicate_ppm = 0;   // arrives twice, the second time at most `delay` later
  std::uint32_t drop_ppm = 0;        // never arrives
  std::uint32_t disconnect_ppm = 0;  // the connection is cut as the message arrives
  Duration delay = Duration::milliseconds(100);
  [[nodiscard]] bool any() const {
    return (delay_ppm | reorder_ppm | duplicate_ppm | drop_ppm | disconnect_ppm) != 0;
  }
};

// A cut loses everything in flight, both ways, and is told by a ConnectionInput (down); after
// `down` another says up. Commands sent in between come back Refused(not connected). What a
// snapshot asks for is lost by a cut, but not by drops: it is how the engine finds out what it has
// missed.
struct FaultPlan {
  LinkFaults commands;
  LinkFaults reports;
  std::uint32_t reject_ppm = 0;  // the venue says no to a good command
  Duration down = Duration::seconds(5);
  bool cancel_on_disconnect = false;  // the venue cancels every order when the connection is cut
};

}  // namespace keel
