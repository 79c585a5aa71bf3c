"""Projects: a mentorship for each, and a completed project where it graduated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.sources.base import slug
from kg.sources.collected import Collected, Concepts, clean_text, tagged, web_address
from kg.sources.open_life_science.cohorts import Days
from kg.sources.open_life_science.folder import PROGRAMME, Folder, listed, records
from kg.sources.open_life_science.people import People

__all__ = ["Project", "add_projects", "projects"]

_GRADUATED = "graduated"
_ROLES = {"participants": "learner", "mentors": "mentor"}
_KEY_LENGTH = 60


@dataclass(frozen=True)
class Project:
    """One project as the YAML or, where that lacks it, the spreadsheet has it.

    ``people`` has the keys of each role: ``participants`` and ``mentors``.
    """

    cohort: str
    file: str
    line: int
    fields: Mapping[str, str | None]
    keywords: tuple[str, ...]
    people: Mapping[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        """The title, without markup."""
        return clean_text(self.fields.get("name")) or "Untitled project"


def projects(folder: Folder, people: People, collected: Collected) -> list[Project]:
    """Return all projects; a spreadsheet's row counts only where no YAML has the project."""
    found = list(_from_yaml(folder))
    known = {(p.cohort, slug(p.name)) for p in found}
    rows = _from_csv(folder, people, collected, known)
    return [*found, *rows]


def _from_yaml(folder: Folder) -> Iterator[Project]:
    for cohort in folder.cohorts:
        file, content = folder.yaml(f"{cohort}-projects.yaml")
        for entry in records(content, file):
            texts = {k: v for k, v in entry.items() if v is None or isinstance(v, str)}
            named = {role: tuple(listed(entry.get(role))) for role in _ROLES}
            keywords = _words(listed(entry.get("keywords")))
            yield Project(cohort, file, entry.line, texts, keywords, named)


def _from_csv(
    folder: Folder, people: People, collected: Collected, known: set[tuple[str, str]]
) -> Iterator[Project]:
    file = str(folder.find("projects.csv"))
    for number, row in folder.csv("projects.csv", {"name", "cohort", *_ROLES}):
        cohort = folder.cohort(row["cohort"])
        if cohort and (cohort, slug(clean_text(row["name"]) or "")) in known:
            continue
        if not cohort:
            accepted = f"a cohort that has a YAML file: {', '.join(folder.cohorts)}"
            collected.doubt("trainings", file, number, "part_of", row["cohort"], accepted)
            continue
        named = {}
        for role in _ROLES:
            keys = {name.strip(): people.named(name) for name in row[role].split(",")}
            for name in (n for n, key in keys.items() if n and not key):
                accepted = "a name that one person alone bears in people.yaml"
                collected.doubt("participations", file, number, "person", name, accepted)
            named[role] = tuple(key for key in keys.values() if key)
        keywords = _words(row.get("keywords", "").split(","))
        yield Project(cohort, file, number, dict(row), keywords, named)


def _words(cells: list[str]) -> tuple[str, ...]:
    """Return the keywords of cells of which some hold several."""
    words = (word.strip() for cell in cells for word in cell.split(";"))
    return tuple(dict.fromkeys(word for word in words if word))


def add_projects(
    folder: Folder, people: People, days: Days, concepts: Concepts, collected: Collected
) -> None:
    """Add a mentorship for each project with its people, and what came of it.

    A project is mentored as long as its cohort lasts.
    """
    used: set[str] = set()
    unknown: dict[str, set[str]] = {}
    for project in projects(folder, people, collected):
        key = _unused(f"{project.cohort}-{_short(project.name)}", used)
        _add_mentorship(key, project, days.get(project.cohort), concepts, collected)
        for role, keys in project.people.items():
            for person in dict.fromkeys(map(people.id, keys)):
                row = {"training": key, "role": _ROLES[role], "person": person}
                collected.add("participations", project.file, project.line, row)
        if (project.fields.get("status") or "").strip().lower() == _GRADUATED:
            _add_outcome(key, project, people, concepts, collected)
        unknown.setdefault(project.file, set()).update(concepts.unknown(project.keywords))
    for file, words in unknown.items():
        if words:
            reading = "left out: no topic or method of the vocabulary has these names"
            collected.inform("trainings", file, 1, "topic", f"{len(words)} keywords", reading)


def _short(name: str) -> str:
    """Return the beginning of a title as a key."""
    ascii_only = slug(name.encode("ascii", "ignore").decode())
    return (ascii_only or slug(name))[:_KEY_LENGTH].strip("-")


def _unused(key: str, used: set[str]) -> str:
    number, unused = 1, key
    while unused in used:
        number += 1
        unused = f"{key}-{number}"
    used.add(unused)
    return unused


def _add_mentorship(
    key: str,
    project: Project,
    days: tuple[str, str] | None,
    concepts: Concepts,
    collected: Collected,
) -> None:
    row = {
        "id": key,
        "name": tagged(project.name, "en"),
        "format": "Mentorship",
        "part_of": project.cohort,
        "start_date": days[0] if days else None,
        "end_date": days[1] if days else None,
        "mode": "online",
        "organiser": PROGRAMME,
        "description": tagged(clean_text(project.fields.get("description")), "en"),
        **concepts.columns(project.keywords),
    }
    collected.add("trainings", project.file, project.line, row)


def _add_outcome(
    key: str, project: Project, people: People, concepts: Concepts, collected: Collected
) -> None:
    learners = dict.fromkeys(map(people.id, project.people["participants"]))
    video = web_address(project.fields.get("graduation"))
    row = {
        "id": f"{key}-project",
        "type": "CompletedProject",
        "name": tagged(project.name, "en"),
        "person": "|".join(learners),
        "description": tagged(clean_text(project.fields.get("description")), "en"),
        "url": video,
        **concepts.columns(project.keywords),
    }
    collected.add("outcomes", project.file, project.line, row)
    claim = {
        "outcome": f"{key}-project",
        "training": key,
        "grade": "self-reported",
        "source_url": video,
        "note": "The programme says that the project graduated.@en",
    }
    collected.add("attributions", project.file, project.line, claim)
