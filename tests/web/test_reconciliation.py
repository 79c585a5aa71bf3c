"""The reconciliation service: its answers have the form that the specification asks.

The schemas are written after the text of https://reconciliation-api.github.io/specs/0.2/.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from kg.web.reconciliation import MOST_QUERIES, PROPERTIES

_TEXT = {"type": "string", "minLength": 1}
_NAMED = {"type": "object", "required": ["id", "name"], "properties": {"id": _TEXT, "name": _TEXT}}
_SERVICE = {
    "type": "object",
    "required": ["service_url", "service_path"],
    "properties": {
        "service_url": {"type": "string", "pattern": "^https?://.*[^/]$"},
        "service_path": {"type": "string", "pattern": "^/"},
        "flyout_service_path": {"type": "string", "pattern": r"\$\{id\}"},
    },
}
MANIFEST = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
    "properties": {
        "versions": {"type": "array", "contains": {"const": "0.2"}, "items": _TEXT},
        "name": _TEXT,
        "identifierSpace": {"type": "string", "pattern": "^https?://"},
        "schemaSpace": {"type": "string", "pattern": "^https?://"},
        "defaultTypes": {"type": "array", "items": _NAMED},
        "documentation": {"type": "string", "pattern": "^https?://"},
        "view": {
            "type": "object",
            "required": ["url"],
            "properties": {"url": {"type": "string", "pattern": r"\{\{id\}\}"}},
        },
        "preview": {
            "type": "object",
            "required": ["url", "width", "height"],
            "properties": {
                "url": {"type": "string", "pattern": r"\{\{id\}\}"},
                "width": {"type": "integer"},
                "height": {"type": "integer"},
            },
        },
        "suggest": {
            "type": "object",
            "properties": dict.fromkeys(("entity", "type", "property"), _SERVICE),
            "additionalProperties": False,
        },
        "extend": {
            "type": "object",
            "properties": {"propose_properties": _SERVICE, "property_settings": {"type": "array"}},
        },
        "batchSize": {"type": "integer", "minimum": 1},
    },
}
RESULT = {
    "type": "object",
    "required": ["result"],
    "properties": {
        "result": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "name", "score", "match"],
                "properties": {
                    "id": _TEXT,
                    "name": _TEXT,
                    "description": {"type": "string"},
                    "type": {"type": "array", "items": _NAMED},
                    "score": {"type": "number", "minimum": 0, "maximum": 100},
                    "match": {"type": "boolean"},
                },
            },
        }
    },
}
BATCH = {"type": "object", "additionalProperties": RESULT}
SUGGESTED = {
    "type": "object",
    "required": ["result"],
    "properties": {"result": {"type": "array", "items": _NAMED}},
}
FLYOUT = {
    "type": "object",
    "required": ["id", "html"],
    "properties": {"id": _TEXT, "html": _TEXT},
}
PROPOSED = {
    "type": "object",
    "required": ["type", "properties"],
    "properties": {"properties": {"type": "array", "items": _NAMED}},
}
EXTENDED = {
    "type": "object",
    "required": ["meta", "rows"],
    "properties": {
        "meta": {"type": "array", "items": _NAMED},
        "rows": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": {"oneOf": [_NAMED, {"type": "object", "required": ["str"]}]},
                },
            },
        },
    },
}
NILE = "organisation/ror-0test0147"


def valid(document: Any, schema: dict[str, Any]) -> Any:
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)
    return document


def ask(client: FlaskClient, **queries: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    answer = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    return {key: found["result"] for key, found in valid(answer.json, BATCH).items()}


def test_without_a_question_the_service_describes_itself(client: FlaskClient) -> None:
    answer = client.get("/reconcile")
    manifest = valid(answer.json, MANIFEST)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert {t["id"] for t in manifest["defaultTypes"]} == {
        "Organisation", "Person", "Topic", "Country",
    }  # fmt: skip
    assert client.get("/reconcile/").json == manifest
    assert client.post("/reconcile").json == manifest


def test_the_addresses_in_the_manifest_lead_somewhere(client: FlaskClient) -> None:
    manifest = client.get("/reconcile").json
    view = manifest["view"]["url"].replace("{{id}}", NILE)
    assert client.get(view).status_code == 200
    preview = client.get(manifest["preview"]["url"].replace("{{id}}", NILE))
    assert preview.status_code == 200 and "Nile Test University" in preview.text
    assert "frame-ancestors *" in preview.headers["Content-Security-Policy"]
    for what, prefix in (("entity", "nil"), ("type", "org"), ("property", "count")):
        service = manifest["suggest"][what]
        address = f"{service['service_url']}{service['service_path']}"
        found = valid(client.get(f"{address}?prefix={prefix}").json, SUGGESTED)["result"]
        assert found, what
        flyout = f"{service['service_url']}{service['flyout_service_path']}"
        valid(client.get(flyout.replace("${id}", found[0]["id"])).json, FLYOUT)


@pytest.mark.parametrize(
    ("query", "id_", "matched"),
    [
        ({"query": "Nile Test University", "type": "Organisation"}, NILE, True),
        ({"query": "Nile Test Univ., Khartoum, Sudan", "type": "Organisation"}, NILE, True),
        ({"query": "جامعة النيل التجريبية", "type": "Organisation"}, NILE, True),
        ({"query": "Izmir Deneme Universitesi", "type": ["Organisation"]},
         "organisation/ror-0test0341", True),
        ({"query": "https://ror.org/0test0147"}, NILE, True),
        ({"query": "السودان", "type": "Country"}, "country/SD", True),
        ({"query": "Sudann", "type": "Country"}, "country/SD", False),
        ({"query": "Test genomics", "type": "Topic"}, "topic/test-genomics", True),
        ({"query": "Génomique d'essai", "type": "Topic"}, "topic/test-genomics", True),
        ({"query": "Bintang Contoh", "type": "Person"}, "person/bintang", False),
    ],
)  # fmt: skip
def test_names_and_identifiers_are_found(
    client: FlaskClient, query: dict[str, Any], id_: str, matched: bool
) -> None:
    (best, *_) = ask(client, q0=query)["q0"]
    assert (best["id"], best["match"]) == (id_, matched), best


def test_a_name_that_two_bear_is_left_to_a_person(client: FlaskClient) -> None:
    found = ask(client, q={"query": "Thames Test University", "type": "Organisation"})["q"]
    assert {"organisation/ror-0test0050", "organisation/thames-twin"} <= {c["id"] for c in found}
    assert not any(c["match"] for c in found)


def test_what_is_known_besides_counts(client: FlaskClient) -> None:
    def score(country: str) -> float:
        properties = [{"pid": "country", "v": {"id": country}}, {"pid": "unknown", "v": "x"}]
        query = {"query": "Nile Test University", "type": "Organisation", "properties": properties}
        return float(ask(client, q=query)["q"][0]["score"])

    assert score("country/SD") > score("country/DE")


def test_nothing_is_found_for_nothing_known(client: FlaskClient) -> None:
    assert ask(client, a={"query": "Qwzx Vbnm"}, b={"query": "—"}) == {"a": [], "b": []}


def test_a_batch_by_get_and_a_single_query(client: FlaskClient) -> None:
    queries = json.dumps({"q0": {"query": "Sudan", "limit": 1}})
    batch = valid(client.get("/reconcile", query_string={"queries": queries}).json, BATCH)
    assert len(batch["q0"]["result"]) == 1
    for one in ("Sudan", '{"query": "Sudan", "type": "Country"}'):
        found = valid(client.get("/reconcile", query_string={"query": one}).json, RESULT)
        assert found["result"][0]["id"] == "country/SD"


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"queries": "{"}, "queries: is not JSON"),
        ({"queries": "[]"}, "Accepted: a JSON object"),
        ({"queries": '{"q": 1}'}, "Accepted: an object with query"),
        ({"queries": '{"q": {}}'}, "q: query: found"),
        ({"queries": '{"q": {"query": "x", "limit": 0}}'}, "from 1 to 50"),
        ({"queries": '{"q": {"query": "x", "type": "Planet"}}'}, "found 'Planet'"),
        ({"queries": '{"q": {"query": "x", "properties": [1]}}'}, "a list of objects with pid"),
        ({"queries": json.dumps({str(i): {"query": "x"} for i in range(MOST_QUERIES + 1)})},
         "101 queries"),
        ({"query": "x", "callback": "f"}, "JSONP is not offered"),
        ({"extend": '{"ids": [], "properties": [{"id": "shoe"}]}'}, "found 'shoe'"),
        ({"extend": "{}"}, "Accepted: ids"),
    ],
)  # fmt: skip
def test_a_bad_question_is_refused_with_what_is_accepted(
    client: FlaskClient, form: dict[str, str], message: str
) -> None:
    answer = client.post("/reconcile", data=form)
    assert answer.status_code == 400
    assert message in answer.json["detail"]


def test_columns_can_be_fetched_for_what_was_matched(client: FlaskClient) -> None:
    asked = {
        "ids": [NILE, "organisation/none"],
        "properties": [{"id": pid} for pid in PROPERTIES],
    }
    answer = client.post("/reconcile", data={"extend": json.dumps(asked)})
    found = valid(answer.json, EXTENDED)
    row = found["rows"][NILE]
    assert row["country"] == [{"id": "country/SD", "name": "Sudan"}]
    assert row["city"] == [{"str": "Khartoum"}]
    assert row["name"] == [{"str": "Nile Test University"}]
    assert row["alias"] == [{"str": "جامعة النيل التجريبية"}]
    assert row["acronym"] == [{"str": "NTU"}]
    assert not any(found["rows"]["organisation/none"].values())


def test_properties_are_proposed_by_type(client: FlaskClient) -> None:
    found = valid(client.get("/reconcile/properties?type=Topic&limit=2").json, PROPOSED)
    assert [p["id"] for p in found["properties"]] == ["name", "alias"]
    everything = client.get("/reconcile/properties").json["properties"]
    assert {p["id"] for p in everything} == set(PROPERTIES)


@pytest.mark.parametrize(
    "address",
    ["/reconcile/suggest/planet?prefix=x", "/reconcile/flyout/type?id=Planet",
     "/reconcile/preview?id=organisation/none"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


BEGINNINGS = ["Thames Te", "thames  test univ", "the Thámes Test University o"]


@pytest.mark.parametrize("prefix", BEGINNINGS)
def test_a_beginning_is_found_however_it_is_written(client: FlaskClient, prefix: str) -> None:
    answer = client.get("/reconcile/suggest/entity", query_string={"prefix": prefix})
    assert "organisation/ror-0test0050" in [found["id"] for found in answer.json["result"]]


def test_an_empty_prefix_is_refused(client: FlaskClient) -> None:
    assert client.get("/reconcile/suggest/entity").status_code == 400
