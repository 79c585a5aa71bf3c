"""OpenAlex's works as outcomes, with who made them, who paid, and what they are about.

Two passes: the works that are wanted say which authors and institutions are; then those are
read. Lines that mention no wanted identifier are not parsed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kg.errors import InputError
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables
from kg.sources.collected import Collected, clean_text, is_valid, joined, tagged, web_address
from kg.sources.openalex.actors import Actors
from kg.sources.openalex.lines import Line, entity_files, entity_lines
from kg.sources.openalex.selection import (
    WORK_TYPES,
    Selection,
    by_identifier,
    is_wanted_author,
    select_works,
)
from kg.sources.openalex.wanted import Wanted, bare, wanted
from kg.sources.schemes.model import Concept, add_scheme
from kg.sources.schemes.openalex_topics import openalex_scheme, topic_concepts

__all__ = ["read"]

_FAULTS = (KeyError, TypeError, AttributeError, ValueError)
_Entity = Mapping[str, Any]


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read the works that the options want, and who and what belongs to them."""
    choice = wanted(settings)
    files = entity_files(settings.path)
    selection = select_works(files, choice)
    found = Collected(settings.id, schema)
    works = [_Work(line, choice) for line in selection.works.values()]
    actors = Actors(found)
    for work in works:
        _guarded(work.line, lambda work=work: work.note(actors))
    keys = actors.mentioned
    for path in files:
        for line in entity_lines(path, lambda key, _: key == "" or key in keys):
            key = line[2]["id"].rpartition("/")[2]
            if key in keys:
                _guarded(line, lambda key=key, line=line: actors.describe(key, line[2], *line[:2]))
    file = str(settings.path)
    if concepts := [concept for work in works for concept in work.concepts]:
        add_scheme(found, openalex_scheme(concepts), schema, file)
    actors.add_rows()
    for work in works:
        work.add_rows(found, actors)
    actors.tell(file)
    _tell(found, file, selection, choice)
    return SourceTables(found.tables(), tuple(files))


def _guarded(line: Line, act: Any) -> None:
    """Do something with an entity; one of another form is refused with its place."""
    file, number, entity = line
    try:
        act()
    except _FAULTS as error:
        raise InputError(
            f"{file}, line {number}: {entity['id']} does not have the form that OpenAlex gives it "
            f"({type(error).__name__}: {error})."
        ) from error


class _Work:
    """One wanted work: what it says of others is noted first, its rows are added last."""

    def __init__(self, line: Line, choice: Wanted) -> None:
        self.line = line
        self._choice = choice
        self.concepts: list[Concept] = []
        self._topics: list[str] = []
        self._people: list[str | None] = []
        self._organisations: list[str] = []
        self._funders: list[str | None] = []
        self._awards: list[str] = []

    def note(self, actors: Actors) -> None:
        """Note authors, institutions, funders and topics."""
        file, number, work = self.line
        everybody = self._choice.everything or self._choice.coauthors
        everybody = everybody or by_identifier(work, self._choice)
        for authorship in work.get("authorships") or ():
            if everybody or is_wanted_author(authorship, self._choice):
                year = work.get("publication_year")
                self._people.append(actors.author(authorship, year, file, number))
                self._organisations += actors.institutions(authorship, file, number)
        for funder, award in _grants(work):
            self._funders.append(actors.funder(funder, file, number))
            self._awards += [award] if award else []
        for topic in work.get("topics") or ():
            found = list(topic_concepts(topic, number))
            self.concepts += found
            self._topics.append(f"openalex-{found[-1].key}")

    def add_rows(self, found: Collected, actors: Actors) -> None:
        """Add the outcome, and the training that it came from."""
        file, number, work = self.line
        key = str(work["id"]).rpartition("/")[2]
        row = {
            "id": f"openalex-{key}",
            "type": WORK_TYPES[str(work["type"])],
            "name": tagged(clean_text(str(work.get("title") or work["display_name"]))),
            "date": _date(work),
            "person": actors.row_keys(self._people),
            "organisation": actors.row_keys(self._organisations),
            "topic": joined(self._topics),
            "doi": self._doi(found),
            "url": web_address((work.get("primary_location") or {}).get("landing_page_url")),
            "source_url": str(work["id"]),
            "funder": actors.row_keys(self._funders),
            "award": joined(self._awards),
        }
        found.add("outcomes", file, number, row)
        for identifier in (bare(work["id"]), bare(work.get("doi"))):
            if training := self._choice.trainings.get(identifier):
                attribution = {
                    "outcome": f"openalex-{key}",
                    "training": training,
                    "grade": self._choice.grade,
                    "source_url": str(work["id"]),
                }
                found.add("attributions", file, number, attribution)

    def _doi(self, found: Collected) -> str | None:
        file, number, work = self.line
        doi = bare(work.get("doi"))
        if doi and not is_valid("doi", doi):
            found.doubt("outcomes", file, number, "doi", doi, "a DOI")
            return None
        return doi or None


def _grants(work: _Entity) -> Iterator[tuple[_Entity, str | None]]:
    """Yield funder and award number, in the form before and after 2025."""
    for grant in work.get("grants") or ():
        funder = {"id": grant.get("funder"), "display_name": grant.get("funder_display_name")}
        yield funder, grant.get("award_id")
    for award in work.get("awards") or ():
        funder = {"id": award.get("funder_id"), "display_name": award.get("funder_display_name")}
        yield funder, award.get("funder_award_id")
    for funder in work.get("funders") or ():
        yield funder, None


def _date(work: _Entity) -> str | None:
    """Return the day; OpenAlex writes a year alone as its first of January."""
    date, year = work.get("publication_date"), work.get("publication_year")
    if date and not str(date).endswith("-01-01"):
        return str(date)
    return str(year or str(date or "")[:4]) or None


def _tell(found: Collected, file: str, selection: Selection, choice: Wanted) -> None:
    """Say which works were left out, and which are not there."""
    for reason, count in sorted(selection.left.items()):
        reading = f"{count} wanted works left out: what they are is no outcome"
        found.inform("outcomes", file, 1, "type", reason, reading)
    works = [work for _, _, work in selection.works.values()]
    there = {bare(key) for work in works for key in (work["id"], work.get("doi"))}
    for identifier in sorted(choice.works - there):
        found.doubt("outcomes", file, 1, "doi", identifier, "the id of a usable work in the files")
