"""Terms as JSON are what the engine writes."""

from __future__ import annotations

import json

import polars as pl
import pytest

from kg.store.columnar import results
from kg.store.indexed.fragments import _by_engine, fragments
from tests.store.indexed.conftest import LITERALS, RESOURCES, XSD

TERMS = [
    *RESOURCES,
    *(text for text in LITERALS if "007" not in text),
    '"rtl"@ar--rtl',
    r'"\u0000"',
]
CHANGED = ("1.50", "1e3", "+00:00", f"<{XSD}string>")


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_written_as_by_the_engine(term: str) -> None:
    (found,) = fragments(pl.Series([term]))
    assert json.loads(found)
    if not any(part in term for part in CHANGED):  # terms come as the engine keeps them
        assert found == _by_engine(term)


@pytest.mark.parametrize("term", ["_:x", "<<( <http://e/a> <http://e/p> _:x )>>"])
def test_nothing_stands_for_what_may_have_another_name(term: str) -> None:
    assert fragments(pl.Series([term])).to_list() == [""]


def test_many_keep_their_order() -> None:
    found = fragments(pl.Series(TERMS * 3)).to_list()
    assert found == [fragments(pl.Series([term]))[0] for term in TERMS] * 3


def test_constants_of_queries_are_written_alike() -> None:
    assert results.term("iri", "http://e/a") == fragments(pl.Series(["<http://e/a>"]))[0]
    assert results.term("literal", "x", "en") == fragments(pl.Series(['"x"@en']))[0]
    typed = f'"3"^^<{XSD}integer>'
    assert results.term("literal", "3", "", f"{XSD}integer") == fragments(pl.Series([typed]))[0]
    assert results.term("literal", "x", "", f"{XSD}string") == fragments(pl.Series(['"x"']))[0]
