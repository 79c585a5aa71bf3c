"""The application over the test world, its test client, and a live server on a free port."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.latest import Latest
from kg.settings import Settings
from kg.store import Release
from kg.store.workers import MIB, PoolLimits
from kg.web import close_app, create_app, make_server
from kg.web.adhoc import opened_data
from kg.web.service import Service
from kg.web.serving import address

LIMITS = PoolLimits(timeout_s=20, max_bytes=4 * MIB, max_waiting=8, max_per_client=8)


@pytest.fixture(scope="session")
def app(world_settings: Settings, world: Release) -> Iterator[Flask]:
    made = create_app(world_settings, world, LIMITS)
    made.testing = True
    yield made
    close_app(made)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on a free port; yields the address, which ends in a slash."""
    server = make_server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield address(server)
    server.close()
    thread.join(60)


@pytest.fixture
def opened(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Service:
    """What the application serves, with nothing kept of analyses and layouts."""
    current = app.extensions["rihla"]
    served: Service = current.enter()
    current.leave(served)
    monkeypatch.setattr(served, "analyses", Latest(32))
    monkeypatch.setattr(served, "layouts", Latest(12))
    return served


@pytest.fixture(scope="session")
def live(app: Flask) -> Iterator[str]:
    """Serve the application on a real socket; yields its address, which ends in a slash."""
    with serving(app) as place:
        yield place


@contextmanager
def served(path: Path, limits: PoolLimits = LIMITS) -> Iterator[str]:
    """Serve any RDF file or store on a free port; yields the address, which ends in a slash."""
    with opened_data(path) as (settings, release):
        app = create_app(settings, release, limits)
        server = make_server(app, "127.0.0.1", 0)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            yield address(server)
        finally:
            server.close()
            thread.join(60)
            close_app(app)
