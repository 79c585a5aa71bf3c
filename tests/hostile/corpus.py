"""The corpus of hostile queries and requests as data: texts that are too long to write out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
Text = str | list[Any]


@dataclass(frozen=True)
class Query:
    """A query, and the statuses that its answer may have."""

    name: str
    text: Text
    status: list[int]
    post: bool = False
    format: str | None = None


@dataclass(frozen=True)
class Request:
    """A request, or what is sent to the socket as it stands (``raw``)."""

    name: str
    status: list[int]
    path: Text = "/"
    method: str = "GET"
    headers: list[tuple[str, Text]] = field(default_factory=list)
    body: Text | None = None
    gzip: bool = False
    chunked: bool = False
    raw: Text | None = None


@dataclass(frozen=True)
class Behaviour:
    """Clients that behave badly together."""

    name: str
    kind: str
    count: int


def spelled(text: Text) -> str:
    """Return a text written out."""
    parts = [text] if isinstance(text, str) else text
    return "".join(part if isinstance(part, str) else _repeated(part) for part in parts)


def _repeated(part: dict[str, Any]) -> str:
    text, times = str(part["repeat"]), int(part["times"])
    if "{i}" not in text:
        return text * times
    return "".join(text.replace("{i}", str(i)) for i in range(times))


def _read(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))


QUERIES = [Query(**entry) for entry in _read("queries")]
REQUESTS = [Request(**entry) for entry in _read("requests")]
BEHAVIOURS = [Behaviour(**entry) for entry in _read("behaviours")]
