// Messages with every field set at random, through the layouts that the codec uses.
#pragma once

#include <keel/core/random.hpp>

#include "adapters/tws/text_market.hpp"
#include "adapters/tws/text_other.hpp"
#include "adapters/tws/text_reports.hpp"

namespace keel::tws::testing {

class Filler {
 public:
  static constexpr bool kText = false, kReading = true;
  explicit Filler(Random& random) : random_(random) {}
  [[nodiscard]] int version() const { return kMaxVersionForFields; }

  template <class... F>
  void from(int, F&... fields) {
    (set(fields), ...);
  }
  template <class T>
  void as_text(int, T& value) {
    set(value);
  }
  // A text that one dialect has as a number.
  void as_number(int, std::string& value) { value = std::to_string(1 + random_.below(1000)); }

  template <class M>
  M make() {
    M message{};
    Wire<M>::fields(*this, message);
    if constexpr (std::is_same_v<M, TickByTickData>) {  // one of them, as its type says
      message.tick_type = static_cast<std::int32_t>(1 + random_.below(4));
      message.historical_tick_last.reset();
      message.historical_tick_bid_ask.reset();
      message.historical_tick_mid_point.reset();
      if (message.tick_type <= 2) set(message.historical_tick_last.emplace());
      if (message.tick_type == 3) set(message.historical_tick_bid_ask.emplace());
      if (message.tick_type == 4) set(message.historical_tick_mid_point.emplace());
    }
    return message;
  }

 private:
  static constexpr int kMaxVersionForFields = 225;
  bool coin() { return random_.below(2) == 0; }

  void set(std::string& value) {
    static constexpr std::string_view kWords[] = {"",      "BAG",     "STK",       "PEG BENCH",
                                                  "SMART", "LMT",     "DU1000001", "20261218",
                                                  "a b",   "IBKRATS", "PEG BEST",  "FUND"};
    value = kWords[random_.below(std::size(kWords))];
  }
  void set(bool& value) { value = coin(); }
  void set(std::int32_t& value) { value = static_cast<std::int32_t>(random_.below(2'000'000)) - 5; }
  void set(std::int64_t& value) {
    value = static_cast<std::int64_t>(random_.below(1u << 31)) * 977;
  }
  void set(double& value) { value = static_cast<double>(random_.below(1'000'000)) / 64 - 9; }
  template <class Tag, int Digits>
  void set(Decimal<Tag, Digits>& value) {
    value =
        Decimal<Tag, Digits>::from_raw(static_cast<std::int64_t>(random_.below(1u << 30)) * 1000);
  }
  template <class T>
  void set(std::optional<T>& value) {
    if (coin()) set(value.emplace());
  }
  void set(TagValues& values) {
    // Keys differ, as in a map.
    for (std::uint64_t left = random_.below(3); left > 0; --left)
      values.emplace_back("tag" + std::to_string(left), "v" + std::to_string(random_.below(9)));
  }
  void set(std::vector<std::string>& values) { values = {"one", "two"}; }
  void set(std::vector<OrderCondition>& values) {
    static constexpr std::int32_t kTypes[] = {1, 3, 4, 5, 6, 7};
    for (std::uint64_t left = random_.below(4); left > 0; --left) {
      set_part(values.emplace_back());
      values.back().type = kTypes[random_.below(6)];
    }
  }
  template <class T>
  void set(std::vector<T>& values) {
    for (std::uint64_t left = random_.below(4); left > 0; --left) set(values.emplace_back());
  }
  template <Part T>
  void set(T& part) {
    set_part(part);
  }
  template <class T>
  void set_part(T& part) {
    Wire<T>::fields(*this, part);
  }

  Random& random_;
};

}  // namespace keel::tws::testing
