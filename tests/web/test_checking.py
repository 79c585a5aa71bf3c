"""The page and the call that check a steward's files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.errors import LimitError
from kg.settings import CheckSettings, Settings
from kg.store import Release
from kg.web import close_app, create_app
from kg.web.rates import Turnstile
from kg.web.uploads import MOST_FILES
from tests.checking.test_uploads import TRAININGS
from tests.web.conftest import LIMITS


@pytest.fixture(autouse=True)
def _often(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "rihla.check", Turnstile(0))


def form(text: str = TRAININGS, name: str = "trainings.csv", **fields: str) -> dict[str, Any]:
    return {"file": (io.BytesIO(text.encode()), name), **fields}


def test_the_page_shows_the_report_and_its_downloads(client: FlaskClient) -> None:
    page = client.post("/check", data=form())
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "A build would refuse rows for 2 cells." in page.text
    for text in ("Workshp", "Workshop", "not checked", "nobody"):
        assert text in page.text
    assert len(re.findall(r'href="data:[^"]+" download="', page.text)) == 3


@pytest.mark.parametrize("language", ["", "/ar", "/fr"])
def test_form_and_report_are_there_in_each_language(client: FlaskClient, language: str) -> None:
    assert f'action="{language}/check"' in client.get(f"{language}/check").text
    page = client.post(f"{language}/check", data=form())
    assert page.status_code == 200
    assert "Workshp" in page.text
    assert ("A build would refuse" in page.text) is not bool(language)


def test_markup_in_a_file_stays_text(client: FlaskClient) -> None:
    bad = TRAININGS.replace("Workshp", "<script>alert(1)</script>")
    page = client.post("/check", data=form(bad, "<b>trainings.csv"))
    assert "<script>alert" not in page.text
    assert "<b>trainings" not in page.text


def test_a_download_is_sent_where_it_is_asked_for(client: FlaskClient) -> None:
    answer = client.post("/check", data=form(answer="csv"))
    assert answer.mimetype == "text/csv"
    assert "report.csv" in answer.headers["Content-Disposition"]
    assert answer.text.count("trainings.csv") == 3


def test_what_is_missing_is_said_on_the_page(client: FlaskClient) -> None:
    page = client.post("/check", data={"table": ""}, content_type="multipart/form-data")
    assert page.status_code == 400
    assert "there is no file in the request" in page.text
    assert 'type="file"' in page.text


def test_the_call_answers_with_all_faults(client: FlaskClient) -> None:
    answer = client.post("/api/check", data=form())
    assert answer.json is not None
    assert answer.json["tally"] == {"error": 2, "warning": 1, "info": 0}
    assert answer.headers["X-Rihla-Release"] == answer.json["release"]
    body = client.post(
        "/api/check?table=trainings&dates=day-first", data=TRAININGS, content_type="text/csv"
    )
    assert body.json is not None
    assert body.json["tally"]["error"] == 1
    assert body.json["files"][0]["told_by"] == "choice"
    assert client.post("/api/check?format=refused", data=form()).data[:2] == b"PK"


@pytest.mark.parametrize(
    ("address", "data", "kind", "status"),
    [
        ("/api/check", form(name="trainings.xls"), None, 415),
        ("/api/check", b"x", "image/png", 415),
        ("/api/check", b"x", "application/octet-stream", 415),
        ("/api/check?format=page", form(), None, 400),
        ("/api/check?table=cats", form(), None, 400),
        ("/api/check", b"x" * (16 * 1024 * 1024 + 1), "text/csv", 413),
        ("/api/check", {"file": [(io.BytesIO(b"x"), "a.csv")] * (MOST_FILES + 1)}, None, 400),
    ],
)
def test_what_is_not_taken_has_its_status(
    client: FlaskClient, address: str, data: Any, kind: str | None, status: int
) -> None:
    answer = client.post(address, data=data, content_type=kind)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://behind.proxy"}, 200),
        ({}, 200),
    ],
)
@pytest.mark.parametrize("address", ["/check", "/api/check"])
def test_no_other_site_posts(
    client: FlaskClient, sent: dict[str, str], status: int, address: str
) -> None:
    assert client.post(address, data=form(), headers=sent).status_code == status


@pytest.fixture
def closed(world_settings: Settings, world: Release) -> Iterator[FlaskClient]:
    made = create_app(replace(world_settings, check=CheckSettings(uploads=False)), world, LIMITS)
    yield made.test_client()
    close_app(made)


def test_a_server_may_check_nothing(closed: FlaskClient) -> None:
    assert "This server checks no files" in closed.get("/check").text
    assert closed.post("/api/check", data=form()).status_code == 403
    assert closed.post("/check", data=form()).status_code == 403


def test_a_client_comes_so_often_and_once_at_a_time() -> None:
    turnstile = Turnstile(2)
    with turnstile.passed("a"), pytest.raises(LimitError, match="running") as twice:
        turnstile._admit("a")
    assert twice.value.status == 429
    with turnstile.passed("a"):
        pass
    with pytest.raises(LimitError, match="2 checks a minute") as often, turnstile.passed("a"):
        pass
    assert (often.value.status, (often.value.retry_after or 0) <= 60) == (429, True)
    with turnstile.passed("b"):
        pass


def test_too_many_that_wait_are_sent_away() -> None:
    turnstile = Turnstile(0, waiting=0, patience=0.01)
    with (
        turnstile.passed("a"),
        pytest.raises(LimitError) as full,
        turnstile.passed("b"),
    ):
        pass
    assert full.value.status == 503


def test_a_429_says_when_to_come_again(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "rihla.check", Turnstile(1))
    assert client.post("/check", data=form()).status_code == 200
    page = client.post("/check", data=form())
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) <= 60
    answer = client.post("/api/check", data=form())
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")


def test_nothing_of_a_file_is_logged(
    client: FlaskClient, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    client.post("/check", data=form(TRAININGS.replace("Good", "Secret name")))
    assert "Secret name" not in "".join(capfd.readouterr())
