// Reads the files of the data folder (./dev test --data DIR): plain, gzip and zip. What is missing
// or broken throws, so that the test fails. Link ZLIB::ZLIB.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace keel::test {

// The file of this name, relative to the folder that the environment variable KEEL_DATA_DIR names.
inline std::string data_path(std::string_view name) {
  const char* folder = std::getenv("KEEL_DATA_DIR");
  if (folder == nullptr) throw std::runtime_error("KEEL_DATA_DIR is not set");
  return std::string{folder} + "/" + std::string{name};
}

inline std::string read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) throw std::runtime_error("no file " + path);
  return {std::istreambuf_iterator<char>{in}, {}};
}

// window_bits as zlib has it: 31 for gzip, -15 for bare deflate.
inline std::string inflate_bytes(std::string_view packed, int window_bits) {
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) throw std::runtime_error("zlib");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string text;
  std::string block(1u << 16u, '\0');
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    status = inflate(&stream, Z_NO_FLUSH);
    text.append(block.data(), block.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("broken or cut deflate stream");
  return text;
}

inline std::string read_gzip(const std::string& path) { return inflate_bytes(read_file(path), 31); }

struct ZipEntry {
  std::string name;
  std::string text;
};

// Every file of an archive, in the order of its directory (stored or deflated).
inline std::vector<ZipEntry> read_zip(const std::string& path) {
  const std::string bytes = read_file(path);
  const auto number = [&](std::size_t at, std::size_t size) {
    if (at + size > bytes.size()) throw std::runtime_error("broken zip " + path);
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;)
      value = value << 8u | static_cast<unsigned char>(bytes[at + i]);
    return static_cast<std::size_t>(value);
  };
  const std::size_t end = bytes.rfind("PK\5\6");
  if (end == std::string::npos) throw std::runtime_error("no zip " + path);
  std::vector<ZipEntry> entries;
  std::size_t at = number(end + 16, 4);
  for (std::size_t left = number(end + 10, 2); left > 0; --left) {
    const std::size_t method = number(at + 10, 2);
    std::size_t packed = number(at + 20, 4);
    if (packed == 0xFFFF'FFFFu) {
      // A zip64 field (number 1) follows the name: the full size, when that is marked too, then
      // ours.
      const std::size_t extra = at + 46 + number(at + 28, 2);
      if (number(extra, 2) != 1) throw std::runtime_error("unusual zip " + path);
      packed = number(extra + (number(at + 24, 4) == 0xFFFF'FFFFu ? 12 : 4), 8);
    }
    const std::size_t local = number(at + 42, 4);
    const std::size_t begin = local + 30 + number(local + 26, 2) + number(local + 28, 2);
    if (begin > bytes.size() || packed > bytes.size() - begin)
      throw std::runtime_error("broken zip " + path);
    const std::string_view body{bytes.data() + begin, packed};
    entries.push_back({bytes.substr(at + 46, number(at + 28, 2)),
                       method == 0 ? std::string{body} : inflate_bytes(body, -15)});
    at += 46 + number(at + 28, 2) + number(at + 30, 2) + number(at + 32, 2);
  }
  return entries;
}

// The lines of a text, without their ends (LF or CRLF).
inline std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    lines.push_back(line);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return lines;
}

// The nth field (from 0) of a separated line; throws where there are fewer.
inline std::string_view field_of(std::string_view line, std::size_t n, char separator = ',') {
  for (; n > 0; --n) {
    const std::size_t at = line.find(separator);
    if (at == std::string_view::npos) throw std::runtime_error("short line " + std::string{line});
    line.remove_prefix(at + 1);
  }
  return line.substr(0, line.find(separator));
}

}  // namespace keel::test
