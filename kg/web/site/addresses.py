"""Where a page of the application stands among the files, and how one file links to another."""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

__all__ = ["ASKED", "FORMATS", "Target", "file_of", "link_between", "target_of"]

FORMATS = ("csv", "json", "jsonld", "rq", "svg", "ttl", "xlsx")
"""Endings of the data files that are written; others take a server."""

ASKED = ("/sparql", "/search", "/api/search", "/reconcile", "/graphs", "/files", "/metrics",
         "/healthz", "/readyz", "/pair", "/panel", "/compare", "/check", "/report",
         "/api/report")  # fmt: skip
"""What answers a question of its reader, or is of the server."""

_ONTOLOGY = re.compile(r"^(/(ar|fr))?/ontology/(?P<text>en|ar|fr)/")
_ONTOLOGY_DATA = re.compile(r"^/(?:ar|fr)(?P<file>/ontology\.\w+)$")  # all languages in one
_SAFE = re.compile(r"[^\w.~-]")
_LONGEST = 120  # characters of a name; file systems take 255 bytes


@dataclass(frozen=True)
class Target:
    """An address of the application: path and parameters without the release, and the place."""

    address: str
    fragment: str = ""


def target_of(link: str, page: str, origin: str, release: str) -> Target | None:
    """Return what a link on a page leads to inside of the application; None for the web.

    ``page`` is the path of the page, ``origin`` the address of the application without a slash.
    A link that names the release which is exported means the same page without it.
    """
    absolute = link.startswith(("http://", "https://"))
    if absolute and not (link == origin or link.startswith((f"{origin}/", f"{origin}?"))):
        return None
    parts = urlsplit(link.removeprefix(origin) if absolute else link)
    if parts.scheme or parts.netloc:
        return None
    path = urljoin(page, parts.path) if parts.path else page
    root = urlsplit(origin).path
    if not absolute and parts.path.startswith(f"{root}/"):
        path = parts.path.removeprefix(root)
    folder = path.endswith("/")
    path = posixpath.normpath(path).replace("//", "/") + ("/" if folder else "")
    kept = [part for part in parts.query.split("&") if part and not _is_of(part, release)]
    path = "/" if path in ("/", "//") else path
    path = _ONTOLOGY_DATA.sub(r"\g<file>", _ONTOLOGY.sub(_in_one_language, path))
    return Target(path + (f"?{'&'.join(kept)}" if kept else ""), parts.fragment)


def _in_one_language(found: re.Match[str]) -> str:
    """Return the page of a term in the language of its text, for all languages of pages."""
    language = found["text"]
    return f"{'' if language == 'en' else f'/{language}'}/ontology/{language}/"


def _is_of(part: str, release: str) -> bool:
    # a static file is kept forever by its name, so the number of its version goes too
    return parse_qsl(part) == [("release", release)] or part.startswith("v=")


def file_of(address: str, is_page: bool) -> str:
    """Return the file of an address, relative to the folder of the site."""
    path, _, query = address.partition("?")
    parts = [_name(unquote(part)) for part in path.split("/") if part]
    stem, dot, ending = parts[-1].rpartition(".") if parts and not is_page else ("", "", "")
    mark = f"-{hashlib.sha256(query.encode()).hexdigest()[:10]}" if query else ""
    if is_page:
        return "/".join([*parts, f"index{mark}.html"])
    last = f"{stem}{mark}{dot}{ending}" if stem else f"{ending}{mark}"
    return "/".join([*parts[:-1], last])


def _name(part: str) -> str:
    safe = _SAFE.sub(lambda found: "~" + found[0].encode().hex(), part)
    if safe.strip(".") == "":
        safe = f"~{safe}"
    if len(safe) <= _LONGEST:
        return safe
    return f"{safe[:_LONGEST]}-{hashlib.sha256(part.encode()).hexdigest()[:10]}"


def link_between(source: str, target: str) -> str:
    """Return the relative link from one file to another; both quoted as in addresses."""
    here, there = source.split("/")[:-1], target.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    return "../" * (len(here) - shared) + "/".join(there[shared:])
