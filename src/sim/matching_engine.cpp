#include <keel/sim/matching_engine.hpp>

namespace keel {

LadderPool::LadderPool(std::uint32_t capacity)
    : entries_(capacity), levels_(capacity), free_entry_(kNone), free_level_(kNone) {
  for (std::uint32_t i = capacity; i > 0; --i) {
    entries_[i - 1].next = free_entry_;
    free_entry_ = i - 1;
    levels_[i - 1].head = free_level_;
    free_level_ = i - 1;
  }
}

MatchingEngine::MatchingEngine(const Capacity& capacity)
    : pool_(capacity.orders), levels_(capacity.levels) {
  ladders_.reserve(std::size_t{capacity.books} * 2);
  for (std::uint32_t i = 0; i < capacity.books; ++i) add_book();
}

std::uint32_t MatchingEngine::add_book() {
  const auto number = static_cast<std::uint32_t>(ladders_.size());
  ladders_.emplace_back(true, number, levels_);
  ladders_.emplace_back(false, number + 1, levels_);
  return number / 2;
}

}  // namespace keel
