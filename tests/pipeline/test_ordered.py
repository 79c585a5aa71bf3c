"""The order of the lines, and each triple once."""

from __future__ import annotations

from urllib.parse import quote

import polars as pl
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.pipeline import ordered
from kg.pipeline.ordered import OrderedQuads
from kg.quads import QUAD, lines, quads_of_dataset

WORDS = st.text('ab \\"\n<>é٣', max_size=4)
NAME = "https://e.org/"


def frame(rows: list[tuple[str, str, str, bool]]) -> pl.DataFrame:
    parts = []
    for graph in (f"{NAME}g", f"{NAME}g2"):
        dataset = ox.Dataset()
        for first, second, third, both in rows:
            subject = ox.NamedNode(f"{NAME}{quote(first)}")
            value = ox.Literal(second, language="en") if third else ox.Literal(second)
            if both or graph.endswith("g"):
                dataset.add(ox.Quad(subject, ox.NamedNode(f"{NAME}p"), value))
                blank = ox.BlankNode(f"b{len(first)}")
                dataset.add(ox.Quad(blank, ox.NamedNode(f"{NAME}p{len(second)}"), value))
        parts.append(quads_of_dataset(dataset, graph))
    return pl.concat(parts)


@pytest.mark.parametrize("bits", [64, 8])
@pytest.mark.parametrize("size", [200_000, 1, 3])
@settings(max_examples=25)
@given(st.lists(st.tuples(WORDS, WORDS, WORDS, st.booleans()), max_size=20))
def test_lines_come_in_the_order_of_their_text(
    bits: int, size: int, rows: list[tuple[str, str, str, bool]]
) -> None:
    quads = frame(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordered, "_WORD", bits)
        patch.setattr(ordered, "_ROWS", size)
        made = OrderedQuads(quads.sample(fraction=1, shuffle=True, seed=1))
        parts = list(made.parts())
    assert len(made) == quads.height
    text = b"".join(part.text for part in parts).decode()
    assert text.split("\n")[:-1] == sorted(b"".join(lines(quads)).decode().split("\n")[:-1])
    union = sorted(b"".join(lines(quads.select("s", "p", "o").unique())).decode().split("\n")[:-1])
    named = b"".join(text for part in parts for text in part.named).decode()
    anonymous = b"".join(text for part in parts for text in part.anonymous).decode()
    assert sorted((named + anonymous).split("\n")[:-1]) == sorted([*text.split("\n")[:-1], *union])
    assert "_:" not in named
    assert all("_:" in line for line in anonymous.split("\n")[:-1])
    assert made.terms.to_list() == sorted(set(made.terms))
    told = [
        " ".join(made.terms[int(made.positions[name][rank])] for name, rank in triple) + " ."
        for part in parts
        for triple in zip(*([(n, r) for r in part.ranks[n]] for n in "spo"), strict=True)
    ]
    assert told == union


def test_no_quad_gives_no_line() -> None:
    made = OrderedQuads(pl.DataFrame(schema=dict(QUAD)))
    assert (len(made), list(made.parts())) == (0, [])
