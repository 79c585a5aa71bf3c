"""Who a person is: their keys, names and company, over all sources and releases of a project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from kg.errors import NotFoundError
from kg.identifiers import SCHEMES
from kg.privacy import People
from kg.privacy.people import PEOPLE, folded_person, person_columns
from kg.quads import literal_text
from kg.schema import Column, Schema
from kg.tombstones import Tombstones

__all__ = [
    "Person",
    "Sighting",
    "choose",
    "forgotten_among",
    "keys_to_bury",
    "merge",
    "seen_in_quads",
    "seen_in_tables",
]

_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_SAME = "<http://www.w3.org/2002/07/owl#sameAs>"
_KINDS = ("training", "organisation")
_ORCID = "https://orcid.org/"
_ROR = "https://ror.org/"


@dataclass(frozen=True)
class Sighting:
    """A person in one place, a release or the sources.

    ``keys`` are ids, ORCID iDs and IRIs in small letters; ``iris`` the latter as they are.
    ``company`` are the trainings and organisations that go with them, as
    :func:`kg.privacy.people.evidence_keys` writes them.
    """

    place: str
    keys: frozenset[str]
    names: frozenset[str]
    iris: frozenset[str]
    company: frozenset[str]


@dataclass(frozen=True)
class Person:
    """All sightings of one person: those that share a key."""

    sightings: tuple[Sighting, ...]

    @property
    def keys(self) -> frozenset[str]:
        """Ids, ORCID iDs and IRIs, in small letters."""
        return frozenset().union(*(s.keys for s in self.sightings))

    @property
    def names(self) -> frozenset[str]:
        """Names as they are written."""
        return frozenset().union(*(s.names for s in self.sightings))

    @property
    def iris(self) -> frozenset[str]:
        """The person's IRIs."""
        return frozenset().union(*(s.iris for s in self.sightings))

    @property
    def company(self) -> frozenset[str]:
        """Trainings and organisations that go with them."""
        return frozenset().union(*(s.company for s in self.sightings))

    @property
    def folded(self) -> frozenset[str]:
        """Names without case, accents and punctuation."""
        return frozenset(filter(None, map(folded_person, self.names)))

    @property
    def short_keys(self) -> list[str]:
        """Ids and ORCID iDs."""
        return sorted(key for key in self.keys if "://" not in key)

    def pairs(self) -> frozenset[str]:
        """Return each name together with each piece of company, as a load looks for them."""
        return frozenset(f"name {name}\n{what}" for name in self.folded for what in self.company)

    def __str__(self) -> str:
        """Return a line that tells the person from others of the same name."""
        with_whom = ", ".join(sorted(c for c in self.company if "://" not in c)[:4])
        where = ", ".join(dict.fromkeys(s.place for s in self.sightings))
        return (
            f"{'; '.join(sorted(self.names))} ({', '.join(self.short_keys)})"
            f"{f', {with_whom}' if with_whom else ''}; in {where}"
        )


def seen_in_tables(people: People, place: str = "the sources") -> list[Sighting]:
    """Return the people of tables as they were read."""
    keys = _texts(people.keys.select("who", "key"))
    names = _texts(people.rows.select("who", "name").drop_nulls())
    company = _texts(people.evidence.select("who", "what"))
    none: frozenset[str] = frozenset()
    return [
        Sighting(place, own, names.get(who, none), none, company.get(who, none))
        for who, own in keys.items()
    ]


def _texts(frame: pl.DataFrame) -> dict[object, frozenset[str]]:
    found: dict[object, set[str]] = {}
    for owner, text in frame.unique(maintain_order=True).iter_rows():
        found.setdefault(owner, set()).add(text)
    return {owner: frozenset(texts) for owner, texts in found.items()}


def seen_in_quads(quads: pl.DataFrame, schema: Schema, place: str) -> list[Sighting]:
    """Return the people of a release's quads."""
    table = schema.tables[PEOPLE]
    classes = [f"<{iri}>" for iri in schema.subclasses(table.target)]
    typed = quads.filter((pl.col("p") == _TYPE) & pl.col("o").is_in(classes))
    people = typed.select("s").unique()
    own = quads.join(people, on="s", how="semi").select("s", "p", "o").unique()
    names = _literals(own, [c for c in table.columns if c.kind == "text"])
    codes = _literals(own, [table.by_name[c] for c in ("id", "orcid") if c in table.by_name])
    same = _texts(own.filter(pl.col("p") == _SAME).select("s", "o").cast(pl.String))
    company = _company(quads, people, schema)
    none: frozenset[str] = frozenset()
    found = []
    for (subject,) in people.cast(pl.String).iter_rows():
        iris = {iri.strip("<>") for iri in (subject, *same.get(subject, none))}
        keys = {iri.lower() for iri in iris} | {c.lower() for c in codes.get(subject, none)}
        called = names.get(subject, none)
        found.append(
            Sighting(place, frozenset(keys), called, frozenset(iris), company.get(subject, none))
        )
    return found


def _literals(own: pl.DataFrame, columns: Sequence[Column]) -> dict[object, frozenset[str]]:
    paths = [f"<{column.path}>" for column in columns]
    found = own.filter(pl.col("p").is_in(paths)).select("s", "o").cast(pl.String)
    texts: dict[object, set[str]] = {}
    for subject, literal in found.iter_rows():
        if literal.startswith('"'):
            texts.setdefault(subject, set()).add(literal_text(literal))
    return {subject: frozenset(values) for subject, values in texts.items()}


