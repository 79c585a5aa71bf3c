"""Derive: the ontology's own quads, what follows from its axioms, and partnerships."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import polars as pl
from rdflib import RDF, RDFS, XSD

from kg.mapping import iri_term, literal_term
from kg.network import Network, strongest_partners
from kg.ontology import Ontology, compile_axioms, infer
from kg.ontology.files import merged
from kg.provenance import GraphNames
from kg.quads import TERM, quads_of_graph, term
from kg.terms import RIHLA

__all__ = ["inferred_quads", "ontology_quads", "partnership_quads"]

_LAST_SEGMENT = r"([^/]+)$"


@lru_cache(maxsize=2)
def ontology_quads(ontology: Ontology, names: GraphNames) -> pl.DataFrame:
    """Return vocabulary, shapes and schemes as quads; the last ones are kept."""
    parts = {
        names.vocabulary: merged(ontology.vocabulary, ontology.shapes),
        names.schemes: ontology.schemes,
    }
    return pl.concat([quads_of_graph(graph, name) for name, graph in parts.items()])


def inferred_quads(asserted: pl.DataFrame, ontology: Ontology, names: GraphNames) -> pl.DataFrame:
    """Return what follows from the data and the schemes by the vocabulary's axioms."""
    data = asserted.filter(pl.col("g") != f"<{names.vocabulary}>")
    found = infer(data.select("s", "p", "o").unique(), compile_axioms(ontology.vocabulary))
    return found.select("s", "p", "o", g=term(f"<{names.inferred}>"))


def partnership_quads(
    columns: Mapping[str, pl.DataFrame], names: GraphNames, strongest: int
) -> pl.DataFrame:
    """Return the strongest partnerships between organisations as resources with their evidence.

    Parameters
    ----------
    columns:
        The flat tables of the release.
    strongest:
        How many to keep, by shared trainings, then Newman's weight, then the organisations' IRIs.
    """
    network = strongest_partners(columns, strongest)
    edges = network.edge_frame().sort(
        "shared_trainings", "newman", "source", "target", descending=[True, True, False, False]
    )
    kept = edges.head(strongest).with_columns(
        s=pl.format(
            f"<{names.base}partnership/{{}}--{{}}>",
            pl.col("source").str.extract(_LAST_SEGMENT),
            pl.col("target").str.extract(_LAST_SEGMENT),
        )
    )
    statements = [
        _statements(kept, RDF.type, pl.lit(f"<{RIHLA.Partnership}>")),
        _statements(kept, RIHLA.partner, iri_term(pl.col("source"))),
        _statements(kept, RIHLA.partner, iri_term(pl.col("target"))),
        _statements(
            kept,
            RDFS.label,
            literal_term(pl.format("{} – {}", "source_label", "target_label")),
        ),
        _statements(kept, RIHLA.sharedTrainings, _number("shared_trainings", XSD.integer)),
        _statements(kept, RIHLA.newmanWeight, _number("newman", XSD.decimal)),
        _statements(kept, RIHLA.firstYear, _number("first_year", XSD.integer)),
        _statements(kept, RIHLA.lastYear, _number("last_year", XSD.integer)),
        _statements(_evidence(network, kept), RIHLA.evidence, iri_term(pl.col("training"))),
    ]
    return pl.concat(statements).with_columns(g=term(f"<{names.derived}>"))


def _statements(frame: pl.DataFrame, predicate: str, value: pl.Expr) -> pl.DataFrame:
    found = frame.select(pl.col("s").cast(TERM), p=term(f"<{predicate}>"), o=value.cast(TERM))
    return found.drop_nulls("o")


def _number(column: str, datatype: str) -> pl.Expr:
    return literal_term(pl.col(column).cast(pl.String), datatype)


def _evidence(network: Network, kept: pl.DataFrame) -> pl.DataFrame:
    """Return ``s`` and ``training`` for each training behind a kept edge."""
    if network.pairing is None or network.trainings is None or not kept.height:
        return pl.DataFrame(schema={"s": pl.String, "training": pl.String})
    nodes = network.nodes.with_row_index("code").select(pl.col("code").cast(pl.UInt32), "node")
    trainings = network.trainings.select(training="code", iri="training")
    edges = kept.select("s", node="source", other="target")
    edges = edges.join(nodes.rename({"code": "source"}), on="node")
    edges = edges.join(nodes.rename({"code": "target", "node": "other"}), on="other")
    found = network.pairing.between(edges).join(edges, on=["source", "target"])
    return found.join(trainings, on="training").select("s", training="iri")
