// Result<T>: a value, or an Error that says why not. Small, own, no exceptions.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

#include <keel/core/assert.hpp>
#include <keel/core/error.hpp>

namespace keel {

template <class T>
class [[nodiscard]] Result {
  static_assert(!std::is_reference_v<T>, "return a pointer or a copy");
  static_assert(!std::is_same_v<std::remove_cv_t<T>, Error>);

 public:
  using value_type = T;

  Result(const T& value) : value_(value), ok_(true) {}
  Result(T&& value) : value_(std::move(value)), ok_(true) {}
  Result(Error error) : error_(std::move(error)), ok_(false) {}
  Result(const Result& other) : ok_(other.ok_) {
    if (ok_)
      new (&value_) T(other.value_);
    else
      new (&error_) Error(other.error_);
  }
  Result(Result&& other) noexcept(std::is_nothrow_move_constructible_v<T>) : ok_(other.ok_) {
    if (ok_)
      new (&value_) T(std::move(other.value_));
    else
      new (&error_) Error(std::move(other.error_));
  }
  Result& operator=(Result other) noexcept(std::is_nothrow_move_constructible_v<T>) {
    this->~Result();
    return *new (this) Result(std::move(other));
  }
  ~Result() {
    if (ok_)
      value_.~T();
    else
      error_.~Error();
  }

  [[nodiscard]] bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }

  // The value. Asking a failed result for it is a bug: look first.
  [[nodiscard]] T& value() & {
    check();
    return value_;
  }
  [[nodiscard]] const T& value() const& {
    check();
    return value_;
  }
  [[nodiscard]] T&& value() && {
    check();
    return std::move(value_);
  }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }
  [[nodiscard]] T value_or(T fallback) const { return ok_ ? value_ : std::move(fallback); }

  [[nodiscard]] const Error& error() const& {
    KEEL_ASSERT(!ok_, "error() of a result that holds a value");
    return error_;
  }
  [[nodiscard]] Error&& error() && {
    KEEL_ASSERT(!ok_, "error() of a result that holds a value");
    return std::move(error_);
  }

 private:
  void check() const { KEEL_ASSERT(ok_, "value() of a failed result"); }

  union {
    T value_;
    Error error_;
  };
  bool ok_;
};

// Success, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}
  [[nodiscard]] bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  void value() const { KEEL_ASSERT(ok_, "value() of a failed result"); }
  [[nodiscard]] const Error& error() const& {
    KEEL_ASSERT(!ok_, "error() of a result that holds a value");
    return error_;
  }
  [[nodiscard]] Error&& error() && {
    KEEL_ASSERT(!ok_, "error() of a result that holds a value");
    return std::move(error_);
  }

 private:
  Error error_;
  bool ok_ = true;
};

using Status = Result<void>;

}  // namespace keel
