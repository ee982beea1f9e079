// InstrumentRegistry: names at the edge, dense ids inside.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <keel/core/state.hpp>
#include <keel/model/instrument.hpp>
#include <keel/model/security_id.hpp>

namespace keel {

namespace model_errors {
inline constexpr ErrorCode kDuplicateName{"model.duplicate_name"};
inline constexpr ErrorCode kUnknownInstrument{"model.unknown_instrument"};
inline constexpr ErrorCode kBadInstrument{"model.bad_instrument"};
inline constexpr ErrorCode kBadAccount{"model.bad_account"};
inline constexpr ErrorCode kBadFeeSchedule{"model.bad_fee_schedule"};
inline constexpr ErrorCode kTooMany{"model.too_many"};
inline constexpr ErrorCode kBadRecord{"model.bad_record"};
}  // namespace model_errors

// Ids count from 1 in order of listing, and are the same in every run that lists in the same order.
// Not thread-safe; one thread owns an engine and its registry.
class InstrumentRegistry {
 public:
  // Errors: model.bad_instrument (field, value and rule), model.bad_formula, model.duplicate_name,
  // core.text_too_long.
  Result<InstrumentId> add(const InstrumentSpec& spec);
  // As recorded in a journal: the id must be the next one, or a known one with a higher revision
  // (the same definition once more changes nothing). Symbol, venue, kind and currencies stay: what
  // changes them is another instrument. Error: model.bad_record.
  Status apply(const Instrument& definition);

  [[nodiscard]] const Instrument* find(InstrumentId id) const {
    return id.value - 1u < instruments_.size() ? &instruments_[id.value - 1u] : nullptr;
  }
  // Asserts that the id exists.
  [[nodiscard]] const Instrument& get(InstrumentId id) const {
    KEEL_ASSERT(id.value - 1u < instruments_.size(), "unknown instrument id");
    return instruments_[id.value - 1u];
  }
  // Symbol alone where it is unique, or "SYMBOL@MIC". Error: model.unknown_instrument.
  [[nodiscard]] Result<InstrumentId> lookup(std::string_view name) const;
  // By another system's name, alone where it is unique or with "@MIC". Error:
  // model.unknown_instrument.
  [[nodiscard]] Result<InstrumentId> lookup(AliasKind kind, std::string_view name) const;
  // The way back; empty where it has none. Asserts that the id exists.
  [[nodiscard]] std::string alias(InstrumentId id, AliasKind kind) const;
  [[nodiscard]] std::span<const Instrument> all() const { return instruments_; }
  [[nodiscard]] std::size_t size() const { return instruments_.size(); }

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  std::vector<Instrument> instruments_;
};

}  // namespace keel
