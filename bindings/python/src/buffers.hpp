// NumPy arrays (or any buffer) as spans: checked for type, shape and alignment, never copied.
#pragma once

#include "glue.hpp"

#include <span>

namespace keel_python {

template <class T>
class Column {
 public:
  Column(const py::buffer& source, const char* name, bool writable = false)
      : view_(source.request(writable)) {
    constexpr char kFormat = std::is_floating_point_v<T> ? 'd' : 'q';
    const char found = view_.format.empty() ? ' ' : view_.format.back();
    const bool type = found == kFormat || (kFormat == 'q' && found == 'l');
    if (!type || view_.itemsize != static_cast<py::ssize_t>(sizeof(T)))
      raise("python.bad_array", name, "dtype " + view_.format,
            kFormat == 'd' ? "dtype float64" : "dtype int64");
    if (view_.ndim != 1 || (view_.size > 1 && view_.strides[0] != view_.itemsize))
      raise("python.bad_array", name, std::to_string(view_.ndim) + " dimensions",
            "one dimension, contiguous");
    if (reinterpret_cast<std::uintptr_t>(view_.ptr) % alignof(T) != 0)
      raise("python.bad_array", name, "not aligned", "aligned to 8 bytes");
  }
  [[nodiscard]] std::span<T> span() const {
    return {static_cast<T*>(view_.ptr), static_cast<std::size_t>(view_.size)};
  }

 private:
  py::buffer_info view_;
};

}  // namespace keel_python
