"""Pages of the analyses: every one answers or says why not, from what the analysis declares."""

from __future__ import annotations

import html
import json
import re
import shlex
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from kg.analysis.analyses import ANALYSES
from kg.cli import cli
from kg.settings import Settings
from kg.store import Release
from kg.web import analysis_pages
from kg.web.analysis_questions import QUESTIONS
from kg.web.fields import fields_of
from kg.web.service import Service
from tests.web.test_pages import page


def test_an_analysis_is_cited_with_its_release(client: FlaskClient) -> None:
    text = client.get("/analyses/balance?level=country").text
    release = client.get("/api/queries").json["release"]
    assert f"release={release}" in text
    assert "@misc{rihla-" in text


def test_the_list_asks_a_question_for_every_analysis(client: FlaskClient) -> None:
    text, outline = page(client, "/analyses")
    placed = [name for found in QUESTIONS.values() for name in found]
    assert sorted(placed) == sorted(ANALYSES)
    for found in QUESTIONS.values():
        for name, question in found.items():
            assert f"/analyses/{name}" in outline.links
            assert question in html.unescape(text)


@pytest.mark.parametrize("name", ANALYSES)
def test_every_analysis_has_its_page(client: FlaskClient, name: str) -> None:
    example = dict(ANALYSES[name].example)
    if "bloc" in ANALYSES[name].filters and "country" not in example:
        example["bloc"] = "oic"  # the usual one
    answer = client.get(f"/api/analyse/{name}.json", query_string=example)
    text, outline = page(client, f"/analyses/{name}", status=answer.status_code)
    shown = html.unescape(text)
    assert ANALYSES[name].definition in shown
    assert ANALYSES[name].formula in shown
    for key in (*ANALYSES[name].parameters, *ANALYSES[name].filters, "top"):
        assert f'name="{key}"' in text
    if answer.status_code != 200:
        assert json.loads(answer.text)["detail"] in shown
        return
    document = json.loads(answer.text)
    for caveat in document["meta"]["caveats"]:
        assert caveat in shown
    for suffix in ("csv", "json", "parquet"):
        link = next(x for x in outline.links if f"/api/analyse/{name}.{suffix}" in x)
        assert {k: v[0] for k, v in parse_qs(urlsplit(link).query).items()} == example
        assert client.get(link).status_code == 200


def test_the_form_keeps_what_was_asked(client: FlaskClient) -> None:
    text, _ = page(client, "/analyses/balance?level=institution&bloc=oic&years=2010-2030&topic=")
    assert '<option value="institution" dir="auto" selected>' in text
    assert '<option value="oic" dir="auto" selected>' in text
    assert 'value="2010-2030"' in text
    assert "Answered for the example values" not in text


def test_an_empty_form_is_no_example(client: FlaskClient) -> None:
    text, outline = page(client, "/analyses/trends?by=&bloc=")
    assert "Answered for the example values" not in text
    assert "/api/analyse/trends.csv" in outline.links


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("level=planet", "Accepted: country"),
        ("colour=red", "has no parameter"),
        ("bloc=<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("years=soon", "years"),
        ("years=1700", "Widen the filters"),
    ],
)
def test_a_refusal_is_said_with_the_status_of_the_api(
    client: FlaskClient, query: str, said: str
) -> None:
    answer = client.get(f"/api/analyse/balance.json?{query}")
    assert answer.status_code >= 400
    text, outline = page(client, f"/analyses/balance?{query}", status=answer.status_code)
    assert said in html.unescape(text)
    assert "<script>alert" not in text
    assert not any(source.endswith(".svg") for source in outline.sources if "analyse" in source)


def test_an_unknown_analysis_is_not_found(client: FlaskClient) -> None:
    text, _ = page(client, "/analyses/nothing", status=404)
    assert "balance" in text


def test_the_command_that_is_shown_runs(
    client: FlaskClient, world_settings: Settings, world: Release
) -> None:
    values = {"level": ["country"], "years": ["2000-2030"], "top": ["1"]}
    words = analysis_pages._command("balance", values)
    text, _ = page(client, "/analyses/balance?level=country&years=2000-2030&top=1&bloc=world")
    assert shlex.join(words) in html.unescape(text)
    outcome = CliRunner().invoke(cli, [*words[1:], "--graph", str(world.path), "--format", "csv"])
    assert outcome.exit_code == 0, outcome.output
    assert outcome.output.splitlines()[0].startswith("node,label")


