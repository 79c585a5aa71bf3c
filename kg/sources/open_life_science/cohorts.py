"""Cohorts as trainings of a series, and their calls as parts of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kg.sources.collected import Collected, clean_text, tagged, web_address
from kg.sources.open_life_science.folder import PROGRAMME, Folder, day, listed, records
from kg.sources.open_life_science.people import People
from kg.sources.yaml_files import Record

__all__ = ["Days", "add_calls", "add_cohorts", "add_talks"]

_SERIES = {"ols": ("open-seeds", "Open Seeds"), "neb": ("nebula", "Nebula")}
# Calls of these kinds teach; the others (questions, coworking, mentor and mentee alone) do not.
_TEACHING = {None, "Cohort", "Skill-up", "Mentor"}
_FIRST_YEAR = "2019"
_ROLES = {"facilitators": "helper", "expert": "educator", "hosts": "organiser"}


Days = dict[str, tuple[str, str]]
"""First and last day of each cohort that has a schedule."""


def add_cohorts(folder: Folder, collected: Collected) -> Days:
    """Add the series and a training for each cohort; return their first and last days."""
    series = set()
    known: Days = {}
    for cohort in folder.cohorts:
        key, name = _SERIES[cohort.split("-")[0]]
        file, weeks = _weeks(folder, cohort)
        if key not in series:
            series.add(key)
            line = {"id": key, "name": f"{name}@en", "programme": PROGRAMME,
                   "organiser": PROGRAMME}  # fmt: skip
            collected.add("series", file, 1, line)
        days = _days(weeks, file, collected)
        if days:
            known[cohort] = (days[0], days[-1])
        row = {
            "id": cohort,
            "name": f"{name}, cohort {cohort.upper()}@en",
            "format": "Course",
            "series": key,
            "programme": PROGRAMME,
            "start_date": days[0] if days else None,
            "end_date": days[-1] if days else None,
            "mode": "online",
            "organiser": PROGRAMME,
            "topic": "open-science",
        }
        collected.add("trainings", file, 1, row)
    return known


def _weeks(folder: Folder, cohort: str) -> tuple[str, list[Record]]:
    file, content = folder.yaml(f"{cohort}-schedule.yaml")
    weeks = content.get("weeks") if isinstance(content, Record) else None
    return file, [w for w in (weeks or {}).values() if isinstance(w, Record)]


def _date(text: str | None) -> str | None:
    """Return a day; one before the programme is a spreadsheet's slip (March 05, 1900)."""
    found = day(text)
    return found if found and found >= _FIRST_YEAR else None


def _days(weeks: list[Record], file: str, collected: Collected) -> list[str]:
    """Return the days of a cohort in order, and note what is none."""
    found = []
    for week in weeks:
        dated = [(week.line, week.get("start")), *((c.line, c.get("date")) for c in _calls(week))]
        for line, text in dated:
            date = _date(text)
            if date:
                found.append(date)
            elif text:
                accepted = "a day of the cohort, such as 2021-02-08"
                collected.doubt("trainings", file, line, "start_date", text, accepted)
    return sorted(found)


def _calls(week: Record) -> list[Record]:
    return [call for call in week.get("calls") or [] if isinstance(call, Record)]


def _teaching_calls(folder: Folder, cohort: str) -> Iterator[tuple[str, Record]]:
    """Yield key and call of each dated call that teaches; two on one day get a number."""
    seen: dict[str, int] = {}
    for week in _weeks(folder, cohort)[1]:
        for call in _calls(week):
            date = _date(call.get("date"))
            if date and call.get("type") in _TEACHING:
                seen[date] = seen.get(date, 0) + 1
                number = f"-{seen[date]}" if seen[date] > 1 else ""
                yield f"{cohort}-{date}{number}", call


