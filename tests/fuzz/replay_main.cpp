// Runs a fuzz target without a fuzzer, the same way each time: every file of a folder, its
// beginnings, and a few hundred changed copies.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <keel/core/random.hpp>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size);

namespace {

std::uint64_t runs = 0;

void run(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  ++runs;
}

std::string changed(std::string bytes, keel::Random& random) {
  static constexpr char kLikely[] = "0123456789.,-+eE:;|\"'\n\r\t {}[]#&*%\\\0\xff";
  for (std::uint64_t changes = 1 + random.below(4); changes > 0; --changes) {
    const auto at = static_cast<std::size_t>(random.below(bytes.size() + 1));
    const char with = kLikely[random.below(sizeof kLikely)];
    switch (random.below(4)) {
      case 0: bytes.insert(at, 1, with); break;
      case 1:
        if (at < bytes.size()) bytes[at] = with;
        break;
      case 2:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
        break;
      default: bytes.erase(at, static_cast<std::size_t>(random.below(8))); break;
    }
  }
  return bytes;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: %s FOLDER COPIES\n", arguments[0]);
    return 2;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator{arguments[1]})
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  const auto copies = std::stoul(arguments[2]);
  keel::Random random{20131125};
  for (const auto& path : files) {
    std::ifstream in{path, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    run(bytes);
    const std::size_t step = 1 + bytes.size() / std::max<std::size_t>(copies, 1);
    for (std::size_t end = 0; end < bytes.size(); end += step) run(bytes.substr(0, end));
    for (std::size_t i = 0; i < copies; ++i) run(changed(bytes, random));
  }
  std::printf("%zu files, %llu runs\n", files.size(), static_cast<unsigned long long>(runs));
  return files.empty() ? 1 : 0;
}
