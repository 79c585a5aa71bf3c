"""The Research Organization Registry: its dump as JSON (one array) or JSON Lines, also gzipped.

Reads schema 1 and 2 in one file. A relationship counts on both of its ends, whichever record
states it. A withdrawn record keeps its row and names the one to use in its place.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options
from kg.sources.collected import joined
from kg.sources.ror_records import RorRecord, ror_record
from kg.tables import Problem, table_from_records

__all__ = ["read"]

# What a relationship says: the column, and whether it stands in the row of the other record.
_RELATIONS = {
    "parent": ("part_of", False),
    "child": ("part_of", True),
    "related": ("related", False),
    "successor": ("successor", False),
    "predecessor": ("successor", True),
}
_OWN_COLUMN = ("isni", "grid", "wikidata")
_LIVE = {"active": 0, "inactive": 1, "withdrawn": 2}


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read a dump into the table of organisations."""
    check_options(settings, [])
    # One record at a time: all of ROR as nested objects takes ten times the memory of the rows.
    records = [_read(found, settings.path, line) for line, found in _records(settings.path)]
    notes = _Notes(settings)
    _add_successors(records)
    _link(records, notes)
    _identify(records, notes)
    for record in records:
        if record.places:
            accepted = "left out: the vocabulary has one seat, which is the first location"
            notes.add(record.line, "city", "|".join(record.places), "locations", accepted)
    table = table_from_records(
        [record.cells for record in records],
        settings.id,
        schema.tables["organisations"],
        str(settings.path),
        [record.line for record in records],
        tuple(notes.found),
    )
    return SourceTables((table,), (settings.path,))


class _Notes:
    """What is worth knowing of the rows of one dump."""

    def __init__(self, settings: SourceSettings) -> None:
        self._place = (settings.id, str(settings.path), "organisations")
        self.found: list[Problem] = []

    def add(self, line: int, column: str, value: str, rule: str, reading: str) -> None:
        self.found.append(Problem(*self._place, line, column, value, rule, reading, "info"))


def _records(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield line (in an array: record) number and record."""
    opener = gzip.open if path.suffix == ".gz" else open
    line = 0
    try:
        with opener(path, "rt", encoding="utf-8") as stream:
            if stream.read(1) == "[":
                stream.seek(0)
                for line, record in enumerate(json.load(stream), start=1):
                    yield line, _checked(record, path, line)
                return
            stream.seek(0)
            for line, text in enumerate(stream, start=1):
                if text.strip():
                    yield line, _checked(json.loads(text), path, line)
    except json.JSONDecodeError as error:
        raise _unreadable(path, line or error.lineno, error.msg) from error
    except (UnicodeDecodeError, OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, line + 1, str(error)) from error


def _unreadable(path: Path, line: int, reason: str) -> InputError:
    return InputError(
        f"{path}, line {line}: {reason}. Accepted: ROR's dump, as a JSON array or one record a "
        "line, in UTF-8, gzipped or not."
    )


def _checked(record: Any, path: Path, line: int) -> Mapping[str, Any]:
    if isinstance(record, dict) and str(record.get("id", "")).startswith("https://ror.org/"):
        return record
    raise InputError(f"{path}, line {line}: is no ROR record. Accepted: an object with a ROR id.")


def _read(record: Mapping[str, Any], path: Path, line: int) -> RorRecord:
    try:
        found = ror_record(record, line)
        if found.status not in _LIVE:
            raise ValueError(f"the status {found.status!r} is none of {', '.join(_LIVE)}")
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise InputError(
            f"{path}, line {line}: the record {record['id']} does not have the form of ROR's "
            f"schema 1 or 2 ({type(error).__name__}: {error})."
        ) from error
    return found


def _add_successors(records: list[RorRecord]) -> None:
    """Add a row of name and id for each successor of an ended record that a partial dump lacks.

    Without it the old record would lead nowhere; its relationship says what the new one is called.
    """
    known = {record.ror for record in records}
    for record in list(records):
        for kind, ror, name in record.relations:
            if kind == "successor" and ror not in known:
                known.add(ror)
                cells: dict[str, str | None] = {"id": f"ror-{ror}", "name": name, "ror": ror}
                records.append(RorRecord(record.line, ror, "active", cells, {}, [], []))


def _link(records: list[RorRecord], notes: _Notes) -> None:
    """Fill in the columns that lead to other rows, on the row that they belong to."""
    known = {record.ror: record for record in records}
    links: dict[tuple[str, str], dict[str, None]] = {}
    absent: Counter[str] = Counter()
    for record in records:
        for kind, ror, name in record.relations:
            if ror == record.ror:
                reading = "left out: a record cannot be that of itself"
                notes.add(record.line, _column(kind), f"{kind} {name}", "self", reading)
            elif ror not in known:
                absent[kind] += 1
            elif kind in _RELATIONS:
                column, turned = _RELATIONS[kind]
                pair = (ror, record.ror) if turned else (record.ror, ror)
                for subject, target in (pair, pair[::-1])[: 1 + (kind == "related")]:
                    links.setdefault((subject, column), {})[target] = None
    for (subject, column), targets in links.items():
        _fill(known[subject], column, list(targets))
    for kind, count in sorted(absent.items()):
        # A partial dump names organisations that it does not hold.
        reading = f"left out: {count:,} relationships of this kind lead to records not in the file"
        notes.add(records[0].line, _column(kind), kind, "absent", reading)


def _column(kind: str) -> str:
    return _RELATIONS.get(kind, ("related", False))[0]


def _fill(record: RorRecord, column: str, targets: list[str]) -> None:
    if column == "successor" and record.status == "withdrawn" and len(targets) == 1:
        column = "replaced_by"
    record.cells[column] = joined(targets)


def _identify(records: list[RorRecord], notes: _Notes) -> None:
    """Fill in the identifiers; one that several records bear stays with those that live.

    A reference by an identifier that two rows bear would be ambiguous, and a withdrawn duplicate
    often kept the identifiers of the record that replaced it.
    """
    best: dict[tuple[str, str], int] = {}
    for record in records:
        for scheme, values in record.identifiers.items():
            for value in values:
                live = _LIVE[record.status]
                best[scheme, value] = min(live, best.get((scheme, value), live))
    for record in records:
        kept: dict[str, list[str]] = {}
        for scheme, values in record.identifiers.items():
            for value in values:
                if best[scheme, value] == _LIVE[record.status]:
                    kept.setdefault(scheme, []).append(value)
                else:
                    reading = f"left out: a live record bears it, and this one is {record.status}"
                    column = scheme if scheme in _OWN_COLUMN else "other_id"
                    notes.add(record.line, column, value, "shared", reading)
        record.cells |= _identifier_cells(kept)


def _identifier_cells(identifiers: Mapping[str, list[str]]) -> dict[str, str | None]:
    """Return the columns of identifiers: the first of each scheme, and all others in one."""
    cells: dict[str, str | None] = {s: identifiers.get(s, [None])[0] for s in _OWN_COLUMN}
    others = [
        f"{scheme}:{value}"
        for scheme, values in identifiers.items()
        if scheme != "fundref"
        for value in values[scheme in _OWN_COLUMN :]
    ]
    fundref = joined(identifiers.get("fundref", ()))
    return {**cells, "fundref": fundref, "other_id": joined(others)}
