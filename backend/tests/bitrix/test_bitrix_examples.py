"""Every example in the library's documentation runs and shows what it says."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import bridge24.bitrix

MODULES = sorted(
    found.name for found in pkgutil.iter_modules(bridge24.bitrix.__path__, "bridge24.bitrix.")
)
README = Path(bridge24.bitrix.__path__[0]) / "README.md"


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_examples_in_the_readme_hold() -> None:
    told = doctest.testfile(str(README), module_relative=False, optionflags=doctest.ELLIPSIS)

    assert told.attempted >= 20
    assert told.failed == 0
