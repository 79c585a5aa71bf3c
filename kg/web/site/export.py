"""Writing the pages: from the home page on, whatever a link leads to, link by link."""

from __future__ import annotations

import json
import re
import shutil
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape as xml

from flask import Flask, render_template
from flask.testing import FlaskClient

from kg.errors import SettingsError
from kg.web.language import LANGUAGES
from kg.web.render import address_of
from kg.web.service import service
from kg.web.site.addresses import ASKED, FORMATS, Target, file_of, link_between, target_of
from kg.web.site.names import names_of, parts_of
from kg.web.site.searching import OWN_FILES, search_addresses, search_files, search_pages

__all__ = ["Exported", "export_site", "replace"]

Progress = Callable[[int, int], None]

MARK = ".rihla-site.json"
_HTML, _ASKING = "text/html", "server.html"
# Attributes that lead somewhere. A quotation mark in a text is written as an entity.
_LINKS = re.compile(r'(?<=[\s"])(href|src|action|data-api|data-index|data-completion)="([^"]*)"')
_OTHER_PLACE = "http://localhost"
_SKIPPED = re.compile(
    r"<script src=\"[^\"]*static/(?:combobox|search|editor|network)\.js[^>]*></script>"
)
_FORWARD = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Rihla</title>\n'
    '<meta http-equiv="refresh" content="0; url={0}"></head>\n'
    '<body><p><a href="{0}">Rihla</a></p></body></html>\n'
)
_COLUMNS = re.compile(r"\.(?:parquet|arrow)$")


@dataclass
class Exported:
    """What was written: number of pages and of data files, bytes, and what takes a server."""

    folder: Path
    release: str
    pages: int = 0
    files: int = 0
    bytes: int = 0
    asking: set[str] = field(default_factory=set)


@dataclass
class _Site:
    """A crawl: what waits, which file each address became, and pages whose links are open."""

    client: FlaskClient
    origin: str
    release: str
    languages: tuple[str, ...]
    without: tuple[str, ...]
    folder: Path
    done: Exported
    waiting: deque[str] = field(default_factory=deque)
    seen: set[str] = field(default_factory=set)
    files: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)

    def add(self, addresses: Iterable[str]) -> None:
        for address in addresses:
            if address not in self.seen:
                self.seen.add(address)
                self.waiting.append(address)


def export_site(
    app: Flask,
    folder: Path,
    base_url: str | None = None,
    languages: Iterable[str] = tuple(LANGUAGES),
    without: Iterable[str] = (),
    progress: Progress = lambda _done, _left: None,
) -> Exported:
    """Write the pages of the release that an application serves into a folder.

    Parameters
    ----------
    app:
        The application over the release.
    folder:
        Where to write. What an earlier export wrote there is replaced in one step at the end.
    base_url:
        Where the site will be: for the map of the site, and for addresses in texts.
    languages:
        Codes of :data:`kg.web.language.LANGUAGES`.
    without:
        Kinds whose things get no page, such as ``participation``: links on them lead to the page
        that says what takes a server.
    progress:
        Told after each address how many are done and how many wait.

    Raises
    ------
    SettingsError
        The folder holds something else, or a language or the address is none.
    """
    codes, origin = _checked_languages(languages), _checked_origin(base_url)
    _refuse_foreign(folder)
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    site = _begun(app, new, origin, codes, tuple(without))
    while site.waiting:
        _fetch(site, site.waiting.popleft())
        progress(site.done.pages + site.done.files, len(site.waiting))
    _finish(app, site, base_url)
    replace(folder, new)
    site.done.folder = folder
    return site.done


def _checked_languages(languages: Iterable[str]) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(languages))
    unknown = [code for code in codes if code not in LANGUAGES]
    if unknown or not codes:
        found = ", ".join(unknown) or "none"
        raise SettingsError(f"Languages: found {found}. Accepted: {', '.join(LANGUAGES)}.")
    return codes


def _checked_origin(base_url: str | None) -> str:
    if base_url is None:
        return _OTHER_PLACE
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise SettingsError(
            f"base-url: found {base_url!r}. Accepted: such as https://example.org/rihla."
        )
    return base_url.rstrip("/")


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"{folder} is a file. Give a folder.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise SettingsError(
            f"{folder} holds something that is no export. Give an empty or a new folder."
        )


