"""Tables in and out: pandas, Polars, Arrow."""

from __future__ import annotations

from typing import Any

from keel import _keel
from keel.errors import InputError

__all__ = ["frame", "quotes_from_frame", "trades_from_frame"]


def _plain(values: list[Any], exact: bool) -> Any:
    """A column that every kind of frame understands: times as datetime64, decimals as float64
    (or, exact, as decimal.Decimal), enumerations as texts."""
    import numpy as np

    first = next((value for value in values if value is not None), None)
    if isinstance(first, _keel.Timestamp):
        none = np.iinfo(np.int64).min  # NaT
        return np.array([none if v is None else v.ns for v in values],
                        dtype=np.int64).view("datetime64[ns]")
    if isinstance(first, (_keel.Price, _keel.Quantity, _keel.Rate, _keel.Volume)):
        if exact:
            return [None if v is None else v.to_decimal() for v in values]
        return np.array([np.nan if v is None else float(v) for v in values])
    if isinstance(first, _keel.Money):
        if exact:
            return [None if v is None else v.amount for v in values]
        return np.array([np.nan if v is None else float(v) for v in values])
    if hasattr(first, "name") and isinstance(first, int):
        return [None if v is None else v.name.lower() for v in values]
    return values


def frame(table: dict[str, list[Any]], kind: str = "pandas", *, exact: bool = False) -> Any:
    """A table of columns (report.fills(), report.orders(), report.equity(), desk.ledger()) as a
    data frame: kind "pandas", "polars", "arrow" or "dict" (of plain columns). Amounts become
    float64, or decimal.Decimal where `exact`. Error: python.missing_package."""
    columns = {name: _plain(values, exact) for name, values in table.items()}
    if kind == "dict":
        return columns
    packages = {"pandas": "pandas", "polars": "polars", "arrow": "pyarrow"}
    if kind not in packages:
        raise InputError("core.unknown_name", "kind", kind, "pandas, polars, arrow or dict")
    import importlib

    try:
        package = importlib.import_module(packages[kind])
    except ImportError:
        raise InputError("python.missing_package", "kind", kind,
                         f"pip install {packages[kind]}") from None
    if kind == "arrow":
        return package.table(columns)
    return package.DataFrame(columns)


def _column(table: Any, name: str) -> Any:
    try:
        column = table[name]
    except Exception:
        raise InputError("storage.missing_column", name, "", "a column of the frame") from None
    if hasattr(column, "to_numpy"):  # pandas, Polars, Arrow; without a copy where they can
        return column.to_numpy()
    return column


def quotes_from_frame(table: Any, *, time: str = "time", bid: str = "bid", ask: str = "ask",
                      bid_size: str | None = None, ask_size: str | None = None) -> Any:
    """Columns of a pandas, Polars or Arrow table as an array of keel.QUOTE_DTYPE. Times with a
    zone are converted, naive ones are taken as UTC (as datetime64 is). Sizes of 1 where none are
    named. Errors: storage.missing_column, core.not_finite, python.bad_array."""
    from keel.arrays import quote_array

    return quote_array(_column(table, time), _column(table, bid), _column(table, ask),
                       1 if bid_size is None else _column(table, bid_size),
                       1 if ask_size is None else _column(table, ask_size))


def trades_from_frame(table: Any, *, time: str = "time", price: str = "price",
                      size: str = "size") -> Any:
    """Columns of a pandas, Polars or Arrow table as an array of keel.TRADE_DTYPE."""
    from keel.arrays import trade_array

    return trade_array(_column(table, time), _column(table, price), _column(table, size))
