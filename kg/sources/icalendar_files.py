"""iCalendar files (RFC 5545): events as trainings, recurring ones as a series.

A file (``.ics``) or a folder of them. Options: ``categories``, only events of which are taken;
``organiser``, the organisation that runs what its calendar announces; ``organizer_is``, whether
ORGANIZER names an ``organisation`` (as without it), a ``person``, or is left out (``nobody``).
docs/sources.md says what becomes what.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import icalendar

from kg.errors import InputError, SettingsError
from kg.files import read_utf8
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options
from kg.sources.calendar_dates import Occurrence, is_moment, occurrences, zone_of
from kg.sources.collected import (
    Collected,
    Concepts,
    clean_text,
    tagged,
    web_address,
)
from kg.sources.events import (
    Organisations,
    country_at_end,
    event_key,
    formats,
    is_online,
    language_code,
)
from kg.tables.countries import country_code, is_country_code

__all__ = ["read"]

_SUFFIXES = {".ics", ".ical", ".ifb", ".icalendar"}
_ORGANIZERS = ("organisation", "person", "nobody")
_PRIVATE = {"PRIVATE", "CONFIDENTIAL"}
_COLUMNS = {
    **dict.fromkeys(("DTSTART", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"), "start_date"),
    **dict.fromkeys(("DTEND", "DURATION"), "end_date"),
    "GEO": "latitude", "URL": "url", "DESCRIPTION": "description", "LOCATION": "venue",
}  # fmt: skip
_ONLINE_CATEGORIES = {"webinar", "online", "virtual"}

Event = icalendar.Component
"""One VEVENT."""


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read a calendar, or every calendar of a folder.

    Raises
    ------
    SettingsError
        An option has a value that is not accepted.
    InputError
        A file is no calendar.
    """
    options = _options(settings)
    files = _files(settings)
    reader = _Reader(settings.id, schema, options)
    for path in files:
        reader.take(path)
    return SourceTables(reader.finish(), tuple(files))


def _options(settings: SourceSettings) -> Mapping[str, Any]:
    options = check_options(
        settings, ["categories", "organiser", "organiser_country", "organizer_is"]
    )
    where = f"[[source]] {settings.id}"
    if options.get("organizer_is", _ORGANIZERS[0]) not in _ORGANIZERS:
        raise SettingsError(
            f"{where}: organizer_is is {options['organizer_is']!r}. Accepted: "
            f"{', '.join(_ORGANIZERS)}."
        )
    wanted = options.get("categories", [])
    if not isinstance(wanted, list) or not all(isinstance(name, str) for name in wanted):
        raise SettingsError(
            f'{where}: categories is {wanted!r}. Accepted: a list, such as ["Training"].'
        )
    country = options.get("organiser_country", "")
    if country and not country_code(str(country)) and not is_country_code(str(country)):
        raise SettingsError(
            f"{where}: organiser_country is {country!r}. Accepted: the code or name of a country."
        )
    if not isinstance(options.get("organiser", ""), str):
        raise SettingsError(
            f"{where}: organiser is {options['organiser']!r}. Accepted: the name of an "
            "organisation."
        )
    return options


def _files(settings: SourceSettings) -> list[Path]:
    if not settings.path.is_dir():
        return [settings.path]
    found = sorted(p for p in settings.path.rglob("*") if p.suffix.lower() in _SUFFIXES)
    if not found:
        raise InputError(
            f"[[source]] {settings.id}: there is no file in {settings.path}. Accepted: files that "
            f"end in {', '.join(sorted(_SUFFIXES))}."
        )
    return found


@dataclass(frozen=True)
class _Found:
    """An event where it was found; ``called_off`` if its whole calendar says so."""

    uid: str
    event: Event
    file: str
    number: int
    zone: dt.tzinfo | None
    called_off: bool

    @property
    def revision(self) -> tuple[int, str, str]:
        """What grows from one state of an event to the next."""
        sequence = _text(self.event, "SEQUENCE")
        return (
            int(sequence) if sequence.isdecimal() else 0,
            _text(self.event, "LAST-MODIFIED"),
            _text(self.event, "DTSTAMP"),
        )