def _begun(
    app: Flask, folder: Path, origin: str, codes: tuple[str, ...], without: tuple[str, ...]
) -> _Site:
    with app.test_request_context(base_url=f"{origin}/"):
        release = service().release.id
        entities = service().graph.columns("entities")["entity"].to_list()
        things = sorted({place for iri in entities if (place := address_of(iri))})
    root = urlsplit(origin).path
    things = [place.removeprefix(root) for place in things if place.startswith(f"{root}/page/")]
    left = tuple(f"/{of}/{kind}/" for of in ("page", "data", "panel") for kind in without)
    things = [place for place in things if not place.startswith(left)]
    done = Exported(folder, release)
    site = _Site(app.test_client(), origin, release, codes, left, folder, done)
    homes = _homes(codes)
    site.add([*homes, *OWN_FILES])
    for home in homes:
        site.add(home.rstrip("/") + place for place in things)
    return site


def _homes(codes: tuple[str, ...]) -> list[str]:
    return ["/" if code == "en" else f"/{code}/" for code in codes]


def _fetch(site: _Site, address: str) -> None:
    """Write what an address answers, or note that it takes a server."""
    response = site.client.get(
        address, base_url=f"{site.origin}/", headers={"Accept": f"{_HTML}, */*;q=0.1"}
    )
    with response:
        if response.status_code in (301, 302, 303, 307, 308):
            _follow(site, address, response.headers["Location"])
            return
        if response.status_code != 200:
            site.done.asking.add(address)
            return
        content, is_page = response.get_data(), response.mimetype == _HTML
    file = file_of(address, is_page)
    site.files[address] = file
    if is_page:
        site.pages[address] = file
        text = _SKIPPED.sub("", content.decode())
        site.add(found.address for found in _found(site, address, text) if _is_static(site, found))
        content = text.encode()
    _write(site, file, content)
    site.done.pages += is_page
    site.done.files += not is_page


def _follow(site: _Site, address: str, location: str) -> None:
    target = target_of(location, _path(address), site.origin, site.release)
    if target is None or not _is_static(site, target):
        site.done.asking.add(address)
        return
    site.moved[address] = target.address
    site.add([target.address])


def _path(address: str) -> str:
    return address.partition("?")[0]


def _found(site: _Site, address: str, text: str) -> list[Target]:
    links = (unescape(link) for _, link in _LINKS.findall(text))
    targets = (target_of(link, _path(address), site.origin, site.release) for link in links)
    inside = [target for target in targets if target is not None]
    if "/page/" in address or "/panel/" in address:
        # the files of each panel of each thing would be many times the pages
        return [
            t for t in inside if "?" not in t.address or t.address.partition("?")[0][-4:] == ".svg"
        ]
    return inside


def _is_static(site: _Site, target: Target) -> bool:
    """Whether the answer to an address is written: a page as it is first shown, or a data file."""
    path, _, query = target.address.partition("?")
    first = path.split("/")[1]
    if first in LANGUAGES and (first not in site.languages or first == "en"):
        return False
    plain = path.removeprefix(f"/{first}") if first in LANGUAGES else path
    if "en" not in site.languages and plain == path and _is_page(plain):
        return False
    apart = (*site.without, *(f"{address}/" for address in ASKED))
    if plain in ASKED or plain.startswith(apart):
        return False
    ending = plain.rpartition(".")[2] if "." in plain.rpartition("/")[2] else ""
    if plain.startswith(("/static/", "/ontology/", "/page/")):
        return not query
    if query or plain.startswith(("/api/", "/data/", "/templates/")):
        return ending in FORMATS
    return not _COLUMNS.search(plain) and not plain.startswith(("/id/", "/.well-known/"))


def _is_page(plain: str) -> bool:
    return not plain.startswith(("/static/", "/api/", "/data/", "/templates/", "/ontology/"))


def _write(site: _Site, file: str, content: bytes) -> None:
    path = site.folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    site.done.bytes += len(content)