def test_a_flag_and_a_format_are_called_as_the_command_line_names_them() -> None:
    words = analysis_pages._command("dependence", {"within": ["true"], "format": ["workshop"]})
    assert words == ["kg", "analyse", "dependence", "--within", "--training-format", "workshop"]
    refused = analysis_pages._command("dependence", {"within": ["false"]})
    assert "--within" not in refused


def test_long_lists_are_typed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.test_request_context("/analyses/balance"):
        fields = {f.name: f for f in fields_of(ANALYSES["balance"], {}, own=False)}
        assert fields["country"].options
        monkeypatch.setattr("kg.web.fields._LISTED", 1)
        fields = {f.name: f for f in fields_of(ANALYSES["balance"], {}, own=False)}
        assert not fields["country"].options


def test_the_last_answers_are_kept(client: FlaskClient, opened: Service) -> None:
    page(client, "/analyses/trends?by=total&top=3&bloc=world")
    assert len(opened.analyses) == 1
    kept = next(iter(opened.analyses._kept.values()))
    answer = client.get("/api/analyse/trends.csv?by=total&top=3")
    assert pl.read_csv(answer.data).height == len(kept)
    assert list(opened.analyses._kept.values()) == [kept]


def test_every_drawing_of_a_page_is_there(client: FlaskClient) -> None:
    for name in ("flow-matrix", "arrivals", "gap-map", "regularity"):
        text, _ = page(client, f"/analyses/{name}?bloc=world")
        drawn = re.findall(r'<figure class="plot"[^>]* aria-label="([^"]+)"><svg', text)
        assert len(drawn) == len(ANALYSES[name].charts), name
        for address in re.findall(rf'href="(/api/analyse/{name}/[a-z]+\.svg[^"]*)"', text):
            answer = client.get(html.unescape(address))
            assert answer.status_code == 200
            assert answer.mimetype == "image/svg+xml"
    listed = client.get("/api/analyse").json["analyses"]["flow-matrix"]["drawings"]
    assert list(listed) == ["ribbons", "flows", "heatmap"]
    assert client.get("/api/analyse/flow-matrix/pie.svg").status_code == 404


@pytest.mark.parametrize(
    ("code", "axis", "place", "caveat"),
    [("fr", "solde", "Afrique du Sud", "penchent du côté enregistré"),
     ("ar", "الصافي", "جنوب أفريقيا", "يميلان إلى الجهة المسجّلة")],
)  # fmt: skip
def test_drawing_names_and_caveats_are_in_the_language_of_the_page(
    client: FlaskClient, code: str, axis: str, place: str, caveat: str
) -> None:
    text = client.get(f"/{code}/analyses/balance?level=country&bloc=world").get_data(as_text=True)
    drawing = text.partition("<svg xmlns")[2].partition("</svg>")[0]
    assert f">{axis}</text>" in drawing
    assert place in drawing
    assert caveat in text
    assert "seats on the" not in text, "meanings of columns"
    file = client.get(f"/api/analyse/balance.svg?level=country&language={code}")
    assert place in file.get_data(as_text=True)
    assert f"balance.svg?level=country&amp;language={code}" in text


def test_a_language_that_is_none_is_refused(client: FlaskClient) -> None:
    answer = client.get("/api/analyse/balance.svg?language=xx")
    assert answer.status_code == 400 and "Accepted: en, ar, fr" in answer.get_data(as_text=True)


def test_errors_are_said_in_the_language_of_address_or_program(client: FlaskClient) -> None:
    page_in_french = client.get("/fr/analyses/nothing", headers={"Accept": "text/html"})
    assert "Il n’y a pas d’analyse" in page_in_french.get_data(as_text=True)
    as_json = client.get("/api/analyse/nothing.json", headers={"Accept-Language": "ar, en;q=0.5"})
    assert as_json.headers["Content-Language"] == "ar"
    assert as_json.json["title"] == "لا يوجد شيء كهذا هنا"
    plain = client.get("/api/analyse/nothing.json")
    assert plain.headers["Content-Language"] == "en"
    assert plain.json["detail"].startswith("There is no analysis 'nothing'. Accepted:")