class _Reader:
    """Takes calendars in one after the other; events count from 1 in each file."""

    def __init__(self, source: str, schema: Schema, options: Mapping[str, Any]) -> None:
        self._source = source
        self._schema = schema
        self._collected = Collected(source, schema)
        self._concepts = Concepts(schema)
        self._organisations = Organisations(source, self._collected)
        self._people: set[str] = set()
        self._wanted = {str(name).casefold() for name in options.get("categories", [])}
        self._organiser = str(options.get("organiser", ""))
        self._organiser_country = str(options.get("organiser_country", "")) or None
        self._organizer_is = str(options.get("organizer_is", _ORGANIZERS[0]))
        self._found: dict[str, list[_Found]] = {}
        self._changes: dict[str, list[Event]] = {}

    def take(self, path: Path) -> None:
        """Take in all events of a file."""
        for calendar in _calendars(path):
            zone = zone_of(calendar)
            called_off = str(calendar.get("METHOD", "")).upper() == "CANCEL"
            for number, event in enumerate(calendar.walk("VEVENT"), start=1):
                self._without_broken(event, path, number)
                uid = _text(event, "UID") or f"{path.name} {number}"
                if _text(event, "RECURRENCE-ID"):
                    self._changes.setdefault(uid, []).append(event)
                else:
                    found = _Found(uid, event, str(path), number, zone, called_off)
                    self._found.setdefault(uid, []).append(found)

    def _without_broken(self, event: Event, path: Path, number: int) -> None:
        """Take properties that cannot be read out of an event, and note each."""
        broken = {str(name or "a line").upper(): str(reason) for name, reason in event.errors}
        for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
            if name in event and name not in broken and not is_moment(_first(event, name)):
                broken[name] = "is no day or time"
        if "RRULE" in event and not _first(event, "RRULE"):
            broken.setdefault("RRULE", "has no FREQ")
        for name, reason in broken.items():
            event.pop(name, None)
            column = _COLUMNS.get(name, "name")
            accepted = f"a {name} as RFC 5545 has it; it was left out"
            self._collected.doubt("trainings", str(path), number, column, reason, accepted)

    def finish(self) -> tuple[Any, ...]:
        """Return all tables."""
        for uid, events in self._found.items():
            for key, found in self._newest(event_key(self._source, uid), events):
                if not self._is_left_out(found):
                    self._add(found, key, self._changes.get(uid, []))
        self._organisations.finish()
        return self._collected.tables()

    def _newest(self, key: str, events: list[_Found]) -> list[tuple[str, _Found]]:
        """Return the events of one UID to keep: the newest state of it.

        Some exports give one UID to several events: then name and day differ, and all stay.
        """
        kept: dict[tuple[str, str], _Found] = {}
        for found in sorted(events, key=lambda f: f.revision):
            identity = (_text(found.event, "SUMMARY"), _text(found.event, "DTSTART")[:8])
            same = next((i for i in kept if i[0] == identity[0] or i[1] == identity[1]), None)
            if same:
                repeats = kept.pop(same)
                reading = f"left out: a newer state of it stands in {found.file}"
                self._inform(repeats, reading)
            kept[identity] = found
        if len(kept) == 1:
            return [(key, found) for found in kept.values()]
        for found in kept.values():
            self._collected.doubt(
                "trainings", found.file, found.number, "id", found.uid,
                "a UID that only one event has; all of them were kept",
            )  # fmt: skip
        return [(f"{key}-{day}", found) for (_, day), found in kept.items()]

    def _inform(self, found: _Found, reading: str) -> None:
        access = _text(found.event, "CLASS").upper()
        # What a private event is called stays private too.
        name = access if access in _PRIVATE else _text(found.event, "SUMMARY") or "an event"
        self._collected.inform("trainings", found.file, found.number, "name", name, reading)

    def _is_left_out(self, found: _Found) -> bool:
        """Return whether an event is no training to tell of; the report says why."""
        event = found.event
        categories = _categories(event)
        status, access = _text(event, "STATUS").upper(), _text(event, "CLASS").upper()
        reason = None
        if found.called_off or status == "CANCELLED":
            reason = "left out: cancelled"
        elif access in _PRIVATE:
            reason = f"left out: its class is {access}"
        elif self._wanted and not self._wanted & {c.casefold() for c in categories}:
            reason = "left out: none of the wanted categories"
        elif not _text(event, "DTSTART"):
            self._collected.doubt(
                "trainings", found.file, found.number, "start_date", None, "a DTSTART"
            )
            return True
        if reason:
            self._inform(found, reason)
        return reason is not None

    def _add(self, found: _Found, key: str, changes: list[Event]) -> None:
        event, file, number = found.event, found.file, found.number
        meetings = occurrences(event, changes, found.zone)
        for doubt in meetings.doubts:
            self._collected.doubt(
                "trainings", file, number, "start_date", doubt.value, doubt.accepted
            )
        if meetings.recurs:
            row = {
                "id": key,
                "name": self._name(event),
                "organiser": self._organisers(event, file, number),
                "url": web_address(_text(event, "URL")),
            }
            self._collected.add("series", file, number, row)
        series = key if meetings.recurs else None
        for meeting in meetings.days:
            identity = f"{key}-{meeting.recurrence}" if series else key
            self._add_training(meeting.event, identity, series, meeting, file, number)

    def _add_training(
        self, event: Event, key: str, series: str | None, when: Occurrence, file: str, number: int
    ) -> None:
        words = _categories(event)
        kinds = formats(self._schema, words)
        organisers = self._organisers(event, file, number)
        if len(kinds) > 1:
            accepted = "one of them"
            self._collected.doubt("trainings", file, number, "format", ", ".join(kinds), accepted)
        row = {
            "id": key,
            "name": self._name(event),
            "format": kinds[0] if len(kinds) == 1 else None,
            "series": series,
            "start_date": when.start,
            "end_date": when.end,
            **self._place(event, words),
            "organiser": organisers,
            "description": self._description(event),
            "url": self._page(event, file, number),
            **self._concepts.columns(words),
        }
        self._collected.add("trainings", file, number, row)
        if self._organizer_is == "person":
            self._add_person(event, key, file, number)

    def _name(self, event: Event) -> str | None:
        return tagged(clean_text(_text(event, "SUMMARY")), _language(event, "SUMMARY"))

    def _description(self, event: Event) -> str | None:
        text = clean_text(_text(event, "DESCRIPTION"))
        return tagged(text, _language(event, "DESCRIPTION"))

    def _page(self, event: Event, file: str, number: int) -> str | None:
        stated = _text(event, "URL")
        found = web_address(stated)
        if stated and not found:
            self._collected.doubt("trainings", file, number, "url", stated, "a web address")
        return found

    def _place(self, event: Event, words: list[str]) -> dict[str, str | None]:
        place = " ".join(_text(event, "LOCATION").split())
        online = is_online(place) or bool(_ONLINE_CATEGORIES & {word.casefold() for word in words})
        country = country_code(place) if place else None
        if online:
            return {"mode": "online"}
        latitude, longitude = _coordinates(event)
        return {
            # A country alone is no place where people met.
            "mode": "in-person" if place and not country else None,
            "venue": tagged(place) if not country else None,
            "country": country or country_at_end(place),
            "latitude": latitude,
            "longitude": longitude,
        }

    def _organisers(self, event: Event, file: str, number: int) -> str | None:
        """Return the key of the organisation that runs an event. Mail addresses are not kept."""
        name = _common_name(event) if self._organizer_is == "organisation" else None
        name = name or self._organiser
        row = {
            "name": name,
            "country": None if name != self._organiser else self._organiser_country,
        }
        return self._organisations.add(file, number, row) if name else None

    def _add_person(self, event: Event, key: str, file: str, number: int) -> None:
        name = _common_name(event)
        if not name:
            return
        # The same name is the same person in one organisation's calendar only.
        person = event_key(self._source, f"{name} {self._organiser or file}")
        if person not in self._people:
            self._people.add(person)
            row = {"id": person, "name": tagged(name), "consent": "published"}
            self._collected.add("people", file, number, row)
        part = {"training": key, "role": "organiser", "person": person}
        self._collected.add("participations", file, number, part)


