"""The OpenAPI document is valid, names every call, and the server does what it says."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import CHECKS

from kg.analysis.analyses import ANALYSES
from kg.queries import INTERNAL_GROUPS, catalogue
from kg.web.openapi import Call, all_calls
from tests.outline import Outline
from tests.web.conftest import served

EXAMPLES = {"positive": 2, "negative": 1}
WANTED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    found = json.loads(client.get("/api/openapi.json").text)
    assert isinstance(found, dict)
    return found


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()
    ids = [o["operationId"] for methods in document["paths"].values() for o in methods.values()]
    assert len(ids) == len(set(ids))


def test_it_names_every_query_and_analysis(document: dict[str, Any]) -> None:
    paths = document["paths"]
    for query in catalogue().values():
        listed = f"/api/queries/{query.id}.{{format}}" in paths
        assert listed is (query.group not in INTERNAL_GROUPS), query.id
        if listed:
            stated = paths[f"/api/queries/{query.id}.{{format}}"]["get"]["parameters"]
            assert set(query.parameters) < {p["name"] for p in stated}
            needed = {p["name"] for p in stated if p["required"]} - {"format"}
            assert needed == {p.name for p in query.parameters.values() if p.required}
    assert {f"/api/analyse/{name}.{{format}}" for name in ANALYSES} <= set(paths)


def test_every_route_for_programs_is_there(app: Flask, document: dict[str, Any]) -> None:
    """Each rule below /api has a path, by its pattern."""
    known = [re.sub(r"\{[^}]*\}", "x", path) for path in document["paths"]]
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/"):
            continue
        pattern = re.compile(re.sub(r"<[^>]*>", "[^/]+", rule.rule))
        assert any(pattern.fullmatch(path) for path in known), rule.rule


def calls(app: Flask) -> list[Call]:
    with app.test_request_context("/"):
        return all_calls()


def test_every_example_answers(app: Flask, client: FlaskClient) -> None:
    for call in calls(app):
        if not call.example:
            continue
        answer = client.get(call.example, buffered=True)
        # an example of the demo world need not be in this one
        accepted = (200, 400, 404) if "queries" in call.path or "analyse" in call.path else (200,)
        assert answer.status_code in accepted, (call.id, answer.text)
        if answer.status_code == 200:
            assert answer.mimetype in call.answers, call.id
        elif answer.status_code == 400:
            assert "There is no" in answer.json["detail"] or "below" in answer.json["detail"], (
                call.id, answer.text
            )  # fmt: skip


def test_the_page_shows_every_call(app: Flask, client: FlaskClient) -> None:
    for prefix in ("", "/ar", "/fr"):
        page = client.get(f"{prefix}/api")
        assert page.status_code == 200
        outline = Outline(page.text)
        assert {call.id for call in calls(app)} <= set(outline.ids)
        assert "<script>" not in page.text
    assert "curl &#39;http://localhost/api/queries" in client.get("/api").text.replace("'", "&#39;")
    assert "Appels" in client.get("/fr/api").text


def test_a_foreign_graph_has_the_calls_that_suit_it(tmp_path: Path) -> None:
    file = tmp_path / "data.nt"
    file.write_text("<urn:a> <urn:b> <urn:c> .\n")
    with served(file) as address:
        with urllib.request.urlopen(f"{address}api/openapi.json") as answer:
            found = json.load(answer)
        assert set(found["paths"]) >= {"/sparql", "/graphs", "/healthz"}
        assert not [path for path in found["paths"] if path.startswith("/api/queries")]
        with urllib.request.urlopen(f"{address}api") as answer:
            assert answer.status == 200


@pytest.mark.parametrize("code", ["ar", "fr"])
def test_every_text_of_the_calls_is_translated(app: Flask, code: str) -> None:
    """These come from registries: no other test sees them."""
    with app.test_request_context("/", environ_overrides={"rihla.language": code}):
        theirs = all_calls()
    same = [
        f"{ours.id} {p['name']}: {p['description']}"
        for ours, other in zip(calls(app), theirs, strict=True)
        for p, q in zip(ours.parameters, other.parameters, strict=True)
        if p.get("description") and p["description"] == q["description"]
    ]
    same += [f"{a.id}: {a.title}" for a, b in zip(calls(app), theirs, strict=True)
             if a.title == b.title]  # fmt: skip
    assert not same


# --- against a live server, with requests that schemathesis makes up


@pytest.fixture(scope="module")
def schema(live: str) -> Any:
    return schemathesis.openapi.from_url(f"{live}api/openapi.json")


def operations(schema: Any) -> Iterator[Any]:
    for result in schema.get_all_operations():
        yield result.ok()


def test_the_server_does_what_the_document_says(schema: Any) -> None:
    """Every operation, with a few requests that fit its schema and a few that do not."""
    checks = [check for check in CHECKS.get_all() if check.__name__ in WANTED]
    assert len(checks) == len(WANTED)
    failures: list[str] = []
    asked = 0
    for operation in operations(schema):
        for mode in schemathesis.GenerationMode:
            try:
                strategy = operation.as_strategy(generation_mode=mode)
                asked += try_out(strategy, checks, EXAMPLES[mode.value])
            except Unsatisfiable:
                pass  # what has no parameters has no wrong ones
            except (Exception, ExceptionGroup) as error:  # noqa: BLE001 - told together
                failures.append(f"{operation.label} ({mode}): {told(error)}")
    assert not failures, "\n\n".join(failures[:20])
    assert asked > 150


def told(error: BaseException) -> str:
    """Return an error with all that it is made of."""
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return "\n".join(
        [str(error), *map(told, inner), *([told(error.__cause__)] if error.__cause__ else [])]
    )


def try_out(strategy: Any, checks: list[Any], examples: int) -> int:
    count = 0

    @hypothesis.seed(1)
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=strategy)
    def run(case: Any) -> None:
        nonlocal count
        count += 1
        case.call_and_validate(checks=checks)

    run()
    return count
