"""One headless Chromium and one live server a session; a fresh context, well watched, a test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from kg.settings import Settings
from kg.store import Release
from kg.web import close_app, create_app
from tests.browser.visitor import Visitor
from tests.web.conftest import LIMITS, live, serving

__all__ = ["live"]

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("RIHLA_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # whatever slips through is not found, and so fails the test
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def app(world_settings: Settings, world: Release) -> Iterator[Flask]:
    """The application over the test world, as visitors without a test client meet it."""
    made = create_app(world_settings, world, LIMITS)
    yield made
    close_app(made)


# Of the package, not of the session: its event loop would stand in the way of others' loops.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: install Debian's package, or name it in RIHLA_CHROMIUM")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Make visitors of a site: ``visit(address, **options of the context)``.

    When the test ends, each must have met no error, no violation of the policy, and no request
    to another host.
    """
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def make(address: str, **options: object) -> Visitor:
        contexts.append(browser.new_context(**options))  # type: ignore[arg-type]
        contexts[-1].set_default_timeout(60_000)  # a machine may be busy
        visitors.append(Visitor(contexts[-1].new_page(), address))
        return visitors[-1]

    yield make
    for context in contexts:
        context.close()
    for visitor in visitors:
        visitor.check()


@pytest.fixture
def visitor(visit: Callable[..., Visitor], live: str) -> Visitor:
    """Someone before a wide screen."""
    return visit(live)


@pytest.fixture(scope="session")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a world whose names are markup; yields its address."""
    from tests.browser.marked import marked_release

    settings, release = marked_release(tmp_path_factory.mktemp("marked"))
    made = create_app(settings, release, LIMITS)
    with serving(made) as address:
        yield address
    close_app(made)
