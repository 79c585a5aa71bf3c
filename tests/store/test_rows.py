"""Rows counted in the bytes of an answer, however these are cut into pieces."""

from __future__ import annotations

import io

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.store.rows import RowCounter

FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
NASTY = st.lists(
    st.sampled_from(
        [",{", '"', ',{"', "{}", "\r\n", "\n", "<result>", "\t", ",", "}", "[{", "\\", "x", "é"]
    ),
    max_size=6,
).map("".join)


def serialised(texts: list[str], form: ox.QueryResultsFormat) -> bytes:
    store = ox.Store()
    for position, text in enumerate(texts):
        store.add(
            ox.Quad(
                ox.NamedNode(f"http://s/{position}"), ox.NamedNode("http://p"), ox.Literal(text)
            )
        )
    answer = store.query("SELECT ?s ?o ?none { ?s <http://p> ?o }")
    output = io.BytesIO()
    answer.serialize(output, form)  # type: ignore[union-attr]
    return output.getvalue()


@pytest.mark.parametrize("media_type", FORMATS)
@given(texts=st.lists(NASTY, max_size=8), size=st.integers(1, 40))
def test_rows_are_counted(media_type: str, texts: list[str], size: int) -> None:
    document = serialised(texts, FORMATS[media_type])
    counter = RowCounter(media_type)
    for start in range(0, len(document), size):
        counter.take(document[start : start + size])
    assert counter.rows == len(texts)
