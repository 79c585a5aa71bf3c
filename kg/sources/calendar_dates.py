"""Days of calendar events: zones, all-day events, durations and recurrences.

An event is on the days that its own zone's clock showed. Recurrences follow RFC 5545 as
python-dateutil reads it, within limits.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import icalendar
from dateutil import rrule

__all__ = [
    "MAX_OCCURRENCES",
    "Occurrence",
    "Occurrences",
    "is_moment",
    "occurrences",
    "zone_of",
]

MAX_OCCURRENCES = 400
_MAX_YEARS = 20
_WEEK = {"BYDAY", "BYMONTH"}
_MONTH = {*_WEEK, "BYMONTHDAY", "BYSETPOS"}
# The parts that a rule may have beside its frequency. A rule of days that never comes true would
# be searched day by day to the year 9999.
_PARTS = {
    "DAILY": _WEEK,
    "WEEKLY": _WEEK,
    "MONTHLY": _MONTH,
    "YEARLY": {*_MONTH, "BYYEARDAY", "BYWEEKNO"},
}
_COMMON = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}

Moment = dt.date | dt.datetime


@dataclass(frozen=True)
class Doubt:
    """What could not be read, and what would be accepted."""

    value: str
    accepted: str


@dataclass(frozen=True)
class Occurrence:
    """One meeting: ISO days of its start and end, and the event that describes it.

    ``recurrence`` is the day that the rule gave it, which stays if the meeting was moved.
    """

    recurrence: str
    start: str
    end: str | None
    event: icalendar.Component


@dataclass(frozen=True)
class Occurrences:
    """All meetings of an event; ``recurs`` is whether it has a rule or further dates."""

    days: tuple[Occurrence, ...]
    recurs: bool
    doubts: tuple[Doubt, ...] = field(default=())


def zone_of(calendar: icalendar.Calendar) -> dt.tzinfo | None:
    """Return the zone of a calendar as a whole, in which its UTC times are read."""
    stated = str(calendar.get("X-WR-TIMEZONE", "")).strip()
    zones = {str(zone.get("TZID")) for zone in calendar.walk("VTIMEZONE")}
    name = stated or (next(iter(zones)) if len(zones) == 1 else "")
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def occurrences(
    event: icalendar.Component, changes: list[icalendar.Component], zone: dt.tzinfo | None
) -> Occurrences:
    """Return the meetings of an event, those that were moved or cancelled among them as changed."""
    start, end = _bounds(event, zone)
    length = (end - start) if end else None
    recurs = bool(event.get("RRULE") or event.get("RDATE"))
    moments, doubts = _moments(event, start) if recurs else ([start], [])
    changed = {_naive(_value(c, "RECURRENCE-ID"), zone): c for c in changes}
    skipped = set(_listed(event, "EXDATE", zone))
    days = []
    for moment in moments:
        if moment in skipped or _day(moment) in skipped:
            continue
        own = changed.get(moment, changed.get(_day(moment), event))
        if str(own.get("STATUS", "")).upper() == "CANCELLED":
            continue
        if own is not event:
            first, last = _bounds(own, zone)
        else:
            first, last = moment, moment + length if length is not None else None
        days.append(Occurrence(_day(moment).isoformat(), *_iso(first, last), own))
    return Occurrences(_unique(days), recurs, tuple(doubts))


def is_moment(value: Any) -> bool:
    """Return whether the value of a property is a day or a day with a time."""
    return isinstance(getattr(value, "dt", None), dt.date)


def _unique(days: list[Occurrence]) -> tuple[Occurrence, ...]:
    """Give several meetings of one day a number, as part of their key."""
    seen: dict[str, int] = {}
    found = []
    for one in days:
        seen[one.recurrence] = seen.get(one.recurrence, 0) + 1
        number = f"-{seen[one.recurrence]}" if seen[one.recurrence] > 1 else ""
        found.append(Occurrence(one.recurrence + number, one.start, one.end, one.event))
    return tuple(found)


def _value(event: icalendar.Component, name: str) -> Any:
    value = event.get(name)
    return (value[0] if isinstance(value, list) else value).dt


def _naive(moment: Moment, zone: dt.tzinfo | None) -> Moment:
    """Return a moment as its own clock showed it; UTC is moved to the calendar's zone."""
    if not isinstance(moment, dt.datetime):
        return moment
    if zone and moment.tzinfo is not None and moment.utcoffset() == dt.timedelta(0):
        moment = moment.astimezone(zone)
    return moment.replace(tzinfo=None)


