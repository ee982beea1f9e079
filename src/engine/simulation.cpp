#include <keel/engine/simulation.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace keel {

Simulation::Simulation(Engine& engine, MarketFeed& feed, Duration feed_latency)
    : Simulation(engine, feed,
                 feed_latency.ns == 0 ? LatencyModel::zero() : LatencyModel::constant(feed_latency),
                 1) {}

Simulation::Simulation(Engine& engine, MarketFeed& feed, LatencyModel feed_latency,
                       std::uint64_t seed)
    : engine_(&engine), feed_(&feed), feed_latency_(std::move(feed_latency)), random_(seed) {
  KEEL_ASSERT(feed_latency_.check().ok(), "a feed's latency must have been checked");
}

void Simulation::add_venue(SimVenue& venue) { venues_.push_back(&venue); }

Result<bool> Simulation::run(std::uint64_t events) {
  for (std::uint64_t taken = 0; taken < events; ++taken) {
    if (engine_->is_stopped()) return false;
    if (run_.empty()) {
      auto more = feed_->next();
      if (!more) return std::move(more).error();
      run_ = *more;
      if (run_.empty()) {
        finish();
        return false;
      }
    }
    const auto& record = *reinterpret_cast<const RecordHeader*>(run_.data());
    take(record);
    run_ = run_.subspan(record.size);
  }
  return true;
}

void Simulation::take(const RecordHeader& record) {
  advance(record.ts_event, false);
  last_ = record.ts_event;
  for (auto* venue : venues_) venue->on_market(record, record.ts_event);
  if (feed_latency_.is_zero()) {
    hand_over(record);
    ++stats_.market_events;
  } else {
    delay(record);
  }
}

void Simulation::delay(const RecordHeader& record) {
  if (delayed_at_ == delayed_.size()) {
    delayed_.clear();
    delayed_at_ = 0;
  } else if (delayed_at_ > (std::size_t{1} << 20)) {
    delayed_.erase(delayed_.begin(), delayed_.begin() + static_cast<std::ptrdiff_t>(delayed_at_));
    delayed_at_ = 0;
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(&record);
  delayed_.insert(delayed_.end(), bytes, bytes + record.size);
  auto& copy = *reinterpret_cast<RecordHeader*>(delayed_.data() + delayed_.size() - record.size);
  last_delivery_ = std::max(last_delivery_, std::max(record.ts_recv, record.ts_event) +
                                                feed_latency_.draw(record.ts_event, random_));
  copy.ts_recv = last_delivery_;
}

const RecordHeader* Simulation::delayed() const {
  return delayed_at_ == delayed_.size()
             ? nullptr
             : reinterpret_cast<const RecordHeader*>(delayed_.data() + delayed_at_);
}

void Simulation::hand_over(const RecordHeader& input) {
  for (auto* venue : venues_) venue->set_now(std::max(engine_->now(), input.ts_recv));
  if (probe_ == nullptr) {
    engine_->on(input);
    return;
  }
  const auto commands = engine_->commands_sent();
  probe_->before(input);
  engine_->on(input);
  probe_->after(input, engine_->commands_sent() - commands);
}

void Simulation::advance(Timestamp time, bool inclusive) {
  while (!engine_->is_stopped() && step(time, inclusive)) {
  }
}

// One event, the earliest that is due; at one instant in the order of the header's comment.
bool Simulation::step(Timestamp time, bool inclusive) {
  enum class What { kNone, kMarket, kVenue, kDeadline } what = What::kNone;
  std::size_t which = 0;
  Timestamp earliest = time;
  const auto offer = [&](std::optional<Timestamp> at, What kind, std::size_t index) {
    if (!at) return;
    if (*at < earliest || (what == What::kNone && inclusive && *at == earliest)) {
      earliest = *at;
      what = kind;
      which = index;
    }
  };
  if (const auto* record = delayed()) offer(record->ts_recv, What::kMarket, 0);
  for (std::size_t i = 0; i < venues_.size(); ++i)
    offer(venues_[i]->next_event_time(), What::kVenue, i);
  offer(engine_->next_deadline(), What::kDeadline, 0);

  switch (what) {
    case What::kNone: return false;
    case What::kMarket: {
      const RecordHeader* record = delayed();
      hand_over(*record);
      delayed_at_ += record->size;
      ++stats_.market_events;
      return true;
    }
    case What::kVenue: {
      SimVenue& venue = *venues_[which];
      venue.advance_to(earliest);
      while (const RecordHeader* report = venue.next_report(earliest)) {
        // A copy: the venue's own is valid until it is called again, and the engine will call it.
        const auto* bytes = reinterpret_cast<const std::byte*>(report);
        report_.assign(bytes, bytes + report->size);
        hand_over(*reinterpret_cast<const RecordHeader*>(report_.data()));
        ++stats_.reports;
      }
      return true;
    }
    case What::kDeadline: {
      TimerInput timer = make_record<TimerInput>(RecordKind::kTimer);
      timer.deadline = earliest;
      timer.header.ts_event = timer.header.ts_recv = earliest;
      hand_over(timer.header);
      ++stats_.timers;
      return true;
    }
  }
  return false;
}

// The feed has ended; what is under way still arrives.
void Simulation::finish() { advance(last_ + kAfterTheEnd, true); }

}  // namespace keel
