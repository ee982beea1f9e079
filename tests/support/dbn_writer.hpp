// Writes DBN bytes from the published layout, for tests of the reader: metadata of versions 1 to 3,
// and records of mbo, trades and others. Plain; pack() makes a zstd frame (link zstd).
#pragma once

#include <zstd.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace keel::test {

class DbnWriter {
 public:
  struct Interval {
    std::uint32_t start, end;  // yyyymmdd
    std::string symbol;
  };
  struct Mapping {
    std::string raw;
    std::vector<Interval> intervals;
  };

  explicit DbnWriter(int version) : version_(version) {}

  DbnWriter& metadata(std::string_view dataset, std::uint16_t schema,
                      const std::vector<Mapping>& mappings) {
    std::string body;
    text(body, dataset, 16);
    number(body, schema);
    number(body, std::uint64_t{1'000'000'000});
    number(body, std::uint64_t{2'000'000'000});
    number(body, std::uint64_t{0});
    if (version_ == 1) number(body, UINT64_MAX);
    number(body, std::uint8_t{1});  // stype_in: raw symbol
    number(body, std::uint8_t{0});  // stype_out: instrument id
    number(body, std::uint8_t{0});
    if (version_ > 1) number(body, static_cast<std::uint16_t>(text_size()));
    body.resize(100, '\0');
    number(body, std::uint32_t{0});
    number(body, static_cast<std::uint32_t>(mappings.size()));
    for (const Mapping& one : mappings) text(body, one.raw, text_size());
    number(body, std::uint32_t{0});
    number(body, std::uint32_t{1});
    text(body, "GONE", text_size());
    number(body, static_cast<std::uint32_t>(mappings.size()));
    for (const Mapping& one : mappings) {
      text(body, one.raw, text_size());
      number(body, static_cast<std::uint32_t>(one.intervals.size()));
      for (const Interval& interval : one.intervals) {
        number(body, interval.start);
        number(body, interval.end);
        text(body, interval.symbol, text_size());
      }
    }
    bytes += "DBN";
    bytes += static_cast<char>(version_);
    number(bytes, static_cast<std::uint32_t>(body.size()));
    bytes += body;
    return *this;
  }

  struct Mbo {
    std::uint32_t instrument = 1;
    std::uint64_t ts_event = 0, ts_recv = 0, order = 0;
    std::int64_t price = 0;
    std::uint32_t size = 0;
    std::uint8_t flags = 128;
    char action = 'A', side = 'B';
    std::uint32_t sequence = 0;
  };
  DbnWriter& mbo(const Mbo& one) {
    header(0xA0, 56, one.instrument, one.ts_event);
    number(bytes, one.order);
    number(bytes, one.price);
    number(bytes, one.size);
    number(bytes, one.flags);
    number(bytes, std::uint8_t{0});
    bytes += one.action;
    bytes += one.side;
    number(bytes, one.ts_recv);
    number(bytes, std::int32_t{0});
    number(bytes, one.sequence);
    return *this;
  }
  DbnWriter& trade(std::uint32_t instrument, std::uint64_t time, std::int64_t price,
                   std::uint32_t size, char side) {
    return trade_like(0x00, 48, instrument, time, price, size, 'T', side);
  }
  DbnWriter& quote(std::uint32_t instrument, std::uint64_t time, std::int64_t bid,
                   std::uint32_t bid_size, std::int64_t ask, std::uint32_t ask_size) {
    trade_like(0x01, 80, instrument, time, bid, bid_size, 'A', 'B');
    number(bytes, bid);
    number(bytes, ask);
    number(bytes, bid_size);
    number(bytes, ask_size);
    number(bytes, std::uint32_t{1});
    number(bytes, std::uint32_t{1});
    return *this;
  }
  DbnWriter& mapping(std::uint32_t instrument, std::string_view symbol) {
    header(0x16, version_ == 1 ? 80 : 176, instrument, 0);
    const std::size_t start = bytes.size() - 16;
    if (version_ > 1) number(bytes, std::uint8_t{1});
    text(bytes, symbol, text_size());
    if (version_ > 1) number(bytes, std::uint8_t{0});
    text(bytes, std::to_string(instrument), text_size());
    bytes.resize(start + (version_ == 1 ? 80 : 176), '\0');
    return *this;
  }
  void header(std::uint8_t kind, std::size_t size, std::uint32_t instrument, std::uint64_t time) {
    number(bytes, static_cast<std::uint8_t>(size / 4));
    number(bytes, kind);
    number(bytes, std::uint16_t{1});
    number(bytes, instrument);
    number(bytes, time);
  }

  [[nodiscard]] std::string pack() const { return pack(bytes); }
  static std::string pack(std::string_view plain) {
    std::string packed(ZSTD_compressBound(plain.size()), '\0');
    packed.resize(ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), 1));
    return packed;
  }
  static void write_file(const std::string& path, std::string_view content) {
    std::ofstream out{path, std::ios::binary};
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    if (!out) throw std::runtime_error("cannot write " + path);
  }

  std::string bytes;

 private:
  template <class T>
  static void number(std::string& to, T value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    to.append(raw, sizeof value);
  }
  static void text(std::string& to, std::string_view value, std::size_t size) {
    std::string field{value};
    field.resize(size, '\0');
    to += field;
  }
  [[nodiscard]] std::size_t text_size() const { return version_ == 1 ? 22 : 71; }
  DbnWriter& trade_like(std::uint8_t kind, std::size_t size, std::uint32_t instrument,
                        std::uint64_t time, std::int64_t price, std::uint32_t units, char action,
                        char side) {
    header(kind, size, instrument, time);
    number(bytes, price);
    number(bytes, units);
    bytes += action;
    bytes += side;
    number(bytes, std::uint8_t{128});
    number(bytes, std::uint8_t{0});
    number(bytes, time + 5);
    number(bytes, std::int32_t{0});
    number(bytes, std::uint32_t{7});
    return *this;
  }
  int version_;
};

}  // namespace keel::test
