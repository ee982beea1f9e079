"""Every example in a docstring runs; importing is light; every public name has a docstring."""

import doctest
import importlib
import pkgutil
import subprocess
import sys
from decimal import Decimal

import pytest

import keel
from keel import _keel

MODULES = [m.name for m in pkgutil.iter_modules(keel.__path__) if m.name != "_keel"]
GLOBALS = {name: getattr(keel, name) for name in dir(keel) if not name.startswith("__")}


@pytest.mark.parametrize("module", MODULES)
def test_examples(module):
    found = importlib.import_module(f"keel.{module}")
    result = doctest.testmod(found, extraglobs={**GLOBALS, "Decimal": Decimal})
    assert result.failed == 0


def test_native_examples():
    runner = doctest.DocTestRunner()
    for name in dir(_keel):
        text = getattr(getattr(_keel, name), "__doc__", None) or ""
        if ">>>" in text:
            test = doctest.DocTestParser().get_doctest(text, {**GLOBALS, "Decimal": Decimal}, name,
                                                       None, None)
            runner.run(test)
    assert runner.failures == 0 and runner.tries > 5


def test_public_names_have_docstrings():
    missing = [name for name in dir(_keel) if not name.startswith("_")
               and not (getattr(getattr(_keel, name), "__doc__", None) or "").strip()]
    assert missing == []


def test_import_is_light():
    code = ("import sys, keel; "
            "print([m for m in ('numpy', 'pandas', 'asyncio') if m in sys.modules])")
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
