"""Shared by the tests: small markets."""

import numpy as np
import pytest

import keel

SECOND = 1_000_000_000


def swinging_quotes(count, seed=1):
    """A random walk on a grid of cents, ten quotes a second."""
    rng = np.random.default_rng(seed)
    cents = np.maximum(1_000, 10_000 + np.cumsum(rng.integers(-3, 4, count)))
    rows = np.zeros(count, keel.QUOTE_DTYPE)
    rows["time"] = np.arange(count) * (SECOND // 10)
    rows["bid_price"] = cents * 10**7
    rows["ask_price"] = (cents + 1) * 10**7
    rows["bid_size"] = rows["ask_size"] = 10**12
    return rows


def make_backtest(**settings):
    settings.setdefault("cash", "1000000 USD")
    test = keel.Backtest(measure_latency=False, **settings)
    test.add_instrument("ABC/USD", quote="USD", price_increment="0.01", quantity_increment="1")
    return test


@pytest.fixture
def quotes():
    return swinging_quotes(5_000)
