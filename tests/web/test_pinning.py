"""Addresses that name a release are answered from it, as long as it is kept."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg.errors import LimitError
from kg.pipeline import build
from kg.pipeline.releases import prune
from kg.settings import Settings, load_settings
from kg.store.release import find_release, list_releases
from kg.store.workers import PoolLimits
from kg.web import close_app, create_app, headers
from kg.web import earlier as earlier_module
from kg.web.current import Current
from kg.web.service import service
from tests.conftest import write_project
from tests.web.test_sparql import problem

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?t a <https://w3id.org/rihla/ontology#Training> }"


def rows(count: int) -> str:
    return "".join(f"t{i},Training {i}\n" for i in range(count))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with three releases, of one, two and three trainings; the last is current."""
    folder = tmp_path_factory.mktemp("pinned")
    (folder / "tables").mkdir()
    file = write_project(folder, folder / "tables", "[serve]\nreload_seconds = 0\n")
    for number in (1, 2, 3):
        write_trainings(folder, number)
        build(load_settings(file))
    return folder


def write_trainings(folder: Path, number: int) -> None:
    (folder / "tables" / "trainings.csv").write_text(f"id,name\n{rows(number)}")


def application(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings, limits=PoolLimits(timeout_s=20))
    yield made
    close_app(made)


@pytest.fixture(scope="module")
def app(project: Path) -> Iterator[Flask]:
    yield from application(load_settings(project / "rihla.toml"))


@pytest.fixture(scope="module")
def built(project: Path) -> list[str]:
    """The ids of the releases, the first that was built first."""
    releases = list_releases(project / "releases")
    return [r.id for r in sorted(releases, key=lambda r: int(r.manifest["quads"]))]


