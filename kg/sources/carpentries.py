"""The Carpentries' published workshops, instructors and badges.

A folder with any of the files below (``all_past_workshops*.json`` is required); the fields are
those of https://amy.carpentries.org's public feeds. People are known by the name that the
Carpentries print; names alone are never matched with those of another source. Curricula are
referred to by the Carpentries' own codes: what each teaches stands in the project's tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.files import read_csv
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options, read_json, slug
from kg.sources.collected import clean_text
from kg.tables import InputTable, table_from_records

__all__ = ["read"]

_FIELDS = {"slug", "start_date", "end_date", "host_name", "venue", "country", "latitude",
           "longitude", "curriculum", "tag_name", "instructors", "helpers", "url"}  # fmt: skip
# What the feed calls hosts although they hosted nothing.
_NO_HOSTS = {"Software Carpentry", "Data Carpentry", "Library Carpentry", "self-organized",
             "Instructor Training"}  # fmt: skip
_ONLINE = "W3"  # the feed's pseudo-country for online workshops
_NO_COUNTRIES = {"", _ONLINE, "EU"}
_PLACEHOLDER = (45, -1)  # the coordinates given where none are known
# Monash University Malaysia is filed under MA, which is Morocco.
_COUNTRY_CORRECTIONS = {"2020-10-13-monashmalaysia-online": "MY"}
_PROGRAMMES = {
    "SWC": ("software-carpentry", "Software Carpentry"),
    "DC": ("data-carpentry", "Data Carpentry"),
    "LC": ("library-carpentry", "Library Carpentry"),
    "TTT": ("instructor-training", "Carpentries Instructor Training"),
}
_BADGES = {
    "swc-instructor": "Software Carpentry instructor",
    "dc-instructor": "Data Carpentry instructor",
    "trainer": "Carpentries instructor trainer",
}
_HOME = "Country of the instructor's nearest airport, as of September 2018."

_Row = dict[str, str | None]


@dataclass(frozen=True)
class _Files:
    """The files of the folder; what is absent is empty."""

    workshops: Path
    people: Path | None
    attendance: tuple[Path, ...]


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read a folder of the Carpentries' files."""
    check_options(settings, [])
    files = _find(settings.path)
    workshops = _workshops(files.workshops)
    amy = read_json(files.people) if files.people else {}
    homes = _homes(amy)
    attendance = _attendance(files.attendance)
    numbered = list(enumerate(workshops, start=1))

    def table(name: str, rows: Iterable[tuple[int, _Row]], file: Path) -> InputTable:
        pairs = list(rows)
        numbers = [number for number, _ in pairs]
        return table_from_records(
            [row for _, row in pairs], settings.id, schema.tables[name], str(file), numbers
        )

    badges = list(_badges(amy))
    people = _people((number, name) for number, w in numbered for name in _everyone(w))
    tables = [
        table("programmes", _programmes(numbered), files.workshops),
        table("organisations", _hosts(numbered), files.workshops),
        table("people", people.values(), files.workshops),
        table("trainings", ((n, _training(w)) for n, w in numbered), files.workshops),
        table("participations", _participations(numbered, homes, attendance), files.workshops),
    ]
    if files.people:
        awarded = _people((number, str(badge["name"])) for number, badge in badges)
        new = [row for key, row in awarded.items() if key not in people]
        outcomes = {outcome["id"]: (n, outcome) for n, b in badges for outcome in [_outcome(b)]}
        tables += [
            table("people", new, files.people),
            table("outcomes", outcomes.values(), files.people),
        ]
    used = [files.workshops, *([files.people] if files.people else []), *files.attendance]
    return SourceTables(tuple(tables), tuple(used))


def _find(folder: Path) -> _Files:
    workshops = sorted(folder.glob("all_past_workshops*.json"))
    if not workshops:
        raise InputError(f"{folder}: there is no all_past_workshops*.json. Put the feed there.")
    people = sorted(folder.glob("amy*.json"))
    names = ("all_workshops_*.csv", "instructor_training_events.csv")
    attendance = [path for name in names for path in sorted(folder.glob(name))]
    return _Files(workshops[-1], people[-1] if people else None, tuple(attendance))


def _workshops(path: Path) -> list[Mapping[str, Any]]:
    records = read_json(path)
    if not isinstance(records, list):
        raise InputError(f"{path}: is no list of workshops. Put the Carpentries' feed there.")
    for number, record in enumerate(records, start=1):
        missing = sorted(_FIELDS - set(record if isinstance(record, dict) else ()))
        if missing:
            raise InputError(
                f"{path}, record {number}: there is no {', '.join(missing)}. Accepted: records of "
                f"the Carpentries' feed, with {', '.join(sorted(_FIELDS))}."
            )
    return records


def _everyone(workshop: Mapping[str, Any]) -> list[str]:
    return _names(workshop["instructors"]) + _names(workshop["helpers"])


def _names(cell: str | None) -> list[str]:
    """Return the names of a comma-separated cell, each once, in order."""
    names = (" ".join(name.split()) for name in (cell or "").split(","))
    return list(dict.fromkeys(name for name in names if slug(name)))


def _country(workshop: Mapping[str, Any]) -> str | None:
    code = _COUNTRY_CORRECTIONS.get(workshop["slug"], workshop["country"] or "")
    return None if code in _NO_COUNTRIES else code


def _tags(workshop: Mapping[str, Any]) -> list[str]:
    return [tag.strip() for tag in (workshop["tag_name"] or "").split(",")]


def _is_online(workshop: Mapping[str, Any]) -> bool:
    return workshop["country"] == _ONLINE or "online" in _tags(workshop)


