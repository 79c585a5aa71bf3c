"""The ``[[source]]`` entries of a project file, with what each takes in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from kg.errors import SettingsError
from kg.settings.source import SourceSettings
from kg.settings.values import path_of, section_of

__all__ = ["is_url", "sources_of"]


def sources_of(entries: Any, folder: Path, file: Path) -> tuple[SourceSettings, ...]:
    """Return the sources that a project file lists; there has to be at least one."""
    listed = isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
    if not entries or not listed:
        raise SettingsError(
            f"{file}: there is no [[source]]. Accepted: at least one, with id, kind, path, title, "
            "licence and retrieved."
        )
    known = {f.name for f in fields(SourceSettings)} - {"options", "inputs"}
    sources = []
    for number, entry in enumerate(entries, start=1):
        options = {key: value for key, value in entry.items() if key not in known}
        where = f"[[source]] number {number} ({entry.get('id', 'without id')})"
        inputs = _inputs(entry, folder, f"{file}: {where}")
        plain = {key: value for key, value in entry.items() if key in known - {"sha256", "files"}}
        if inputs["inputs"]:
            plain["path"] = "."  # the module gets what the inputs give
        section = section_of(SourceSettings, plain, folder, file, where, read_later=True)
        sources.append(SourceSettings(**{**_as_dict(section), **inputs, "options": options}))
    _refuse_repeated([s.id for s in sources], file)
    return tuple(sources)


def is_url(text: str) -> bool:
    """Return whether an input is a web address and no path."""
    return re.match(r"(?i)[a-z][a-z0-9+.-]+://", text) is not None


def _inputs(entry: Mapping[str, Any], folder: Path, where: str) -> dict[str, Any]:
    """Return ``inputs`` (empty for one plain path) and ``sha256`` of a source."""
    stated = entry.get("path")
    listed = stated if isinstance(stated, list) else [stated] if isinstance(stated, str) else []
    if isinstance(stated, list) and not (listed and all(isinstance(i, str) for i in listed)):
        raise SettingsError(f"{where} path: found {stated!r}. Accepted: paths and web addresses.")
    places = {
        i: i if is_url(i) else str(path_of(i, folder, where, read_later=True)) for i in listed
    }
    several = isinstance(stated, list) or any(is_url(i) or set("*?[") & set(i) for i in listed)
    return {
        "inputs": tuple(places.values()) if several else (),
        "sha256": _pins(entry.get("sha256", {}), places, where),
        "files": _named_files(entry.get("files", {}), folder, where),
    }


def _named_files(stated: Any, folder: Path, where: str) -> dict[str, str]:
    if not isinstance(stated, dict) or not all(isinstance(v, str) for v in stated.values()):
        raise SettingsError(
            f"{where} files: found {stated!r}. Accepted: paths by name, such as "
            '{ codes = "codes.csv" }.'
        )
    return {
        name: i if is_url(i) else str(path_of(i, folder, where, read_later=True))
        for name, i in stated.items()
    }


def _pins(stated: Any, places: Mapping[str, str], where: str) -> dict[str, str]:
    pins = dict.fromkeys(places, stated) if isinstance(stated, str) and len(places) == 1 else stated
    if not isinstance(pins, dict) or set(pins) - set(places):
        raise SettingsError(
            f"{where} sha256: found {stated!r}. Accepted: 64 hexadecimal digits for one input; for "
            'several, each as it stands in path, such as { "https://example.org/a.csv" = "…" }.'
        )
    for value in pins.values():
        if not isinstance(value, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", value):
            raise SettingsError(
                f"{where} sha256: found {value!r}. Accepted: 64 hexadecimal digits."
            )
    return {places[name]: value.lower() for name, value in pins.items()}


def _refuse_repeated(ids: list[str], file: Path) -> None:
    repeated = sorted({i for i in ids if ids.count(i) > 1})
    if repeated:
        raise SettingsError(f"{file}: more than one [[source]] is called {', '.join(repeated)}.")


def _as_dict(section: Any) -> dict[str, Any]:
    return {f.name: getattr(section, f.name) for f in fields(section)}
