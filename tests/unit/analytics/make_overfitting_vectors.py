"""An independent computation of the figures in overfitting_test.cpp, from the papers' formulas and
the standard library alone: rational arithmetic where it is possible, itertools for the choices.

usage: make_overfitting_vectors.py
"""

import itertools
import math
from statistics import NormalDist, fmean, stdev

SERIES, PERIODS = 6, 50


def returns():
    """The same numbers as in the test: a linear congruential generator, in thousandths."""
    state, table = 12345, []
    for k in range(SERIES):
        row = []
        for _ in range(PERIODS):
            state = (1103515245 * state + 12345) % 2**31
            row.append((state // 65536 % 2001 - 1000 + 40 * k) / 100000)
        table.append(row)
    return table


def moments(row):
    mean = fmean(row)
    m2, m3, m4 = (fmean((x - mean) ** p for x in row) for p in (2, 3, 4))
    return mean / stdev(row), m3 / m2**1.5, m4 / m2**2, len(row)


def psr(sr, g3, g4, n, threshold):
    spread = math.sqrt(1 - g3 * sr + (g4 - 1) / 4 * sr**2)
    return NormalDist().cdf((sr - threshold) * math.sqrt(n - 1) / spread)


def expected_maximum(variance, trials):
    euler, inverse = 0.5772156649015329, NormalDist().inv_cdf
    return math.sqrt(variance) * ((1 - euler) * inverse(1 - 1 / trials)
                                  + euler * inverse(1 - 1 / (trials * math.e)))


def cscv(table, blocks):
    length = PERIODS // blocks
    skip = PERIODS - length * blocks
    cut = [[row[skip + b * length:skip + (b + 1) * length] for b in range(blocks)] for row in table]
    logits, here_best, there_best = [], [], []
    for chosen in itertools.combinations(range(blocks), blocks // 2):
        sharpe = []
        for part in (set(chosen), set(range(blocks)) - set(chosen)):
            rows = [sum((row[b] for b in sorted(part)), []) for row in cut]
            sharpe.append([fmean(r) / stdev(r) for r in rows])
        here, there = sharpe
        best = here.index(max(here))
        rank = sorted(there).index(there[best]) + 1
        omega = rank / (len(table) + 1)
        logits.append(math.log(omega / (1 - omega)))
        here_best.append(here[best])
        there_best.append(there[best])
    mean_x, mean_y = fmean(here_best), fmean(there_best)
    slope = (sum((x - mean_x) * (y - mean_y) for x, y in zip(here_best, there_best))
             / sum((x - mean_x) ** 2 for x in here_best))
    return (sum(x <= 0 for x in logits) / len(logits), sum(y < 0 for y in there_best) / len(logits),
            slope, mean_y - slope * mean_x, sum(logits), len(logits))


def reality_check_exact(table):
    """Every resample of three periods drawn by themselves, so that no dice are needed."""
    n = len(table[0])
    means = [fmean(row) for row in table]
    v = math.sqrt(n) * max(means)
    reached = [max(math.sqrt(n) * (fmean(row[i] for i in draw) - mean)
                   for row, mean in zip(table, means)) >= v - 1e-15
               for draw in itertools.product(range(n), repeat=n)]
    return sum(reached) / len(reached)


def main():
    table = returns()
    for k in (0, 5):
        print("moments", k, *(repr(x) for x in moments(table[k])))
    ratios = [moments(row)[0] for row in table]
    best = ratios.index(max(ratios))
    variance = stdev(ratios) ** 2
    sr0 = expected_maximum(variance, SERIES)
    print("deflated", best, repr(sr0), repr(psr(*moments(table[best]), sr0)))
    for blocks in (4, 10):
        print("cscv", blocks, *(repr(x) for x in cscv(table, blocks)))
    tiny = [[0.01, -0.02, 0.03, 0.01], [-0.01, 0.02, 0.01, -0.015]]
    print("reality check", repr(reality_check_exact(tiny)))
    for p in (0.5, 0.001, 0.975, 1 - 1e-9):
        print("quantile", p, repr(NormalDist().inv_cdf(p)))


if __name__ == "__main__":
    main()
