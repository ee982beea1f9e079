"""Makes position_vectors.hpp: random histories of fills and what they come to.

The rules of docs/portfolio.md in unbounded integers, written without a look at the C++, and beside
them the same history in exact fractions: profit by the true average cost. The script stops where
the two are further apart than one last digit (1e-18) a step.

usage: python3 make_vectors.py > position_vectors.hpp
"""

import random
from fractions import Fraction

ONE = 10**18


def half_even(fraction):
    return round(fraction)  # Python's round of a Fraction is half to even


def text(raw):
    sign = "-" if raw < 0 else ""
    whole, rest = divmod(abs(raw), ONE)
    return f"{sign}{whole}.{rest:018d}".rstrip("0").rstrip(".")


class Book:
    def __init__(self, kind, multiplier):
        self.kind = kind
        self.multiplier = multiplier
        self.quantity = 0  # 1e-8
        self.cost = self.realized = self.rounding = self.cash = 0  # 1e-18
        self.true_cost = self.true_realized = Fraction(0)

    def value(self, price, quantity):
        """Exact; price in 1e-9, quantity in 1e-8."""
        p, q = Fraction(price, 10**9), Fraction(quantity, 10**8) * self.multiplier
        return -q / p if self.kind == "inverse" else p * q

    def raw_value(self, price, quantity):
        return half_even(self.value(price, quantity) * ONE)

    def trade(self, quantity, price):
        rest = quantity
        before = self.cost, self.realized, self.rounding
        if self.quantity and (self.quantity > 0) != (quantity > 0):
            held = abs(self.quantity)
            part = min(abs(quantity), held)
            moved = part if quantity > 0 else -part
            size = abs(self.cost) * part // held
            released = self.cost if part == held else (size if self.cost > 0 else -size)
            profit = -self.raw_value(price, moved) - released
            true_released = self.true_cost * part / held
            self.true_realized += -self.value(price, moved) - true_released
            self.true_cost -= true_released
            self.cost -= released
            self.realized += profit
            if self.kind == "inverse":
                satoshi = 10**10
                paid = half_even(Fraction(profit, satoshi)) * satoshi
                self.rounding += profit - paid
            self.quantity += moved
            rest -= moved
        if rest:
            self.cost += self.raw_value(price, rest)
            self.true_cost += self.value(price, rest)
            self.quantity += rest
        profit = self.realized - before[1]
        if self.kind == "spot":
            self.cash -= self.cost - before[0] - profit
        else:
            self.cash += profit - (self.rounding - before[2])


def histories():
    rng = random.Random(20240531)
    for kind, multiplier in (("spot", 1), ("margin", 1), ("margin", 50), ("inverse", 1)):
        for _ in range(3):
            book = Book(kind, multiplier)
            price = rng.randrange(10**9, 50_000 * 10**9)
            for step in range(40):
                price = max(10**6, price + rng.randrange(-price // 50, price // 50))
                if kind == "margin" and rng.random() < 0.05:
                    price = rng.randrange(10**9, 10**12)
                paid = price // 10_000 * 10_000
                if kind != "spot" and book.quantity and rng.random() < 0.15:
                    quantity = -book.quantity  # flat
                else:
                    quantity = rng.choice((-1, 1)) * rng.randrange(1, 10 ** rng.randrange(2, 12))
                book.trade(quantity, paid)
                off = abs(Fraction(book.realized, ONE) - book.true_realized)
                assert off <= Fraction(2 * (step + 1), ONE), (kind, step, float(off))
                yield kind, multiplier, step, quantity, paid, book


def main():
    print("// Made by make_vectors.py; do not edit.")
    print("#pragma once\n\n#include <cstdint>\n")
    print("namespace vectors {\n")
    print("struct Row {\n  const char* kind;\n  int multiplier;\n  int step;")
    print("  std::int64_t quantity, price, held;")
    print("  const char *cost, *realized, *rounding, *cash;\n};\n")
    print("inline constexpr Row kPositionRows[] = {")
    for kind, multiplier, step, quantity, price, book in histories():
        amounts = ", ".join(
            f'"{text(raw)}"' for raw in (book.cost, book.realized, book.rounding, book.cash)
        )
        print(
            f'    {{"{kind}", {multiplier}, {step}, {quantity}, {price}, {book.quantity},\n'
            f"     {amounts}}},"
        )
    print("};\n\n}  // namespace vectors")


if __name__ == "__main__":
    main()
