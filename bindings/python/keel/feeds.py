"""Market data for a run."""

from __future__ import annotations

from keel import _keel
from keel.errors import InputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from keel._keel import Bar, Feed, Quote, Trade

__all__ = ["python_feed", "quotes_feed", "trades_feed"]


def _checked(array: Any, name: str) -> Any:
    """The array as the native module reads it, without a copy where it is packed already."""
    dtype = getattr(array, "dtype", None)
    if dtype is None:  # bytes, memoryview, array.array: checked by size alone
        return array
    from keel import arrays

    wanted = getattr(arrays, name)
    if dtype != wanted:
        raise InputError("python.bad_array", "array", f"dtype {dtype}"[:80],
                         f"dtype keel.{name}; keel.quote_array and keel.trade_array make one")
    if not array.flags.c_contiguous:
        raise InputError("python.bad_array", "array", "not contiguous",
                         "contiguous; numpy.ascontiguousarray makes it so")
    return array.view("V%d" % wanted.itemsize)


def quotes_feed(instrument: int, array: Any) -> Feed:
    """Quotes of one instrument: a structured array of keel.QUOTE_DTYPE, in order of time, not
    copied; it must not change while a feed reads it. A size of zero: that side has no order.

    Errors: python.bad_array (dtype, shape, not contiguous), storage.time_going_back,
    storage.negative_size, storage.missing_value, naming the row."""
    return _keel._quotes_feed(instrument, _checked(array, "QUOTE_DTYPE"))


def trades_feed(instrument: int, array: Any) -> Feed:
    """Trades of one instrument: a structured array of keel.TRADE_DTYPE, in order of time, not
    copied. Errors: python.bad_array, storage.time_going_back, storage.zero_size,
    storage.negative_size, storage.unknown_side, naming the row."""
    return _keel._trades_feed(instrument, _checked(array, "TRADE_DTYPE"))


def python_feed(records: Iterable[Quote | Trade | Bar]) -> Feed:
    """Records that a Python iterable gives, in order of ts_event. An object with __iter__ serves
    many runs, a generator one. Errors: python.wrong_type, storage.time_going_back."""
    return _keel._python_feed(records)
