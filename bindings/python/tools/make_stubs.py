"""Writes keel/_keel.pyi: what the native module says of itself, as type stubs.

usage: make_stubs.py OUTPUT       with the built package on PYTHONPATH

Signatures of bound functions come from their docstrings; those of the plain C types, which have
none, from the table below. A test compares the committed file with a fresh one.
"""

import enum
import inspect
import pathlib
import re
import sys

from keel import _keel

HEAD = '''"""The native module: see the package keel."""
# Made by make_stubs.py from the module itself.

import collections.abc
import datetime
import decimal
import enum
import typing
from typing import Any, Optional, Union

__version__: str

PriceLike = Union[Price, str, int, decimal.Decimal]
QuantityLike = Union[Quantity, str, int, decimal.Decimal]
RateLike = Union[Rate, str, int, decimal.Decimal]
VolumeLike = Union[Volume, Quantity, str, int, decimal.Decimal]
MoneyLike = Union[Money, str]
TimestampLike = Union[Timestamp, str, int, datetime.datetime]
DurationLike = Union[Duration, str, int, datetime.timedelta]

'''
LIKE = ["Price", "Quantity", "Rate", "Volume", "Money", "Timestamp", "Duration"]

DECIMAL = '''class {T}:
    def __new__(cls, value: {T}Like) -> {T}: ...
    @staticmethod
    def from_raw(raw: int) -> {T}: ...
    @staticmethod
    def nearest(value: float) -> {T}: ...
    @property
    def raw(self) -> int: ...
    def to_decimal(self) -> decimal.Decimal: ...
    def floor_to(self, increment: {T}Like) -> {T}: ...
    def ceil_to(self, increment: {T}Like) -> {T}: ...
    def trunc_to(self, increment: {T}Like) -> {T}: ...
    def is_multiple_of(self, increment: {T}Like) -> bool: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object) -> bool: ...
    def __ne__(self, other: object) -> bool: ...
    def __lt__(self, other: {T} | int | decimal.Decimal) -> bool: ...
    def __le__(self, other: {T} | int | decimal.Decimal) -> bool: ...
    def __gt__(self, other: {T} | int | decimal.Decimal) -> bool: ...
    def __ge__(self, other: {T} | int | decimal.Decimal) -> bool: ...
    def __add__(self, other: {T} | int | decimal.Decimal) -> {T}: ...
    def __radd__(self, other: int | decimal.Decimal) -> {T}: ...
    def __sub__(self, other: {T} | int | decimal.Decimal) -> {T}: ...
    def __rsub__(self, other: int | decimal.Decimal) -> {T}: ...
    def __mul__(self, times: int) -> {T}: ...
    def __rmul__(self, times: int) -> {T}: ...
    def __neg__(self) -> {T}: ...
    def __pos__(self) -> {T}: ...
    def __abs__(self) -> {T}: ...
    def __bool__(self) -> bool: ...
    def __float__(self) -> float: ...
    def __format__(self, spec: str) -> str: ...

'''
TIMES = '''class Timestamp:
    def __new__(cls, value: TimestampLike) -> Timestamp: ...
    @property
    def ns(self) -> int: ...
    def floor_to(self, interval: DurationLike) -> Timestamp: ...
    def to_datetime(self) -> datetime.datetime: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object) -> bool: ...
    def __lt__(self, other: Timestamp) -> bool: ...
    def __le__(self, other: Timestamp) -> bool: ...
    def __gt__(self, other: Timestamp) -> bool: ...
    def __ge__(self, other: Timestamp) -> bool: ...
    def __add__(self, length: Duration | datetime.timedelta) -> Timestamp: ...
    def __radd__(self, length: Duration | datetime.timedelta) -> Timestamp: ...
    @typing.overload
    def __sub__(self, other: Timestamp) -> Duration: ...
    @typing.overload
    def __sub__(self, other: Duration | datetime.timedelta) -> Timestamp: ...

class Duration:
    def __new__(cls, value: DurationLike) -> Duration: ...
    @property
    def ns(self) -> int: ...
    def total_seconds(self) -> float: ...
    def to_timedelta(self) -> datetime.timedelta: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object) -> bool: ...
    def __lt__(self, other: Duration) -> bool: ...
    def __le__(self, other: Duration) -> bool: ...
    def __gt__(self, other: Duration) -> bool: ...
    def __ge__(self, other: Duration) -> bool: ...
    def __add__(self, other: Duration | datetime.timedelta) -> Duration: ...
    def __sub__(self, other: Duration | datetime.timedelta) -> Duration: ...
    def __mul__(self, times: int) -> Duration: ...
    def __rmul__(self, times: int) -> Duration: ...

class Money:
    def __new__(cls, amount: MoneyLike | int | decimal.Decimal,
                currency: str | None = None) -> Money: ...
    @staticmethod
    def product(price: PriceLike, quantity: QuantityLike, currency: str, /) -> Money: ...
    @staticmethod
    def nearest(amount: float, currency: str, /) -> Money: ...
    @property
    def amount(self) -> decimal.Decimal: ...
    @property
    def currency(self) -> str: ...
    @property
    def raw(self) -> int: ...
    def times(self, rate: RateLike, rounding: Rounding | str, /) -> Money: ...
    def rounded(self, digits: int, rounding: Rounding | str, /) -> Money: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object) -> bool: ...
    def __lt__(self, other: Money) -> bool: ...
    def __le__(self, other: Money) -> bool: ...
    def __gt__(self, other: Money) -> bool: ...
    def __ge__(self, other: Money) -> bool: ...
    def __add__(self, other: Money) -> Money: ...
    def __sub__(self, other: Money) -> Money: ...
    def __mul__(self, times: int) -> Money: ...
    def __rmul__(self, times: int) -> Money: ...
    def __neg__(self) -> Money: ...
    def __abs__(self) -> Money: ...
    def __bool__(self) -> bool: ...
    def __float__(self) -> float: ...

'''
NEW = {
    "Quote": "instrument: int, time: TimestampLike, bid_price: PriceLike | None, "
             "bid_size: QuantityLike | None, ask_price: PriceLike | None, "
             "ask_size: QuantityLike | None",
    "Trade": "instrument: int, time: TimestampLike, price: PriceLike, size: QuantityLike, "
             "aggressor: Side | str | None = None",
    "Bar": "instrument: int, open_time: TimestampLike, length: DurationLike, open: PriceLike, "
           "high: PriceLike, low: PriceLike, close: PriceLike, volume: VolumeLike, "
           "trades: int = 0",
    "Macd": "fast: int = 12, slow: int = 26, signal: int = 9",
    "BollingerBands": "length: int = 20, width: float = 2.0",
    "TrueRange": "", "Vwap": "",
}
GETTERS = {
    "instrument": "int", "time": "Timestamp", "ts_event": "Timestamp", "ts_recv": "Timestamp",
    "open_time": "Timestamp", "bid_price": "Price | None", "ask_price": "Price | None",
    "bid_size": "Quantity", "ask_size": "Quantity", "price": "Price", "size": "Quantity",
    "aggressor": "Side | None", "trade_id": "int", "trades": "int", "volume": "Volume",
    "spec": "str", "is_partial": "bool", "ready": "bool", "warm_up": "int",
}
BAR_PRICES = {"open", "high", "low", "close"}


