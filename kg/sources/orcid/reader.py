"""ORCID records as people, organisations, affiliations, trainings, outcomes and fundings."""

from __future__ import annotations

import calendar
import re
from collections import Counter

from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options, slug
from kg.sources.collected import Collected, Row, is_valid, joined, tagged
from kg.sources.orcid.records import Activity, Organisation, Record, orcid_records

__all__ = ["read"]

_BELONGING = {"employment", "education", "membership", "service", "invited-position"}
_READ = _BELONGING | {"qualification", "distinction", "funding"}
_WITHOUT_TITLE = {"membership": "Member", "education": "Student", "service": "Service"}
# What a title says of a stay; one that says neither stays an affiliation.
_TEACHES = re.compile(r"profess|lectur|teach|instructor|faculty|enseign|أستاذ|محاضر", re.IGNORECASE)
_LEARNS = re.compile(
    r"fellow|scholar|student|post-?doc|doctorant|doctoral|trainee|intern\b|researcher|scientist"
    r"|stagiaire|chercheu|باحث|طالب|زميل",
    re.IGNORECASE,
)
_POSTDOC = re.compile(r"post-?doc", re.IGNORECASE)
_PREFIXES = re.compile(
    r"^https?://(?:www\.)?(?:ror\.org|grid\.ac/institutes|(?:dx\.)?doi\.org)/|^10\.13039/",
    re.IGNORECASE,
)


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read a record, or a folder of them."""
    check_options(settings, [])
    reader = _Reader(Collected(settings.id, schema))
    for record in orcid_records(settings.path):
        reader.add(record)
    reader.finish()
    return SourceTables(reader.found.tables(), (settings.path,))


class _Reader:
    """Collects rows over all records; what several records share gets one row."""

    def __init__(self, found: Collected) -> None:
        self.found = found
        self._organisations: set[str] = set()
        self._people: set[str] = set()
        self._affiliations: dict[tuple[str, str, str | None], tuple[str, int, Row]] = {}

    def add(self, record: Record) -> None:
        """Add a record, if it may be shown, and what is public of its activities."""
        hidden = record.name_visibility != "public"
        if record.deactivated or hidden or not record.name:
            accepted = "a record in use whose name is public"
            self.found.doubt("people", record.file, record.line, "name", record.orcid, accepted)
            return
        if record.orcid in self._people:
            reading = "left out: an earlier file has the record of this person"
            self.found.inform("people", record.file, record.line, "orcid", record.orcid, reading)
            return
        self._people.add(record.orcid)
        row = {
            "id": f"orcid-{record.orcid}",
            "name": tagged(record.name),
            "orcid": record.orcid,
            "consent": "published",
            "url": record.url,
            "source_url": _source(record),
        }
        self.found.add("people", record.file, record.line, row)
        others = Counter(a.kind for a in record.activities if a.kind not in _READ)
        for kind, count in others.items():
            reading = f"{count} left out: the vocabulary has no place for them here"
            self.found.inform("people", record.file, record.line, "source_url", kind, reading)
        for activity in record.activities:
            if activity.kind in _READ:
                self._activity(record, activity)

    def _activity(self, record: Record, activity: Activity) -> None:
        what = f"{activity.kind} {activity.key}"
        if activity.visibility != "public":
            accepted = f"visibility public, not {activity.visibility}"
            self.found.doubt("people", record.file, record.line, "source_url", what, accepted)
            return
        organisation = activity.organisation and self._organisation(record, activity.organisation)
        if not organisation:
            accepted = "an activity with an organisation that has a name"
            self.found.doubt("people", record.file, record.line, "source_url", what, accepted)
        elif activity.kind == "funding":
            self._funding(record, activity, organisation)
        elif activity.kind in _BELONGING:
            self._belonging(record, activity, organisation)
        elif activity.kind == "qualification":
            self._qualification(record, activity, organisation)
        else:  # a distinction
            self._outcome(record, activity, "CareerStep", {"funder": organisation})

    def _organisation(self, record: Record, organisation: Organisation) -> str:
        """Return the key of an organisation, adding its row where it is new."""
        cells = _identifiers(organisation)
        name = " ".join(filter(None, (organisation.name, organisation.city, organisation.country)))
        own = next((f"{k}-{v}" for k, v in cells.items() if k != "other_id"), None)
        other = cells.get("other_id", "").replace(":", "-")
        key = own or other or f"orcid-{slug(name)}"
        if key not in self._organisations:
            self._organisations.add(key)
            country = self.found.country(
                "organisations", record.file, record.line, organisation.country
            )
            row = {
                "id": key,
                "name": tagged(organisation.name),
                "city": organisation.city,
                "country": country,
                **cells,
            }
            self.found.add("organisations", record.file, record.line, row)
        return key

    def _belonging(self, record: Record, activity: Activity, organisation: str) -> None:
        start, end = self._period(record, activity)
        title = activity.title or _WITHOUT_TITLE.get(activity.kind)
        position = ", ".join(filter(None, (title, activity.department)))
        key = (record.orcid, organisation, start)
        row: Row = {
            "person": f"orcid-{record.orcid}",
            "organisation": organisation,
            "start_date": start,
            "end_date": end,
            "position": tagged(position),
            "source_url": _source(record),
        }
        known = self._affiliations.get(key)
        self._affiliations[key] = (record.file, record.line, _both(known[2], row) if known else row)
        role = _role(activity)
        if role is not None:
            kind = "Fellowship" if activity.kind == "employment" else "ExchangeVisit"
            self._training(record, activity, kind, role, {"host": organisation})

    def _qualification(self, record: Record, activity: Activity, organisation: str) -> None:
        """Add a programme that a person took part in, and what it ended with."""
        self._outcome(record, activity, "Certificate", {})
        training = self._training(
            record, activity, "Course", "learner", {"organiser": organisation}
        )
        row = {
            "outcome": training,  # both have the activity's key, each in its table
            "training": training,
            "grade": "self-reported",
            "source_url": _source(record),
        }
        self.found.add("attributions", record.file, record.line, row)

    def _funding(self, record: Record, activity: Activity, organisation: str) -> None:
        cells = {"funder": organisation, "award": joined(activity.awards)}
        if activity.type == "salary-award":
            start, _ = self._period(record, activity)
            training = self._training(
                record, activity, "Fellowship", "learner", {"funder": organisation}
            )
            row = {
                "id": training,
                "name": tagged(_title(activity)),
                "funder": organisation,
                "training": training,
                "date": start,
                "source_url": _source(record),
            }
            self.found.add("fundings", record.file, record.line, row)
        else:
            kind = "CareerStep" if activity.type == "award" else "Grant"
            self._outcome(record, activity, kind, cells)

    def _outcome(self, record: Record, activity: Activity, kind: str, cells: Row) -> None:
        start, end = self._period(record, activity)
        row = {
            "id": _key(record, activity),
            "type": kind,
            "name": tagged(_title(activity)),
            # A certificate is had at the end, money and honours from the start.
            "date": (end or start) if kind == "Certificate" else start or end,
            "person": f"orcid-{record.orcid}",
            "url": activity.url,
            "source_url": _source(record),
            **cells,
        }
        self.found.add("outcomes", record.file, record.line, row)

    def _training(
        self, record: Record, activity: Activity, kind: str, role: str, cells: Row
    ) -> str:
        start, end = self._period(record, activity)
        key = _key(record, activity)
        row = {
            "id": key,
            "name": tagged(_title(activity)),
            "format": kind,
            "start_date": start,
            "end_date": end,
            "url": activity.url,
            "source_url": _source(record),
            **cells,
        }
        self.found.add("trainings", record.file, record.line, row)
        participation = {
            "training": key,
            "role": role,
            "person": f"orcid-{record.orcid}",
            "source_url": _source(record),
        }
        self.found.add("participations", record.file, record.line, participation)
        return key

    def _period(self, record: Record, activity: Activity) -> tuple[str | None, str | None]:
        """Return start and end; a day that does not exist is left out with a doubt."""
        dates = []
        for column, parts in (("start_date", activity.start), ("end_date", activity.end)):
            date = _date(parts)
            if parts and date != "-".join(parts):
                accepted = (
                    f"a date that exists; {activity.kind} {activity.key} has {date or 'none'}"
                )
                written = "-".join(parts)
                self.found.doubt("people", record.file, record.line, column, written, accepted)
            dates.append(date)
        return dates[0], dates[1]

    def finish(self) -> None:
        """Add the affiliations, each once."""
        for file, line, row in self._affiliations.values():
            self.found.add("affiliations", file, line, row)


def _source(record: Record) -> str:
    return f"https://orcid.org/{record.orcid}"


def _key(record: Record, activity: Activity) -> str:
    return f"orcid-{record.orcid}-{activity.kind}-{activity.key}"


def _title(activity: Activity) -> str:
    title = activity.title or activity.kind.replace("-", " ").capitalize()
    name = activity.organisation.name if activity.organisation else ""
    return title if activity.kind == "funding" else f"{title}, {name}"


def _role(activity: Activity) -> str | None:
    """Return the role of a person in a stay that is a training, if the title says so."""
    title = activity.title or ""
    if activity.kind == "employment":
        return "learner" if _POSTDOC.search(title) else None
    if activity.kind != "invited-position":
        return None
    if _TEACHES.search(title):
        return "educator"
    return "learner" if _LEARNS.search(title) else None


def _identifiers(organisation: Organisation) -> dict[str, str]:
    """Return the columns of an identifier; one that is malformed is none."""
    if not organisation.scheme or not organisation.identifier:
        return {}
    bare = _PREFIXES.sub("", _PREFIXES.sub("", organisation.identifier.strip())).lower()
    scheme = organisation.scheme.lower()
    if scheme in ("ror", "grid", "fundref"):
        return {scheme: bare} if is_valid(scheme, bare) else {}
    return {"other_id": f"{scheme}:{bare}"} if re.fullmatch(r"[^\s|]+", bare) else {}


def _both(one: Row, two: Row) -> Row:
    """Return two affiliations with the same start as one: both positions, the later end."""
    positions = dict.fromkeys(p for r in (one, two) if (p := r["position"]))
    ends = [r["end_date"] for r in (one, two)]
    end = None if None in ends else max(str(e) for e in ends)
    return {**one, "position": "; ".join(positions) or None, "end_date": end}


def _date(parts: tuple[str, ...]) -> str | None:
    """Return year, month and day as far as they exist."""
    if not parts or not re.fullmatch("[0-9]{4}", parts[0]):
        return None
    year, numbers = int(parts[0]), [p for p in parts[1:] if re.fullmatch("[0-9]{1,2}", p)]
    date = parts[0]
    if numbers and 1 <= int(numbers[0]) <= 12:
        date += f"-{int(numbers[0]):02d}"
        if len(numbers) > 1 and year > 0:
            days = calendar.monthrange(year, int(numbers[0]))[1]
            date += f"-{int(numbers[1]):02d}" if 1 <= int(numbers[1]) <= days else ""
    return date
