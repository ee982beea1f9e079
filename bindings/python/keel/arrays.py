"""NumPy in: packed market data, and columns of floats to raw integers, exactly or not at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from keel.errors import InputError

__all__ = ["QUOTE_DTYPE", "TRADE_DTYPE", "quote_array", "raw_prices", "raw_quantities",
           "trade_array"]

#: 40 bytes: nanoseconds since 1970; prices in 1e-9, sizes in 1e-8.
QUOTE_DTYPE = np.dtype([("time", "<i8"), ("bid_price", "<i8"), ("ask_price", "<i8"),
                        ("bid_size", "<i8"), ("ask_size", "<i8")])
#: 32 bytes; aggressor: 0 not known, 1 buy, 2 sell.
TRADE_DTYPE = np.dtype([("time", "<i8"), ("price", "<i8"), ("size", "<i8"),
                        ("aggressor", "<u8")])


def _raw(values: Any, digits: int, field: str) -> npt.NDArray[np.int64]:
    array = np.asarray(values)
    if array.dtype == object:  # Price, Quantity, Decimal, str: exact, one by one
        from keel import _keel

        kind = _keel.Price if field == "price" else _keel.Quantity
        return np.array([kind(value).raw for value in array.ravel()],
                        dtype=np.int64).reshape(array.shape)
    if array.dtype.kind in "iu":
        scaled = array.astype(np.float64) * 10.0**digits
        if array.size and not np.all(np.abs(scaled) < 2.0**63):
            raise InputError("core.decimal_range", field, "", f"below 2^63 / 1e{digits}")
        return array.astype(np.int64) * np.int64(10**digits)
    if array.dtype.kind != "f":
        raise InputError("python.bad_array", field, f"dtype {array.dtype}", "numbers")
    bad = ~np.isfinite(array)
    if bad.any():
        raise InputError("core.not_finite", field, f"row {int(np.argmax(bad))}",
                         "finite numbers")
    scaled = np.rint(array.astype(np.float64) * 10.0**digits)
    if array.size and not np.all(np.abs(scaled) < 2.0**63):
        raise InputError("core.decimal_range", field, "", f"below 2^63 / 1e{digits}")
    return scaled.astype(np.int64)


def raw_prices(values: Any) -> npt.NDArray[np.int64]:
    """Prices as raw integers of 1e-9. Floats are rounded to 9 decimals, which this function's name
    stands for. Errors: core.not_finite, core.decimal_range, python.bad_array."""
    return _raw(values, 9, "price")


def raw_quantities(values: Any) -> npt.NDArray[np.int64]:
    """Sizes as raw integers of 1e-8. As raw_prices."""
    return _raw(values, 8, "quantity")


def _times(values: Any) -> npt.NDArray[np.int64]:
    array = np.asarray(values)
    if array.dtype.kind == "M":
        if np.isnat(array).any():
            raise InputError("core.time_syntax", "time", "NaT", "times")
        return array.astype("datetime64[ns]").astype(np.int64)
    if array.dtype.kind in "iu":
        return array.astype(np.int64)
    if array.dtype == object:
        from keel import _keel

        return np.array([_keel.Timestamp(value).ns for value in array.ravel()], dtype=np.int64)
    raise InputError("python.bad_array", "time", f"dtype {array.dtype}",
                     "datetime64, or nanoseconds since 1970 as integers")


def _fill(dtype: Any, columns: dict[str, npt.NDArray[np.int64]]) -> npt.NDArray[np.void]:
    length = len(columns["time"])
    rows = np.zeros(length, dtype=dtype)
    for name, column in columns.items():
        if column.ndim not in (0, 1) or (column.ndim == 1 and len(column) != length):
            raise InputError("storage.columns_differ", name, str(column.shape),
                             f"{length} rows in one dimension")
        rows[name] = column
    return rows


def quote_array(time: Any, bid: Any, ask: Any, bid_size: Any = 1,
                ask_size: Any = 1) -> npt.NDArray[np.void]:
    """Columns to an array of QUOTE_DTYPE: (n,) each, or one number for all rows."""
    return _fill(QUOTE_DTYPE, {"time": _times(time), "bid_price": raw_prices(bid),
                               "ask_price": raw_prices(ask),
                               "bid_size": raw_quantities(bid_size),
                               "ask_size": raw_quantities(ask_size)})


def trade_array(time: Any, price: Any, size: Any, aggressor: Any = 0) -> npt.NDArray[np.void]:
    """Columns to an array of TRADE_DTYPE: (n,) each, or one number for all rows."""
    return _fill(TRADE_DTYPE, {"time": _times(time), "price": raw_prices(price),
                               "size": raw_quantities(size),
                               "aggressor": np.asarray(aggressor).astype(np.int64)})
