"""The formats of answers: their names, media types and suffixes, and which one a client wants."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable

from kg.errors import QueryError
from kg.language import tell
from kg.web.columnar import ARROW, PARQUET

__all__ = [
    "FORMATS",
    "HTML",
    "Format",
    "Kind",
    "by_name",
    "kind_of",
    "negotiate",
    "of_form",
    "of_kind",
]


class Kind(Enum):
    """What an answer is: rows (or a truth value), rows by column, a graph, or a page."""

    TABLE = "table"
    COLUMNS = "columns"
    GRAPH = "graph"
    PAGE = "page"


@dataclass(frozen=True)
class Format:
    """A format of answers.

    ``name`` is its suffix and the value of ``?format=``; ``media_type`` what is sent;
    ``aliases`` are further names, ``accepted`` further media types that clients ask with.
    """

    name: str
    kind: Kind
    media_type: str
    title: str
    aliases: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The Content-Type header: text formats state their encoding."""
        needs = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if needs else self.media_type


_ALL = (
    Format(
        "json",
        Kind.TABLE,
        "application/sparql-results+json",
        "SPARQL JSON",
        ("srj", "sparql-results+json"),
        ("application/json", "text/json"),
    ),
    Format(
        "xml",
        Kind.TABLE,
        "application/sparql-results+xml",
        "SPARQL XML",
        ("srx", "sparql-results+xml"),
        ("application/xml", "text/xml"),
    ),
    Format("csv", Kind.TABLE, "text/csv", "CSV"),
    Format("tsv", Kind.TABLE, "text/tab-separated-values", "TSV"),
    Format(
        "parquet",
        Kind.COLUMNS,
        PARQUET,
        "Parquet",
        (),
        ("application/x-parquet", "application/parquet"),
    ),
    Format(
        "arrow",
        Kind.COLUMNS,
        ARROW,
        "Arrow",
        ("feather", "ipc"),
        ("application/vnd.apache.arrow", "application/x-arrow"),
    ),
    Format(
        "ttl",
        Kind.GRAPH,
        "text/turtle",
        "Turtle",
        ("turtle", "n3"),
        ("application/x-turtle", "text/n3", "text/rdf+n3"),
    ),
    Format(
        "nt",
        Kind.GRAPH,
        "application/n-triples",
        "N-Triples",
        ("ntriples", "n-triples"),
        ("text/plain",),
    ),
    Format(
        "rdf",
        Kind.GRAPH,
        "application/rdf+xml",
        "RDF/XML",
        ("rdfxml", "rdf+xml", "xml"),
        ("application/xml", "text/xml"),
    ),
    Format(
        "jsonld",
        Kind.GRAPH,
        "application/ld+json",
        "JSON-LD",
        ("json-ld", "ld+json", "json"),
        ("application/json", "text/json"),
    ),
)
HTML = Format("html", Kind.PAGE, "text/html", "page", (), ("application/xhtml+xml",))
FORMATS: dict[str, Format] = {f.name: f for f in (*_ALL, HTML)}
"""Formats by name; the first of a kind is what a client without a preference gets."""

_FORMS = {
    "SELECT": Kind.TABLE,
    "ASK": Kind.TABLE,
    "CONSTRUCT": Kind.GRAPH,
    "DESCRIBE": Kind.GRAPH,
}


def kind_of(form: str) -> Kind:
    """Return what a query form answers with; an unknown form is left to the parser."""
    return _FORMS.get(form, Kind.TABLE)


def of_kind(*kinds: Kind) -> list[Format]:
    """Return the formats for kinds of answers, the preferred first."""
    return [f for f in FORMATS.values() if f.kind in kinds]


def of_form(form: str) -> list[Format]:
    """Return the formats for the answers to a query form; a truth value has no columns."""
    return of_kind(Kind.TABLE, Kind.COLUMNS) if form == "SELECT" else of_kind(kind_of(form))


def by_name(name: str, choices: Sequence[Format]) -> Format:
    """Return the format of this name, alias or media type.

    Raises
    ------
    QueryError
        No format has this name.
    NotAcceptable
        One has, but it cannot hold this kind of answer.
    """
    wanted = name.strip().lower().replace(" ", "+")
    for chosen in choices:
        if wanted in (chosen.name, chosen.media_type, *chosen.aliases, *chosen.accepted):
            return chosen
    names = ", ".join(f.name for f in choices)
    if any(wanted in (f.name, f.media_type, *f.aliases) for f in FORMATS.values()):
        raise NotAcceptable(f"{name} cannot hold this kind of answer. Accepted here: {names}.")
    raise QueryError(
        tell("There is no format %(name)s. Accepted here: %(names)s.", name=repr(name), names=names)
    )


def negotiate(accept: MIMEAccept, choices: Sequence[Format]) -> Format:
    """Return the format that suits an Accept header best; without one, the first.

    Raises
    ------
    NotAcceptable
        The client accepts none of them.
    """
    if not accept:
        return choices[0]
    offered = {kind: f for f in reversed(choices) for kind in (*f.accepted, f.media_type)}
    best = accept.best_match(_in_order(choices))
    if best is None:
        names = ", ".join(f.media_type for f in choices)
        raise NotAcceptable(f"None of the accepted media types is offered. Offered: {names}.")
    return offered[best]


def _in_order(choices: Sequence[Format]) -> Collection[str]:
    """Return media types, those that are sent before those that are only understood."""
    return [f.media_type for f in choices] + [a for f in choices for a in f.accepted]
