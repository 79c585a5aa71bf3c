"""The works of OpenAlex that are wanted and can be outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.sources.openalex.lines import Line, entity_lines
from kg.sources.openalex.wanted import Wanted, bare

__all__ = ["WORK_TYPES", "Selection", "by_identifier", "is_wanted_author", "select_works"]

WORK_TYPES = {
    **dict.fromkeys(
        (
            "article", "book", "book-chapter", "dissertation", "editorial", "letter", "preprint",
            "report", "review", "standard",
        ),
        "Publication",
    ),
    "dataset": "Dataset",
    "software": "Software",
}  # fmt: skip
"""The class of outcome for each of OpenAlex's types of work; other types are none."""

_Entity = Mapping[str, Any]


@dataclass
class Selection:
    """The wanted works by key, and how many were left out for which reason."""

    works: dict[str, Line] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)


def select_works(files: Iterable[Path], wanted: Wanted) -> Selection:
    """Return the wanted works of all files; of two descriptions of one, the later counts."""
    found = Selection()
    mentioned = wanted.mentioned

    def relevant(key: str, raw: bytes) -> bool:
        possible = key[:1] in ("W", "")
        return possible and (mentioned is None or mentioned.search(raw) is not None)

    for path in files:
        for line in entity_lines(path, relevant):
            key = line[2]["id"].rpartition("/")[2]
            if not key.startswith("W") or not _chosen(line, wanted):
                continue
            if key not in found.works or _updated(found.works[key]) <= _updated(line):
                found.works[key] = line
    for key, (_, _, work) in list(found.works.items()):
        reason = _unusable(work)
        if reason:
            found.left[reason] += 1
            del found.works[key]
    return found


def _chosen(line: Line, wanted: Wanted) -> bool:
    file, number, work = line
    try:
        if wanted.everything or by_identifier(work, wanted):
            return True
        return any(is_wanted_author(a, wanted) for a in work.get("authorships") or ())
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(
            f"{file}, line {number}: {work['id']} does not have the form of a work "
            f"({type(error).__name__}: {error})."
        ) from error


def by_identifier(work: _Entity, wanted: Wanted) -> bool:
    """Return whether a work is wanted by its DOI or OpenAlex id."""
    return not wanted.works.isdisjoint({bare(work["id"]), bare(work.get("doi"))})


def is_wanted_author(authorship: _Entity, wanted: Wanted) -> bool:
    """Return whether an author is wanted, by name or by an institution, which may be the larger."""
    author = authorship.get("author") or {}
    if not wanted.people.isdisjoint({bare(author.get("id")), bare(author.get("orcid"))}):
        return True
    institutions = authorship.get("institutions") or ()
    places = {
        bare(key)
        for i in institutions
        for key in (i.get("id"), i.get("ror"), *(i.get("lineage") or ()))
    }
    return not wanted.organisations.isdisjoint(places)


def _updated(line: Line) -> str:
    return str(line[2].get("updated_date") or "")


def _unusable(work: _Entity) -> str | None:
    if work.get("is_retracted"):
        return "retracted"
    if work.get("is_paratext"):
        return "paratext"
    kind = str(work.get("type"))
    if kind not in WORK_TYPES:
        return f"type {kind}"
    return None if work.get("title") or work.get("display_name") else "without title"