def c_type(name, kind):
    """A record or an indicator."""
    new = NEW.get(name, "length: int")
    lines = [f"class {name}:", f"    def __new__(cls{', ' + new if new else ''}) -> {name}: ..."]
    for attribute, value in sorted(vars(kind).items()):
        if inspect.isgetsetdescriptor(value):
            shown = "Price" if name == "Bar" and attribute in BAR_PRICES else (
                GETTERS.get(attribute, "float"))
            lines += ["    @property", f"    def {attribute}(self) -> {shown}: ..."]
    if "update" in vars(kind):
        number = "float | Price | Quantity"
        update = {"Atr": f"high: {number} | Bar, low: {number} = ..., close: {number} = ...",
                  "Vwap": f"price: {number}, volume: {number}"}
        update["TrueRange"] = update["Atr"]
        lines += [f"    def update(self, {update.get(name, 'value: ' + number)}, /) -> bool: ...",
                  "    def reset(self) -> None: ...", "    def get_state(self) -> bytes: ...",
                  "    def set_state(self, state: bytes, /) -> None: ..."]
    return "\n".join(lines) + "\n\n"


def clean(text, enums, is_argument):
    text = text.replace("keel._keel.", "").replace("keel_python::", "").replace("keel::", "")
    text = re.sub(r"\bbuffer\b|\bBuffer\b|collections\.abc\.\bBuffer\b", "Any", text)
    text = re.sub(r"(?<![\w.])object(?!\w)|\bhandle\b", "Any", text)
    text = text.replace("typing_extensions.Any", "Any").replace("collections.abc.Any", "Any")
    text = text.replace("typing.SupportsInt | typing.SupportsIndex", "int")
    text = text.replace("typing.SupportsFloat | typing.SupportsIndex", "float")
    text = text.replace("typing.SupportsInt", "int").replace("typing.SupportsFloat", "float")
    text = re.sub(r"(?:\w+\.)*\bCallable\b(?!\[)", "collections.abc.Callable[..., Any]", text)
    text = re.sub(r"\bdict\b(?!\[)", "dict[str, Any]", text)
    text = re.sub(r"(?<!\.)\b(list|List)\b(?!\[)", "list[Any]", text)
    text = re.sub(r"\btuple\b(?!\[)", "tuple[Any, ...]", text)
    text = re.sub(r"(?:\w+\.)*\b[iI]terator\b(?!\[)", "collections.abc.Iterator[Any]", text)
    if is_argument:
        for name in LIKE:
            text = re.sub(rf"(?<![\w.]){name}(?!\w)", f"{name}Like", text)
        for name in enums:
            text = re.sub(rf"(?<![\w.]){name}(?!\w)", f"{name} | str", text)
        text = re.sub(r"Optional\[([^\[\]]*)\]", r"\1 | None", text)
    return text


