"""Organisations of the consortia: one row for each participant code, as last updated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.sources.base import slug
from kg.sources.collected import Collected, joined, tagged, web_address
from kg.sources.cordis.files import Files, Row

__all__ = ["Member", "add_organisations", "consortia"]

_TYPES = {
    "HES": "University",
    "REC": "ResearchInstitute",
    "PRC": "Company",
    "PUB": "GovernmentBody",
}
_PIC = re.compile(r"\d{9}")
_PLACE = re.compile(r"\(?\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\)?")
_BENEFICIARIES = {"coordinator", "participant"}


@dataclass(frozen=True)
class Member:
    """One organisation in one project, and the row that says so."""

    key: str
    role: str
    order: int
    file: str
    row: int
    cells: Row

    @property
    def is_beneficiary(self) -> bool:
        """Whether it receives money itself: partners and third parties do not."""
        return self.role in _BENEFICIARIES


def consortia(files: Files, wanted: Iterable[str]) -> dict[str, list[Member]]:
    """Return the members of each wanted project, the coordinator first, each once."""
    wanted = set(wanted)
    found: dict[str, dict[str, Member]] = {}
    for file, row, cells in files.rows("organisations"):
        project, identity = cells["projectID"], cells["organisationID"] or cells["name"]
        if project not in wanted or not identity:
            continue
        order = cells["order"] or ""
        member = Member(
            f"cordis-{identity if _PIC.fullmatch(identity) else slug(identity)}",
            (cells["role"] or "participant").strip(),
            int(order) if order.isdecimal() else 0,
            file,
            row,
            cells,
        )
        known = found.setdefault(project, {}).get(member.key)
        # One that is there twice, as participant and as third party, is there as the former.
        if known is None or _rank(member) < _rank(known):
            found[project][member.key] = member
    return {key: sorted(members.values(), key=_rank) for key, members in found.items()}


def _rank(member: Member) -> tuple[bool, bool, int]:
    return member.role != "coordinator", not member.is_beneficiary, member.order


def add_organisations(members: Mapping[str, list[Member]], collected: Collected) -> None:
    """Add each organisation as its newest row has it; other names of it are aliases."""
    newest: dict[str, Member] = {}
    names: dict[str, dict[str, None]] = {}
    for member in (m for consortium in members.values() for m in consortium):
        names.setdefault(member.key, {})[member.cells["name"] or member.key] = None
        known = newest.get(member.key)
        if known is None or _updated(member) > _updated(known):
            newest[member.key] = member
    for key, member in newest.items():
        cells = member.cells
        name = cells["name"] or key
        identity = cells["organisationID"] or ""
        place = _PLACE.fullmatch(cells["geolocation"] or "")
        row = {
            "id": key,
            "type": _TYPES.get(cells["activityType"] or ""),
            "name": tagged(name),
            "alias": joined(tagged(other) for other in names[key] if other != name),
            "acronym": joined([cells["shortName"]]),
            "pic": identity if _PIC.fullmatch(identity) else None,
            "country": collected.country(
                "organisations", member.file, member.row, cells["country"]
            ),
            "city": cells["city"],
            "latitude": place[1] if place else None,
            "longitude": place[2] if place else None,
            "url": _website(cells["organizationURL"]),
        }
        collected.add("organisations", member.file, member.row, row)


def _updated(member: Member) -> str:
    return member.cells["contentUpdateDate"] or ""


def _website(text: str | None) -> str | None:
    """Return the first address of a cell, which often lacks its scheme."""
    first = (text or "").split()[:1]
    if not first:
        return None
    stated = first[0] if first[0].lower().startswith("http") else f"https://{first[0]}"
    return web_address(stated) if "." in stated else None
