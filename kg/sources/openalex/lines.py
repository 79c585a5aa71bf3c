"""OpenAlex entities from files: the snapshot's lines, lists, or answers of the API."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.errors import InputError

__all__ = ["Line", "entity_files", "entity_lines"]

_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*"https://openalex\.org/([A-Z][0-9]+)"')
_SUFFIXES = (".json", ".jsonl", ".ndjson", ".gz")

Line = tuple[str, int, Mapping[str, Any]]
"""File, line (in a list: number), and entity."""


def entity_files(path: Path) -> list[Path]:
    """Return the file, or all of a folder, as the snapshot's folders by day of update have them.

    Raises
    ------
    InputError
        There is none.
    """
    if not path.is_dir():
        return [path]
    # The snapshot's manifests list its files and hold no entity.
    files = [p for p in path.rglob("*") if p.suffix in _SUFFIXES and p.is_file()]
    if not files:
        raise InputError(f"{path}: there is no file that ends in {', '.join(_SUFFIXES)}.")
    return sorted(files)


def entity_lines(path: Path, relevant: Callable[[str, bytes], bool]) -> Iterator[Line]:
    """Yield the entities of a file of which ``relevant`` says so.

    ``relevant`` gets an entity's key (``W1``; empty where the line does not begin with it) and
    the bytes of its line, before anything is parsed.

    Raises
    ------
    InputError
        The file cannot be read; with file and line.
    """
    number = 0
    try:
        with _opened(path) as stream:
            for number, raw in enumerate(stream, start=1):
                if not raw.strip():
                    continue
                if number == 1 and not _is_line(raw):
                    yield from _listed(path, raw + stream.read(), relevant)
                    return
                head = _ID.match(raw)
                if relevant(head[1].decode() if head else "", raw):
                    yield str(path), number, _entity(json.loads(raw), path, number)
    except json.JSONDecodeError as error:
        place = max(number, error.lineno)
        raise _unreadable(path, place, error.msg) from error
    except RecursionError as error:
        raise _unreadable(path, number, "it is nested too deeply") from error
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise _unreadable(path, number + 1, str(error)) from error


def _opened(path: Path) -> Any:
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")


def _is_line(raw: bytes) -> bool:
    """Return whether the first line is an entity by itself, and no list or answer of the API."""
    if _ID.match(raw):
        return True
    try:
        found = json.loads(raw)
    except (json.JSONDecodeError, UnicodeDecodeError):
        return False
    return isinstance(found, dict) and "results" not in found


def _listed(path: Path, raw: bytes, relevant: Callable[[str, bytes], bool]) -> Iterator[Line]:
    found = json.loads(raw)
    if isinstance(found, dict):
        found = found.get("results", [found])
    for number, item in enumerate(found if isinstance(found, list) else [found], start=1):
        entity = _entity(item, path, number)
        text = json.dumps(entity, ensure_ascii=False).encode("utf-8", "replace")
        if relevant(str(entity["id"]).rpartition("/")[2], text):
            yield str(path), number, entity


def _entity(found: Any, path: Path, number: int) -> Mapping[str, Any]:
    if isinstance(found, dict) and str(found.get("id", "")).startswith("https://openalex.org/"):
        return found
    raise _unreadable(path, number, "it is no object with an OpenAlex id")


def _unreadable(path: Path, line: int, reason: str) -> InputError:
    return InputError(
        f"{path}, line {line}: {reason}. Accepted: works, authors and institutions of OpenAlex as "
        "the snapshot's JSON Lines (gzipped or not), as a list, or as an answer of the API."
    )