def signature(doc, name, enums):
    """(arguments, result) of the first line of a bound function's docstring."""
    match = re.match(rf"{re.escape(name)}\((.*)\) -> (.*)$", (doc or "").split("\n")[0])
    if match is None:
        match = re.match(r"\w*\((.*)\) -> (.*)$", (doc or "").split("\n")[0])
    if match is None:
        return "*args: Any, **kwargs: Any", "Any"
    arguments = clean(match.group(1), enums, True)
    arguments = re.sub(r"= <[^>]*>|= '[^']*'", "= ...", arguments)
    arguments = re.sub(r"^self: [^,]*", "self", arguments)
    return arguments, clean(match.group(2), enums, False)


def bound_class(name, kind, enums):
    base = [b.__name__ for b in kind.__bases__ if b.__module__.startswith("keel")]
    lines = [f"class {name}({base[0]}):" if base else f"class {name}:"]
    for attribute, value in sorted(vars(kind).items()):
        if isinstance(value, property):
            _, result = signature(value.fget.__doc__, "", enums)
            lines += ["    @property", f"    def {attribute}(self) -> {result}: ..."]
            if value.fset is not None:
                given = clean(result, enums, True)
                lines += [f"    @{attribute}.setter",
                          f"    def {attribute}(self, value: {given}) -> None: ..."]
        elif attribute.startswith("__") and attribute not in ("__init__", "__iter__", "__next__",
                                                              "__len__", "__bool__"):
            continue
        elif isinstance(value, (staticmethod, type(len))):
            function = getattr(kind, attribute)
            arguments, result = signature(function.__doc__, attribute, enums)
            lines += ["    @staticmethod", f"    def {attribute}({arguments}) -> {result}: ..."]
        elif callable(value) and hasattr(value, "__doc__") and not attribute.startswith("_pybind"):
            if not re.match(rf"{re.escape(attribute)}\(", value.__doc__ or ""):
                continue
            arguments, result = signature(value.__doc__, attribute, enums)
            lines.append(f"    def {attribute}({arguments}) -> {result}: ...")
    if name == "RunReport":
        lines += ["    def plot(self) -> Any: ...", "    def _repr_html_(self) -> str: ..."]
    if len(lines) == 1:
        lines.append("    ...")
    return "\n".join(lines) + "\n\n"


def text():
    members = {name: getattr(_keel, name) for name in sorted(dir(_keel))
               if not name.startswith("__") and not name.startswith("_pybind")}
    enums = [n for n, v in members.items() if inspect.isclass(v) and issubclass(v, enum.IntEnum)]
    out = HEAD
    for name in enums:
        out += f"class {name}(enum.IntEnum):\n" + "".join(
            f"    {m.name} = {int(m)}\n" for m in members[name]) + "\n"
    for name in ("Price", "Quantity", "Rate", "Volume"):
        out += DECIMAL.replace("{T}", name)
    out += TIMES
    for name, value in members.items():
        if name in enums or name in LIKE:
            continue
        if inspect.isclass(value):
            is_c = not any(k.__name__ == "pybind11_object" for k in value.__mro__)
            out += c_type(name, value) if is_c else bound_class(name, value, enums)
        elif callable(value):
            arguments, result = signature(value.__doc__, name, enums)
            out += f"def {name}({arguments}) -> {result}: ...\n"
    return out.rstrip("\n") + "\n"


if __name__ == "__main__":
    pathlib.Path(sys.argv[1]).write_text(text())
