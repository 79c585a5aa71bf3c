"""CORDIS files: what each is, by its columns, whatever it is called."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from kg.errors import InputError
from kg.sources.base import read_json
from kg.tables import read_sheets
from kg.tables.records import cell_text

__all__ = ["Files", "Row"]

Row = dict[str, str | None]

_LONGEST_LINE = 1_000_000
_SUFFIXES = (".csv", ".csv.gz", ".xlsx", ".json")
# The columns that tell one kind of file from another, in the order in which they are tried.
_KINDS = {
    "subjects": {"projectID", "euroSciVocCode", "euroSciVocPath"},
    "organisations": {"projectID", "organisationID", "role"},
    "reports": {"projectID", "projectAcronym", "title"},
    "topics": {"projectID", "topic"},
    "legal": {"projectID", "legalBasis"},
    "projects": {"id", "acronym", "title"},
}
# What columns were called until 2021, by kind.
_FORMERLY = {
    "organisations": {"id": "organisationID", "organizationUrl": "organizationURL"},
    "projects": {"programme": "legalBasis", "call": "subCall"},
}
_WANTED = {
    "subjects": ["projectID", "euroSciVocCode", "euroSciVocPath", "euroSciVocTitle",
                 "euroSciVocDescription"],
    "organisations": ["projectID", "projectAcronym", "organisationID", "name", "shortName",
                      "activityType", "city", "country", "geolocation", "organizationURL",
                      "contentUpdateDate", "order", "role"],
    "reports": ["projectID", "projectAcronym", "title"],
    "topics": ["projectID", "topic", "title"],
    "legal": ["projectID", "legalBasis", "title"],
    "projects": ["id", "acronym", "status", "title", "startDate", "endDate", "ecMaxContribution",
                 "legalBasis", "topics", "ecSignatureDate", "frameworkProgramme", "subCall",
                 "fundingScheme", "objective", "grantDoi", "keywords"],
}  # fmt: skip


class Files:
    """The files of a folder by kind; ``used`` are those that were read."""

    def __init__(self, path: Path) -> None:
        folder = path.is_dir()
        entries = sorted(path.rglob("*")) if folder else [path]
        self.used: list[Path] = []
        self.known: dict[str, list[Path]] = {}
        for entry in entries:
            if not folder or (entry.is_file() and entry.name.lower().endswith(_SUFFIXES)):
                kind = _kind(_header(entry))
                if kind:
                    self.known.setdefault(kind, []).append(entry)

    def frames(self, kind: str) -> Iterator[tuple[str, pl.DataFrame]]:
        """Yield path and wanted columns (text, null where empty, ``_row``) of each file."""
        for path in self.known.get(kind, []):
            if path not in self.used:
                self.used.append(path)
            yield str(path), _frame(path, kind)

    def rows(self, kind: str) -> Iterator[tuple[str, int, Row]]:
        """Yield path, row number and cells."""
        for file, frame in self.frames(kind):
            for cells in frame.iter_rows(named=True):
                number = cells.pop("_row")
                yield file, number, cells


def _kind(header: list[str]) -> str | None:
    names = set(header)
    if {"projectID", "role", "id"} <= names:
        names.add("organisationID")
    return next((kind for kind, needed in _KINDS.items() if needed <= names), None)


def _header(path: Path) -> list[str]:
    name = path.name.lower()
    if name.endswith(".xlsx"):
        return list(read_sheets(path, [])[0].header)
    if name.endswith(".json"):
        records = _records(path)
        return sorted({key for record in records[:50] for key in record})
    line = _first_line(path)
    return [cell.strip(' "\t') for cell in line.split(_separator(line))]


def _first_line(path: Path) -> str:
    try:
        with path.open("rb") as raw:
            stream = gzip.GzipFile(fileobj=raw) if path.suffix.lower() == ".gz" else raw
            return stream.readline(_LONGEST_LINE).decode("utf-8-sig").strip()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def _separator(line: str) -> str:
    return ";" if line.count(";") > line.count(",") else ","


def _unreadable(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path}: cannot be read as a table of CORDIS: {error}. Accepted: CSV in UTF-8 as CORDIS "
        "publishes it. Fetch it again."
    )


def _records(path: Path) -> list[dict[str, Any]]:
    found = read_json(path)
    if isinstance(found, list) and all(isinstance(record, dict) for record in found):
        return found
    raise InputError(f"{path}: is no list of objects. Accepted: JSON as CORDIS publishes it.")


def _frame(path: Path, kind: str) -> pl.DataFrame:
    frame = _whole(path, kind)
    former = {
        old: new
        for old, new in _FORMERLY.get(kind, {}).items()
        if old in frame.columns and new not in frame.columns
    }
    frame = frame.rename(former)
    columns = [
        pl.col(name).cast(pl.String)
        if name in frame.columns
        else pl.lit(None, pl.String).alias(name)
        for name in _WANTED[kind]
    ]
    frame = frame.select(*columns, "_row")
    stripped = pl.col(pl.String).str.strip_chars()
    return frame.with_columns(pl.when(stripped != "").then(stripped).name.keep())


def _whole(path: Path, kind: str) -> pl.DataFrame:
    """Return the file with ``_row``; of a CSV only the columns that are wanted."""
    names = {*_WANTED[kind], *_FORMERLY.get(kind, {})}
    lower = path.name.lower()
    if lower.endswith(".json"):
        records = _records(path)
        columns = {n: [cell_text(r.get(n)) or None for r in records] for n in sorted(names)}
        kept = {name: cells for name, cells in columns.items() if any(cells)}
        schema = dict.fromkeys(kept, pl.String)
        return pl.DataFrame(kept, schema=schema).with_row_index("_row", offset=1)
    if lower.endswith(".xlsx"):
        sheet = read_sheets(path, [])[0]
        numbers = [number for number, _ in sheet.rows]
        kept = {
            name: [cells[i] if i < len(cells) else None for _, cells in sheet.rows]
            for i, name in enumerate(sheet.header)
            if name in names
        }
        return pl.DataFrame({**kept, "_row": numbers})
    line = _first_line(path)
    header = [cell.strip(' "\t') for cell in line.split(_separator(line))]
    try:
        return pl.read_csv(
            path,
            separator=_separator(line),
            infer_schema=False,
            columns=[name for name in header if name in names],
        ).with_row_index("_row", offset=2)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(path, error) from error
