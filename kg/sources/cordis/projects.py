"""Projects that are research training, gathered from all files that say something of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.sources.collected import Collected, clean_text, joined, tagged
from kg.sources.cordis.actions import COMMISSION, Action, Actions
from kg.sources.cordis.files import Files, Row
from kg.sources.cordis.organisations import Member
from kg.sources.cordis.subjects import Subjects

__all__ = ["Project", "add_projects", "projects"]

_PAGE = "https://cordis.europa.eu/project/id/"
_REPORT = re.compile(r"^Periodic Reporting for period \d+\s*-\s*(.*)$", re.DOTALL)
_GRANT = re.compile(r"\d{5,10}")
# A network or an exchange has two organisations at least.
_SMALLEST = {"JointTrainingNetwork": 2, "ExchangeVisit": 2}
_FIRST_DAY = "1984"  # of the first framework programme


@dataclass
class Project:
    """One project; ``file`` and ``row`` are where it was met first.

    ``cells`` are those of the project file, empty where it does not have the project.
    """

    id: str
    file: str
    row: int
    action: Action
    cells: Row = field(default_factory=dict)
    topic: str | None = None
    topic_title: str | None = None
    acronym: str | None = None
    report: str | None = None

    @property
    def name(self) -> str:
        """Its title and acronym; without these what is known of the grant."""
        title = clean_text(self.cells.get("title")) or self.report
        acronym = self.cells.get("acronym") or self.acronym
        call = self.topic_title or self.topic or self.action.name
        if not title:
            return f"{acronym} ({call})" if acronym else f"{call}, grant {self.id}"
        if not acronym or acronym.casefold() in title.casefold():
            return title
        return f"{title} ({acronym})"


@dataclass
class _Codes:
    """What the files say of the kind of a project."""

    file: str
    row: int
    texts: list[str] = field(default_factory=list)
    topic: str | None = None
    topic_title: str | None = None


def projects(files: Files, actions: Actions, collected: Collected) -> dict[str, Project]:
    """Return the projects that are trainings, by grant number."""
    codes: dict[str, _Codes] = {}
    cells: dict[str, Row] = {}
    for file, row, record in files.rows("projects"):
        key = _key(record["id"], "projects", file, row, collected)
        if key:
            code = codes.setdefault(key, _Codes(file, row))
            said = ("topics", "fundingScheme", "subCall", "legalBasis")
            code.texts += [text for name in said if (text := record[name])]
            code.topic = code.topic or record["topics"]
            cells.setdefault(key, record)
    for kind, column in (("topics", "topic"), ("legal", "legalBasis")):
        for file, row, record in files.rows(kind):
            key = _key(record["projectID"], kind, file, row, collected)
            if key and record[column]:
                code = codes.setdefault(key, _Codes(file, row))
                code.texts.append(str(record[column]))
                if kind == "topics":
                    code.topic = code.topic or record["topic"]
                    code.topic_title = code.topic_title or record["title"]
    found = {
        key: Project(key, code.file, code.row, action, cells.get(key, {}), code.topic,
                     code.topic_title)
        for key, code in codes.items()
        if (action := actions.of(code.texts))
    }  # fmt: skip
    _tell_others(codes, found, collected)
    _add_names(files, found)
    return found


def _key(text: str | None, kind: str, file: str, row: int, collected: Collected) -> str | None:
    if text and _GRANT.fullmatch(text):
        return text
    collected.doubt("trainings", file, row, "id", text, f"a grant number, in a file of {kind}")
    return None


def _tell_others(
    codes: Mapping[str, _Codes], found: Mapping[str, Project], collected: Collected
) -> None:
    """Say how many projects of each file are no research training."""
    others = Counter(code.file for key, code in codes.items() if key not in found)
    for file, count in others.items():
        reading = (
            "left out: neither topic, scheme, call nor legal basis is one of research training"
        )
        collected.inform("trainings", file, 1, "format", f"{count} projects", reading)


def _add_names(files: Files, found: Mapping[str, Project]) -> None:
    """Add titles from report summaries, and acronyms from the files of organisations."""
    for _, _, record in files.rows("reports"):
        project = found.get(record["projectID"] or "")
        if project:
            project.acronym = project.acronym or record["projectAcronym"]
            stated = _REPORT.match(record["title"] or "")
            if stated and not project.report:
                project.report = _title_of_report(stated[1], record["projectAcronym"])
    for _, _, record in files.rows("organisations"):
        project = found.get(record["projectID"] or "")
        if project:
            project.acronym = project.acronym or record["projectAcronym"]


def _title_of_report(text: str, acronym: str | None) -> str | None:
    """Return the title in ``ACRONYM (Title)``."""
    bare = text.strip()
    if acronym and bare.startswith(f"{acronym} (") and bare.endswith(")"):
        bare = bare[len(acronym) + 2 : -1]
    return clean_text(bare)


def add_projects(
    found: Mapping[str, Project],
    members: Mapping[str, list[Member]],
    subjects: Subjects,
    collected: Collected,
) -> None:
    """Add a training and, where its sum is known, a funding for each project."""
    for project in found.values():
        consortium = members.get(project.id, [])
        _add_training(project, consortium, subjects, collected)
        _add_funding(project, consortium, collected)


def _add_training(
    project: Project, consortium: list[Member], subjects: Subjects, collected: Collected
) -> None:
    cells = project.cells
    concepts = subjects.of(project.id, cells.get("keywords"))
    row = {
        "id": f"cordis-{project.id}",
        "name": tagged(project.name, "en"),
        "format": project.action.format,
        "programme": project.action.key,
        "start_date": _date(cells.get("startDate")),
        "end_date": _date(cells.get("endDate")),
        "host": joined(member.key for member in consortium),
        "organiser": joined(m.key for m in consortium if m.role == "coordinator"),
        "funder": COMMISSION,
        "description": tagged(clean_text(cells.get("objective")), "en"),
        "url": f"{_PAGE}{project.id}",
        "source_url": _doi(cells.get("grantDoi")),
        **concepts,
    }
    collected.add("trainings", project.file, project.row, row)
    _tell_missing(project, consortium, collected)


def _tell_missing(project: Project, consortium: list[Member], collected: Collected) -> None:
    """Say that a file has a part of a consortium, as far as it can be seen."""
    known, least = len(consortium), max((m.order for m in consortium), default=0)
    coordinated = any(m.role == "coordinator" for m in consortium)
    least = max(least, _SMALLEST.get(project.action.format, 1))
    if consortium and (known < least or not coordinated):
        stated = f"{known} of at least {max(least, known + 1)} organisations"
        accepted = f"the whole consortium of {project.id}; the file has a part of it"
        collected.doubt("trainings", project.file, project.row, "host", stated, accepted)


def _date(text: str | None) -> str | None:
    """Return a day; CORDIS writes some with a time, and some that are none."""
    day = (text or "")[:10]
    return day if day >= _FIRST_DAY else None


def _doi(text: str | None) -> str | None:
    bare = (text or "").removeprefix("https://doi.org/")
    return f"https://doi.org/{bare}" if bare.startswith("10.") else None


def _add_funding(project: Project, consortium: list[Member], collected: Collected) -> None:
    amount = (project.cells.get("ecMaxContribution") or "").replace(",", ".")
    if not amount:
        return
    row = {
        "id": f"cordis-{project.id}",
        "name": tagged(f"Grant {project.id} of {project.action.name}", "en"),
        "funder": COMMISSION,
        "recipient": joined(m.key for m in consortium if m.is_beneficiary),
        "training": f"cordis-{project.id}",
        "amount": amount,
        "currency": "EUR",
        "date": _date(project.cells.get("ecSignatureDate")),
        "source_url": f"{_PAGE}{project.id}",
    }
    collected.add("fundings", project.file, project.row, row)
