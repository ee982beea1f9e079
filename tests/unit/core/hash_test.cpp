#include <doctest/doctest.h>

#include <vector>

#include <keel/core/hash.hpp>
#include <keel/core/random.hpp>

using namespace keel;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text.data(), text.size()});
}

std::vector<std::byte> counting(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i & 0xFFu);
  return bytes;
}

std::vector<std::byte> random_bytes(Random& random, std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random.below(256));
  return bytes;
}

std::uint32_t naive_crc32c(std::span<const std::byte> bytes) {
  std::uint32_t crc = ~0u;
  for (const auto byte : bytes) {
    crc ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0x82F63B78u : 0u);
  }
  return ~crc;
}

std::uint64_t rolled(std::span<const std::byte> bytes) {
  RollingHash hash;
  hash.add(bytes.data(), bytes.size());
  return hash.value();
}

}  // namespace

TEST_CASE("crc32c: the vectors of RFC 3720, appendix B.4") {
  std::vector<std::byte> rising = counting(32);
  std::vector<std::byte> falling(rising.rbegin(), rising.rend());
  std::vector<std::byte> read_command(48);
  const std::pair<std::size_t, int> set[] = {{0, 0x01},  {1, 0xC0},  {16, 0x14}, {22, 0x04},
                                             {27, 0x14}, {31, 0x18}, {32, 0x28}, {40, 0x02}};
  for (const auto& [at, value] : set) read_command[at] = static_cast<std::byte>(value);
  CHECK(crc32c(std::vector<std::byte>(32, std::byte{0x00})) == 0x8A9136AAu);
  CHECK(crc32c(std::vector<std::byte>(32, std::byte{0xFF})) == 0x62A8AB43u);
  CHECK(crc32c(rising) == 0x46DD794Eu);
  CHECK(crc32c(falling) == 0x113FDB5Cu);
  CHECK(crc32c(read_command) == 0xD9963A56u);
  CHECK(crc32c(bytes_of("123456789")) == 0xE3069283u);  // the catalogue's check value
  CHECK(crc32c({}) == 0u);
}

TEST_CASE("crc32c: instruction, table and bit by bit agree, at once and in pieces") {
  Random random{4};
  for (std::size_t size = 0; size < 200; ++size) {
    const auto bytes = random_bytes(random, size + 8);
    const auto part = std::span{bytes}.subspan(random.below(8), size);  // any alignment
    const auto expected = naive_crc32c(part);
    REQUIRE(crc32c(part) == expected);
    REQUIRE(detail::crc32c_by_table(part, 0) == expected);
    const auto cut = random.below(size + 1);
    REQUIRE(crc32c(part.subspan(cut), crc32c(part.first(cut))) == expected);
    REQUIRE(detail::crc32c_by_table(part.subspan(cut), crc32c(part.first(cut))) == expected);
  }
}

TEST_CASE("sha256: NIST's vectors") {
  CHECK(hex_text(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex_text(sha256(bytes_of("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex_text(sha256(bytes_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hex_text(sha256(bytes_of("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                                 "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"))) ==
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  CHECK(hex_text(sha256(bytes_of(std::string(1'000'000, 'a')))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("sha256: every length around the block and padding borders") {
  // The digest of the digests of the first n counting bytes, n = 0 to 200, from Python's hashlib.
  std::vector<std::byte> all;
  for (std::size_t size = 0; size <= 200; ++size)
    for (const auto byte : sha256(counting(size))) all.push_back(static_cast<std::byte>(byte));
  CHECK(hex_text(sha256(all)) ==
        "64ef7c229fce2408b5336b6a542fea0e078c3a87d2da85cb3fc52e2008b65021");
}

TEST_CASE("the rolling hash is the same on every machine") {
  RollingHash hash;
  for (const std::size_t size : {40u, 64u, 8u, 0u}) hash.add(counting(size).data(), size);
  CHECK(hash.value() == 0x7184B051FDBE5F3u);  // from a model in Python
}

TEST_CASE("the rolling hash sees every bit, every order and every length") {
  Random random{12};
  for (const std::size_t size : {8u, 16u, 24u, 40u, 48u, 96u}) {
    auto bytes = random_bytes(random, size);
    const auto before = rolled(bytes);
    for (std::size_t bit = 0; bit < size * 8; ++bit) {
      bytes[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
      REQUIRE(rolled(bytes) != before);
      bytes[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
    }
  }
  const std::vector<std::byte> zeros(96);
  for (std::size_t size = 0; size < 96; size += 8)
    CHECK(rolled(std::span{zeros}.first(size)) != rolled(std::span{zeros}.first(size + 8)));
  RollingHash one, two;
  one.add("12345678", 8), one.add("abcdefgh", 8);
  two.add("abcdefgh", 8), two.add("12345678", 8);
  CHECK(one.value() != two.value());
  RollingHash resumed;
  resumed.add("12345678", 8);
  const auto half = resumed.value();
  RollingHash later;
  later.restore(half);
  later.add("abcdefgh", 8);
  CHECK(later.value() == one.value());
}

TEST_CASE("the rolling hash remembers after records that could cancel its constants") {
  // Words equal to the constants make a factor zero; what came before must still count.
  const std::uint64_t hostile[2] = {0xA0761D6478BD642Fu, 0xE7037ED1A0B428DBu};
  RollingHash one, two;
  one.add("12345678", 8), two.add("12345679", 8);
  one.add(hostile, 16), two.add(hostile, 16);
  CHECK(one.value() != two.value());
}

TEST_CASE("text_hash is FNV-1a") {
  CHECK(text_hash("") == 0xCBF29CE484222325u);
  CHECK(text_hash("a") == 0xAF63DC4C8601EC8Cu);
  CHECK(text_hash("foobar") == 0x85944171F73967E8u);
}