def _calendars(path: Path) -> Iterator[icalendar.Calendar]:
    """Yield the calendars of a file."""
    text = read_utf8(path)
    # The parser takes what follows in its stride; a file that ends too early is not all there.
    begun, ended = text.upper().count("BEGIN:VEVENT"), text.upper().count("END:VEVENT")
    if begun != ended or "BEGIN:VCALENDAR" not in text.upper():
        raise InputError(
            f"{path}: found {begun} events that begin and {ended} that end. Accepted: a calendar "
            "from BEGIN:VCALENDAR to END:VCALENDAR. Fetch it again."
        )
    try:
        found = icalendar.Calendar.from_ical(text, multiple=True)
    except (ValueError, KeyError, IndexError) as error:
        raise InputError(f"{path}: is no iCalendar file: {error}.") from error
    calendars = [item for item in found if isinstance(item, icalendar.Calendar)]
    read = sum(len(calendar.walk("VEVENT")) for calendar in calendars)
    if read != begun:
        raise InputError(
            f"{path}: {begun - read} of {begun} events stand outside of a calendar, or inside of "
            "another event. Accepted: BEGIN and END in pairs."
        )
    yield from calendars


def _first(event: Event, name: str) -> Any:
    value = event.get(name)
    return value[0] if isinstance(value, list) and value else value


def _text(event: Event, name: str) -> str:
    value = _first(event, name)
    if value is None:
        return ""
    return str(value.to_ical().decode() if hasattr(value, "dt") else value).strip()


def _language(event: Event, name: str) -> str | None:
    stated = getattr(_first(event, name), "params", {}).get("LANGUAGE")
    return language_code(str(stated)) if stated else None


def _categories(event: Event) -> list[str]:
    value = event.get("CATEGORIES")
    groups = value if isinstance(value, list) else [value] if value else []
    words = (str(word).strip() for group in groups for word in getattr(group, "cats", [group]))
    return list(dict.fromkeys(word for word in words if word))


def _common_name(event: Event) -> str | None:
    name = getattr(_first(event, "ORGANIZER"), "params", {}).get("CN")
    text = clean_text(str(name).strip("\"' ")) if name else None
    return None if text is None or "@" in text else text


def _coordinates(event: Event) -> tuple[str | None, str | None]:
    geo = _first(event, "GEO")
    if geo is None or not hasattr(geo, "latitude"):
        return None, None
    return f"{geo.latitude:.7f}", f"{geo.longitude:.7f}"
