// DBN: Databento's binary form of market data, versions 1 to 3, plain or zstd. What a file says
// about itself, and the instruments that a definition file lists. The records: dbn_feed.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <keel/core/time_text.hpp>
#include <keel/model/instrument.hpp>
#include <keel/storage/errors.hpp>

namespace keel {

// `symbol` stood for the mapping's raw symbol from `start` until the day before `end` (UTC).
struct DbnInterval {
  CivilDate start, end;
  std::string symbol;
};
struct DbnMapping {
  std::string raw_symbol;
  std::vector<DbnInterval> intervals;
};

struct DbnMetadata {
  int version = 0;                      // 1 to 3
  std::string dataset;                  // "GLBX.MDP3"
  std::optional<std::uint16_t> schema;  // 0 mbo, 1 mbp-1, ...; nullopt: mixed
  Timestamp start{0};
  std::optional<Timestamp> end;
  std::uint64_t limit = 0;  // records asked for; 0: all
  std::optional<std::uint8_t> stype_in;
  std::uint8_t stype_out = 0;  // 0 instrument id, 1 raw symbol, ...
  bool has_ts_out = false;     // eight bytes more at the end of each record
  std::vector<std::string> symbols, partial, not_found;
  std::vector<DbnMapping> mappings;
};

// A file's own description. Errors: storage.file_missing, storage.read_failed, storage.bad_dbn,
// storage.dbn_version, storage.truncated_dbn, storage.bad_zstd, each with file, byte and field.
Result<DbnMetadata> read_dbn_metadata(const std::string& path);

struct DbnLeg {
  std::uint32_t instrument_id;
  std::string raw_symbol;
  Side side;
  std::int32_t ratio_numerator, ratio_denominator;
};

// One instrument of a definition file, as written. Absent numbers are nullopt.
struct DbnDefinition {
  std::uint32_t instrument_id = 0, underlying_id = 0;
  std::uint16_t publisher_id = 0;
  std::string raw_symbol, exchange, asset, group, cfi, security_type, underlying;
  std::string currency, settlement_currency, strike_currency, unit_of_measure;
  char instrument_class = 0;  // 'F' future, 'C' call, 'P' put, 'K' stock, 'S' future spread, ...
  char update_action = 0;     // 'A' add, 'M' modify, 'D' delete
  Timestamp ts_event{0}, ts_recv{0};
  std::optional<Timestamp> activation, expiration;
  std::optional<Price> price_increment, strike, high_limit, low_limit, unit_of_measure_quantity;
  std::optional<Price> display_factor;
  std::optional<std::int64_t> min_trade, max_trade, round_lot, contract_multiplier;
  std::vector<DbnLeg> legs;  // of a spread; from version 3
};

// All definitions of a file, the legs of a spread joined. `fragment_version`: the file has no
// metadata and holds records of that version. Errors as read_dbn_metadata.
Result<std::vector<DbnDefinition>> read_dbn_definitions(const std::string& path,
                                                        int fragment_version = 0);

// What InstrumentRegistry::add takes. The multiplier is the contract's size in its unit of measure
// (50 for an E-mini S&P future), 1 where it has none. What keel's registry cannot hold (a class
// without a kind, a missing increment) is an error that names the field: storage.bad_definition.
// An option's underlying and a spread's legs must be set by the caller, who knows their ids.
Result<InstrumentSpec> to_spec(const DbnDefinition& definition);

}  // namespace keel
