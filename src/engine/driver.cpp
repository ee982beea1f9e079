#include <keel/engine/driver.hpp>

namespace keel {

std::size_t Driver::poll(Timestamp now, std::size_t limit) {
  std::size_t taken = 0;
  if (last_ && (now < *last_ || now - *last_ > jump)) {
    ClockJump input = make_record<ClockJump>(RecordKind::kClockJump);
    input.header.ts_event = input.header.ts_recv = now;
    input.before = *last_;
    input.after = now;
    engine_->on(input.header);
    ++taken;
  }
  last_ = now;

  while (taken < limit) {
    InputRing* ring = inbox_->next();
    if (ring == nullptr) break;
    engine_->on(*ring->front());
    ring->pop();
    ++taken;
  }
  // What arrived is older than the deadline check, so reports settle orders before they time out.
  while (taken < limit && engine_->next_deadline() && *engine_->next_deadline() <= now &&
         !engine_->is_stopped()) {
    TimerInput timer = make_record<TimerInput>(RecordKind::kTimer);
    timer.deadline = *engine_->next_deadline();
    timer.header.ts_event = timer.deadline;
    timer.header.ts_recv = now;
    engine_->on(timer.header);
    ++taken;
  }
  engine_->flush();
  return taken;
}

}  // namespace keel
