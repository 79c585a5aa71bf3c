"""JSON-LD documents: a file of its own, or scripts in a web page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.files import read_utf8
from kg.sources.collected import Collected

__all__ = ["SUFFIXES", "Document", "documents"]

_PAGES = {".html", ".htm", ".xhtml"}
SUFFIXES = {".json", ".jsonld", *_PAGES}
_TYPE = "application/ld+json"
# How old pages hide a script from browsers that know no scripts.
_WRAPPED = re.compile(
    r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[)(.*?)(?://\s*)?(?:-->|\]\]>)\s*$", re.DOTALL
)


@dataclass(frozen=True)
class Document:
    """One JSON value; ``line`` is where in the file it begins."""

    file: str
    line: int
    value: Any


def documents(path: Path, collected: Collected) -> Iterator[Document]:
    """Yield the documents of a file. A script of a page that is no JSON is noted as a doubt.

    Raises
    ------
    InputError
        A file of its own is no JSON, or nested too deeply.
    """
    text = read_utf8(path)
    # A page that was fetched may be called anything.
    if path.suffix.lower() not in _PAGES and not text.lstrip().startswith("<"):
        yield Document(str(path), 1, _parsed(text, str(path), 1))
        return
    for line, script in _scripts(text):
        wrapped = _WRAPPED.match(script)
        try:
            value = _parsed(wrapped[1] if wrapped else script, str(path), line)
        except InputError as error:
            collected.doubt("trainings", str(path), line, "id", script.strip(), str(error))
            continue
        yield Document(str(path), line, value)


def _parsed(text: str, file: str, line: int) -> Any:
    try:
        # Pages hold raw line breaks in texts, which strict JSON would not.
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{file}, line {line + error.lineno - 1}, column {error.colno}: is not JSON: "
            f"{error.msg}."
        ) from error
    except RecursionError as error:
        raise InputError(f"{file}, line {line}: is nested too deeply for JSON-LD.") from error


def _scripts(text: str) -> list[tuple[int, str]]:
    reader = _Scripts()
    reader.feed(text)
    reader.close()
    return reader.found


class _Scripts(HTMLParser):
    """Collects line and content of the JSON-LD scripts of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[int, str]] = []
        self._parts: list[str] | None = None
        self._line = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = (dict(attrs).get("type") or "").partition(";")[0].strip().lower()
        if tag == "script" and kind == _TYPE:
            self._parts, self._line = [], self.getpos()[0]

    def handle_data(self, data: str) -> None:
        if self._parts is not None:
            self._parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._parts is not None:
            self.found.append((self._line, "".join(self._parts)))
            self._parts = None