def _finish(app: Flask, site: _Site, base_url: str | None) -> None:
    """Turn the links of all pages, now that it is known what there is; add what is of the site."""
    host = urlsplit(site.origin)._replace(path="/").geturl()
    for code in site.languages:
        spoken = _spoken(site, code)
        with app.test_request_context("/search", base_url=host, environ_overrides=spoken):
            _add_search(site, code)
    for address, file in [*site.pages.items()]:
        path = site.folder / file
        path.write_text(_turned(site, address, file, path.read_text("utf-8")), encoding="utf-8")
    with app.test_request_context(
        base_url=host, environ_overrides=_spoken(site, site.languages[0])
    ):
        _write_own(site, _ASKING, render_template("static.html", missing=False))
        _write_own(site, "404.html", render_template("static.html", missing=True), base_url)
    if "en" not in site.languages:  # whoever opens the folder comes to the first language
        first = f"{site.languages[0]}/index.html"
        _write(site, "index.html", _FORWARD.format(first).encode())
    robots = "User-agent: *\nAllow: /\n"
    if base_url is not None:
        places = sorted(site.pages.values())
        urls = "".join(
            f"<url><loc>{xml(f'{site.origin}/{place}')}</loc></url>\n" for place in places
        )
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_MAP}">\n{urls}</urlset>\n'
        _write(site, "sitemap.xml", text.encode())
        robots += f"Sitemap: {site.origin}/sitemap.xml\n"
    _write(site, "robots.txt", robots.encode())
    about = {"release": site.release, "languages": site.languages, "pages": site.done.pages}
    _write(site, MARK, json.dumps(about).encode())


def _add_search(site: _Site, code: str) -> None:
    """Write the pages and the index that find names in a language."""
    prefix, root = "" if code == "en" else f"/{code}", urlsplit(site.origin).path

    def plain(place: str) -> str:
        return place.removeprefix(root)

    names = names_of(code, lambda place: plain(place) in site.files)
    parts = parts_of(names)
    addresses = search_addresses(prefix, parts)
    site.files.update(addresses)
    for address, text in search_pages(prefix, names, parts):
        site.pages[address] = addresses[address]
        _write(site, addresses[address], _SKIPPED.sub("", text).encode())
        site.done.pages += 1
    for file, text in search_files(
        prefix, names, lambda page, place: link_between(page, site.files[plain(place)])
    ):
        _write(site, file, text.encode())
        site.done.files += 1


def _spoken(site: _Site, code: str) -> dict[str, str]:
    """Return what a request in a language of the site has in its environment."""
    root = urlsplit(site.origin).path
    if code == "en":
        return {"SCRIPT_NAME": root}
    return {"rihla.language": code, "rihla.root": root, "SCRIPT_NAME": f"{root}/{code}"}


_MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def _write_own(site: _Site, file: str, text: str, base_url: str | None = None) -> None:
    """Write a page of the site's own; 404.html is shown at any address, so its links are whole."""
    home = _homes(site.languages)[0]
    turned = _turned(site, home, file, _SKIPPED.sub("", text))
    if file == "404.html":
        root = urlsplit(base_url).path.rstrip("/") if base_url else ""
        turned = _LINKS.sub(lambda found: _rooted(found, root), turned)
    _write(site, file, turned.encode())


def _rooted(found: re.Match[str], root: str) -> str:
    link = found[2]
    if link.startswith(("http://", "https://", "#", "data:", "mailto:")):
        return found[0]
    return f'{found[1]}="{root}/{link}"'


def _turned(site: _Site, address: str, file: str, text: str) -> str:
    """Return a page with its links leading from file to file."""

    def turn(found: re.Match[str]) -> str:
        link = unescape(found[2])
        if link.startswith("#"):
            return found[0]
        target = target_of(link, _path(address), site.origin, site.release)
        if target is None:
            return found[0]
        goal = _goal(site, target)
        written = link_between(file, goal, target.fragment if goal != _ASKING else "")
        return f'{found[1]}="{escape(written)}"'

    return _LINKS.sub(turn, text)


def _goal(site: _Site, target: Target) -> str:
    address = target.address
    for _ in range(5):
        if address in site.files:
            return site.files[address]
        if address not in site.moved:
            break
        address = site.moved[address]
    site.done.asking.add(target.address)
    return _ASKING


def replace(folder: Path, new: Path) -> None:
    """Put a new folder in the place of an old one: two renames."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
