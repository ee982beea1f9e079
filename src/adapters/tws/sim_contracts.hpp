// What the simulator lists, and how a client's description of a contract finds it.
#pragma once

#include <vector>

#include <keel/adapters/tws/simulator.hpp>
#include <keel/model/instrument_registry.hpp>

namespace keel::tws {

struct Listing {
  Contract contract;
  ContractDetails details;
  SimulatedContract spec;
  InstrumentId instrument;
  Quantity multiplier;
  [[nodiscard]] bool is(std::string_view type) const { return contract.sec_type == type; }
};

class Listings {
 public:
  // Errors: model.bad_instrument and its kin, for a contract that does not hold together.
  Status add(const SimulatedContract& spec, InstrumentRegistry& registry);

  // Indexes of all that the description fits. By id, or by what is given of the rest.
  [[nodiscard]] std::vector<std::size_t> find(const Contract& wanted) const;
  [[nodiscard]] const Listing& operator[](std::size_t index) const { return all_[index]; }
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] const std::vector<Listing>& all() const { return all_; }

 private:
  std::vector<Listing> all_;
};

// "20261218" and "20261121 14:30:00" of a time, in UTC.
std::string date_text(Timestamp time);
std::string date_time_text(Timestamp time);
// "yyyymmdd hh:mm:ss [zone]", "yyyymmdd-hh:mm:ss", "yyyymmdd", seconds since 1970; empty: `now`.
// Times without a zone, and of every zone, are taken as UTC.
std::optional<Timestamp> parse_date_time(std::string_view text, Timestamp now);
// A price or a size as it is written on the wire.
std::string number_text(Price price);

}  // namespace keel::tws
