#include <keel/core/state.hpp>

namespace keel {

std::size_t StateWriter::begin(std::uint32_t tag, std::uint32_t version) {
  put(tag);
  put(version);
  const std::size_t section = bytes_.size();
  put(std::uint64_t{0});  // length, known at the end
  return section;
}

void StateWriter::end(std::size_t section) {
  const std::uint64_t length = bytes_.size() - section - sizeof(std::uint64_t);
  std::memcpy(bytes_.data() + section, &length, sizeof length);
}

std::uint32_t StateReader::begin(std::uint32_t tag) {
  std::uint32_t found{}, version{};
  std::uint64_t length{};
  get(found);
  get(version);
  get(length);
  if (!ok()) return 0;
  if (found != tag) {
    fail("section tag " + std::to_string(found) + " where " + std::to_string(tag) + " belongs");
    return 0;
  }
  if (!fits(length, 1)) return 0;
  ends_.push_back(at_ + static_cast<std::size_t>(length));
  return version;
}

void StateReader::end() {
  if (!ok()) return;
  KEEL_ASSERT(!ends_.empty(), "end without begin");
  at_ = ends_.back();
  ends_.pop_back();
}

void StateReader::fail(std::string_view why) {
  if (error_.empty()) error_ = why.empty() ? "not acceptable" : std::string{why};
}

Status StateReader::finish() const {
  if (ok()) return {};
  return Error{core_errors::kStateFormat, "state", "byte " + std::to_string(at_), error_, {}};
}

bool StateReader::fits(std::uint64_t count, std::size_t each) {
  if (!ok()) return false;
  const std::size_t end = ends_.empty() ? bytes_.size() : ends_.back();
  if (count > (end - at_) / each) {
    fail("runs past its end");
    return false;
  }
  return true;
}

void StateReader::get_bytes(void* data, std::size_t size) {
  if (size == 0) return;
  if (!fits(size, 1)) {
    std::memset(data, 0, size);
    return;
  }
  std::memcpy(data, bytes_.data() + at_, size);
  at_ += size;
}

}  // namespace keel
