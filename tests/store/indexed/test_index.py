"""An index finds what is in it, and refuses files that are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kg.errors import ReleaseError
from kg.quads import TERM
from kg.store.indexed import Index, TripleIndex
from kg.store.indexed.arrays import write_arrays
from tests.store.indexed.conftest import XSD, Both, E, both, random_triples


def iri(name: str) -> bytes:
    return f'{{"type":"uri","value":"{E}{name}"}}'.encode()


def test_terms_are_found_by_their_text(graph_of_all: Both) -> None:
    index = graph_of_all.index
    for number in range(0, index.subjects, 7):
        assert index.number(index.fragments[number]) == number
    assert index.number(iri("absent")) is None


def test_ranges_hold_what_the_engine_has(graph_of_all: Both) -> None:
    index = graph_of_all.index
    few, small = index.number(iri("few")), index.number(iri("small"))
    assert few is not None and small is not None
    start, end = index.having(few, small)
    assert end - start == 40
    assert index.leading_to(small)[1] - index.leading_to(small)[0] == 40
    assert index.about(small) == (0, 0), "it has no triple of its own"
    assert index.having(small, few)[0] == index.having(small, few)[1]


@pytest.mark.parametrize("cut", [1, 16, 40, 400])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, cut: int) -> None:
    place = tmp_path / "columns" / "triples.index"
    assert both(f'<{E}a> <{E}p> "x" .', tmp_path).index.triples == 1
    whole = place.read_bytes()
    place.write_bytes(whole[: len(whole) - cut])
    with pytest.raises(ReleaseError, match="cannot be opened"):
        Index(place)


def test_an_index_of_another_version_is_refused(tmp_path: Path) -> None:
    write_arrays(tmp_path / "i", {"version": 0}, {})
    with pytest.raises(ReleaseError, match="version 0"):
        Index(tmp_path / "i")


def test_the_same_triples_give_the_same_bytes(tmp_path: Path) -> None:
    made, kept = [], []
    for turn in range(2):
        folder = tmp_path / str(turn)
        folder.mkdir()
        # other terms that the process knows by then have their numbers before these
        kept.append(pl.Series([f"<{E}s{n}>" for n in range(turn * 50)]).cast(TERM))
        both(random_triples(3, 50), folder)
        made.append((folder / "columns" / "triples.index").read_bytes())
    assert made[0] == made[1]


def test_terms_that_are_given_stay_as_they_are() -> None:
    terms = pl.Series([f'"007"^^<{XSD}integer>', f"<{E}a>", f"<{E}p>"])
    positions = {"s": np.array([1]), "p": np.array([2]), "o": np.array([0])}
    TripleIndex(terms, positions)
    assert terms[0] == f'"007"^^<{XSD}integer>'
