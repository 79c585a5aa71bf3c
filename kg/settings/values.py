"""From the values of a TOML table to a section, naming whatever does not fit."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar

from kg.errors import SettingsError

__all__ = ["path_of", "refuse_unknown", "refuse_unset", "section_of"]

_T = TypeVar("_T")


def section_of(
    kind: type[_T],
    values: Mapping[str, Any],
    folder: Path,
    file: Path,
    name: str,
    *,
    read_later: bool = False,
) -> _T:
    """Make one section's dataclass from its table, naming whatever does not fit.

    With ``read_later`` a path may name an environment variable that is not set: it is refused when
    it is read (:func:`refuse_unset`).
    """
    if not isinstance(values, Mapping):
        raise SettingsError(f"{file}: {name} is {values!r}. Accepted: a section with keys.")
    specification = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    refuse_unknown(values, set(specification), file, name)
    missing = [
        key
        for key, f in specification.items()
        if key not in values and f.default is MISSING and f.default_factory is MISSING
    ]
    if missing:
        raise SettingsError(f"{file}: {name} lacks {', '.join(missing)}.")
    converted = {
        key: _converted(
            value, str(specification[key].type), folder, f"{file}: {name} {key}", read_later
        )
        for key, value in values.items()
    }
    # A default path is as relative to the project file as one that is written there.
    defaults = {
        key: folder / f.default for key, f in specification.items() if isinstance(f.default, Path)
    }
    return kind(**{**defaults, **converted})


_ACCEPTED: dict[str, tuple[tuple[type, ...], str]] = {
    "str": ((str,), "a text in quotes"),
    "int": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "bool": ((bool,), "true or false"),
    "Path": ((str,), "a path in quotes"),
    "dt.date": ((dt.date,), "a date without quotes, such as 2026-11-20"),
}


def _converted(value: Any, annotation: str, folder: Path, where: str, read_later: bool) -> Any:
    name = annotation.removesuffix(" | None")
    if name == "tuple[str, ...]":
        return _texts(value, where)
    types, accepted = _ACCEPTED[name]
    odd = isinstance(value, dt.datetime) or (isinstance(value, bool) and name != "bool")
    if not isinstance(value, types) or odd:
        raise SettingsError(f"{where}: found {value!r}. Accepted: {accepted}.")
    return path_of(str(value), folder, where, read_later) if name == "Path" else value


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise SettingsError(f"{where}: found {value!r}. Accepted: a list of texts in quotes.")
    return tuple(value)


def path_of(value: str, folder: Path, where: str, read_later: bool = False) -> Path:
    """Return an absolute path from one that is relative to a folder, or refuse it."""
    expanded = os.path.expandvars(value)
    if read_later and "$" in expanded:
        return Path(expanded)
    refuse_unset(expanded, where)
    return (folder / expanded).resolve()


def refuse_unset(path: str, where: str) -> None:
    """Refuse a path in which the name of an environment variable was left.

    Raises
    ------
    SettingsError
        The variable is not set.
    """
    if "$" in path:
        raise SettingsError(
            f"{where}: {path!r} names an environment variable that is not set. Set it, or write "
            "the path out."
        )


def refuse_unknown(values: Mapping[str, Any], known: set[str], file: Path, name: str) -> None:
    """Refuse keys that a section does not have."""
    unknown = sorted(set(values) - known)
    if unknown:
        raise SettingsError(
            f"{file}: {name} does not know {', '.join(unknown)}. "
            f"Accepted: {', '.join(sorted(known))}."
        )
