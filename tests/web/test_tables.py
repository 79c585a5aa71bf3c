"""Which queries the tables of a release answer: named ones, whoever sends their text."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from kg.queries import catalogue
from kg.store.columnar import is_marked
from kg.web.service import Service

MARKED = next(query.text for query in catalogue().values() if is_marked(query.text))
STRANGE = "#+ engine: columns\nSELECT ?s { ?s ?p ?o } LIMIT 1 # %s"


@pytest.fixture
def asked(opened: Service, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the tables; the store answers it."""
    found: list[str] = []
    assert opened.columns is not None
    monkeypatch.setattr(opened.columns, "answer", lambda text, *_, **__: found.append(text))
    return found


@pytest.mark.parametrize("accept", ["text/html", "application/sparql-results+json"])
def test_the_header_of_a_strangers_query_chooses_nothing(
    client: FlaskClient, asked: list[str], accept: str
) -> None:
    query = {"query": STRANGE % accept, "format": "" if "html" in accept else "json"}
    response = client.get("/sparql", query_string=query, headers={"Accept": accept})
    assert response.status_code == 200
    assert asked == []


def test_the_text_of_a_named_query_goes_to_its_tables(
    client: FlaskClient, opened: Service, asked: list[str]
) -> None:
    assert opened.is_for_tables(MARKED)
    text = f"{MARKED}\n# asked by somebody"
    response = client.get("/sparql", query_string={"query": text, "format": "json"})
    assert response.status_code == 200
    assert asked == [text]
