"""The examples in the docstrings run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import kg.network

MODULES = ["kg.network"] + [
    found.name for found in pkgutil.walk_packages(kg.network.__path__, "kg.network.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_examples_of_the_document() -> None:
    document = Path(__file__).parents[2] / "docs" / "networks.md"
    assert doctest.testfile(str(document), module_relative=False).failed == 0
