"""What a graph holds, counted: VoID statistics and a DCAT record, as part of the graph itself.

Partitions by class and by property, and by property within each class, are computed from the
statements of a release, and by class within what each source states. Clients find them with
SPARQL, under the dataset's IRI, or at ``/.well-known/void``. What depends on the server or the
time of the build is not among them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import polars as pl
from rdflib import DCAT, DCTERMS, RDF, RDFS, VOID, XSD, Literal, URIRef
from scipy import sparse

from kg.provenance import GraphNames
from kg.quads import QUAD, TERM, reached
from kg.terms import ONTOLOGY, RIHLA, VOCABULARY_BASE

__all__ = ["dataset_iri", "description_quads", "partition_iri"]

_TYPE = RDF.type.n3()
_SHARED = (RIHLA.training, RIHLA.organisation, RIHLA.fromCountry)
_Row = tuple[str, str, str]


def dataset_iri(base: str) -> str:
    """Return the IRI of the dataset whose things have their IRIs under ``base``."""
    return f"{base.removesuffix('id/')}dataset"


def partition_iri(dataset: str, kind: str, *terms: str) -> str:
    """Return the IRI of a partition: of the dataset, its kind and what it is for."""
    digest = hashlib.sha256(" ".join(terms).encode()).hexdigest()
    return f"{dataset}#{kind}-{digest[:12]}"


def description_quads(quads: pl.DataFrame, names: GraphNames) -> pl.DataFrame:
    """Return the quads (columns ``s``, ``p``, ``o``, ``g``) that describe these quads.

    A triple that several graphs state counts once.
    """
    dataset = dataset_iri(names.base)
    union = _Union(quads)
    rows = [
        *_record(dataset, names, quads.lazy()),
        *_totals(dataset, union),
        *_by_property(dataset, union),
        *_by_class(dataset, union),
        *_by_both(dataset, union),
        *_by_source(dataset, quads.lazy()),
    ]
    frame = pl.DataFrame(rows, schema=["s", "p", "o"], orient="row").unique().sort("s", "p", "o")
    graph = pl.lit(f"<{names.description}>").alias("g")
    return frame.with_columns(graph).select(pl.col(name).cast(TERM) for name in QUAD)


class _Union:
    """The distinct triples of all graphs as the numbers of their terms, sorted.

    Attributes
    ----------
    s, p, o:
        The columns. Of subjects only their order is kept: they are numbered from 0 on.
    uses:
        The rows in which a subject's first triple with a property stands.
    things, kinds:
        Of the triples that give a class, which are those with an IRI as object, both ends.
    """

    def __init__(self, quads: pl.DataFrame) -> None:
        rows = quads.select(pl.col("s", "p", "o").to_physical()).sort("s", "p", "o")
        s, p, o = (rows[name].to_numpy() for name in "spo")
        use = _changes(s) | _changes(p)
        fresh = use | _changes(o)
        self.s = np.cumsum(_changes(s[fresh])) - 1
        self.p, self.o = p[fresh], o[fresh]
        self.uses = np.flatnonzero(use[fresh])
        typed = np.isin(self.p, [n for n, text in _texts(self.p) if text == _TYPE])
        classes = [n for n, text in _texts(self.o[typed]) if text.startswith("<")]
        typed &= np.isin(self.o, classes)
        self.things, self.kinds = self.s[typed], self.o[typed]


def _changes(values: np.ndarray) -> np.ndarray:
    """Return which values are others than the one before."""
    found = np.ones(len(values), dtype=bool)
    found[1:] = values[1:] != values[:-1]
    return found


def _texts(numbers: np.ndarray) -> list[tuple[int, str]]:
    """Return the distinct numbers, each with the term that it stands for."""
    used = np.flatnonzero(np.bincount(numbers))
    terms = pl.Series(used, dtype=pl.UInt32).cat.to(TERM).cast(pl.String)
    return list(zip(used.tolist(), terms.to_list(), strict=True))


def _distinct(numbers: np.ndarray) -> int:
    """Return how many numbers there are."""
    return int(np.count_nonzero(np.bincount(numbers)))


def _record(dataset: str, names: GraphNames, quads: pl.LazyFrame) -> Iterator[_Row]:
    """Say what the dataset is (DCAT, VoID), from which sources and under which licences."""
    stated = [
        (RDF.type, VOID.Dataset),
        (RDF.type, DCAT.Dataset),
        (DCTERMS.identifier, Literal(dataset)),
        (VOID.vocabulary, ONTOLOGY),
        (VOID.uriSpace, Literal(names.base)),
    ]
    for predicate, value in stated:
        yield _iri(dataset), predicate.n3(), value.n3()
    is_source = (pl.col("p") == _TYPE) & (pl.col("o") == RIHLA.Source.n3())
    sources = quads.filter(is_source).select("s").unique()
    licences = quads.filter(pl.col("p") == DCTERMS.license.n3()).join(sources, on="s")
    for (source,) in sources.collect().iter_rows():
        yield _iri(dataset), DCTERMS.source.n3(), source
    for (licence,) in licences.select("o").unique().collect().iter_rows():
        yield _iri(dataset), DCTERMS.license.n3(), licence


def _totals(dataset: str, union: _Union) -> Iterator[_Row]:
    counts = {
        "triples": len(union.s),
        "distinctSubjects": _distinct(union.s),
        "distinctObjects": _distinct(union.o),
        "properties": _distinct(union.p),
        "classes": _distinct(union.kinds),
        "entities": _distinct(union.things),
    }
    for name, number in counts.items():
        yield _iri(dataset), VOID[name].n3(), _number(number)


def _by_property(dataset: str, union: _Union) -> Iterator[_Row]:
    triples = np.bincount(union.p)
    subjects = np.bincount(union.p[union.uses])
    pairs = np.sort(union.p.astype(np.uint64) << np.uint64(32) | union.o)
    objects = np.bincount((pairs[_changes(pairs)] >> np.uint64(32)).astype(np.int64))
    for number, prop in _texts(union.p):
        partition = _iri(partition_iri(dataset, "property", prop[1:-1]))
        yield _iri(dataset), VOID.propertyPartition.n3(), partition
        yield partition, VOID.property.n3(), prop
        yield partition, VOID.triples.n3(), _number(triples[number])
        yield partition, VOID.distinctSubjects.n3(), _number(subjects[number])
        yield partition, VOID.distinctObjects.n3(), _number(objects[number])


def _by_class(dataset: str, union: _Union) -> Iterator[_Row]:
    entities = np.bincount(union.kinds)
    for number, kind in _texts(union.kinds):
        partition = _iri(partition_iri(dataset, "class", kind[1:-1]))
        yield _iri(dataset), VOID.classPartition.n3(), partition
        yield partition, VOID["class"].n3(), kind
        yield partition, VOID.entities.n3(), _number(entities[number])


def _by_both(dataset: str, union: _Union) -> Iterator[_Row]:
    """Count, for each class, how often and on how many of its things each property stands.

    As a product of matrices: a join would have a row for each triple and class.
    """
    ends = np.append(union.uses[1:], len(union.s))
    places = (union.s[union.uses], union.p[union.uses])
    kinds, props = dict(_texts(union.kinds)), dict(_texts(union.p))
    size = int(union.s[-1]) + 1 if len(union.s) else 0
    used = sparse.csr_array((ends - union.uses, places), (size, max(props, default=0) + 1))
    ones = np.ones(len(union.kinds), dtype=np.int64)
    ends_of_types = (union.kinds, union.things)
    typed = sparse.csr_array((ones, ends_of_types), (max(kinds, default=0) + 1, size))
    triples = (typed @ used).tocoo()
    subjects = (typed @ (used > 0).astype(np.int64)).tocoo()
    for row, column, number, on in zip(*triples.coords, triples.data, subjects.data, strict=True):
        kind, prop = kinds[int(row)], props[int(column)]
        of_class = _iri(partition_iri(dataset, "class", kind[1:-1]))
        partition = _iri(partition_iri(dataset, "class-property", kind[1:-1], prop[1:-1]))
        yield of_class, VOID.propertyPartition.n3(), partition
        yield partition, VOID.property.n3(), prop
        yield partition, VOID.triples.n3(), _number(number)
        yield partition, VOID.distinctSubjects.n3(), _number(on)


def _by_source(dataset: str, quads: pl.LazyFrame) -> Iterator[_Row]:
    """Count what each source states, for ``queries/quality/counts.rq``.

    A thing counts in the classes of the vocabulary that its source gives it and in those above.
    Of the participations that it states is said on how many each property of :data:`_SHARED`
    stands, whoever says so.
    """
    loaded = _stated(quads, RIHLA.loadedInto).select("s", g="o")
    loads = loaded.join(_stated(quads, RIHLA.loadedFrom).select("s", source="o"), on="s")
    loads = loads.select("g", "source").unique()
    typed = _stated(quads, RDF.type).join(loads, on="g").select("source", "s", "o").unique()
    counts = typed.join(_classes_above(quads).lazy(), on="o").select("source", "s", "kind").unique()
    shares = _shares(quads, loads)
    for source, kind, number in counts.group_by("source", "kind").len().collect().iter_rows():
        subset = partition_iri(dataset, "source", source[1:-1])
        partition = _iri(partition_iri(dataset, "source-class", source[1:-1], kind[1:-1]))
        yield _iri(dataset), VOID.subset.n3(), _iri(subset)
        yield _iri(subset), RDF.type.n3(), VOID.Dataset.n3()
        yield _iri(subset), DCTERMS.source.n3(), source
        yield _iri(subset), VOID.classPartition.n3(), partition
        yield partition, VOID["class"].n3(), kind
        yield partition, VOID.entities.n3(), _number(number)
        if kind == RIHLA.Participation.n3():
            yield from _by_shared(dataset, source, partition, shares)


def _by_shared(
    dataset: str, source: str, partition: str, shares: dict[tuple[str, str], int]
) -> Iterator[_Row]:
    for prop in _SHARED:
        part = _iri(partition_iri(dataset, "source-class-property", source[1:-1], prop))
        yield partition, VOID.propertyPartition.n3(), part
        yield part, VOID.property.n3(), prop.n3()
        yield part, VOID.distinctSubjects.n3(), _number(shares.get((source, prop.n3()), 0))


def _shares(quads: pl.LazyFrame, loads: pl.LazyFrame) -> dict[tuple[str, str], int]:
    """Return source and property → participations of the source that have the property."""
    stated = _stated(quads, RIHLA.training).join(loads, on="g").select("source", "s").unique()
    found: dict[tuple[str, str], int] = {}
    for prop in _SHARED:
        having = _stated(quads, prop).select("s").unique()
        counts = stated.join(having, on="s", how="semi").group_by("source").len()
        found |= {(source, prop.n3()): n for source, n in counts.collect().iter_rows()}
    return found


def _stated(quads: pl.LazyFrame, prop: URIRef) -> pl.LazyFrame:
    return quads.filter(pl.col("p") == prop.n3())


def _classes_above(quads: pl.LazyFrame) -> pl.DataFrame:
    """Return each class of a thing (``o``) with the vocabulary's among it and those above."""
    parents: dict[str, set[str]] = {}
    for low, high in (
        _stated(quads, RDFS.subClassOf).select("s", "o").unique().collect().iter_rows()
    ):
        parents.setdefault(low, set()).add(high)
    kinds = _stated(quads, RDF.type).select("o").unique().collect()["o"].cast(pl.String)
    rows = [(kind, one) for kind in kinds for one in sorted({kind, *reached(kind, parents)})]
    ours = [(kind, one) for kind, one in rows if one.startswith(f"<{VOCABULARY_BASE}")]
    return pl.DataFrame(ours, schema={"o": TERM, "kind": TERM}, orient="row")


def _iri(text: str) -> str:
    return f"<{text}>"


def _number(number: int) -> str:
    return Literal(str(int(number)), datatype=XSD.integer).n3()
