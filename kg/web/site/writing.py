"""Writing single pages: what the application answers at an address becomes a file."""

from __future__ import annotations

import json
from collections.abc import Collection
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from kg.errors import KgError
from kg.web.copying import KEY
from kg.web.site.addresses import file_of, target_of
from kg.web.site.linking import Links, without_scripts
from kg.web.site.order import Order, Thing

__all__ = ["SiteError", "Writer", "Written"]

_HTML = "text/html"
_TRIES = 3  # of a page that a busy machine did not answer in time
_BUSY = (429, 503, 504)
_MOVED = (301, 302, 303, 307, 308)


class SiteError(KgError):
    """A page could not be made; the message says which."""


class Written(NamedTuple):
    """What became of an address.

    ``file`` is empty where it takes a server or ``moved`` to another address; ``is_open`` says that
    links of the page are yet to be turned, as nothing was known of ``found``.
    """

    address: str
    file: str = ""
    is_page: bool = False
    size: int = 0
    moved: str = ""
    is_open: bool = False
    found: tuple[str, ...] = ()


class _Answer(NamedTuple):
    status: int
    media_type: str
    location: str
    body: bytes


class Writer:
    """Writes the pages of one application.

    Parameters
    ----------
    app:
        The application over the release.
    order:
        What is written.
    folder:
        Where; pages whose links are open go below ``aside``.
    aside:
        A folder for what is not ready.
    things:
        The things that have a page.
    """

    def __init__(
        self, app: Flask, order: Order, folder: Path, aside: Path, things: Collection[Thing]
    ) -> None:
        self._app = app
        self._order = order
        self._folder = folder
        self._aside = aside
        self._things = things
        self._told: dict[str, Any] = {KEY: order.copy}
        self._links = Links(order, {}, things)

    def know(self, known: dict[str, str], is_whole: bool) -> None:
        """Learn address → file, or nothing where it takes a server."""
        self._links = Links(self._order, known, self._things, is_whole)

    def write(self, address: str) -> Written:
        """Write what an address answers.

        Raises
        ------
        SiteError
            The application could not answer.
        """
        answer = self._answered(address)
        if answer.status in _MOVED:
            return self._followed(address, answer.location)
        if answer.status != HTTPStatus.OK:
            return Written(address)
        is_page = answer.media_type == _HTML
        file = file_of(address, is_page)
        if not is_page:
            return Written(address, file, size=_put(self._folder / file, answer.body))
        raw = without_scripts(answer.body.decode())
        text, unknown = self._links.turned(address, file, raw)
        if unknown:
            size = _put(self._aside / file, raw.encode())
            return Written(address, file, True, size, is_open=True, found=tuple(unknown))
        return Written(address, file, True, _put(self._folder / file, text.encode()))

    def turn(self, address: str, file: str) -> Written:
        """Turn the links of a page that was put aside."""
        raw = (self._aside / file).read_text("utf-8")
        text, _ = self._links.turned(address, file, raw)
        return Written(address, file, True, _put(self._folder / file, text.encode()))

    def _answered(self, address: str) -> _Answer:
        for _attempt in range(_TRIES):
            answer = self._ask(address, f"{_HTML}, */*;q=0.1")
            if answer.status not in _BUSY:
                break
        if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR and answer.status not in _BUSY:
            return answer
        told = self._ask(address, "application/problem+json").body
        raise SiteError(f"{address} was not answered ({answer.status}): {_detail(told)}")

    def _ask(self, address: str, accept: str) -> _Answer:
        origin = self._order.origin
        asked = EnvironBuilder(
            address, f"{origin}/", headers=Headers({"Accept": accept}), environ_overrides=self._told
        )
        try:
            parts, status, headers = run_wsgi_app(self._app, asked.get_environ(), buffered=True)
            body = b"".join(parts)
        except Exception as error:  # whatever it was, its page is what helps to find it
            raise SiteError(f"{address} was not answered: {error!r}") from error
        media_type = headers.get("Content-Type", "").partition(";")[0]
        return _Answer(int(status[:3]), media_type, headers.get("Location", ""), body)

    def _followed(self, address: str, location: str) -> Written:
        path, order = urlsplit(address).path, self._order
        target = target_of(location, path, order.origin, order.release)
        if target is None or not order.is_written(target):
            return Written(address)
        return Written(address, moved=target.address, found=(target.address,))


def _detail(document: bytes) -> str:
    try:
        found = json.loads(document)
    except ValueError:
        return "it gave no reason"
    return str(found.get("detail") or found.get("title")) if isinstance(found, dict) else ""


def _put(path: Path, content: bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return len(content)