def add_calls(folder: Folder, people: People, collected: Collected) -> None:
    """Add each dated call that teaches, and who held it."""
    for cohort in folder.cohorts:
        file, weeks = _weeks(folder, cohort)
        taught = list(_teaching_calls(folder, cohort))
        for key, call in taught:
            _add_call(cohort, key, call, file, collected)
            for role, person, note in _holders(call):
                row = _part(key, role, person, note, people)
                collected.add("participations", file, call.line, row)
        others = sum(len(_calls(week)) for week in weeks) - len(taught)
        if others:
            collected.inform(
                "trainings", file, 1, "id", f"{others} calls of {cohort}",
                "left out: without a date, or held to ask, work or meet a mentor",
            )  # fmt: skip


def _add_call(cohort: str, key: str, call: Record, file: str, collected: Collected) -> None:
    date = _date(call.get("date"))
    text = call.get("agenda") or call.get("content") or " ".join(listed(call.get("syllabus")))
    row = {
        "id": key,
        "name": tagged(clean_text(call.get("title")) or f"Call of {date}", "en"),
        "format": "Seminar",
        "part_of": cohort,
        "start_date": date,
        "end_date": date,
        "mode": "online",
        "organiser": PROGRAMME,
        "topic": "open-science",
        "description": tagged(clean_text(text), "en"),
        "url": web_address(call.get("recording")),
    }
    collected.add("trainings", file, call.line, row)


def _holders(call: Record) -> Iterator[tuple[str, str, str | None]]:
    """Yield role, person and note; one who gave two talks is there once, with both titles."""
    talks: dict[str, list[str]] = {}
    for talk in call.get("talks") or []:
        if isinstance(talk, Record):
            for speaker in listed(talk.get("speakers")):
                talks.setdefault(speaker, []).append(clean_text(talk.get("title")) or "a talk")
    for speaker, titles in talks.items():
        yield "educator", speaker, "; ".join(titles)
    for field, role in _ROLES.items():
        for person in dict.fromkeys(listed(call.get(field))):
            if role != "educator" or person not in talks:
                yield role, person, None


def _part(
    training: str, role: str, key: str, note: str | None, people: People
) -> dict[str, str | None]:
    person = people.id(key)
    return {
        "id": f"{training}-{role}-{person}",
        "training": training,
        "role": role,
        "person": person,
        "note": tagged(note, "en"),
    }


def add_talks(folder: Folder, people: People, collected: Collected) -> None:
    """Add the library's talks that no schedule has, to the call of their day or to the cohort."""
    file, content = folder.yaml("library.yaml")
    scheduled = {
        (cohort, speaker, clean_text(talk.get("title")))
        for cohort in folder.cohorts
        for week in _weeks(folder, cohort)[1]
        for call in _calls(week)
        for talk in call.get("talks") or []
        if isinstance(talk, Record)
        for speaker in listed(talk.get("speakers"))
    }
    calls = {key for cohort in folder.cohorts for key, _ in _teaching_calls(folder, cohort)}
    parts: dict[tuple[str, str], tuple[int, list[str]]] = {}
    for talk in _library(content, file):
        cohort, title = talk.get("cohort") or "", clean_text(talk.get("title")) or "a talk"
        call = f"{cohort}-{_date(talk.get('date'))}"
        for speaker in listed(talk.get("speakers")):
            if (cohort, speaker, title) not in scheduled:
                where = (call if call in calls else cohort, speaker)
                parts.setdefault(where, (talk.line, []))[1].append(title)
    for (training, speaker), (line, titles) in parts.items():
        row = _part(training, "educator", speaker, "; ".join(dict.fromkeys(titles)), people)
        row["id"] = f"{training}-library-{row['person']}"
        collected.add("participations", file, line, row)


def _library(content: Any, file: str) -> Iterator[Record]:
    tags: Mapping[str, Any] = content if isinstance(content, Record) else {}
    for tag in tags.values():
        for subtag in tag.values() if isinstance(tag, Record) else ():
            if isinstance(subtag, Record):
                yield from records(subtag.get("talks"), file)
