// TempFolder: an empty folder of its own, gone with everything in it when the object goes.
//   TempFolder folder;
//   write(folder.path() / "a.csv", ...);
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace keel::test {

class TempFolder {
 public:
  // In memory where there is such a place with room, for tests that make thousands of files and
  // would wait for the disk each time.
  enum class Medium { kDisk, kMemory };

  explicit TempFolder(Medium medium = Medium::kDisk) {
    std::error_code ignored;
    const std::filesystem::path memory = "/dev/shm";
    const bool use_memory = medium == Medium::kMemory &&
                            std::filesystem::space(memory, ignored).free > 1u << 26 &&
                            ::access(memory.c_str(), W_OK) == 0;
    const auto place = use_memory ? memory : std::filesystem::temp_directory_path();
    std::string name = (place / "keel_test_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }

  // Writes a file into the folder and returns its path.
  std::string write(std::string_view name, std::string_view bytes) const {
    const std::string path = file(name);
    std::ofstream out{path, std::ios::binary};
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) throw std::runtime_error("cannot write " + path);
    return path;
  }
  [[nodiscard]] std::string read(std::string_view name) const {
    std::ifstream in{file(name), std::ios::binary};
    if (!in) throw std::runtime_error("cannot read " + file(name));
    return {std::istreambuf_iterator<char>{in}, {}};
  }

 private:
  std::filesystem::path path_;
};

}  // namespace keel::test
