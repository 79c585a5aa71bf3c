"""Whether every link of an export leads to a file, and to a place in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from pathlib import Path
from urllib.parse import unquote

__all__ = ["broken_links"]

_LINKS = re.compile(r'(?<=[\s"])(?:href|src|action)="([^"#?]*)(?:\?[^"#]*)?(?:#([^"]*))?"')
_IDS = re.compile(r'(?<=[\s"])(?:id|name)="([^"]*)"')
_WEB = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ANYWHERE = "404.html"  # it is shown at any address, so its links begin at the root of the host


def broken_links(folder: Path) -> list[str]:
    """Return the links of the pages in a folder that lead nowhere, each with its page.

    A link that leaves the folder for another place of the same host is one of them; links to other
    hosts are not followed.
    """
    files = frozenset(_files(folder))
    return [
        f"{page}: {link}"
        for page in sorted(files)
        if page.endswith(".html") and page != _ANYWHERE
        for link in _broken(folder, page, files)
    ]


def _files(folder: Path) -> Iterator[str]:
    for place, _, names in os.walk(folder):
        below = Path(place).relative_to(folder).as_posix()
        yield from (name if below == "." else f"{below}/{name}" for name in names)


def _broken(folder: Path, page: str, files: frozenset[str]) -> Iterator[str]:
    text = (folder / page).read_text("utf-8")
    here, own = page.split("/")[:-1], None
    for path, fragment in dict.fromkeys(_LINKS.findall(text)):
        if _WEB.match(path):
            continue
        goal = _goal(here, path) if path else page
        if goal not in files:
            yield f"{path}#{fragment}" if fragment else path
        elif fragment:
            own = own or frozenset(_IDS.findall(text))
            there = own if goal == page else _places(folder, goal)
            if unescape(unquote(fragment)) not in there and fragment not in there:
                yield f"{path}#{fragment}"


def _goal(here: list[str], link: str) -> str:
    """Return the file that a relative link leads to; nothing where it leaves the folder."""
    parts = unquote(unescape(link)).split("/")
    up = sum(part == ".." for part in parts)
    if up > len(here) or not parts[0]:
        return ""
    return "/".join([*here[: len(here) - up], *parts[up:]])


@lru_cache(maxsize=2_000)
def _places(folder: Path, file: str) -> frozenset[str]:
    return frozenset(_IDS.findall((folder / file).read_text("utf-8")))
