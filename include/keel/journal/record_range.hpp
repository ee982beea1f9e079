// Records that lie one behind the other in memory: a transaction's, in the journal or on the bus.
#pragma once

#include <cstddef>

#include <keel/model/record.hpp>

namespace keel {

// `begin` to `end` hold whole records (whoever makes the range has checked them). A view: valid as
// long as the memory is, see Journal and JournalReader.
class RecordRange {
 public:
  class Iterator {
   public:
    explicit Iterator(const std::byte* at) : at_(at) {}
    const RecordHeader& operator*() const { return *reinterpret_cast<const RecordHeader*>(at_); }
    const RecordHeader* operator->() const { return reinterpret_cast<const RecordHeader*>(at_); }
    Iterator& operator++() {
      at_ += (**this).size;
      return *this;
    }
    friend bool operator==(Iterator, Iterator) = default;

   private:
    const std::byte* at_;
  };

  RecordRange() = default;
  RecordRange(const std::byte* begin, const std::byte* end) : begin_(begin), end_(end) {}

  [[nodiscard]] Iterator begin() const { return Iterator{begin_}; }
  [[nodiscard]] Iterator end() const { return Iterator{end_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  // The first record: a transaction's input. Not of an empty range.
  [[nodiscard]] const RecordHeader& front() const { return *begin(); }

  [[nodiscard]] const std::byte* data() const { return begin_; }
  [[nodiscard]] std::size_t size_bytes() const { return static_cast<std::size_t>(end_ - begin_); }

 private:
  const std::byte* begin_ = nullptr;
  const std::byte* end_ = nullptr;
};

}  // namespace keel
