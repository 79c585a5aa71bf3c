"""People without an ORCID get candidates among those with one: same name, and more than that.

A name alone never joins two people. What speaks for it is a training in which both took part,
or an organisation at which both are; the names have to be the same, or the same surname with
the same initials, which a person has to look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from kg.reconcile.decisions import Decisions
from kg.reconcile.keys import ResolvedTable
from kg.reconcile.matcher import Candidate
from kg.reconcile.proposals import Proposal, with_identifiers, without_identifier
from kg.reconcile.scoring import ACCEPT, REVIEW, zone_of
from kg.reconcile.words import read_keys
from kg.tables import CheckedTable

__all__ = ["link_people"]

_TABLE, _IDENTIFIER, _KIND = "people", "orcid", "person"
_SAME_NAME, _INITIALS = 0.3, 0.15
_TRAINING, _ORGANISATION = 0.45, 0.35
_DOUBT = ACCEPT - 0.01  # the most that initials, or one of several candidates, can score
_NAME_ALONE = REVIEW - 0.01
_KEPT = 3


@dataclass
class _Person:
    """One row: its name as words, and the IRIs of where the person was."""

    iri: str
    name: str
    words: tuple[str, ...]
    source: str
    key: str
    row: int
    identifier: str | None
    trainings: set[str] = field(default_factory=set)
    organisations: set[str] = field(default_factory=set)


def link_people(
    tables: Sequence[ResolvedTable], decisions: Decisions
) -> tuple[list[CheckedTable] | None, list[Proposal]]:
    """Match people by name and by what they share.

    Parameters
    ----------
    tables:
        All tables of all sources, resolved: only then is it known which training is which.
    decisions:
        What stewards have said.

    Returns
    -------
    tuple
        The checked tables with the ORCIDs of the zone ``accept`` filled in, to be resolved again,
        or None where there is none; and a proposal for each person who was looked up and shares
        a name with a candidate.
    """
    if not any(_has_identifiers(table) for table in tables):
        return None, []
    people = _people(tables)
    known: dict[str, list[_Person]] = {}
    for person in people:
        if person.identifier and person.words:
            known.setdefault(person.words[-1], []).append(person)
            if person.words[0] != person.words[-1]:
                known.setdefault(person.words[0], []).append(person)
    if not known:
        return None, []
    _add_evidence(tables, _in_question(people, known))
    proposals = [
        proposal
        for person in people
        if not person.identifier and person.words
        and (proposal := _proposal(person, known, decisions)) is not None
    ]  # fmt: skip
    linked = {(p.source, p.key): p.target for p in proposals if p.target}
    if not linked:
        return None, proposals
    return [_linked(table.checked, linked) for table in tables], proposals


def _has_identifiers(table: ResolvedTable) -> bool:
    identified = table.checked.values.get(_IDENTIFIER)
    return table.checked.schema.name == _TABLE and identified is not None and identified.height > 0


def _people(tables: Sequence[ResolvedTable]) -> list[_Person]:
    found: dict[str, list[_Person]] = {}
    for table in tables:
        if table.checked.schema.name == _TABLE and "name" in table.checked.values:
            for person in _rows(table):
                found.setdefault(person.iri, []).append(person)
    return [person for group in found.values() for person in group]


def _in_question(
    people: Iterable[_Person], known: Mapping[str, list[_Person]]
) -> dict[str, list[_Person]]:
    """Return, by IRI, those who may be somebody else by name, and whom they may be."""
    found: dict[str, list[_Person]] = {}
    ends = {
        end
        for person in people
        if not person.identifier and person.words
        for end in {person.words[0], person.words[-1]} & known.keys()
    }
    for person in people:
        if person.words and not ends.isdisjoint((person.words[0], person.words[-1])):
            found.setdefault(person.iri, []).append(person)
    return found


def _add_evidence(tables: Sequence[ResolvedTable], people: Mapping[str, list[_Person]]) -> None:
    for iri, training in _pairs(tables, people, "participations", "training"):
        for person in people[iri]:
            person.trainings.add(training)
    for name in ("participations", "affiliations"):
        for iri, organisation in _pairs(tables, people, name, "organisation"):
            for person in people[iri]:
                person.organisations.add(organisation)


def _rows(table: ResolvedTable) -> Iterable[_Person]:
    checked = table.checked
    identified = dict(
        checked.values[_IDENTIFIER].select("_id", "value").iter_rows()
        if _IDENTIFIER in checked.values
        else ()
    )
    keys = checked.values["id"].select("_id", key="value").unique("_id")
    names = checked.values["name"].select("_id", name="value").unique("_id", keep="first")
    frame = table.subjects.join(names, on="_id").join(keys, on="_id", how="left").sort("_id")
    for row, iri, name, key in frame.select("_id", "iri", "name", "key").iter_rows():
        words = tuple(read_keys(name))
        identifier = identified.get(row)
        yield _Person(iri, name, words, checked.table.source, key or "", row, identifier)


def _pairs(
    tables: Sequence[ResolvedTable], people: Iterable[str], name: str, column: str
) -> Iterable[tuple[str, str]]:
    """Yield the IRIs of people and of what rows of a table bring them together with."""
    wanted = pl.DataFrame({"person": list(people)}, schema={"person": pl.String})
    for table in tables:
        if table.checked.schema.name == name and {"person", column} <= set(table.references):
            own = table.references["person"].select("_id", person="iri")
            own = own.join(wanted, on="person", how="semi")
            other = table.references[column].select("_id", other="iri")
            joined = own.join(other, on="_id").join(table.subjects, on="_id", how="semi")
            yield from joined.select("person", "other").iter_rows()


def _proposal(
    person: _Person, known: Mapping[str, list[_Person]], decisions: Decisions
) -> Proposal | None:
    best: dict[str, Candidate] = {}
    for end in {person.words[0], person.words[-1]}:
        for other in known.get(end, ()):
            identifier = other.identifier or ""
            if other.source == person.source:
                continue  # namesakes inside one source may be meant as two
            if decisions.rejects(_KIND, person.source, person.key, identifier):
                continue
            candidate = _candidate(person, other, identifier)
            if candidate and (identifier not in best or candidate.score > best[identifier].score):
                best[identifier] = candidate
    if not best:
        return None
    ranked = _doubting(sorted(best.values(), key=lambda c: (-c.score, c.id)))
    zone = ranked[0].zone
    shown = tuple(c for c in ranked if c.score >= REVIEW)[:_KEPT]
    target = ranked[0].id if zone == "accept" else None
    return Proposal(_KIND, person.source, person.key, person.name, None, None, zone, shown, target)


def _candidate(person: _Person, other: _Person, identifier: str) -> Candidate | None:
    same = sorted(person.words) == sorted(other.words)
    if not same and not _initials_agree(person.words, other.words):
        return None
    trainings = len(person.trainings & other.trainings)
    organisations = len(person.organisations & other.organisations)
    reasons = ["the same name" if same else "the same surname and initials"]
    score = _SAME_NAME if same else _INITIALS
    if trainings:
        score += _TRAINING
        reasons.append(f"{trainings} training{'s' * (trainings > 1)} in common")
    if organisations:
        score += _ORGANISATION
        reasons.append(f"{organisations} organisation{'s' * (organisations > 1)} in common")
    if not same:
        score = min(score, _DOUBT)
    if not trainings and not organisations:
        score = min(score, _NAME_ALONE)
        reasons.append("nothing but the name")
    score = round(min(score, 1.0), 4)
    return Candidate(identifier, other.name, None, None, score, zone_of(score), tuple(reasons))


def _initials_agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether surnames are the same and each further name or initial fits the other."""
    if len(one) < 2 or len(other) < 2 or one[-1] != other[-1]:
        return False
    return all(
        a == b or (a[0] == b[0] and 1 in (len(a), len(b)))
        for a, b in zip(one[:-1], other[:-1], strict=False)
    )


def _doubting(ranked: list[Candidate]) -> list[Candidate]:
    """Leave it to a person where two candidates would be taken."""
    taken = [c for c in ranked if c.zone == "accept"]
    if len(taken) < 2:
        return ranked
    return [
        replace(c, score=_DOUBT, zone="review", reasons=(*c.reasons, "another fits as well"))
        if c in taken
        else c
        for c in ranked
    ]


def _linked(table: CheckedTable, linked: Mapping[tuple[str, str], str | None]) -> CheckedTable:
    if table.schema.name != _TABLE:
        return table
    found = [
        (row, linked[table.table.source, key])
        for row, key in without_identifier(table, _IDENTIFIER).iter_rows()
        if (table.table.source, key) in linked
    ]
    if not found:
        return table
    frame = pl.DataFrame(found, schema={"_id": pl.UInt32, "id": pl.String}, orient="row")
    return with_identifiers(table, frame, _IDENTIFIER)
