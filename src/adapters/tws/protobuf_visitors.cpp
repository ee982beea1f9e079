#include "adapters/tws/protobuf_visitors.hpp"

namespace keel::tws {

ProtobufReader::ProtobufReader(std::string_view in, int version, int depth)
    : in_(in), version_(version), depth_(depth) {
  if (depth > kMaxDepth) {
    fail(0);
    return;
  }
  Field field;
  for (std::size_t at = 0; at < in_.size();) {
    if (!read(at, field)) {
      fail(field.number);
      in_ = {};
      return;
    }
    if (field.number < 192) seen_[field.number / 64] |= std::uint64_t{1} << (field.number % 64);
  }
}

bool ProtobufReader::varint(std::size_t& at, std::uint64_t& value) const {
  value = 0;
  for (unsigned shift = 0; shift < 64 && at < in_.size(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in_[at++]);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool ProtobufReader::read(std::size_t& at, Field& field) const {
  std::uint64_t tag = 0;
  if (!varint(at, tag) || tag >> 32 != 0 || tag / 8 == 0) return false;
  field.number = static_cast<int>(tag / 8);
  field.wire = static_cast<int>(tag % 8);
  if (field.wire == 0) return varint(at, field.value);
  if (field.wire == 1 || field.wire == 5) {
    const std::size_t size = field.wire == 1 ? 8 : 4;
    if (in_.size() - at < size) return false;
    field.value = 0;
    for (std::size_t i = size; i-- > 0;)
      field.value = field.value << 8 | static_cast<unsigned char>(in_[at + i]);
    at += size;
    return true;
  }
  if (field.wire != 2) return false;  // groups are not used
  std::uint64_t size = 0;
  if (!varint(at, size) || size > in_.size() - at) return false;
  field.bytes = in_.substr(at, static_cast<std::size_t>(size));
  at += static_cast<std::size_t>(size);
  return true;
}

bool ProtobufReader::find(int number, int wire, Field& field) {
  if (!ok_ || !has(number)) return false;
  const std::size_t start = cursor_;
  for (std::size_t at = start; at < in_.size();) {
    const std::size_t here = at;
    read(at, field);
    if (field.number == number) {
      cursor_ = here;
      if (field.wire == wire) return true;
      fail(number);
      return false;
    }
  }
  if (start == 0) return false;
  cursor_ = 0;
  return find(number, wire, field);
}

void ProtobufReader::get(int number, std::vector<std::int32_t>& values) {
  each(number, [&](const Field& field) {
    if (field.wire == 0) return values.push_back(static_cast<std::int32_t>(field.value));
    ProtobufReader packed{"", version_, depth_};
    packed.in_ = field.bytes;
    std::uint64_t value = 0;
    for (std::size_t at = 0; at < field.bytes.size();) {
      if (!packed.varint(at, value)) return fail(number);
      values.push_back(static_cast<std::int32_t>(value));
    }
  });
}

void ProtobufReader::get(int number, std::vector<Price>& values) {
  const auto add = [&](std::uint64_t bits) {
    std::int64_t raw = 0;
    if (decimal_nearest(std::bit_cast<double>(bits), Price::kDigits, raw) != Parsed::kValue)
      return fail(number);
    values.push_back(Price::from_raw(raw));
  };
  each(number, [&](const Field& field) {
    if (field.wire == 1) return add(field.value);
    if (field.bytes.size() % 8 != 0) return fail(number);
    for (std::size_t at = 0; at < field.bytes.size(); at += 8) {
      std::uint64_t bits = 0;
      for (std::size_t i = 8; i-- > 0;)
        bits = bits << 8 | static_cast<unsigned char>(field.bytes[at + i]);
      add(bits);
    }
  });
}

}  // namespace keel::tws
