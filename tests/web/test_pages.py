"""Pages for people: every one opens, says what it should, and keeps data as text."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg.network import PROJECTIONS
from kg.queries import get_query
from tests.outline import Outline
from tests.web.test_query_api import PUBLIC
from tests.web.test_sparql import BROWSER


def page(client: FlaskClient, address: str, status: int = 200) -> tuple[str, Outline]:
    response: TestResponse = client.get(address, headers={"Accept": BROWSER})
    assert response.status_code == status, response.text
    assert response.mimetype == "text/html"
    outline = Outline(response.text)
    assert "<!doctype html>" in response.text
    assert '<html lang="en" dir="ltr">' in response.text
    assert outline.tags.count("h1") == 1
    assert len(outline.ids) == len(set(outline.ids)), "an id stands twice"
    # the strict policy allows neither scripts nor styles inside the page
    assert all(source.startswith("/static/") for source in outline.sources) or (
        address == "/ontology"  # whose own script is a file too (tests/web/test_vocabulary.py)
    )
    assert "style" not in outline.tags + outline.attributes
    assert not [name for name in outline.attributes if name.startswith("on")]
    return response.text, outline


ADDRESSES = [
    "/",
    "/about",
    "/queries",
    "/sparql",
    "/problems",
    "/page/country/ZA",
    "/page/bloc/oic",
    "/page/method/python-programming",
    "/network/partnership/degree",
    *(f"/network/{name}/betweenness" for name in PROJECTIONS),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_opens(client: FlaskClient, address: str) -> None:
    page(client, address)


@pytest.mark.parametrize("query", PUBLIC, ids=lambda q: q.id)
def test_every_question_has_its_page(client: FlaskClient, query: object) -> None:
    address = f"/queries/{query.id}"  # type: ignore[attr-defined]
    # 400 where its example is a thing of the demo that this tiny world does not know
    status = client.get(address).status_code
    assert status in (200, 400)
    text, outline = page(client, address, status)
    assert query.question["en"].split("'")[0].split("&")[0] in text  # type: ignore[attr-defined]
    assert 'lang="ar"' in text
    assert status == 400 or any(
        link.startswith(f"/api/queries/{query.id}.csv")  # type: ignore[attr-defined]
        for link in outline.links
    )


def test_a_question_without_values_answers_for_its_examples(client: FlaskClient) -> None:
    text, _ = page(client, "/queries/people/learned-method")
    assert "Answered for the example values" in text
    example = get_query("people/learned-method").parameters["method"].example
    assert f'value="{example}"' in text


def test_a_question_with_values(client: FlaskClient) -> None:
    text, outline = page(
        client, "/queries/people/learned-method?method=python-programming&country=ZA&bloc="
    )
    assert "Answered for the example values" not in text
    assert 'value="ZA"' in text
    assert any("country=ZA" in link and link.startswith("/api/") for link in outline.links)


def test_a_bad_value_keeps_the_form(client: FlaskClient) -> None:
    text, _ = page(client, "/queries/people/learned-method?method=nonsense", status=400)
    assert "There is no Method" in text
    assert 'value="nonsense"' in text


def test_labels_stand_in_for_iris(client: FlaskClient) -> None:
    text, outline = page(client, "/queries/people/learned-method?method=python-programming")
    assert "person_label" not in text.split("<table", 1)[1].split("</table>")[0]
    assert any(link.startswith("/page/person/") for link in outline.links)


def test_networks_have_pages(client: FlaskClient) -> None:
    text, outline = page(client, "/network/partnership/betweenness?bloc=oic&years=2010-2020")
    assert 'value="2010-2020"' in text
    assert "Method and coverage" in text
    assert any(
        link.startswith("/api/network/partnership/betweenness.csv") and "bloc=oic" in link
        for link in outline.links
    )
    _, other = page(client, "/network/partnership/betweenness?bloc=nowhere", status=400)
    assert "form" in other.tags
    page(client, "/network/friendship/betweenness", status=404)
    page(client, "/network/partnership/fame", status=404)


def test_names_keep_language_and_direction(client: FlaskClient) -> None:
    text, _ = page(client, "/page/country/SA")
    assert re.search(r'<bdi lang="ar">[^<]*السعودية', text)
    results, _ = page(client, "/network/partnership/degree")
    assert 'dir="auto"' in results


def test_errors_are_pages_for_people(client: FlaskClient) -> None:
    text, _ = page(client, "/nothing/here", status=404)
    assert "There is no such thing here" in text
    page(client, "/queries/people/nothing", status=404)
    page(client, "/page/country/XX", status=404)


def test_markup_in_a_label_stays_text(client: FlaskClient) -> None:
    # tests/world has a training whose name holds a script element
    text, outline = page(client, "/page/training/hostile-2019")
    assert "&lt;script&gt;" in text
    assert outline.tags.count("h1") == 1


def test_the_style_sheet_is_kept_and_changes_its_address(client: FlaskClient) -> None:
    text, _ = page(client, "/")
    address = next(link for link in Outline(text).links if "rihla.css" in link)
    assert re.search(r"\?v=[0-9a-f]{10}$", address)
    response = client.get(address)
    assert response.mimetype == "text/css"
    assert "max-age=31536000" in response.headers["Cache-Control"]
    response.close()


def test_pages_are_revalidated(client: FlaskClient) -> None:
    for address in ("/", "/queries/people/learned-method", "/page/country/ZA", "/ontology"):
        headers = {"Accept": BROWSER}
        tag = client.get(address, headers=headers).headers["ETag"]
        again = client.get(address, headers={**headers, "If-None-Match": tag})
        assert again.status_code == 304
