// What must not compile about the core values. tests/gates/compile_fail.py says how this is read.
#include <keel/core/decimal.hpp>
#include <keel/core/id.hpp>
#include <keel/core/money.hpp>
#include <keel/core/time.hpp>

using namespace keel;
using namespace keel::literals;

[[maybe_unused]] static void test() {
  [[maybe_unused]] const auto good = 1.5_px + 2_px;
#if EXPECT_FAIL == 1  // error: no match for .operator\+.
  1_px + 1_qty;
#endif
#if EXPECT_FAIL == 2  // error: no match for .operator<.
  1_px < 1_qty;
#endif
#if EXPECT_FAIL == 3  // error: (cannot|could not) convert|conversion from .double.
  Price price = 1.5;
#endif
#if EXPECT_FAIL == 4  // error: (cannot|could not) convert|conversion from .bool.
  Price price = true;
#endif
#if EXPECT_FAIL == 5  // error: conversion from .*QuantityTag
  Price price = 1_qty;
#endif
#if EXPECT_FAIL == 6  // error: too many decimals
  0.0000000001_px;
#endif
#if EXPECT_FAIL == 7  // error: literal too large
  9223372036.854775808_px;
#endif
#if EXPECT_FAIL == 8  // error: a decimal literal has digits and one point
  1e5_qty;
#endif
#if EXPECT_FAIL == 9  // error: use of deleted function
  1_px * 1.5;
#endif
#if EXPECT_FAIL == 10  // error: use of deleted function
  Price::whole(1.5);
#endif
#if EXPECT_FAIL == 11  // error: use of deleted function
  Money::whole(1, "USD") * 0.5;
#endif
#if EXPECT_FAIL == 12  // error: use of deleted function
  Duration::seconds(0.5);
#endif
#if EXPECT_FAIL == 13  // error: no match for .operator\+.
  Timestamp{1} + Timestamp{1};
#endif
#if EXPECT_FAIL == 14  // error: no match for .operator==.
  InstrumentId{1} == AccountId{1};
#endif
#if EXPECT_FAIL == 15  // error: a currency code is upper-case
  Currency{"usd"};
#endif
#if EXPECT_FAIL == 16  // error: text is too long for its field
  FixedText<4>{"ABCD"};
#endif
#if EXPECT_FAIL == 17  // error: no match for .operator\*.
  1_px * 1_px;
#endif
#if EXPECT_FAIL == 18  // error: no match for .operator\+.
  Money::whole(1, "USD") + 1;
#endif
#if EXPECT_FAIL == 19  // error: ignoring return value
  Price::parse("1");
#endif
}
