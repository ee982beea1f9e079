"""Writes talib_vectors.hpp: what TA-Lib makes of a hundred seeded bars.

    python3 -m venv env && env/bin/pip install ta-lib && env/bin/python make_vectors.py

Made with the ta-lib wheel 0.8.2 (C library 0.8.1) and numpy; run it again only to add a column.
"""
import math
import random
from pathlib import Path

import numpy as np
import talib

rng = random.Random(20131125)
close, rows = 100.0, []
for _ in range(100):
    start = close
    close = max(1.0, round(close + rng.gauss(0, 1.5), 2))
    high = round(max(start, close) + abs(rng.gauss(0, 0.7)), 2)
    low = round(min(start, close) - abs(rng.gauss(0, 0.7)), 2)
    rows.append((high, low, close, float(rng.randint(1, 5000))))
high, low, close, volume = (np.array(column) for column in zip(*rows))

macd, signal, histogram = talib.MACD(close, 12, 26, 9)
upper, middle, lower = talib.BBANDS(close, 20, 2.0, 2.0)
windows = [close[max(0, i - 19):i + 1] for i in range(len(close))]
full = [len(w) == 20 for w in windows]
columns = {
    "High": high, "Low": low, "Close": close, "Volume": volume,
    "Sma10": talib.SMA(close, 10), "Ema10": talib.EMA(close, 10), "Rsi14": talib.RSI(close, 14),
    "Macd": macd, "MacdSignal": signal, "MacdHistogram": histogram,
    "TrueRange": talib.TRANGE(high, low, close), "Atr14": talib.ATR(high, low, close, 14),
    "Upper20": upper, "Middle20": middle, "Lower20": lower, "Max10": talib.MAX(high, 10),
    "Min10": talib.MIN(low, 10), "Roc10": talib.ROC(close, 10),
    # Not in TA-Lib: numpy over each window.
    "SampleDeviation20": [w.std(ddof=1) if f else math.nan for w, f in zip(windows, full)],
    "ZScore20": [(w[-1] - w.mean()) / w.std() if f else math.nan for w, f in zip(windows, full)],
    "Vwap": np.cumsum(close * volume) / np.cumsum(volume),
}

text = ["// Made by make_vectors.py, which says how. n is \"not ready\".", "#pragma once", "",
        "#include <limits>", "", "namespace talib {", "",
        "inline constexpr double n = std::numeric_limits<double>::quiet_NaN();", "",
        "// clang-format off"]
for name, values in columns.items():
    text.append(f"inline constexpr double k{name}[] = {{")
    line = " "
    for value in values:
        word = " n," if math.isnan(value) else f" {float(value)!r},"
        if len(line) + len(word) > 100:
            text.append(line)
            line = " "
        line += word
    text += [line + "};"]
text += ["// clang-format on", "", "}  // namespace talib", ""]
Path(__file__).with_name("talib_vectors.hpp").write_text("\n".join(text))
