"""Who took part in a cohort, and as what."""

from __future__ import annotations

from collections.abc import Iterator

from kg.sources.collected import Collected, tagged
from kg.sources.open_life_science.folder import Folder, key_of, listed, records
from kg.sources.open_life_science.people import People
from kg.sources.yaml_files import Record

__all__ = ["add_roles"]

_ROLES = {
    "participant": ("learner", None),
    "mentor": ("mentor", None),
    "expert": ("helper", "Listed as an expert, to be asked for advice."),
    "speaker": ("educator", None),
    "facilitator": ("helper", "Listed as a facilitator."),
    "organizer": ("organiser", None),
}
_METADATA = {"experts": "expert", "speakers": "speaker", "facilitators": "facilitator",
             "organizers": "organizer"}  # fmt: skip
_PROJECT = {"participants": "participant", "mentors": "mentor"}

Part = tuple[str, str, str]  # cohort, role of theirs, key of a person


def add_roles(folder: Folder, people: People, collected: Collected) -> None:
    """Add the spreadsheet's rows, then those that only the YAML files have."""
    seen: set[Part] = set()
    file = str(folder.find("people_per_cohort.csv"))
    for number, row in folder.csv("people_per_cohort.csv", {"id", "country", "cohort", "role"}):
        cohort, role, key = folder.cohort(row["cohort"]), row["role"].lower(), row["id"]
        if not cohort or role not in _ROLES:
            column, value = ("role", row["role"]) if cohort else ("training", row["cohort"])
            accepted = ", ".join(_ROLES if cohort else folder.cohorts)
            collected.doubt("participations", file, number, column, value, accepted)
            continue
        # The first of equal rows says what is doubtful; the others are counted as merged.
        said = (cohort, role, people.id(key)) in seen
        country = collected.country("participations", file, number, row["country"], said)
        seen.add((cohort, role, people.id(key)))
        collected.add("participations", file, number, _part(cohort, role, key, country, people))
    for name, line, (cohort, role, key) in _stated(folder):
        if (cohort, role, people.id(key)) not in seen:
            seen.add((cohort, role, people.id(key)))
            country = collected.country("participations", name, line, people.country(key))
            collected.add("participations", name, line, _part(cohort, role, key, country, people))


def _part(
    cohort: str, role: str, key: str, country: str | None, people: People
) -> dict[str, str | None]:
    name, note = _ROLES[role]
    return {
        # Their role and key tell an expert from a facilitator, and two keys of one person apart.
        "id": f"{cohort}-{role}-{key_of(key)}",
        "training": cohort,
        "role": name,
        "person": people.id(key),
        "country": country,
        "note": tagged(note, "en"),
    }


def _stated(folder: Folder) -> Iterator[tuple[str, int, Part]]:
    """Yield file, line and part of everyone whom the YAML files name."""
    for cohort in folder.cohorts:
        file, content = folder.yaml(f"{cohort}-metadata.yaml")
        for field, role in _METADATA.items() if isinstance(content, Record) else ():
            for key in listed(content.get(field)):
                yield file, content.line, (cohort, role, key)
        file, content = folder.yaml(f"{cohort}-projects.yaml")
        for entry in records(content, file):
            for field, role in _PROJECT.items():
                for key in listed(entry.get(field)):
                    yield file, entry.line, (cohort, role, key)
