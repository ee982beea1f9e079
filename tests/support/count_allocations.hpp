// Counts what the program allocates. Replaces operator new, so include it in exactly one source
// file of a test program.
//   const AllocationCount before = allocations();
//   ...
//   CHECK(allocations() == before);
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace keel::test {

using AllocationCount = std::uint64_t;
inline std::atomic<AllocationCount> allocation_count{0};

// Allocations since the program began, over all threads.
inline AllocationCount allocations() { return allocation_count.load(std::memory_order_relaxed); }

inline void* counted_allocation(std::size_t size, std::size_t alignment) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* memory = alignment > __STDCPP_DEFAULT_NEW_ALIGNMENT__
                     ? std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded)
                     : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc{};
  return memory;
}

}  // namespace keel::test

void* operator new(std::size_t size) { return keel::test::counted_allocation(size, 1); }
void* operator new[](std::size_t size) { return keel::test::counted_allocation(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return keel::test::counted_allocation(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return keel::test::counted_allocation(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
