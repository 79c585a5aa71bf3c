"""Search on the static pages: from a host, below another address, and from a disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask

from kg.search import KINDS
from kg.web.site import export_site
from tests.browser.visitor import Visitor

Visit = Callable[..., Visitor]
WITHOUT = [*(set(KINDS) - {"organisation"}), "participation"]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Write no line for each request."""


@pytest.fixture(scope="module")
def folder(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("host")
    export_site(app, root / "deep" / "rihla", languages=["en"], without=WITHOUT)
    return root


@pytest.fixture(scope="module")
def host(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


def test_a_name_is_found_from_the_field_of_any_page(visit: Visit, host: str) -> None:
    visitor = visit(host)
    page = visitor.open("/deep/rihla/queries/index.html")
    page.get_by_label("Search names").fill("test nile")
    page.get_by_label("Search names").press("Enter")
    first = page.locator("#names-found a").first
    assert first.inner_text() == "Nile Test University"
    visitor.check_axe()
    visitor.check_width()
    page.locator("#words").fill("جامعة النيل")
    page.locator("#names-found bdi", has_text="جامعة النيل التجريبية").wait_for()
    page.locator("#words").fill("zzz")
    page.get_by_text("Nothing is called so.").wait_for()
    page.locator("#words").fill("nile")
    page.locator("#names-found a").first.click()
    assert "/deep/rihla/page/organisation/" in page.url
    assert page.locator("h1").inner_text() == "Nile Test University"


def test_names_are_found_on_a_disk(visit: Visit, folder: Path) -> None:
    visitor = visit("file://")
    page = visitor.page
    page.goto(f"file://{folder}/deep/rihla/search/index.html?q=thames")
    page.locator("#names-found a", has_text="Thames Test University").first.wait_for()


def test_without_scripts_there_is_a_list_by_letter(visit: Visit, host: str) -> None:
    page = visit(host, java_script_enabled=False).open("/deep/rihla/search/index.html")
    page.locator(".letters a", has_text="N").first.click()
    page.get_by_role("link", name="Nile Test University").click()
    assert page.locator("h1").inner_text() == "Nile Test University"