@pytest.fixture
def asker(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def copied(project: Path, tmp_path: Path) -> Settings:
    """The same project in a folder of its own, for tests that change something."""
    shutil.copytree(project, tmp_path / "copy", symlinks=True)
    file = tmp_path / "copy" / "rihla.toml"
    file.write_text(file.read_text().replace(str(project), str(tmp_path / "copy")))
    return load_settings(file)


@pytest.fixture
def own(copied: Settings) -> Iterator[Flask]:
    yield from application(copied)


def count(answer: TestResponse) -> int:
    assert answer.status_code == 200, answer.text
    return int(answer.text.split()[1])


def links(answer: TestResponse) -> dict[str, str]:
    found = re.findall(r'<([^>]*)>; rel="([^"]+)"', ", ".join(answer.headers.getlist("Link")))
    return {relation: address for address, relation in found}


def test_each_release_answers_for_itself(asker: FlaskClient, built: list[str]) -> None:
    for number, release in enumerate(built, start=1):
        answer = asker.get("/sparql.csv", query_string={"query": COUNT, "release": release})
        assert count(answer) == number
        assert answer.headers["X-Rihla-Release"] == release
        posted = asker.post("/sparql.csv", data={"query": COUNT, "release": release})
        assert count(posted) == number
        body = asker.post(
            f"/sparql.csv?release={release}", data=COUNT, content_type="application/sparql-query"
        )
        assert count(body) == number
    assert count(asker.get("/sparql.csv", query_string={"query": COUNT})) == 3


def test_every_kind_of_address_takes_it(asker: FlaskClient, built: list[str]) -> None:
    old = built[0]
    for address in (
        "/", "/queries", "/queries/programmes/overview", "/api/queries", "/quality",
        "/api/queries/programmes/overview.json", "/api/queries/programmes/overview.csv",
        "/api/network", "/api/search?q=Training", "/search?q=Training", "/api/analyse",
        "/page/training/t0", "/data/training/t0.ttl", "/files", "/dataset",
        "/ontology.ttl", "/api/network/partnership/degree.json", "/analyses", "/ar/queries",
    ):  # fmt: skip
        plain = asker.get(address, buffered=True)
        mark = "&" if "?" in address else "?"
        pinned = asker.get(f"{address}{mark}release={old}", buffered=True)
        assert pinned.status_code == plain.status_code, address
        assert pinned.status_code == 200, address
        assert links(pinned)["bookmark"].endswith(f"{mark}release={old}"), address
    overview = json.loads(asker.get(f"/api/queries/programmes/overview.json?release={old}").text)
    assert overview["meta"]["release"] == old


def test_the_permanent_address_gives_the_same_again(asker: FlaskClient, built: list[str]) -> None:
    answer = asker.get("/api/search?q=Training&kind=training&limit=2")
    permanent = links(answer)["bookmark"]
    assert permanent == (
        f"http://localhost/api/search?q=Training&kind=training&limit=2&release={built[-1]}"
    )
    again = asker.get(permanent)
    assert again.json["results"] == [  # type: ignore[index]  # it is an object
        {**found, "page": f"{found['page']}?release={built[-1]}"}
        for found in answer.json["results"]  # type: ignore[index]
    ]
    assert links(again)["bookmark"] == permanent
    assert "latest-version" not in links(again)
    old = asker.get(f"/api/search?release={built[0]}&q=Training")
    assert links(old)["latest-version"] == "http://localhost/api/search?q=Training"


def test_pages_of_an_earlier_release_say_so_and_stay_in_it(
    asker: FlaskClient, built: list[str]
) -> None:
    page = asker.get(f"/fr/queries/programmes/overview?release={built[0]}").text
    assert f'Ceci est la version <bdi dir="ltr">{built[0]}</bdi>' in page
    assert 'href="http://localhost/fr/queries/programmes/overview"' in page
    assert f'href="/fr/queries?release={built[0]}"' in page
    assert f'<input type="hidden" name="release" value="{built[0]}">' in page
    assert "/static/rihla.css?v=" in page
    assert not re.search(r"static/[^\"]*release=", page)
    current = asker.get(f"/queries/programmes/overview?release={built[-1]}").text
    assert "not the current one" not in current
    assert f'href="/queries?release={built[-1]}"' in current
    plain = asker.get("/queries/programmes/overview").text
    assert "release=" in plain and 'name="release"' not in plain


def test_the_tag_changes_when_a_pinned_page_is_no_longer_current(
    copied: Settings, own: Flask, built: list[str]
) -> None:
    asker = own.test_client()
    address = f"/quality?release={built[-1]}"
    tag = asker.get(address).headers["ETag"]
    assert asker.get(address, headers={"If-None-Match": tag}).status_code == 304
    write_trainings(copied.file.parent, 4)
    build(copied)
    assert current(own).refresh()
    answer = asker.get(address, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "not the current one" in answer.text


def test_a_release_that_was_rewritten_under_its_name_has_other_tags(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.test_request_context("/quality"):
        app.preprocess_request()
        tag = headers.etag("quality")
        assert headers.etag("quality") == tag
        manifest = service().release.manifest
        monkeypatch.setitem(manifest, "rewritten", "2026-11-28T10:00:00.000+00:00")  # type: ignore[arg-type]
        rewritten = headers.etag("quality")
        monkeypatch.setitem(manifest, "dump", "0" * 64)  # type: ignore[arg-type]
        assert len({tag, rewritten, headers.etag("quality")}) == 3


def current(app: Flask) -> Current:
    found = app.extensions["rihla"]
    assert isinstance(found, Current)
    return found


def test_a_release_that_is_gone(asker: FlaskClient, built: list[str]) -> None:
    document = problem(asker.get("/api/queries?release=2020-01-01-0123abcd"), 410)
    assert "no longer kept" in str(document["detail"]) and built[0] in str(document["detail"])
    assert "without 'release'" in str(document["hint"])
    page = asker.get("/queries?release=2020-01-01-0123abcd", headers={"Accept": "text/html"})
    assert page.status_code == 410 and "no longer kept" in page.text
    posted = asker.post("/sparql", data={"query": COUNT, "release": "2020-01-01-0123abcd"})
    problem(posted, 410)


@pytest.mark.parametrize("name", ["latest", "../current", "2020", "\x00", "é" * 200])
def test_what_never_was_a_release(asker: FlaskClient, name: str) -> None:
    assert "There is no release" in str(
        problem(asker.get("/api/queries", query_string={"release": name}), 404)["detail"]
    )


def test_two_releases_at_once_are_refused(asker: FlaskClient, built: list[str]) -> None:
    answer = asker.get(f"/api/queries?release={built[0]}&release={built[1]}")
    assert "Accepted: one" in str(problem(answer, 400)["detail"])
    assert asker.get(f"/api/queries?release={built[0]}&release={built[0]}").status_code == 200
    assert asker.get("/api/queries?release=").status_code == 200


def test_what_is_of_no_release_ignores_it(asker: FlaskClient) -> None:
    for address in ("/healthz", "/problems", "/releases"):
        answer = asker.get(f"{address}?release=2020-01-01-0123abcd")
        assert answer.status_code == 200
        assert "bookmark" not in links(answer)


def test_few_are_open_at_a_time(
    app: Flask, built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(earlier_module, "MOST_OPEN", 1)
    served = current(app)
    served._earlier.close_idle(0)
    first = served.enter(built[0])
    with pytest.raises(LimitError, match="at most 1 are open"):
        served.enter(built[1])
    assert served.enter(built[0]) is first
    served.leave(first)
    served.leave(first)
    second = served.enter(built[1])
    assert second.release.id == built[1]
    assert first.pool.process_ids() == []
    served.leave(second)


def test_one_that_nobody_asks_for_can_be_pruned(
    copied: Settings, own: Flask, built: list[str]
) -> None:
    served = current(own)
    held = served.enter(built[0])
    assert built[0] not in prune(copied.project.releases, 1)
    served._earlier.close_idle(0)
    assert held.pool.process_ids(), "it is in use"
    served.leave(held)
    served._earlier.close_idle(0)
    assert held.pool.process_ids() == []
    assert built[0] in prune(copied.project.releases, 1)
    problem(own.test_client().get(f"/api/queries?release={built[0]}"), 410)


def test_a_damaged_release_is_not_answered_from(
    copied: Settings, own: Flask, built: list[str]
) -> None:
    asker = own.test_client()
    path = find_release(copied.project.releases, built[0]).path
    (path / "report.csv").write_text("damaged")
    document = problem(asker.get(f"/api/queries?release={built[0]}"), 500)
    assert "report.csv is not what was built" in str(document["detail"])
    assert asker.get(f"/api/queries?release={built[1]}").status_code == 200


def test_a_page_of_a_release_that_is_gone_keeps_ids_together(asker: FlaskClient) -> None:
    page = asker.get("/ar/queries?release=2020-01-01-0123abcd", headers={"Accept": "text/html"})
    assert page.status_code == 410
    assert "\u20682020-01-01-0123abcd\u2069" in page.text
    assert "Ask again" not in page.text
