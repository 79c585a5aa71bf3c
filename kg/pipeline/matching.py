"""Matches in a build: what decides them, the file to review, and their provenance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl
from rdflib import OWL, PROV, RDF, RDFS, XSD, Graph, Literal, URIRef

from kg.checking.report import harmless
from kg.provenance import GraphNames
from kg.quads import quads_of_graph
from kg.reconcile import (
    Decisions,
    NameMatches,
    Proposal,
    ResolvedTable,
    apply_decisions,
    follow_replacements,
    link_organisations,
    link_people,
    match_names,
    read_decisions,
    resolve,
)
from kg.results import ResultTable, Value
from kg.schema import Schema
from kg.settings import Settings
from kg.tables import CheckedTable
from kg.terms import RIHLA

__all__ = ["LAST_REVIEW", "REVIEW_COLUMNS", "Matched", "match_quads", "match_tables",
           "review_csv", "review_table"]  # fmt: skip

LAST_REVIEW = "last-build-review.csv"
"""The file in the release folder with what the last build matched or left to a person."""
REVIEW_COLUMNS = (
    "kind", "source", "key", "name", "country", "city", "zone", "target", "target_name",
    "target_country", "target_city", "score", "reasons", "decision", "why",
)  # fmt: skip
_IRIS = {"organisation": "organisation/ror-", "person": "person/orcid-"}


@dataclass(frozen=True)
class Matched:
    """All tables, resolved, with what was matched by name and what by score or decision.

    ``decided`` is what the decisions come to, as a text: it belongs to a build's inputs.
    """

    tables: tuple[ResolvedTable, ...]
    exact: NameMatches
    proposals: tuple[Proposal, ...]
    decided: str


def match_tables(checked: Sequence[CheckedTable], settings: Settings, schema: Schema) -> Matched:
    """Join rows that mean one thing: by identifier, decision, exact name, then by score.

    Raises
    ------
    InputError
        The project's file of decisions cannot be read.
    """
    decisions = Decisions.of(read_decisions(settings.project.decisions))
    tables, decided = apply_decisions(checked, decisions)
    tables, exact = match_names(tables, decisions)
    tables, organisations = link_organisations(tables, decisions)
    resolved = resolve(tables, schema, settings.project.base)
    linked, people = link_people(resolved, decisions)
    if linked is not None:
        resolved = resolve(linked, schema, settings.project.base)
    proposals = (*decided, *organisations, *people)
    return Matched(tuple(follow_replacements(resolved)), exact, proposals, decisions.content)


def review_table(proposals: Iterable[Proposal]) -> ResultTable:
    """Return a line for each candidate of each row, the best first; rows in doubt come first."""
    order = ("review", "accept", "decided", "reject")
    rows: list[tuple[Value, ...]] = []
    for p in sorted(proposals, key=lambda p: (order.index(p.zone), p.kind, p.source, p.key)):
        for c in p.candidates:
            target = (c.id, c.name, c.country, c.city, c.score, "; ".join(c.reasons))
            rows.append(
                (p.kind, p.source, p.key, p.name, p.country, p.city, p.zone, *target, None, None)
            )
    return ResultTable(REVIEW_COLUMNS, rows)


def review_csv(proposals: Iterable[Proposal]) -> str:
    """Return the file to review as CSV that no spreadsheet program takes for formulas."""
    table = review_table(proposals)
    rows = [
        tuple(str(c) if isinstance(c, float) else harmless(c) for c in row) for row in table.rows
    ]
    return ResultTable(table.columns, rows).to_csv()


def match_quads(proposals: Iterable[Proposal], names: GraphNames) -> pl.DataFrame:
    """Return the provenance of the matches that were made by score or decision, as quads.

    ``owl:sameAs`` joins the row's own IRI to the thing's where a person decided, and only there.
    """
    graph = Graph()
    for proposal in proposals:
        if proposal.target:
            _describe(graph, proposal, names)
    return quads_of_graph(graph, names.provenance)


def _describe(graph: Graph, proposal: Proposal, names: GraphNames) -> None:
    place = f"{proposal.kind}-{proposal.source}-{proposal.key}"
    subject = URIRef(f"{names.base}match/{place}")
    thing = URIRef(f"{names.base}{_IRIS[proposal.kind]}{proposal.target}")
    best = proposal.candidates[0]
    graph.add((subject, RDF.type, RIHLA.Match))
    graph.add((subject, RDFS.label, Literal(f"Match of {proposal.name} with {best.name}")))
    graph.add((subject, PROV.used, URIRef(f"{names.base}source/{proposal.source}")))
    graph.add((subject, RIHLA.matchedTo, thing))
    graph.add((subject, RIHLA.matchedName, Literal(proposal.name)))
    graph.add((subject, RIHLA.matchZone, Literal(proposal.zone)))
    for reason in best.reasons:
        graph.add((subject, RIHLA.matchReason, Literal(reason)))
    if proposal.zone == "decided":
        own = URIRef(f"{names.base}{proposal.kind}/{proposal.key}")
        graph.add((own, OWL.sameAs, thing))
    else:
        score = Literal(f"{best.score:.4f}".rstrip("0"), datatype=XSD.decimal)
        graph.add((subject, RIHLA.matchScore, score))
