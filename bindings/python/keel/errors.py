"""The one family of errors: `keel.Error` with code, field, value, rule and where."""

from __future__ import annotations

__all__ = ["Bug", "CallbackError", "Error", "InputError", "Interrupted", "WrongType"]


class Error(Exception):
    """Why something was refused.

    `code` is stable ("core.decimal_digits", docs/errors.md lists every one); `field` says what was
    being read, `value` what was found there, `rule` what was expected, `where` the place.
    """

    def __init__(
        self, code: str, field: str = "", value: str = "", rule: str = "", where: str = ""
    ) -> None:
        super().__init__(code, field, value, rule, where)
        self.code = code
        self.field = field
        self.value = value
        self.rule = rule
        self.where = where

    def __str__(self) -> str:
        parts = [self.where, self.field, f"'{self.value}'" if self.value else "", self.rule]
        return ": ".join(part for part in parts if part) + f" [{self.code}]"


class InputError(Error, ValueError):
    """A value that cannot be: also a ValueError."""


class WrongType(Error, TypeError):
    """A type that is never converted in silence, such as a float for a price: also a TypeError."""


class Bug(Error, RuntimeError):
    """An assert of the library failed: the program asked for something that cannot be."""


class CallbackError(Error):
    """A callback of a strategy raised. `__cause__` is what it raised, with its traceback; `event`
    is the record that it was called with (None for on_start and its like)."""

    event: object = None


class Interrupted(Error):
    """A run that was stopped from outside."""


_BY_CODE: dict[str, type[Error]] = {
    "python.wrong_type": WrongType,
    "python.bug": Bug,
    "python.interrupted": Interrupted,
}
_INPUT = ("core.", "model.", "python.", "indicators.", "market.", "storage.", "sim.")


def make(code: str, field: str, value: str, rule: str, where: str) -> Error:
    """The error of the right class; the native module calls this."""
    kind = _BY_CODE.get(code)
    if kind is None:
        kind = InputError if code.startswith(_INPUT) else Error
    return kind(code, field, value, rule, where)


def callback_error(cause: BaseException, event: object) -> Error:
    """What a run raises after a callback raised; the native module calls this."""
    error = CallbackError(
        "engine.callback_failed",
        type(cause).__name__,
        str(cause)[:200],
        "callbacks do not raise",
        "" if event is None else repr(event)[:200],
    )
    error.event = event
    error.__cause__ = cause
    return error