def _host_key(workshop: Mapping[str, Any]) -> str | None:
    """Return the key of the host in its country: the same name abroad is another campus."""
    name = (workshop["host_name"] or "").strip()
    if not name or name in _NO_HOSTS:
        return None
    return f"carpentries-{slug(name)}"


def _hosts(workshops: Iterable[tuple[int, Mapping[str, Any]]]) -> Iterator[tuple[int, _Row]]:
    """Yield each host once, in the country where it hosted in person most often."""
    held: dict[str, list[tuple[int, str, str | None]]] = {}
    for number, workshop in workshops:
        key = _host_key(workshop)
        if key:
            country = None if _is_online(workshop) else _country(workshop)
            held.setdefault(key, []).append((number, workshop["host_name"].strip(), country))
    for key, events in held.items():
        countries = [country for *_, country in events if country]
        country = max(sorted(set(countries)), key=countries.count) if countries else None
        yield events[0][0], {"id": key, "name": events[0][1], "country": country}


def _people(named: Iterable[tuple[int, str]]) -> dict[str, tuple[int, _Row]]:
    """Return each person once, by key, with the record that names them first."""
    people: dict[str, tuple[int, _Row]] = {}
    for number, name in named:
        key = _person_key(name)
        people.setdefault(key, (number, {"id": key, "name": name, "consent": "published"}))
    return people


def _programmes(
    workshops: Iterable[tuple[int, Mapping[str, Any]]],
) -> Iterator[tuple[int, _Row]]:
    """Yield each programme that a workshop is tagged with, at the first such workshop."""
    first = {tag: number for number, w in reversed(list(workshops)) for tag in _tags(w)}
    for tag, (key, name) in _PROGRAMMES.items():
        if tag in first:
            yield first[tag], {"id": key, "name": name}


def _person_key(name: str) -> str:
    return f"carpentries-{slug(name)}"


def _training(workshop: Mapping[str, Any]) -> _Row:
    tags = _tags(workshop)
    venue = clean_text(workshop["venue"]) or ""  # written for a web page
    place = (workshop["latitude"], workshop["longitude"])
    placed = None not in place and place != _PLACEHOLDER
    return {
        "id": workshop["slug"],
        "name": f"{venue or workshop['host_name']}, {workshop['start_date']}",
        "format": "Course" if "TTT" in tags else "Workshop",
        "programme": next((key for tag, (key, _) in _PROGRAMMES.items() if tag in tags), None),
        "curriculum": (workshop["curriculum"] or "").replace(",", "|"),
        "start_date": workshop["start_date"],
        "end_date": workshop["end_date"],
        "mode": "online" if _is_online(workshop) else "in-person",
        "venue": venue,
        "country": _country(workshop),
        "latitude": str(place[0]) if placed else None,
        "longitude": str(place[1]) if placed else None,
        "host": _host_key(workshop),
        "url": _url(workshop["url"]),
    }


def _url(text: str | None) -> str | None:
    """Return the address in a cell that may lack its scheme or go on with a remark."""
    first = (text or "").split()[:1]
    if not first:
        return None
    return first[0] if first[0].startswith("http") else f"https://{first[0]}"


def _participations(
    workshops: Iterable[tuple[int, Mapping[str, Any]]],
    homes: Mapping[str, str],
    attendance: Mapping[str, str],
) -> Iterator[tuple[int, _Row]]:
    for number, workshop in workshops:
        for role, cell in (("educator", "instructors"), ("helper", "helpers")):
            for key, name in {_person_key(n): n for n in _names(workshop[cell])}.items():
                home = homes.get(name)
                yield (
                    number,
                    {
                        "training": workshop["slug"],
                        "role": role,
                        "person": key,
                        "country": home,
                        "note": _HOME if home else None,
                    },
                )
        if workshop["slug"] in attendance:
            headcount = attendance[workshop["slug"]]
            yield number, {"training": workshop["slug"], "role": "learner", "headcount": headcount}


def _attendance(files: Iterable[Path]) -> dict[str, str]:
    """Return the number of learners by workshop; zero and empty mean unknown."""
    found: dict[str, str] = {}
    for path in files:
        records = read_csv(path)
        missing = {"slug", "attendance"} - set(records.header)
        if missing:
            raise InputError(f"{path}, row 1: the column {', '.join(sorted(missing))} is missing.")
        for _, cells in records.rows:
            row = dict(zip(records.header, map(str.strip, cells), strict=False))
            count = row.get("attendance", "")
            if count.isdecimal() and int(count):
                found.setdefault(row["slug"], str(int(count)))
    return found


def _homes(amy: Mapping[str, Any]) -> dict[str, str]:
    """Return the country of each instructor's nearest airport; a namesake in two has none."""
    seen: dict[str, set[str]] = {}
    for airport in amy.get("airports", ()):
        for person in airport["instructors"]:
            name = " ".join(person["name"].split())
            seen.setdefault(name, set()).add(airport["country"].upper())
    return {name: next(iter(found)) for name, found in seen.items() if len(found) == 1}


def _badges(amy: Mapping[str, Any]) -> Iterator[tuple[int, _Row]]:
    """Yield record number and badge, name and date of each award that is a certificate."""
    number = 0
    for badge in amy.get("badges", ()):
        for person in badge["persons"]:
            number += 1
            name = " ".join(person["name"].split())
            if badge["name"] in _BADGES and slug(name):
                yield number, {"badge": badge["name"], "name": name, "date": person["awarded"]}


def _outcome(badge: _Row) -> _Row:
    name, kind = str(badge["name"]), str(badge["badge"])
    return {
        "id": f"carpentries-{kind}-{slug(name)}",
        "type": "Certificate",
        "name": f"{_BADGES[kind]}: {name}",
        "date": badge["date"],
        "person": _person_key(name),
    }