def _company(
    quads: pl.DataFrame, people: pl.DataFrame, schema: Schema
) -> dict[object, frozenset[str]]:
    """Return what goes with each person, under every key by which a table may mean it."""
    parts = [pl.DataFrame(schema={"person": pl.String, "kind": pl.String, "o": pl.String})]
    for name, table in schema.tables.items():
        for column in person_columns(schema, name):
            if column.inverse:
                continue
            links = quads.filter(pl.col("p") == f"<{column.path}>").select("s", person="o")
            links = links.join(people, left_on="person", right_on="s", how="semi")
            for kind in _KINDS:
                if kind in table.by_name:
                    stated = quads.filter(pl.col("p") == f"<{table.by_name[kind].path}>")
                    pairs = links.join(stated.select("s", "o"), on="s")
                    parts.append(
                        pairs.select(
                            pl.col("person").cast(pl.String),
                            kind=pl.lit(kind),
                            o=pl.col("o").cast(pl.String),
                        )
                    )
    links = pl.concat(parts).unique()
    keys = _keys_of(quads, links["o"].unique())
    company: dict[object, set[str]] = {}
    for person, kind, thing in links.iter_rows():
        company.setdefault(person, set()).update(f"{kind} {key}" for key in keys[thing])
    return {person: frozenset(texts) for person, texts in company.items()}


def _keys_of(quads: pl.DataFrame, things: pl.Series) -> Mapping[str, frozenset[str]]:
    """Return for each thing, by its term, its IRI and identifiers in small letters."""
    stated = quads.filter(pl.col("s").is_in(things.to_list())).select("s", "p", "o").unique()
    keys = {thing: {thing.strip("<>").lower()} for thing in things}
    code = pl.col("p").is_in(
        ["<http://purl.org/dc/terms/identifier>", "<https://w3id.org/rihla/ontology#ror>"]
    )
    for thing, predicate, literal in stated.filter(code).cast(pl.String).iter_rows():
        text = literal_text(literal).lower()
        keys[thing].add(text)
        if predicate.endswith("#ror>"):
            keys[thing].add(_ROR + text)
    return {thing: frozenset(texts) for thing, texts in keys.items()}


def merge(sightings: Iterable[Sighting]) -> list[Person]:
    """Join the sightings that share a key."""
    groups: dict[int, list[Sighting]] = {}
    owner: dict[str, int] = {}
    for number, sighting in enumerate(sightings):
        members = [sighting]
        for old in {owner[key] for key in sighting.keys if key in owner}:
            members = [*groups.pop(old), *members]
        groups[number] = members
        owner.update((key, number) for member in members for key in member.keys)
    return [Person(tuple(members)) for members in groups.values()]


def choose(
    people: Sequence[Person],
    wanted: str,
    ask: Callable[[Sequence[Person]], Sequence[Person]] | None = None,
) -> list[Person]:
    """Return the person whom an IRI, key, ORCID iD or exact name means.

    ``ask`` chooses where several have the name.

    Raises
    ------
    NotFoundError
        Nobody is meant, or several and nobody was asked; the message lists their keys.
    """
    keys = set(_spellings(wanted))
    found = [person for person in people if keys & person.keys]
    if found:
        return found
    name = folded_person(wanted)
    found = [person for person in people if name and name in person.folded]
    found.sort(key=lambda person: person.short_keys)
    if not found:
        raise NotFoundError(
            f"Nobody in the sources or releases of this project is called {wanted!r}. Accepted: an "
            "IRI, an id, an ORCID iD, or a whole name as it is published. 'kg search NAME' finds "
            "names that are alike."
        )
    if len(found) > 1:
        if ask is None:
            listed = "\n".join(f"  {person}" for person in found)
            raise NotFoundError(
                f"{len(found)} people are called {wanted!r}; nothing was changed. Name the one (or "
                f"each of those) that you mean by a key:\n{listed}"
            )
        return list(ask(found))
    return found


def _spellings(wanted: str) -> Iterator[str]:
    text = wanted.strip().strip("<>")
    yield text.lower()
    orcid = pl.select(SCHEMES["orcid"].normalise(pl.lit(text))).item()
    if orcid:
        yield orcid.lower()


def forgotten_among(people: Iterable[Person], tombstones: Tombstones) -> list[Person]:
    """Return the people who have a tombstone, by a key or by their name and company."""
    if not tombstones:
        return []
    return [p for p in people if tombstones.among(p.keys) or tombstones.among(p.pairs())]


def keys_to_bury(chosen: Sequence[Person], everybody: Sequence[Person]) -> tuple[set[str], int]:
    """Return the keys by which loads will know these people, and how many pairs were left out.

    A pair of name and company that somebody else has too would take that person with it.
    """
    mine = {id(person) for person in chosen}
    names = frozenset().union(*(person.folded for person in chosen))
    theirs: set[str] = set()
    for person in everybody:
        if id(person) not in mine and names & person.folded:
            theirs |= person.pairs()
    pairs = {pair for person in chosen for pair in person.pairs()}
    keys = {key for person in chosen for key in person.keys}
    return keys | (pairs - theirs), len(pairs & theirs)
