// What a snapshot holds: the state that facts and commands give (orders, portfolio, risk), what the
// strategies saved, bars under construction, and, for verify alone, what market data and callbacks
// have made since the run began.
#include <keel/engine/engine.hpp>

#include <algorithm>

namespace keel {

namespace {
constexpr std::uint32_t kStateTag = 0x454E4749;       // "ENGI"
constexpr std::uint32_t kStrategiesTag = 0x53545241;  // "STRA"
constexpr std::uint32_t kLiveTag = 0x4C495645;        // "LIVE"
constexpr std::uint32_t kStateVersion = 1;
}  // namespace

// --- state ---------------------------------------------------------------------------------------

void Engine::save_state(StateWriter& writer) const {
  const auto section = writer.begin(kStateTag, kStateVersion);
  writer.put(run_);
  writer.put(seq_);
  writer.put(now_);
  writer.put(rolling_.value());
  writer.put(commands_sent_);
  writer.put(known_.venues);
  writer.put(known_.strategies);
  writer.put(known_.accounts);
  writer.put(known_.instruments);
  orders_->save(writer);
  triggers_->save(writer);
  guards_.save(writer);
  portfolio_.save(writer);
  risk_->save(writer);
  writer.end(section);
}

void Engine::load_state(StateReader& reader) {
  if (reader.begin(kStateTag) != kStateVersion) reader.fail("a snapshot of another version");
  std::uint64_t rolling{};
  std::uint32_t run = 1;
  reader.get(run);
  if (run == 0 || run > OrderId::kMaxRun) reader.fail("a run number out of range");
  if (reader.ok()) begin_run(run);
  reader.get(seq_);
  reader.get(now_);
  reader.get(rolling);
  rolling_.restore(rolling);
  reader.get(commands_sent_);
  reader.get(known_.venues);
  reader.get(known_.strategies);
  reader.get(known_.accounts);
  reader.get(known_.instruments);
  for (std::size_t i = 0; i < known_.instruments.size(); ++i) {
    if (i >= registry_.size() || !(registry_.all()[i].symbol == known_.instruments[i].symbol))
      reader.fail("instrument " + known_.instruments[i].symbol.str() +
                  " is not declared in the recorded order");
  }
  orders_->load(reader);
  triggers_->load(reader);
  guards_.load(reader);
  portfolio_.load(reader);
  risk_->load(reader);
  reader.end();
  rebuild_open_by_strategy();
  load_strategies(reader);
}

void Engine::save_strategies(StateWriter& writer) const {
  const auto section = writer.begin(kStrategiesTag, kStateVersion);
  writer.put(static_cast<std::uint64_t>(slots_.size()));
  for (const auto& slot : slots_) {
    writer.put(directory_.strategy_name(slot.id));
    const auto own = writer.begin(kStrategiesTag, kStateVersion);
    slot.strategy->save(writer);
    writer.end(own);
  }
  writer.end(section);
}

void Engine::load_strategies(StateReader& reader) {
  reader.begin(kStrategiesTag);
  std::uint64_t count{};
  reader.get(count);
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    std::string name;
    reader.get(name);
    reader.begin(kStrategiesTag);
    for (auto& slot : slots_)
      if (directory_.strategy_name(slot.id) == name) slot.strategy->load(reader);
    reader.end();
  }
  reader.end();
}

std::uint64_t Engine::state_hash() const {
  StateWriter writer;
  save_state(writer);
  RollingHash hash;
  hash.add(writer.bytes().data(), writer.bytes().size());
  return hash.value();
}

Status Engine::snapshot() {
  if (auto status = journal_.sync(); !status) return status;
  StateWriter writer;
  save_state(writer);
  save_strategies(writer);
  save_bars(writer);
  save_live(writer);
  snapshot_seq_ = seq_;
  return journal_.write_snapshot(seq_, writer.bytes());
}

Status Engine::load_snapshot(const Snapshot& snapshot, bool live) {
  StateReader reader{snapshot.state};
  load_state(reader);
  load_bars(reader);
  if (live) load_live(reader);
  if (auto status = reader.finish(); !status) return status;
  snapshot_seq_ = seq_;
  recovered_ = true;
  for (const auto& error : snapshot.damaged)
    log_->log(LogLevel::kWarning, "engine", error.message());
  return {};
}

// --- what a run has besides ----------------------------------------------------------------------

void Engine::save_live(StateWriter& writer) const {
  const auto section = writer.begin(kLiveTag, kStateVersion);
  marks_.save(writer);
  orders_->save_live(writer);
  risk_->save_live(writer);
  writer.put(restarted_);
  writer.put(stopped_);
  writer.put(reconciled_);
  writer.put(reported_);
  writer.put(heartbeat_);
  writer.put(next_expiry_);
  writer.put(static_cast<std::uint64_t>(series_.size()));
  for (const auto& series : series_) writer.put(series.strategies);
  writer.put(static_cast<std::uint64_t>(feeds_.size()));
  for (const auto& feed : feeds_) {
    writer.put(feed.quotes);
    writer.put(feed.trades);
    writer.put(feed.market);
    writer.put(feed.consumed);
  }
  writer.put(static_cast<std::uint64_t>(slots_.size()));
  for (const auto& slot : slots_) writer.put(slot.timers);
  writer.put(targets_);
  writer.put(flatten_at_);
  writer.end(section);
}

void Engine::load_live(StateReader& reader) {
  reader.begin(kLiveTag);
  marks_.load(reader);
  orders_->load_live(reader);
  risk_->load_live(reader);
  reader.get(restarted_);
  reader.get(stopped_);
  reader.get(reconciled_);
  reader.get(reported_);
  reader.get(heartbeat_);
  reader.get(next_expiry_);
  const auto get_slots = [&](std::vector<std::uint16_t>& list) {
    reader.get(list);
    for (const auto slot : list)
      if (slot >= slots_.size()) reader.fail("a strategy that is not there");
  };
  std::uint64_t count{};
  reader.get(count);
  if (count != series_.size()) reader.fail("bars are built by other options than were recorded");
  for (auto& series : series_) get_slots(series.strategies);
  reader.get(count);
  if (count > registry_.size()) reader.fail("market data of an instrument that is not declared");
  if (reader.ok()) feeds_.resize(std::max<std::size_t>(feeds_.size(), count));
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    get_slots(feeds_[i].quotes);
    get_slots(feeds_[i].trades);
    get_slots(feeds_[i].market);
    reader.get(feeds_[i].consumed);
  }
  reader.get(count);
  if (count != slots_.size()) reader.fail("other strategies than were recorded");
  for (auto& slot : slots_) reader.get(slot.timers);
  reader.get(targets_);
  reader.get(flatten_at_);
  reader.end();
  // What was defined since the start.
  for (const auto& definition : known_.instruments)
    if (reader.ok() && registry_.find(definition.id) != nullptr &&
        definition.revision != registry_.get(definition.id).revision)
      if (auto status = registry_.apply(definition); !status) reader.fail(status.error().message());
  if (!reader.ok()) return;
  for (const auto& instrument : registry_.all()) portfolio_.revalue(instrument.id, marks_);
}

void Engine::rebuild_open_by_strategy() {
  open_.clear();
  open_stride_ = 0;
  orders_->for_each_open([this](const Order& order) {
    if (order.terms.reduce_only() || is_exit(order.parent, order.contingency)) return;
    auto& open = open_by_strategy(order.strategy, order.instrument);
    (order.side == Side::kBuy ? open.buy : open.sell) += order.open_worst;
  });
}

}  // namespace keel
