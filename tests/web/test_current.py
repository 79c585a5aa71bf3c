"""A server that moves to new releases while it serves."""

from __future__ import annotations

import logging
import shutil
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kg.errors import ReleaseError, SettingsError
from kg.pipeline import build, rollback
from kg.pipeline.releases import prune
from kg.settings import Settings, load_settings
from kg.store import list_releases
from kg.store.release import POINTER
from kg.store.workers import Answer, PoolLimits
from kg.tombstones import bury
from kg.web import close_app, create_app, make_server
from kg.web.current import Current
from kg.web.serving import address
from tests.conftest import write_project
from tests.web.test_sparql import problem

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?t a <https://w3id.org/rihla/ontology#Training> }"

Project = Callable[..., Settings]


def trainings(count: int) -> str:
    return "id,name\n" + "".join(f"t{i},Training {i}\n" for i in range(count))


SERVE = "[serve]\nreload_seconds = 0\nworkers = 1\n"  # no watcher: the tests say when to look


def project(folder: Path) -> Settings:
    return load_settings(write_project(folder, folder / "tables", SERVE))


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one release."""
    folder = tmp_path_factory.mktemp("saved")
    (folder / "tables").mkdir()
    (folder / "tables" / "trainings.csv").write_text(trainings(1))
    build(project(folder))
    return folder


@pytest.fixture
def settings(saved: Path, tmp_path: Path) -> Settings:
    """A copy of it, which a test may change."""
    shutil.copytree(saved, tmp_path, symlinks=True, dirs_exist_ok=True)
    return project(tmp_path)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings, limits=PoolLimits(timeout_s=20))
    yield made
    close_app(made)


def rebuild(settings: Settings, count: int) -> str:
    (settings.sources[0].path / "trainings.csv").write_text(trainings(count))
    return build(settings).release.id


def asked(app: Flask, query: str = COUNT) -> tuple[str, str]:
    """Return the release that answered, and how many it counted."""
    answer = app.test_client().get("/sparql", query_string={"query": query, "format": "csv"})
    assert answer.status_code == 200, answer.text
    return answer.headers["X-Rihla-Release"], answer.text.split()[1]


def current(app: Flask) -> Current:
    found = app.extensions["rihla"]
    assert isinstance(found, Current)
    return found


def test_requests_after_a_build_get_the_new_release(app: Flask, settings: Settings) -> None:
    old = asked(app)
    old_workers = current(app).pool.process_ids()
    new = rebuild(settings, 2)
    assert asked(app) == old
    assert current(app).refresh()
    assert asked(app) == (new, "2")
    assert not set(old_workers) & set(current(app).pool.process_ids())
    assert not current(app).refresh()
    rollback(settings.project.releases)
    assert current(app).refresh()
    assert asked(app) == old


def test_what_a_request_began_with_stays_to_its_end(app: Flask, settings: Settings) -> None:
    old = current(app).release
    serving = current(app).enter()
    new = rebuild(settings, 3)
    assert current(app).refresh()
    assert asked(app) == (new, "3")
    # this request began before: its release, its workers and its lock are still there
    assert serving.release == old
    with serving.pool.run(COUNT, "text/csv") as answer:
        assert answer.read().split()[1] == b"1"
    assert prune(settings.project.releases, 1) == []
    current(app).leave(serving)
    assert serving.pool.process_ids() == []
    assert prune(settings.project.releases, 1) == [old.id]


def test_a_query_that_runs_during_a_build_is_answered_by_its_own_release(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, pool = asked(app), current(app).pool
    runs, switched = threading.Event(), threading.Event()
    run = pool.run

    def held_up(*arguments: Any, **options: Any) -> Answer:
        runs.set()
        assert switched.wait(300)
        return run(*arguments, **options)

    monkeypatch.setattr(pool, "run", held_up)
    answers: list[tuple[str, str]] = []
    thread = threading.Thread(target=lambda: answers.append(asked(app, f"{COUNT} LIMIT 1")))
    thread.start()
    assert runs.wait(300)
    new = rebuild(settings, 2)
    assert current(app).refresh()
    assert asked(app) == (new, "2")
    switched.set()
    thread.join(300)
    assert answers == [old]
    assert pool.process_ids() == []


def test_a_server_keeps_its_release_from_being_pruned(app: Flask, settings: Settings) -> None:
    first = current(app).release.id
    for count in (2, 3, 4, 5):
        rebuild(settings, count)
    kept = [release.id for release in list_releases(settings.project.releases)]
    assert len(kept) == settings.build.keep + 1
    assert first in kept
    assert asked(app) == (first, "1")
    current(app).refresh()
    last = rebuild(settings, 6)
    assert first not in [release.id for release in list_releases(settings.project.releases)]
    assert last


def test_a_damaged_release_is_not_moved_to(
    app: Flask, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    old = asked(app)
    new = rebuild(settings, 2)
    report = settings.project.releases / new / "report.csv"
    report.write_text("damaged")
    with caplog.at_level(logging.INFO):
        assert not current(app).refresh()
        assert not current(app).refresh()
    (said,) = [record.getMessage() for record in caplog.records]
    assert f"Still serving release {old[0]}" in said
    assert "report.csv is not what was built" in said
    assert asked(app) == old
    better = rebuild(settings, 3)
    assert current(app).refresh()
    assert asked(app) == (better, "3")


def test_a_pointer_that_breaks_changes_nothing(app: Flask, settings: Settings) -> None:
    old = asked(app)
    (settings.project.releases / POINTER).unlink()
    assert not current(app).refresh()
    (settings.project.releases / POINTER).symlink_to("nowhere")
    assert not current(app).refresh()
    assert asked(app) == old


def test_a_damaged_release_is_not_served_from_the_start(settings: Settings) -> None:
    path = settings.project.releases / POINTER / "store" / "CURRENT"
    path.write_text("damaged")
    with pytest.raises(ReleaseError, match="store/CURRENT is not what was built"):
        create_app(settings)


def test_the_watcher_moves_a_live_server(make_project: Project, tmp_path: Path) -> None:
    settings = make_project("[serve]\nreload_seconds = 0.05\n", trainings=trainings(1))
    build(settings)
    app = create_app(settings)
    server = make_server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        new = rebuild(settings, 2)
        deadline = time.monotonic() + 120
        seen = ""
        while seen != new:
            assert time.monotonic() < deadline
            with urllib.request.urlopen(f"{address(server)}readyz") as answer:
                seen = new if new in answer.read().decode() else ""
    finally:
        server.close()
        thread.join(60)
        close_app(app)


# Forgotten people


def test_a_forgotten_name_answers_gone(app: Flask, settings: Settings) -> None:
    client = app.test_client()
    problem(client.get("/page/person/ada"), 404)
    bury(settings.project.forgotten, [f"{settings.project.base}person/ada"])
    for path in ("/id/person/ada", "/page/person/ada", "/data/person/ada.ttl", "/id/person/ADA"):
        assert "removed" in str(problem(client.get(path), 410)["detail"])
        page = client.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 410
        assert page.mimetype == "text/html"
        assert "removed on purpose" in page.text
    problem(client.get("/page/person/bob"), 404)


def test_tombstones_without_their_key_stop_the_server_at_its_start(settings: Settings) -> None:
    bury(settings.project.forgotten, ["ada"])
    (settings.project.forgotten / "key").unlink()
    with pytest.raises(SettingsError, match="key is missing"):
        create_app(settings)
    shutil.rmtree(settings.project.forgotten)