def _day(moment: Moment) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _bounds(event: icalendar.Component, zone: dt.tzinfo | None) -> tuple[Any, Any]:
    """Return start and end as moments without zone; the end may be missing."""
    start = _naive(_value(event, "DTSTART"), zone)
    if event.get("DTEND") is not None:
        end = _naive(_value(event, "DTEND"), zone)
        # A day and a moment cannot be subtracted; some calendars mix them.
        return (start, end) if type(start) is type(end) else (_day(start), _day(end))
    if event.get("DURATION") is not None:
        return start, start + _value(event, "DURATION")
    return start, None


def _iso(start: Moment, end: Moment | None) -> tuple[str, str]:
    """Return first and last day: the end of an event is the moment after it."""
    first = _day(start)
    if end is None:
        return first.isoformat(), first.isoformat()
    last = _day(end)
    whole = not isinstance(end, dt.datetime) or end.time() == dt.time(0)
    if whole and last > first:
        last -= dt.timedelta(days=1)
    # An end before the start is left for the checks to refuse.
    return first.isoformat(), last.isoformat()


def _listed(
    event: icalendar.Component, name: str, zone: dt.tzinfo | None = None
) -> Iterator[Moment]:
    value = event.get(name)
    for group in value if isinstance(value, list) else [value] if value else []:
        for item in group.dts:
            moment = item.dt[0] if isinstance(item.dt, tuple) else item.dt
            yield _naive(moment, zone)


def _moments(event: icalendar.Component, start: Any) -> tuple[list[Any], list[Doubt]]:
    """Return the moments that the rules of an event give, the start among them."""
    found, doubts = {start}, []
    rules = event.get("RRULE")
    for rule in rules if isinstance(rules, list) else [rules] if rules else []:
        text = rule.to_ical().decode()
        refusal = _refusal(rule)
        if refusal:
            doubts.append(Doubt(text, refusal))
            continue
        try:
            moments = list(itertools.islice(_expanded(rule, start), MAX_OCCURRENCES + 1))
        except (ValueError, IndexError, OverflowError, TypeError) as error:
            doubts.append(Doubt(text, f"a rule of RFC 5545 ({error}); only the first time is kept"))
            continue
        if len(moments) > MAX_OCCURRENCES:
            accepted = f"a rule that ends after {MAX_OCCURRENCES} times; the first are kept"
            doubts.append(Doubt(text, accepted))
        found |= set(moments[:MAX_OCCURRENCES])
    found |= {m if type(m) is type(start) else start for m in _listed(event, "RDATE")}
    return sorted(found), doubts


def _refusal(rule: Any) -> str | None:
    """Return why a rule is not followed, or None."""
    frequency = str(next(iter(rule.get("FREQ", [])), "")).upper()
    if set(map(str.upper, rule)) - _COMMON - _PARTS.get(frequency, set()):
        return "a rule with simpler parts; only the first time is kept"
    if frequency not in _PARTS:
        return "a rule by days, weeks, months or years; only the first time is kept"
    if rule.get("INTERVAL", [1])[0] < 1:
        return "a rule whose INTERVAL is 1 or more; only the first time is kept"
    if not rule.get("COUNT") and not rule.get("UNTIL"):
        return "a rule with COUNT or UNTIL; only the first time is kept"
    return None


def _expanded(rule: Any, start: Any) -> Iterator[Any]:
    first = start if isinstance(start, dt.datetime) else dt.datetime.combine(start, dt.time(0))
    parts = rule.to_ical().decode().split(";")
    kept = [part for part in parts if not part.upper().startswith("UNTIL=")]
    latest = first.replace(year=first.year + _MAX_YEARS, day=min(first.day, 28))
    until = min([latest, *(_until(value) for value in rule.get("UNTIL", []))])
    for moment in rrule.rrulestr(";".join(kept), dtstart=first):
        if moment > until:
            return
        yield moment if isinstance(start, dt.datetime) else moment.date()


def _until(value: Moment) -> dt.datetime:
    """Return the last moment of a rule; a day counts whole."""
    if isinstance(value, dt.datetime):
        # UTC here is at most a day from the event's own clock, and the day is what counts.
        return dt.datetime.combine(value.date(), dt.time.max)
    return dt.datetime.combine(value, dt.time.max)
