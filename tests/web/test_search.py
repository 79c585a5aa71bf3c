from __future__ import annotations

import pytest
from flask.testing import FlaskClient


def test_names_are_found_with_their_pages(client: FlaskClient) -> None:
    answer = client.get("/api/search", query_string={"q": "thames"}).get_json()
    first = answer["results"][0]
    assert (first["kind"], first["label"]) == ("organisation", "Thames Test University")
    assert client.get(first["page"]).status_code == 200


def test_kinds_narrow_down_and_labels_come_in_a_language(client: FlaskClient) -> None:
    found = client.get("/api/search?q=TR&kind=country&language=fr").get_json()["results"]
    assert [(hit["kind"], hit["label"]) for hit in found] == [("country", "Turquie")]


@pytest.mark.parametrize(
    ("given", "said"),
    [("kind=thing", "organisation"), ("language=xx", "en, ar, fr"), ("limit=0", "1 to 100"),
     ("limit=99999999999", "1 to 100"), ("limit=%D9%A3", "1 to 100")],
)  # fmt: skip
def test_what_is_not_accepted_is_said(client: FlaskClient, given: str, said: str) -> None:
    answer = client.get(f"/api/search?q=a&{given}")
    assert answer.status_code == 400
    assert said in answer.get_json()["detail"]


def test_the_page_works_without_a_script_and_writes_text_as_text(client: FlaskClient) -> None:
    page = client.get("/search", query_string={"q": "thames"}).get_data(as_text=True)
    assert "Thames Test University</a>" in page
    nothing = client.get("/search", query_string={"q": "<script>zzz"}).get_data(as_text=True)
    assert "Nothing is called <bdi>&lt;script&gt;zzz</bdi>" in nothing


def test_an_answer_is_known_again(client: FlaskClient) -> None:
    tag = client.get("/api/search?q=thames").headers["ETag"]
    again = client.get("/api/search?q=thames", headers={"If-None-Match": tag})
    assert again.status_code == 304
