"""The pages of a static site that find names: one with a field, and the plain lists below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from flask import render_template

from kg.web.site.names import Name, Part, kind_names, shard_file, shard_text, shards_of

__all__ = ["OWN_FILES", "search_addresses", "search_files", "search_pages"]

OWN_FILES = ("/static/sitesearch.js", "/static/sitesearch.css")
"""What these pages need beside what other pages do."""


def search_addresses(prefix: str, parts: Sequence[Part]) -> dict[str, str]:
    """Return address → file of the pages; ``prefix`` is empty or ``/`` and a language."""
    folder = f"{prefix}/search".lstrip("/")
    pages = {f"{prefix}/search": f"{folder}/index.html"}
    return pages | {
        f"{prefix}/search/{part.key}": f"{folder}/{part.key}/index.html" for part in parts
    }


def search_pages(
    prefix: str, names: Sequence[Name], parts: Sequence[Part]
) -> Iterator[tuple[str, str]]:
    """Yield address and text of each page, with links that lead to addresses yet."""
    shards = sorted(shards_of(names))
    shown = {"parts": parts, "kinds": kind_names(), "shards": shards, "count": len(names)}
    things = len({name.place for name in names})
    yield (
        f"{prefix}/search",
        render_template("static_search.html", **shown, here=None, things=things),
    )
    for part in parts:
        text = render_template("static_search.html", **shown, here=part, things=things)
        yield f"{prefix}/search/{part.key}", text


def search_files(
    prefix: str, names: Sequence[Name], link: Callable[[str, str], str]
) -> Iterator[tuple[str, str]]:
    """Yield file and text of each shard; ``link`` leads from a file to an address."""
    page = f"{prefix}/search/index.html".lstrip("/")
    folder = PurePosixPath(page).parent / "names"
    for shard, found in shards_of(names).items():
        text = shard_text(shard, found, lambda place: link(page, place))
        yield str(folder / shard_file(shard)), text
