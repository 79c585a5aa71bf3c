"""The Research Organization Registry: its dump as JSON (one array) or JSON Lines, also gzipped.

Reads schema 1 and 2 in one file (https://ror.readme.io/docs/ror-data-structure). Names keep
their language; parents and successors become references where the file holds them too.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options
from kg.tables import table_from_records

__all__ = ["read"]

# In order of preference: an organisation of several types gets the first.
_TYPES = {
    "education": "University",
    "healthcare": "Hospital",
    "archive": "Archive",
    "company": "Company",
    "government": "GovernmentBody",
    "facility": "Facility",
    "nonprofit": "NonProfit",
}
_Record = Mapping[str, Any]


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read a dump into the table of organisations."""
    check_options(settings, [])
    # One record at a time: all of ROR as nested objects takes ten times the memory of the rows.
    numbered = [
        (line, _row(record, settings.path, line)) for line, record in _records(settings.path)
    ]
    rows = [row for _, row in numbered]
    known = {row["ror"] for row in rows}
    for row in rows:
        # A partial dump names organisations that it does not hold.
        for column in ("part_of", "successor"):
            row[column] = _joined(key for key in str(row[column]).split("|") if key in known)
    table = table_from_records(
        rows,
        settings.id,
        schema.tables["organisations"],
        str(settings.path),
        [line for line, _ in numbered],
    )
    return SourceTables((table,), (settings.path,))


def _records(path: Path) -> Iterator[tuple[int, _Record]]:
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


def _checked(record: Any, path: Path, line: int) -> _Record:
    if isinstance(record, dict) and str(record.get("id", "")).startswith("https://ror.org/"):
        return record
    raise InputError(f"{path}, line {line}: is no ROR record. Accepted: an object with a ROR id.")


def _row(record: _Record, path: Path, line: int) -> dict[str, str | None]:
    try:
        return _fields(record)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise InputError(
            f"{path}, line {line}: the record {record['id']} does not have the form of ROR's "
            f"schema 1 or 2 ({type(error).__name__}: {error})."
        ) from error


def _fields(record: _Record) -> dict[str, str | None]:
    names = _names(record)
    identifiers = _identifiers(record)
    place = _place(record)
    return {
        "id": f"ror-{_bare(record['id'])}",
        "type": _type(record),
        "name": names[0][1],
        "alias": _joined(_tagged(language, name) for language, name in names[1:]),
        "acronym": _joined(_acronyms(record)),
        "ror": _bare(record["id"]),
        "wikidata": identifiers.get("wikidata"),
        "isni": (identifiers.get("isni") or "").replace(" ", ""),
        "grid": identifiers.get("grid"),
        "country": place.get("country_code"),
        "city": place.get("name"),
        "latitude": _number(place.get("lat")),
        "longitude": _number(place.get("lng")),
        "url": _website(record),
        "part_of": _joined(_related(record, "parent")),
        "successor": _joined(_related(record, "successor")),
        "established": f"{record['established']:04d}" if record.get("established") else None,
    }


def _names(record: _Record) -> list[tuple[str | None, str]]:
    """Return language and name, the display name first."""
    if "name" in record:
        names: list[tuple[str | None, str]] = [(None, record["name"])]
        names += [(None, alias) for alias in record["aliases"]]
        names += [(label["iso639"], label["label"]) for label in record["labels"]]
        return names
    spelt = [n for n in record["names"] if n["types"] != ["acronym"]]
    spelt.sort(key=lambda n: "ror_display" not in n["types"])
    return [(n["lang"], n["value"]) for n in spelt]


def _tagged(language: str | None, name: str) -> str:
    return f"{name}@{language}" if language else name


def _acronyms(record: _Record) -> list[str]:
    if "acronyms" in record:
        return list(record["acronyms"])
    return [n["value"] for n in record["names"] if "acronym" in n["types"]]


def _type(record: _Record) -> str | None:
    types = {str(kind).lower() for kind in record["types"]}
    return next((cls for kind, cls in _TYPES.items() if kind in types), None)


def _identifiers(record: _Record) -> dict[str, str]:
    entries = record["external_ids"]
    if isinstance(entries, dict):
        entries = [{"type": kind.lower(), **value} for kind, value in entries.items()]
    # Schema 1 gives a bare text where there is but one.
    alls = {e["type"]: [e["all"]] if isinstance(e["all"], str) else e["all"] for e in entries}
    return {e["type"]: e["preferred"] or next(iter(alls[e["type"]]), "") for e in entries}


def _place(record: _Record) -> Mapping[str, Any]:
    if "locations" in record:
        places = record["locations"]
        return places[0]["geonames_details"] if places else {}
    address = record["addresses"][0] if record["addresses"] else {}
    return {
        "country_code": record["country"]["country_code"],
        "name": address.get("city"),
        "lat": address.get("lat"),
        "lng": address.get("lng"),
    }


def _website(record: _Record) -> str | None:
    links = record["links"]
    if links and isinstance(links[0], dict):
        links = [link["value"] for link in links if link["type"] == "website"]
    return str(links[0]).strip().replace(" ", "%20") if links else None


def _related(record: _Record, kind: str) -> Iterator[str]:
    for relation in record["relationships"]:
        if relation["type"].lower() == kind:
            yield _bare(relation["id"])


def _bare(iri: str) -> str:
    return iri.rpartition("/")[2]


def _number(value: float | None) -> str | None:
    return None if value is None else format(value, "f").rstrip("0").rstrip(".")


def _joined(values: Iterable[str]) -> str:
    # A bar inside a name would split it: write the full-width one.
    return "|".join(dict.fromkeys(value.replace("|", "｜") for value in values))
