"""What a graph holds, counted: VoID statistics and a DCAT record, as part of the graph itself.

Partitions by class and by property, and by property within each class, are computed from the
statements of a release. Clients find them with SPARQL, under the dataset's IRI, or at
``/.well-known/void``. What depends on the server or the time of the build is not among them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import polars as pl
from rdflib import DCAT, DCTERMS, RDF, VOID, XSD, Literal

from kg.provenance import GraphNames
from kg.quads import QUAD, TERM
from kg.terms import ONTOLOGY, RIHLA

__all__ = ["dataset_iri", "description_quads", "partition_iri"]

_TYPE = RDF.type.n3()
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
    union = quads.select("s", "p", "o").unique().lazy()
    rows = [
        *_record(dataset, names, union),
        *_totals(dataset, union),
        *_by_property(dataset, union),
        *_by_class(dataset, union),
        *_by_both(dataset, union),
    ]
    frame = pl.DataFrame(rows, schema=["s", "p", "o"], orient="row").unique().sort("s", "p", "o")
    graph = pl.lit(f"<{names.description}>").alias("g")
    return frame.with_columns(graph).select(pl.col(name).cast(TERM) for name in QUAD)


def _record(dataset: str, names: GraphNames, union: pl.LazyFrame) -> Iterator[_Row]:
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
    sources = union.filter(is_source).select("s")
    licences = union.filter(pl.col("p") == DCTERMS.license.n3()).join(sources, on="s")
    for (source,) in sources.collect().iter_rows():
        yield _iri(dataset), DCTERMS.source.n3(), source
    for (licence,) in licences.select("o").unique().collect().iter_rows():
        yield _iri(dataset), DCTERMS.license.n3(), licence


def _totals(dataset: str, union: pl.LazyFrame) -> Iterator[_Row]:
    counts = union.select(
        pl.len().alias("triples"),
        pl.col("s").n_unique().alias("distinctSubjects"),
        pl.col("o").n_unique().alias("distinctObjects"),
        pl.col("p").n_unique().alias("properties"),
        pl.col("o").filter(_is_type()).n_unique().alias("classes"),
        pl.col("s").filter(_is_type()).n_unique().alias("entities"),
    )
    for name, number in counts.collect(engine="streaming").row(0, named=True).items():
        yield _iri(dataset), VOID[name].n3(), _number(number)


def _by_property(dataset: str, union: pl.LazyFrame) -> Iterator[_Row]:
    counts = union.group_by("p").agg(pl.len(), pl.col("s").n_unique(), pl.col("o").n_unique())
    for prop, triples, subjects, objects in counts.collect(engine="streaming").iter_rows():
        partition = _iri(partition_iri(dataset, "property", prop[1:-1]))
        yield _iri(dataset), VOID.propertyPartition.n3(), partition
        yield partition, VOID.property.n3(), prop
        yield partition, VOID.triples.n3(), _number(triples)
        yield partition, VOID.distinctSubjects.n3(), _number(subjects)
        yield partition, VOID.distinctObjects.n3(), _number(objects)


def _by_class(dataset: str, union: pl.LazyFrame) -> Iterator[_Row]:
    counts = union.filter(_is_type()).group_by("o").agg(pl.col("s").n_unique())
    for kind, entities in counts.collect(engine="streaming").iter_rows():
        partition = _iri(partition_iri(dataset, "class", kind[1:-1]))
        yield _iri(dataset), VOID.classPartition.n3(), partition
        yield partition, VOID["class"].n3(), kind
        yield partition, VOID.entities.n3(), _number(entities)


def _by_both(dataset: str, union: pl.LazyFrame) -> Iterator[_Row]:
    """Count, for each class, how often and on how many of its things each property stands."""
    types = union.filter(_is_type()).select("s", kind="o")
    # By subject first: the join would otherwise have a row for each triple and class.
    uses = union.group_by("s", "p").agg(pl.len().alias("n"))
    counts = (
        uses.join(types, on="s").group_by("kind", "p").agg(pl.col("n").sum(), pl.len().alias("on"))
    )
    for kind, prop, triples, subjects in counts.collect(engine="streaming").iter_rows():
        of_class = _iri(partition_iri(dataset, "class", kind[1:-1]))
        partition = _iri(partition_iri(dataset, "class-property", kind[1:-1], prop[1:-1]))
        yield of_class, VOID.propertyPartition.n3(), partition
        yield partition, VOID.property.n3(), prop
        yield partition, VOID.triples.n3(), _number(triples)
        yield partition, VOID.distinctSubjects.n3(), _number(subjects)


def _is_type() -> pl.Expr:
    return (pl.col("p") == _TYPE) & pl.col("o").cat.starts_with("<")


def _iri(text: str) -> str:
    return f"<{text}>"


def _number(number: int) -> str:
    return Literal(str(number), datatype=XSD.integer).n3()
