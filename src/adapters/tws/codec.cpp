#include <charconv>

#include "adapters/tws/message_codec.hpp"

namespace keel::tws {

void encode_hello(std::string& out, VersionRange range, std::string_view options) {
  out.append("API", 4);
  const std::size_t start = out.size();
  out.append(4, '\0');
  out += 'v';
  append_integer(out, range.min);
  if (range.max != range.min) {
    out += "..";
    append_integer(out, range.max);
  }
  if (!options.empty()) {
    out += ' ';
    out += options;
  }
  put_length(out, start);
}

Result<Hello> decode_hello(std::string_view frame) {
  const auto refuse = [&]() -> Error {
    return {tws_errors::kHandshake, "versions", std::string{frame.substr(0, 40)},
            "'v' and a range, as in v100..178", ""};
  };
  Hello hello;
  const auto blank = frame.find(' ');
  std::string_view range = frame.substr(0, blank);
  if (blank != std::string_view::npos) hello.options = frame.substr(blank + 1, 256);
  if (range.size() < 2 || range[0] != 'v') return refuse();
  range.remove_prefix(1);
  const char* const end = range.data() + range.size();
  const auto first = std::from_chars(range.data(), end, hello.range.min);
  if (first.ec != std::errc{}) return refuse();
  hello.range.max = hello.range.min;
  if (first.ptr != end) {
    if (end - first.ptr < 3 || first.ptr[0] != '.' || first.ptr[1] != '.') return refuse();
    const auto last = std::from_chars(first.ptr + 2, end, hello.range.max);
    if (last.ec != std::errc{} || last.ptr != end) return refuse();
  }
  if (hello.range.min < 0 || hello.range.max < hello.range.min) return refuse();
  return hello;
}

Result<int> negotiate(VersionRange client, VersionRange server) {
  const int version = client.max < server.max ? client.max : server.max;
  if (version >= client.min && version >= server.min) return version;
  return Error{tws_errors::kVersionRange, "versions", fmt::format("{}..{}", client.min, client.max),
               fmt::format("a range that meets the server's, {}..{}", server.min, server.max), ""};
}

void encode_welcome(std::string& out, int version, std::string_view time) {
  const std::size_t start = out.size();
  out.append(4, '\0');
  TextWriter writer{out, version};
  writer.text(static_cast<std::int64_t>(version), time);
  put_length(out, start);
}

Result<Welcome> decode_welcome(std::string_view frame, VersionRange range) {
  Welcome welcome;
  std::int32_t version = 0;
  TextReader reader{frame, 0};
  reader.text(version, welcome.time);
  if (!reader.ok() || version <= 0)
    return Error{tws_errors::kHandshake, "server version", std::string{frame.substr(0, 40)},
                 "a version and a time", ""};
  welcome.version = version;
  if (version < range.min || version > range.max)
    return Error{tws_errors::kVersionRange, "server version", std::to_string(version),
                 fmt::format("within {}..{}", range.min, range.max), ""};
  return welcome;
}

void FrameReader::feed(std::string_view bytes) {
  if (!ok_) return;
  if (read_ == buffer_.size()) {
    buffer_.clear();
    read_ = 0;
  } else if (read_ > 65536 && read_ > buffer_.size() / 2) {
    buffer_.erase(0, read_);
    read_ = 0;
  }
  buffer_ += bytes;
}

std::optional<std::string_view> FrameReader::next() {
  if (!ok_ || buffer_.size() - read_ < 4) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i)
    size = size << 8 | static_cast<unsigned char>(buffer_[read_ + i]);
  if (size > limit_) {
    ok_ = false;
    buffer_.clear();
    buffer_.shrink_to_fit();
    read_ = 0;
    return std::nullopt;
  }
  if (buffer_.size() - read_ - 4 < size) return std::nullopt;
  const std::string_view frame{buffer_.data() + read_ + 4, size};
  read_ += 4 + size;
  return frame;
}

std::optional<bool> FrameReader::take_preamble() {
  constexpr std::string_view kPreamble{"API\0", 4};
  const std::string_view have{buffer_.data() + read_, buffer_.size() - read_};
  if (have.size() < kPreamble.size()) {
    if (kPreamble.starts_with(have)) return std::nullopt;
    return false;
  }
  if (!have.starts_with(kPreamble)) return false;
  read_ += kPreamble.size();
  return true;
}

FrameHead read_head(std::string_view frame, int version) {
  FrameHead head;
  if (version >= kFirstBinaryVersion) {
    if (frame.size() < 4) return head;
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(frame[i]);
    if (number == 0 || number > 400) return head;
    head.protobuf = number > 200;
    head.number = static_cast<int>(head.protobuf ? number - 200 : number);
    head.body = frame.substr(4);
    return head;
  }
  const auto end = frame.find('\0');
  if (end == std::string_view::npos || end == 0 || end > 4) return head;
  int number = 0;
  const auto [at, error] = std::from_chars(frame.data(), frame.data() + end, number);
  if (error != std::errc{} || at != frame.data() + end || number <= 0) return head;
  head.number = number;
  head.body = frame.substr(end + 1);
  return head;
}

int message_number(std::string_view frame, int version) { return read_head(frame, version).number; }

}  // namespace keel::tws
