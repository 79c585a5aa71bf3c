"""Which projects are research training: by topic, funding scheme, call or legal basis.

The framework programmes fund much else; the names of their actions are stable across calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.sources.base import slug
from kg.sources.collected import Collected

if TYPE_CHECKING:
    from kg.sources.cordis.projects import Project

__all__ = ["COMMISSION", "Action", "Actions"]

COMMISSION = "european-commission"


@dataclass(frozen=True)
class Action:
    """One kind of grant: its key and name as a programme, and the format of its trainings."""

    key: str
    name: str
    framework: str | None
    format: str
    pattern: re.Pattern[str]


# Key: name, first and last year of the calls.
_FRAMEWORKS = {
    "fp7": ("Seventh Framework Programme", "FP7", "2007", "2013"),
    "h2020": ("Horizon 2020", "H2020", "2014", "2020"),
    "horizon": ("Horizon Europe", "HORIZON", "2021", "2027"),
}
_MSCA = "Marie Skłodowska-Curie"


def _action(key: str, name: str, kind: str, pattern: str) -> Action:
    return Action(key, name, key.split("-")[0], kind, re.compile(pattern, re.IGNORECASE))


_ACTIONS = (
    _action("h2020-msca-if", f"{_MSCA} Individual Fellowships", "Fellowship",
            r"\bMSCA-IF\b|H2020-EU\.1\.3\.2\b"),
    _action("h2020-msca-itn", f"{_MSCA} Innovative Training Networks", "JointTrainingNetwork",
            r"\bMSCA-ITN\b|H2020-EU\.1\.3\.1\b"),
    _action("h2020-msca-rise", f"{_MSCA} Research and Innovation Staff Exchange", "ExchangeVisit",
            r"\bMSCA-RISE\b|H2020-EU\.1\.3\.3\b"),
    _action("h2020-msca-cofund", f"{_MSCA} COFUND of Horizon 2020", "Fellowship",
            r"\bMSCA-COFUND\b(?!-?[DP]\b)|H2020-EU\.1\.3\.4\b"),
    _action("h2020-widening-fellowships", "Widening Fellowships", "Fellowship", r"\bWF-0\d-20\d\d"),
    _action("horizon-msca-pf", f"{_MSCA} Postdoctoral Fellowships", "Fellowship",
            r"\bMSCA-\d{4}-PF\b|\bTMA-MSCA-PF\b"),
    _action("horizon-msca-dn", f"{_MSCA} Doctoral Networks", "JointTrainingNetwork",
            r"\bMSCA-\d{4}-DN\b|\bTMA-MSCA-DN\b"),
    _action("horizon-msca-se", f"{_MSCA} Staff Exchanges", "ExchangeVisit",
            r"\bMSCA-\d{4}-SE\b|\bTMA-MSCA-SE\b"),
    _action("horizon-msca-cofund", f"{_MSCA} COFUND of Horizon Europe", "Fellowship",
            r"\bMSCA-\d{4}-COFUND\b|\bTMA-MSCA-COFUND\b"),
    _action("horizon-msca4ukraine", "MSCA4Ukraine", "Fellowship", r"\bMSCA-\d{4}-Ukraine\b"),
    _action("horizon-era-fellowships", "ERA Fellowships", "Fellowship",
            r"\bWIDERA-\d{4}-TALENTS-02\b"),
    _action("fp7-itn", "Marie Curie Initial Training Networks", "JointTrainingNetwork",
            r"\bFP7-PEOPLE-(?:\d{4}-)?ITN\b|\bMC-ITN\b"),
    _action("fp7-fellowships", "Marie Curie Individual Fellowships", "Fellowship",
            r"\bFP7-PEOPLE-(?:\d{4}-)?I[EOI]F\b|\bMC-I[EOI]F\b"),
    _action("fp7-exchange", "Marie Curie staff exchange and partnerships", "ExchangeVisit",
            r"\bFP7-PEOPLE-(?:\d{4}-)?(?:IRSES|IAPP)\b|\bMC-(?:IRSES|IAPP)\b"),
    _action("fp7-cofund", "Marie Curie COFUND", "Fellowship",
            r"\bFP7-PEOPLE-(?:\d{4}-)?COFUND\b|\bMC-COFUND\b"),
)  # fmt: skip


class Actions:
    """The kinds of grant that are trainings; ``also`` adds parts of topics with a format."""

    def __init__(self, also: Mapping[str, str]) -> None:
        own = (
            Action(slug(part), part, None, kind, re.compile(re.escape(part), re.IGNORECASE))
            for part, kind in also.items()
        )
        self._actions = (*own, *_ACTIONS)

    def of(self, codes: Iterable[str | None]) -> Action | None:
        """Return the action of a project with these topics, schemes, calls and legal bases."""
        text = " ".join(code for code in codes if code)
        return next((action for action in self._actions if action.pattern.search(text)), None)

    def add_programmes(self, collected: Collected, projects: Iterable[Project]) -> None:
        """Add the Commission, the frameworks and the actions that projects have."""
        first: dict[Action, Project] = {}
        for project in projects:
            first.setdefault(project.action, project)
        if not first:
            return
        project = next(iter(first.values()))
        commission = {"id": COMMISSION, "type": "GovernmentBody", "name": "European Commission@en",
                      "acronym": "EC", "ror": "00k4n6c32", "country": "BE"}  # fmt: skip
        collected.add("organisations", project.file, project.row, commission)
        for key in sorted({action.framework for action in first if action.framework}):
            name, acronym, start, end = _FRAMEWORKS[key]
            framework = {
                "id": key,
                "name": f"{name}@en",
                "acronym": acronym,
                "organisation": COMMISSION,
                "start_date": start,
                "end_date": end,
            }
            collected.add("programmes", project.file, project.row, framework)
        for action, holder in first.items():
            row = {
                "id": action.key,
                "name": f"{action.name}@en",
                "organisation": COMMISSION,
                "part_of": action.framework,
            }
            collected.add("programmes", holder.file, holder.row, row)
