"""What a strategy in Python derives from."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from keel._keel import Bar, Context, OrderFact, Quote, Timestamp, Trade

__all__ = ["Strategy"]


def _encode(value: Any) -> Any:
    if hasattr(value, "get_state"):
        return {"keel.state": value.get_state().hex()}
    kind = type(value).__name__
    if kind in ("Price", "Quantity", "Rate", "Volume", "Money", "Timestamp", "Duration"):
        return {"keel." + kind: str(value)}
    raise TypeError(f"state of type {kind} has no text; override save and load")


def _decode(value: Any, old: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1:
        (key, text), = value.items()
        if key == "keel.state":
            old.set_state(bytes.fromhex(text))
            return old
        if key.startswith("keel."):
            from keel import _keel

            return getattr(_keel, key[5:])(text)
    return value


class Strategy:
    """Override what you need; a callback that is not overridden costs nothing.

    Callbacks run one at a time. What a callback asks for through `ctx` is done at once; what comes
    of it (on_fill, on_denied, on_order) arrives in a callback of its own, after this one. A record
    may be kept. An exception stops the run: keel.CallbackError, with the traceback and the event.

    `state` names the attributes that a restart must bring back: numbers, texts, lists and dicts of
    them, keel values, and indicators.
    """

    state: ClassVar[tuple[str, ...]] = ()

    def on_start(self, ctx: Context) -> None:
        """The run begins: subscribe here."""

    def on_recovered(self, ctx: Context) -> None:
        """Instead of on_start, after a restart: subscribe again; some orders may be unknown."""

    def on_stop(self, ctx: Context) -> None:
        """The run ends."""

    def on_quote(self, ctx: Context, quote: Quote) -> None:
        """After ctx.subscribe_quotes."""

    def on_trade(self, ctx: Context, trade: Trade) -> None:
        """After ctx.subscribe_trades."""

    def on_bar(self, ctx: Context, bar: Bar) -> None:
        """After ctx.subscribe_bars: a bar has closed."""

    def on_market(self, ctx: Context, record: Any) -> None:
        """After ctx.subscribe_market: every other kind of market data."""

    def on_fill(self, ctx: Context, fact: OrderFact) -> None:
        """A fill of an own order; ctx.position includes it."""

    def on_denied(self, ctx: Context, fact: OrderFact) -> None:
        """A request was refused before it left; fact.reason says why."""

    def on_order(self, ctx: Context, fact: OrderFact) -> None:
        """Every other fact about an own order."""

    def on_timer(self, ctx: Context, time: Timestamp) -> None:
        """After ctx.set_timer."""

    def on_parameter(self, ctx: Context, name: str, raw: int) -> None:
        """A parameter was changed from outside."""

    def on_history(self, bar: Bar) -> None:
        """After a restart: a bar that closed meanwhile, so that indicators catch up."""

    def save(self) -> bytes:
        """The attributes named in `state`, for a snapshot."""
        values = {name: getattr(self, name) for name in self.state}
        import json

        return json.dumps(values, default=_encode, sort_keys=True).encode()

    def load(self, state: bytes) -> None:
        """Back to what save() gave."""
        import json

        for name, value in json.loads(state or b"{}").items():
            if name in self.state:
                setattr(self, name, _decode(value, getattr(self, name, None)))
