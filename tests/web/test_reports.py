"""Reports over HTTP: ordered, made beside the requests, read, downloaded, limited."""

from __future__ import annotations

import io
import re
import threading
import zipfile
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.analysis.report import Report
from kg.latest import Latest
from kg.web import report_desk, reports
from kg.web.report_desk import Desk
from kg.web.service import Service
from tests.outline import Outline
from tests.web.test_pages import page

COUNTRY = "/report/country/ZA"
FILE = "/api/report/country/ZA"
WAIT_S = 120


@pytest.fixture
def desk(app: Flask, opened: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk with nothing ordered, over a release with nothing kept."""
    made = Desk(app)
    monkeypatch.setitem(app.extensions, "rihla.reports", made)
    monkeypatch.setattr(opened, "reports", Latest(4))
    yield made
    for order in list(made._orders.values()):
        order.ended.wait(WAIT_S)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Analyses wait until it is set."""
    event, ask = threading.Event(), report_desk._ask

    def held(name: str, /, **given: object) -> object:
        event.wait(WAIT_S)
        return ask(name, **given)

    monkeypatch.setattr(report_desk, "_ask", held)
    yield event
    event.set()


def wait_for_all(desk: Desk) -> None:
    for order in list(desk._orders.values()):
        assert order.ended.wait(WAIT_S)


def test_a_report_is_ordered_made_and_read(client: FlaskClient, desk: Desk) -> None:
    text, outline = page(client, COUNTRY)
    assert 'data-state="open"' in text
    assert "Make the report" in text
    ordered = client.post(COUNTRY)
    assert (ordered.status_code, ordered.location) == (303, COUNTRY)
    wait_for_all(desk)
    text, outline = page(client, COUNTRY)
    assert 'data-state="ready"' in text
    assert f"{FILE}.html" in outline.links
    assert f"{FILE}.zip" in outline.links
    answer = client.get(f"{FILE}.html")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    report = Outline(answer.text)
    assert "script" not in report.tags
    assert not [link for link in report.links if not link.startswith("#")]
    release = client.get("/api/queries").json["release"]
    assert answer.headers["X-Rihla-Release"] == release
    assert release in answer.text
    sections = {link.partition("#")[2] for link in outline.links if f"{FILE}.html#" in link}
    assert sections
    assert sections <= set(report.ids)


def test_the_browser_may_use_the_style_of_the_file_and_nothing_else(
    client: FlaskClient, desk: Desk
) -> None:
    client.post(COUNTRY)
    wait_for_all(desk)
    answer = client.get(f"{FILE}.html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "style=" not in answer.text


def test_the_archive_holds_markdown_and_drawings(client: FlaskClient, desk: Desk) -> None:
    client.post(COUNTRY)
    wait_for_all(desk)
    answer = client.get(f"{FILE}.zip?language=fr")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        text = archive.read("report.md").decode()
        drawings = set(re.findall(r"!\[[^]]*\]\(([^)]+)\)", text))
        assert {*drawings, "report.md"} == set(archive.namelist())
    assert text.startswith("# Afrique du Sud")
    assert client.get(f"{FILE}.zip?language=fr").data == answer.data


def test_it_speaks_the_language_of_the_page(client: FlaskClient, desk: Desk) -> None:
    client.post(f"/ar{COUNTRY}")
    wait_for_all(desk)
    answer = client.get(f"/ar{COUNTRY}")
    text, outline = answer.text, Outline(answer.text)
    assert "جنوب أفريقيا" in text
    link = next(x for x in outline.links if f"{FILE}.html" in x and "#" not in x)
    answer = client.get(link)
    assert 'lang="ar" dir="rtl"' in answer.text
    assert "الطريقة والتغطية" in answer.text


def test_a_program_waits_or_is_told_to_come_again(
    client: FlaskClient, desk: Desk, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "_PATIENCE_S", 0.2)
    answer = client.get(f"{FILE}.html", headers={"Accept": "*/*"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "is being made" in answer.json["detail"]
    text, _ = page(client, COUNTRY)
    assert 'data-state="making"' in text
    assert "<progress " in text
    assert "no-store" in client.get(COUNTRY).headers["Cache-Control"]
    monkeypatch.setattr(reports, "_PATIENCE_S", WAIT_S)
    gate.set()
    assert client.get(f"{FILE}.html").status_code == 200


def test_pages_answer_while_a_report_is_made(
    client: FlaskClient, desk: Desk, gate: threading.Event
) -> None:
    client.post(COUNTRY)
    assert client.get("/analyses/balance?level=country").status_code == 200
    assert desk._orders


def test_so_many_may_wait_and_no_more(
    client: FlaskClient, desk: Desk, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_desk, "MOST_WAITING", 1)
    assert client.post(COUNTRY).status_code == 303
    assert client.post(COUNTRY).status_code == 303  # the same one again
    refused = client.post("/report/bloc/oic", headers={"Accept": "application/json"})
    assert refused.status_code == 503
    assert "Retry-After" in refused.headers


def test_what_has_no_report_says_so(client: FlaskClient, desk: Desk) -> None:
    for path in ("/report/method/python-programming", "/report/country/XX", f"{FILE}.pdf"):
        assert client.get(path).status_code == 404
    answer = client.get("/api/report/method/python-programming.html", headers={"Accept": "*/*"})
    assert "bloc, country, institution" in answer.json["detail"]
    wrong = client.get(f"{FILE}.html?language=de", headers={"Accept": "*/*"})
    assert wrong.status_code == 400
    assert "en, ar, fr" in wrong.json["detail"]


def test_another_site_orders_nothing(client: FlaskClient, desk: Desk) -> None:
    answer = client.post(COUNTRY, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert not desk._orders


def test_a_failure_is_told_and_may_be_tried_again(
    client: FlaskClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> Report:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(report_desk, "gather", broken)
        client.post(COUNTRY)
        wait_for_all(desk)
    text, _ = page(client, COUNTRY)
    assert "could not be made" in text
    assert 'data-state="open"' in text
    client.post(COUNTRY)
    wait_for_all(desk)
    assert 'data-state="ready"' in client.get(COUNTRY).text


def test_who_closes_the_application_waits_for_no_report(
    client: FlaskClient, desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = app.extensions["rihla"]
    monkeypatch.setattr(type(current), "is_closing", property(lambda _: True))
    client.post(COUNTRY)
    wait_for_all(desk)
    assert 'data-state="open"' in client.get(COUNTRY).text


def test_profiles_lead_to_their_report(client: FlaskClient) -> None:
    for place, has in (("bloc/oic", True), ("country/ZA", True),
                       ("organisation/ror-0test0050", True),
                       ("method/python-programming", False)):  # fmt: skip
        _, outline = page(client, f"/page/{place}")
        assert (f"/report/{place}" in outline.links) is has
