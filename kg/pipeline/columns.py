"""The flat tables of a release straight from its quads: what queries/columns/ asks, as joins.

The query files define the tables, and any store answers them; over the quads that a build has in
hand the same rows come tens of times faster. A test holds each function to its query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import polars as pl
from rdflib import DCTERMS, ORG, RDF, RDFS, SKOS, Namespace

from kg.columns import COLUMNS
from kg.quads import TERM, reached, unescaped
from kg.terms import RIHLA, SCHEMA, VOCABULARY_BASE

__all__ = ["COMPUTED", "Facts"]

_ROLE = "https://w3id.org/rihla/id/role/"
_SIDES = {f"<{_ROLE}{side}-side>": side for side in ("learner", "educator", "organiser")}
_KINDS = {
    "Organisation": "organisation", "Person": "person", "Country": "country", "Bloc": "bloc",
    "Topic": "topic", "Method": "method", "Sector": "sector", "Programme": "programme",
    "TrainingSeries": "series",
}  # fmt: skip
_NAMED_KINDS = {
    "Training": "training", "Outcome": "outcome", "Curriculum": "curriculum", "Place": "place",
}  # fmt: skip
_NAMES = {
    RDFS.label: "label", SKOS.prefLabel: "label", SKOS.altLabel: "alias", RIHLA.acronym: "acronym",
    RIHLA.ror: "code", RIHLA.orcid: "code", RIHLA.iso2: "code", RIHLA.iso3: "code",
    DCTERMS.identifier: "code", SKOS.notation: "code",
}  # fmt: skip
_DETAILS = {
    RIHLA.country: "country", RIHLA.city: "city", SCHEMA.url: "url",
    ORG.subOrganizationOf: "part_of", RIHLA.status: "status", RIHLA.wikidata: "wikidata",
    RIHLA.iso2: "iso2", SKOS.broader: "broader", RIHLA.isni: "isni", RIHLA.grid: "grid",
    RIHLA.pic: "pic", RIHLA.fundref: "fundref", RIHLA.otherIdentifier: "other_id",
}  # fmt: skip
_DETAILED = ("Organisation", "Country", "Topic")
_FACETS = {
    RIHLA.inSector: "sector",
    RIHLA.aboutTopic: "topic",
    RIHLA.teachesMethod: "method",
    RIHLA.inProgramme: "programme",
    RIHLA.inSeries: "series",
    RIHLA.heldIn: "country",
}
_NO_FORMAT = (RIHLA.Training, RIHLA.InternationalTraining)
_OF_TRAININGS = (
    (RIHLA.hostedBy, "host"),
    (RIHLA.organisedBy, "organiser"),
    (RIHLA.fundedBy, "funder"),
)
_WGS84 = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
_POSITION = {"latitude": _WGS84["lat"], "longitude": _WGS84["long"]}
_PROPERTIES = (
    *_DETAILS, *_FACETS, *_NAMES, *(p for p, _ in _OF_TRAININGS), RDF.type, RDFS.subClassOf,
    RIHLA.training, RIHLA.role, RIHLA.agent, RIHLA.headcount, RIHLA.organisation, RIHLA.country,
    RIHLA.fromCountry, RIHLA.startDate, RIHLA.endDate, RIHLA.year, RIHLA.bloc, RIHLA.memberCountry,
    RIHLA.attributedTo, RIHLA.outcome, RIHLA.evidenceGrade, RIHLA.date, *_POSITION.values(),
)  # fmt: skip
_LITERAL = r'(?s)^"(.*)"(?:@([A-Za-z0-9-]+)|\^\^<[^>]*>)?$'


class Facts:
    """The triples of a release by property, each once.

    Parameters
    ----------
    quads:
        All quads of the release (:data:`kg.quads.QUAD`).
    """

    def __init__(self, quads: pl.DataFrame) -> None:
        wanted = pl.Series([f"<{p}>" for p in _PROPERTIES]).cast(TERM)
        used = quads.filter(pl.col("p").is_in(wanted.implode())).select("s", "p", "o").unique()
        parts = used.partition_by("p", as_dict=True, include_key=False)
        self._parts = {str(key[0]): part for key, part in parts.items()}

    def pairs(self, prop: str, subject: str = "s", value: str = "o") -> pl.DataFrame:
        """Return a property's subjects and objects as terms, under these names."""
        none = pl.DataFrame(schema={"s": TERM, "o": TERM})
        return self._parts.get(f"<{prop}>", none).select(
            pl.col("s").alias(subject), pl.col("o").alias(value)
        )

    def members(self, cls: str, name: str) -> pl.DataFrame:
        """Return the things of a class, in a column of this name."""
        return self.pairs(RDF.type, name).filter(pl.col("o") == f"<{cls}>").select(name)

    def values(self, prop: str, subject: str) -> pl.DataFrame:
        """Return the lexical ``text`` and ``language`` (null: none) of a property's literals."""
        return self.pairs(prop, subject).select(subject, *_lexical(pl.col("o"))).pipe(_unescaped)

    def labels(self, subject: str) -> pl.DataFrame:
        """Return one ``label`` a thing: the least that is English or plain, else the least."""
        language = pl.col("language").str.to_lowercase()
        english = pl.col("text").filter(language.is_null() | (language == "en"))
        found = self.values(RDFS.label, subject)
        return found.group_by(subject).agg(label=pl.coalesce(english.min(), pl.col("text").min()))

    def first(self, prop: str, subject: str, name: str) -> pl.DataFrame:
        """Return the least object IRI of each subject, as text."""
        pairs = self.pairs(prop, subject, name).with_columns(_iri(name))
        return pairs.group_by(subject).agg(pl.col(name).min())

    def closure(self, prop: str, tops: Iterable[str]) -> dict[str, set[str]]:
        """Return for each of the ``tops`` all that lead to it by one or more steps."""
        below: dict[str, list[str]] = {}
        for lower, upper in self.pairs(prop).cast(pl.String).iter_rows():
            below.setdefault(upper, []).append(lower)
        return {top: reached(top, below) for top in tops}


