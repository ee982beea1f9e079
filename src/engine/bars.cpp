// Bar series: who asks for them, and how those under construction come over a restart. That a
// series is built is a fact, so recovery knows it whether or not there is a snapshot.
#include <keel/engine/engine.hpp>

#include <algorithm>

namespace keel {

namespace {
constexpr std::uint32_t kBarsTag = 0x53455249;  // "SERI"
constexpr std::uint32_t kBarsVersion = 1;
}  // namespace

void Engine::subscribe_bars(std::uint16_t slot, InstrumentId id, const BarSpec& spec) {
  KEEL_ASSERT(check(spec, config_.bars).ok(), "bars that cannot be built");
  auto& own = feed(id);
  own.consumed = true;
  const auto find = [&]() -> Series* {
    for (const auto index : own.series)
      if (series_[index].builder->spec() == spec) return &series_[index];
    return nullptr;
  };
  Series* series = find();
  if (series == nullptr || !series->heard) {
    SeriesFact fact = make_record<SeriesFact>(RecordKind::kBarsSubscribed);
    fact.header.instrument = id;
    fact.spec = spec;
    emit(fact.header);
    series = find();
  }
  auto& list = series->strategies;
  if (std::find(list.begin(), list.end(), slot) == list.end()) list.push_back(slot);
}

void Engine::fold_series(const SeriesFact& fact) {
  if (registry_.find(fact.header.instrument) == nullptr || !check(fact.spec, config_.bars).ok())
    return;  // recorded under other options
  auto& own = feed(fact.header.instrument);
  for (const auto index : own.series) {
    if (!(series_[index].builder->spec() == fact.spec)) continue;
    series_[index].heard = true;
    return;
  }
  own.series.push_back(static_cast<std::uint32_t>(series_.size()));
  series_.push_back(
      {std::make_unique<BarBuilder>(fact.spec, fact.header.instrument, config_.bars), {}, true});
}

void Engine::begin_run_bars() {
  for (auto& series : series_) series.heard = false;
}

// What nobody has asked for again ends. Nobody listened for a while: bars that go on, and the first
// of new ones, say so.
void Engine::end_run_bars() {
  std::erase_if(series_, [](const Series& series) { return !series.heard; });
  for (auto& feed : feeds_) feed.series.clear();
  for (std::size_t i = 0; i < series_.size(); ++i) {
    feed(series_[i].builder->instrument()).series.push_back(static_cast<std::uint32_t>(i));
    series_[i].builder->on_gap(now_);
  }
}

// Bars under construction follow the recorded market data and timers; what has closed is known from
// its fact, also where the data was not recorded.
void Engine::rebuild_bars(const RecordHeader& record) {
  const auto keep = [this](Bar& bar) { rebuilt_.push_back(bar); };
  switch (record.kind) {
    case RecordKind::kQuote:
    case RecordKind::kTrade:
    case RecordKind::kMarketGap: {
      const auto at = record.instrument.value - 1u;
      if (at >= feeds_.size()) return;
      for (const auto index : feeds_[at].series) series_[index].builder->on_market(record, keep);
      return;
    }
    case RecordKind::kTimer:
      for (auto& series : series_)
        series.builder->on_time(record_as<TimerInput>(record).deadline, keep);
      return;
    case RecordKind::kBarClosed: {
      const auto& bar = record_as<Bar>(record);
      const auto same = [&bar](const Bar& other) {
        return other.header.instrument == bar.header.instrument && other.spec == bar.spec &&
               other.header.ts_event == bar.header.ts_event;
      };
      if (std::any_of(rebuilt_.begin(), rebuilt_.end(), same)) return;
      for (auto& series : series_)
        if (series.builder->instrument() == bar.header.instrument &&
            series.builder->spec() == bar.spec)
          series.builder->fold(bar);
      return;
    }
    default: return;
  }
}

void Engine::save_bars(StateWriter& writer) const {
  const auto section = writer.begin(kBarsTag, kBarsVersion);
  writer.put(static_cast<std::uint64_t>(series_.size()));
  for (const auto& series : series_) {
    writer.put(series.builder->instrument());
    writer.put(series.builder->spec());
    series.builder->save(writer);
  }
  writer.end(section);
}

// Who listens is said by the strategies. A series that today's options would build otherwise
// is left out: it begins anew.
void Engine::load_bars(StateReader& reader) {
  reader.begin(kBarsTag);
  std::uint64_t count{};
  reader.get(count);
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    InstrumentId instrument{};
    BarSpec spec{};
    reader.get(instrument);
    reader.get(spec);
    if (reader.ok() && (registry_.find(instrument) == nullptr || !check(spec).ok()))
      return reader.fail("bars of an instrument or step that is not possible");
    if (!reader.ok() || !check(spec, config_.bars).ok()) break;
    auto builder = std::make_unique<BarBuilder>(spec, instrument, config_.bars);
    builder->load(reader);
    feed(instrument).series.push_back(static_cast<std::uint32_t>(series_.size()));
    series_.push_back({std::move(builder), {}, true});
  }
  reader.end();
}

}  // namespace keel
