"""The pages of the site itself: search, what takes a server, what is not there, the map."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

from flask import Flask, render_template

from kg.web.copying import KEY
from kg.web.site.addresses import link_between
from kg.web.site.linking import ASKING, Links, rooted, without_scripts
from kg.web.site.names import Name, Part, names_of, parts_of
from kg.web.site.order import Order
from kg.web.site.searching import search_addresses, search_files, search_pages

__all__ = ["OwnPages"]

_MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_FORWARD = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Rihla</title>\n'
    '<meta http-equiv="refresh" content="0; url={0}"></head>\n'
    '<body><p><a href="{0}">Rihla</a></p></body></html>\n'
)


class OwnPages:
    """Writes what the application has no address for.

    Parameters
    ----------
    app:
        The application over the release.
    order:
        What is written.
    folder:
        Where.
    files:
        Address → file of all that was written; the addresses of search are added.
    """

    def __init__(self, app: Flask, order: Order, folder: Path, files: dict[str, str]) -> None:
        self._app = app
        self._order = order
        self._folder = folder
        self._files = files
        self._links = Links(order, files, frozenset(), is_whole=True)
        self.pages = 0
        self.files = 0

    def write(self, pages: Iterable[str]) -> None:
        """Write all; ``pages`` are the files of the other pages, for the map of the site."""
        found = [name for code in self._order.languages for name in self._search(code)]
        host = urlsplit(self._order.origin)._replace(path="/").geturl()
        with self._app.test_request_context(base_url=host, environ_overrides=self._spoken()):
            asking = render_template("static.html", missing=False)
            missing = render_template("static.html", missing=True)
        self._put(ASKING, self._turned(self._order.homes[0], ASKING, asking))
        root = self._order.root if self._order.base_url else ""
        missing = rooted(self._turned(self._order.homes[0], "404.html", missing), root)
        self._put("404.html", missing)
        if "en" not in self._order.languages:  # whoever opens the folder comes to the first one
            first = f"{self._order.languages[0]}/index.html"
            self._put("index.html", _FORWARD.format(first))
        self._map([*pages, *found])

    def _search(self, code: str) -> list[str]:
        """Write the pages and the index that find names in a language; returns the pages."""
        host = urlsplit(self._order.origin)._replace(path="/").geturl()
        spoken = self._spoken(code)
        with self._app.test_request_context("/search", base_url=host, environ_overrides=spoken):
            names = names_of(code, lambda place: bool(self._files.get(self._plain(place))))
            return self._search_pages("" if code == "en" else f"/{code}", names, parts_of(names))

    def _search_pages(self, prefix: str, names: list[Name], parts: list[Part]) -> list[str]:
        addresses = search_addresses(prefix, parts)
        self._files.update(addresses)
        self._links = Links(self._order, self._files, frozenset(), is_whole=True)
        for address, text in search_pages(prefix, names, parts):
            self._put(addresses[address], self._turned(address, addresses[address], text))
            self.pages += 1
        for file, text in search_files(prefix, names, self._link):
            self._put(file, text)
            self.files += 1
        return list(addresses.values())

    def _link(self, page: str, place: str) -> str:
        return link_between(page, quote(self._files[self._plain(place)]))

    def _plain(self, place: str) -> str:
        return place.removeprefix(self._order.root)

    def _spoken(self, code: str = "") -> dict[str, object]:
        """Return what a request in a language has in its environment."""
        code, root = code or self._order.languages[0], self._order.root
        copied = {KEY: self._order.copy}
        if code == "en":
            return {"SCRIPT_NAME": root, **copied}
        named = {"rihla.language": code, "rihla.root": root, "SCRIPT_NAME": f"{root}/{code}"}
        return {**named, **copied}

    def _turned(self, address: str, file: str, text: str) -> str:
        return self._links.turned(address, file, without_scripts(text))[0]

    def _map(self, pages: Iterable[str]) -> None:
        """Write what robots look for."""
        robots, origin = "User-agent: *\nAllow: /\n", self._order.origin
        if self._order.base_url is not None:
            urls = "".join(
                f"<url><loc>{escape(f'{origin}/{quote(page)}')}</loc></url>\n"
                for page in sorted(pages)
            )
            head = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_MAP}">\n'
            self._put("sitemap.xml", f"{head}{urls}</urlset>\n")
            robots += f"Sitemap: {origin}/sitemap.xml\n"
        self._put("robots.txt", robots)

    def _put(self, file: str, text: str) -> None:
        path = self._folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