def _iri(column: str) -> pl.Expr:
    """Return a column of IRI terms as plain IRIs."""
    return pl.col(column).cast(pl.String).str.strip_prefix("<").str.strip_suffix(">")


def _lexical(column: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    text = column.cast(pl.String)
    return (
        text.str.extract(_LITERAL, 1).alias("text"),
        text.str.extract(_LITERAL, 2).alias("language"),
    )


def _unescaped(frame: pl.DataFrame) -> pl.DataFrame:
    odd = frame.filter(pl.col("text").str.contains("\\", literal=True))["text"].unique()
    plain = {text: unescaped(text) for text in odd}
    return frame.with_columns(pl.col("text").replace(plain)) if plain else frame


def _involvements(facts: Facts) -> pl.DataFrame:
    tables = [_participations(facts)]
    seats = facts.first(RIHLA.country, "organisation", "country")
    trainings = facts.members(RIHLA.Training, "training")
    for prop, role in _OF_TRAININGS:
        named = facts.pairs(prop, "training", "organisation")
        if prop == RIHLA.organisedBy:
            named = named.join(trainings, on="training", how="semi")  # a series has organisers too
        tables.append(
            named.join(seats, on="organisation", how="left").with_columns(
                role=pl.lit(role), side=pl.lit(role)
            )
        )
    plain = [t.with_columns(_iri("training"), _iri("organisation")) for t in tables]
    return pl.concat(plain, how="diagonal")


def _participations(facts: Facts) -> pl.DataFrame:
    """Return one row for each participation and side, with what is known of it."""
    key = "participation"
    frame = facts.pairs(RIHLA.training, key, "training").join(
        facts.pairs(RIHLA.role, key, "concept"), on=key
    )
    group = facts.values(RIHLA.headcount, key).group_by(key).agg(
        group=pl.col("text").cast(pl.Int64, strict=False).max()
    )  # fmt: skip
    for part in (
        facts.pairs(RIHLA.agent, key, "person"),
        group,
        facts.pairs(RIHLA.organisation, key, "organisation"),
    ):
        frame = frame.join(part, on=key, how="left")
    frame = frame.join(_sides(facts), on="concept", how="left")
    frame = frame.join(_countries(facts), on=[key, "organisation"], how="left", nulls_equal=True)
    named = pl.col("person").is_not_null()
    return frame.select(
        "training",
        "organisation",
        "country",
        "side",
        _iri("person"),
        role=_iri("concept").str.replace("^.*/", ""),
        headcount=pl.when(named).then(1).otherwise("group"),
    )


def _sides(facts: Facts) -> pl.DataFrame:
    below = facts.closure(SKOS.broader, _SIDES)
    rows = [(concept, _SIDES[top]) for top, found in below.items() for concept in sorted(found)]
    return pl.DataFrame(rows, schema={"concept": pl.String, "side": pl.String}, orient="row").cast(
        {"concept": TERM}
    )


def _countries(facts: Facts) -> pl.DataFrame:
    """Return the ``country`` of each participation and organisation.

    ``fromCountry`` holds what was stated and what follows from the organisation: what differs
    from the organisation's own country comes first.
    """
    key = ["participation", "organisation"]
    seats = facts.pairs(RIHLA.organisation, *key).join(
        facts.pairs(RIHLA.country, "organisation", "seat"), on="organisation", how="left"
    )
    stated = facts.pairs(RIHLA.fromCountry, "participation", "stated")
    both = seats.join(stated, on="participation", how="full", coalesce=True)
    other = pl.col("seat").is_null() | (pl.col("stated") != pl.col("seat"))
    both = both.with_columns(_iri("seat"), pl.when(other).then(_iri("stated")).alias("stated"))
    country = pl.coalesce(pl.col("stated").min(), pl.col("seat").min())
    return both.group_by(key).agg(country=country)


def _facets(facts: Facts) -> pl.DataFrame:
    tables = [
        facts.pairs(prop, "training", "value").with_columns(facet=pl.lit(facet))
        for prop, facet in _FACETS.items()
    ]
    formats = facts.closure(RDFS.subClassOf, [f"<{RIHLA.Training}>"])[f"<{RIHLA.Training}>"]
    formats -= {f"<{cls}>" for cls in _NO_FORMAT}
    types = facts.pairs(RDF.type, "training", "value")
    tables.append(
        types.filter(pl.col("value").cast(pl.String).is_in(sorted(formats))).with_columns(
            facet=pl.lit("format")
        )
    )
    trainings = facts.members(RIHLA.Training, "training")
    found = pl.concat(tables).join(trainings, on="training", how="semi")
    return found.select(_iri("training"), "facet", _iri("value"))


def _trainings(facts: Facts) -> pl.DataFrame:
    frame = facts.members(RIHLA.Training, "training")
    text = pl.col("text")
    for part in (
        facts.labels("training"),
        facts.values(RIHLA.startDate, "training").group_by("training").agg(start=text.min()),
        facts.values(RIHLA.endDate, "training").group_by("training").agg(end=text.max()),
        facts.values(RIHLA.year, "training")
        .group_by("training")
        .agg(year=text.cast(pl.Int64, strict=False).min()),
    ):
        frame = frame.join(part, on="training", how="left")
    return frame.with_columns(_iri("training"))


def _entities(facts: Facts) -> pl.DataFrame:
    kinds = [
        facts.members(VOCABULARY_BASE + cls, "entity").with_columns(kind=pl.lit(kind))
        for cls, kind in _KINDS.items()
    ]
    sectors = facts.members(RIHLA.Sector, "entity").with_columns(kind=pl.lit("topic"))
    # A sector is a topic too.
    frame = pl.concat(kinds).join(sectors, on=["entity", "kind"], how="anti")
    frame = frame.join(facts.labels("entity"), on="entity", how="left")
    frame = frame.join(facts.first(RIHLA.country, "entity", "country"), on="entity", how="left")
    seated = pl.when(pl.col("kind") == "organisation").then("country").alias("country")
    return frame.with_columns(_iri("entity"), seated)


def _bloc_members(facts: Facts) -> pl.DataFrame:
    key = "membership"
    text = pl.col("text")
    frame = facts.pairs(RIHLA.bloc, key, "bloc").join(
        facts.pairs(RIHLA.memberCountry, key, "country"), on=key
    )
    for part in (
        facts.values(RIHLA.startDate, key).group_by(key).agg(start=text.min()),
        facts.values(RIHLA.endDate, key).group_by(key).agg(end=text.max()),
    ):
        frame = frame.join(part, on=key, how="left")
    return frame.with_columns(_iri("bloc"), _iri("country"))


def _names(facts: Facts) -> pl.DataFrame:
    kinds = [
        facts.members(VOCABULARY_BASE + cls, "entity").with_columns(kind=pl.lit(kind))
        for cls, kind in {**_KINDS, **_NAMED_KINDS}.items()
    ]
    sectors = facts.members(RIHLA.Sector, "entity").with_columns(kind=pl.lit("topic"))
    uses = [
        facts.values(prop, "entity").with_columns(use=pl.lit(use)) for prop, use in _NAMES.items()
    ]
    texts = pl.concat(uses).drop_nulls("text").with_columns(pl.col("language").fill_null(""))
    frame = pl.concat(kinds).join(sectors, on=["entity", "kind"], how="anti")
    lower = pl.col("language").str.to_lowercase()
    return frame.join(texts, on="entity").with_columns(_iri("entity"), lower).unique()


def _details(facts: Facts) -> pl.DataFrame:
    kept = pl.concat([facts.members(VOCABULARY_BASE + cls, "entity") for cls in _DETAILED]).unique()
    parts = []
    for prop, field in _DETAILS.items():
        stated = facts.pairs(prop, "entity", "value").select("entity", "value")
        literals = facts.values(prop, "entity").select("entity", value="text")
        iris = stated.filter(pl.col("value").cat.starts_with("<")).with_columns(_iri("value"))
        both = pl.concat([literals.drop_nulls("value"), iris])
        parts.append(both.with_columns(field=pl.lit(field)))
    return (
        pl.concat(parts).join(kept, on="entity", how="semi").with_columns(_iri("entity")).unique()
    )


def _outcomes(facts: Facts) -> pl.DataFrame:
    key = "attribution"
    frame = facts.pairs(RIHLA.attributedTo, key, "training")
    frame = frame.join(facts.members(RIHLA.Training, "training"), on="training", how="semi")
    frame = frame.join(facts.pairs(RIHLA.outcome, key, "outcome"), on=key)
    frame = frame.join(facts.pairs(RIHLA.evidenceGrade, key, "grade"), on=key)
    days = facts.values(RIHLA.date, "outcome").group_by("outcome").agg(date=pl.col("text").min())
    frame = frame.select("training", "outcome", "grade").unique()
    return frame.join(days, on="outcome", how="left").select(
        _iri("training"), _iri("outcome"), _iri("grade").str.replace("^.*/", ""), "date"
    )


def _coordinates(facts: Facts) -> pl.DataFrame:
    """Return the least of a country's positions; none where one of them is no number."""
    frame = facts.members(VOCABULARY_BASE + "Country", "country")
    for name, prop in _POSITION.items():
        number = pl.col("text").cast(pl.Float64, strict=False)
        least = pl.when(number.is_not_null().all()).then(number.min())
        found = facts.values(prop, "country").group_by("country").agg(least.alias(name))
        frame = frame.join(found, on="country")
    return frame.with_columns(_iri("country"))


_FUNCTIONS: dict[str, Callable[[Facts], pl.DataFrame]] = {
    "bloc_members": _bloc_members,
    "coordinates": _coordinates,
    "details": _details,
    "entities": _entities,
    "facets": _facets,
    "involvements": _involvements,
    "names": _names,
    "outcomes": _outcomes,
    "trainings": _trainings,
}


def _sorted(name: str) -> Callable[[Facts], pl.DataFrame]:
    types = COLUMNS[name]

    def table(facts: Facts) -> pl.DataFrame:
        return _FUNCTIONS[name](facts).select(pl.col(c).cast(t) for c, t in types.items()).sort(
            list(types)
        )  # fmt: skip

    return table


COMPUTED: Mapping[str, Callable[[Facts], pl.DataFrame]] = {n: _sorted(n) for n in _FUNCTIONS}
"""Table → the function that makes it, with the columns, types and order of the query's answer."""
