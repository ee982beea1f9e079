// Driver: turns what lies in the Inbox, and deadlines that have passed, into engine inputs. The
// host calls poll from its own loop, or gives the driver to a thread of its own.
#pragma once

#include <cstddef>

#include <keel/engine/engine.hpp>
#include <keel/engine/inbox.hpp>

namespace keel {

class Driver {
 public:
  Driver(Engine& engine, Inbox& inbox) : engine_(&engine), inbox_(&inbox) {}

  // Takes at most `limit` inputs, fires deadlines that `now` has reached, and flushes what waits
  // for the disk. Returns how many inputs the engine took; 0 means idle. `now` comes from the
  // host's clock; one that steps back, or ahead by more than `jump`, is an input too (ClockJump).
  std::size_t poll(Timestamp now, std::size_t limit = 256);

  // How far ahead `now` may step between two polls before that is recorded as a jump.
  Duration jump = Duration::minutes(5);

 private:
  Engine* engine_;
  Inbox* inbox_;
  std::optional<Timestamp> last_;
};

}  // namespace keel
