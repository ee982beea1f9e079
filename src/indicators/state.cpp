// Saving, loading and resetting: off the path of an update, so not in the headers.
#include <keel/indicators/momentum.hpp>
#include <keel/indicators/volatility.hpp>

namespace keel {

namespace indicators {

void save_length(StateWriter& writer, int length) { writer.put(static_cast<std::int32_t>(length)); }

bool load_length(StateReader& reader, int length) {
  std::int32_t found{};
  reader.get(found);
  if (reader.ok() && found != length)
    reader.fail("indicator: saved with length " + std::to_string(found));
  return reader.ok();
}

}  // namespace indicators

void Rsi::reset() {
  gain_.reset();
  loss_.reset();
  has_previous_ = false;
}
void Rsi::save(StateWriter& writer) const {
  detail::put_all(writer, gain_, loss_, previous_, has_previous_);
}
void Rsi::load(StateReader& reader) {
  detail::get_all(reader, gain_, loss_, previous_, has_previous_);
}

void Macd::reset() {
  fast_.reset();
  slow_.reset();
  signal_.reset();
  skipped_ = 0;
}
void Macd::save(StateWriter& writer) const {
  detail::put_all(writer, fast_, slow_, signal_, skipped_);
}
void Macd::load(StateReader& reader) {
  detail::get_all(reader, fast_, slow_, signal_, skipped_);
  if (skipped_ < 0 || skipped_ > skip_) reader.fail("macd: a count out of range");
}

void Roc::reset() {
  at_ = seen_ = 0;
  value_ = indicators::not_ready();
  ready_ = false;
}
void Roc::save(StateWriter& writer) const {
  detail::put_all(writer, past_, static_cast<std::uint64_t>(at_), static_cast<std::uint64_t>(seen_),
                  value_, ready_);
}
void Roc::load(StateReader& reader) {
  std::vector<double> past;
  std::uint64_t at{}, seen{};
  detail::get_all(reader, past, at, seen, value_, ready_);
  if (!reader.ok()) return;
  if (past.size() != past_.size() || at >= past.size() || seen > past.size())
    return reader.fail("roc: saved with another length");
  past_ = std::move(past);
  at_ = static_cast<std::size_t>(at);
  seen_ = static_cast<std::size_t>(seen);
}

void TrueRange::save(StateWriter& writer) const {
  detail::put_all(writer, previous_, value_, has_previous_, ready_);
}
void TrueRange::load(StateReader& reader) {
  detail::get_all(reader, previous_, value_, has_previous_, ready_);
}

void Atr::reset() {
  range_.reset();
  average_.reset();
}
void Atr::save(StateWriter& writer) const { detail::put_all(writer, range_, average_); }
void Atr::load(StateReader& reader) { detail::get_all(reader, range_, average_); }

void RollingStdDev::save(StateWriter& writer) const { window_.save(writer); }
void RollingStdDev::load(StateReader& reader) { window_.load(reader); }

void BollingerBands::save(StateWriter& writer) const { deviation_.save(writer); }
void BollingerBands::load(StateReader& reader) { deviation_.load(reader); }

void ZScore::save(StateWriter& writer) const { detail::put_all(writer, deviation_, newest_); }
void ZScore::load(StateReader& reader) { detail::get_all(reader, deviation_, newest_); }

}  // namespace keel
