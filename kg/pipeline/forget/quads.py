"""The statements of a release without some people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from kg.catalogue import NOBODY
from kg.privacy.people import person_columns
from kg.privacy.protect import COUNTED_TABLE
from kg.privacy.sweep import is_swept
from kg.privacy.traces import Traces
from kg.provenance import GraphNames
from kg.quads import QUAD, TERM
from kg.schema import Schema
from kg.terms import RIHLA

__all__ = ["Without", "without_people"]

_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_STATEMENT_PARTS = [
    f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#{part}>" for part in ("subject", "object")
]
_CHECKSUM = "<http://spdx.org/rdf/terms#checksum>"
_FILE = "<http://www.w3.org/ns/dcat#Distribution>"
_MOST_ROUNDS = 20  # things that hang on things that hang on the person


@dataclass(frozen=True)
class Without:
    """What is left of asserted quads, and what went.

    ``gone`` are the terms of the things that went; ``changed`` how many quads of each graph were
    removed or have lost a name in a text. ``left`` counts things of others whose own IRI spells
    the name.
    """

    quads: pl.DataFrame
    gone: frozenset[str]
    changed: dict[str, int]
    left: int


def without_people(
    quads: pl.DataFrame,
    people: Collection[str],
    traces: Traces,
    schema: Schema,
    names: GraphNames,
) -> Without:
    """Take people out of asserted quads: themselves, what tells only of them, and their names.

    Parameters
    ----------
    quads:
        What was asserted; nothing that follows from it.
    people:
        Their IRIs.
    traces:
        What to look for in texts.
    schema, names:
        What is a reference to a person; which graphs there are.
    """
    gone = _gone(quads, {f"<{iri}>" for iri in people}, traces, schema)
    touched = pl.col("s").is_in(list(gone)) | pl.col("o").is_in(list(gone))
    kept = quads.filter(~touched)
    mended = _mended(kept, traces, schema, names)
    whole = kept.join(mended.select(*QUAD), on=[*QUAD], how="anti")
    texts = mended.filter(~pl.col("drop")).select("s", "p", o="new", g="g")
    rest = pl.concat([whole, texts])
    changes = pl.concat([quads.filter(touched).select("g"), mended.select("g")])
    counts = changes.group_by(pl.col("g").cast(pl.String)).len().sort("g")
    subjects = rest.select(pl.col("s").unique().cast(pl.String))["s"]
    own = subjects.filter(subjects.str.starts_with(f"<{names.base}"))
    return Without(
        rest.select(*QUAD).unique(),
        frozenset(gone),
        {str(g).strip("<>"): n for g, n in counts.iter_rows()},
        int(traces.found(own).sum()),
    )


def _gone(quads: pl.DataFrame, people: set[str], traces: Traces, schema: Schema) -> set[str]:
    """Return the terms of everything that goes whole."""
    gone = set(people)
    gone |= _bearing(quads, gone, traces) | _records(quads, gone, traces)
    required = _holding_links(schema)
    for _ in range(_MOST_ROUNDS):
        now = list(gone)
        hanging = quads.filter(
            pl.col("p").is_in([*required, *_STATEMENT_PARTS]) & pl.col("o").is_in(now)
        )["s"]
        below = quads.filter(
            pl.col("s").is_in(now)
            & (pl.col("o").cast(pl.String).str.starts_with("_:") | (pl.col("p") == _CHECKSUM))
        )["o"]
        more = {*hanging.cast(pl.String).unique(), *below.cast(pl.String).unique()} - gone
        if not more:
            break
        gone |= more
    return gone


def _holding_links(schema: Schema) -> list[str]:
    """Return the properties by which a thing refers to what it cannot be without.

    A participation may lack a person; one that had one is theirs alone.
    """
    counted = person_columns(schema, COUNTED_TABLE)
    columns = [c for table in schema.tables.values() for c in table.columns]
    required = [c for c in columns if c.kind == "reference" and c.required]
    return sorted({f"<{c.path}>" for c in (*required, *counted) if not c.inverse})


def _bearing(quads: pl.DataFrame, people: set[str], traces: Traces) -> set[str]:
    """Return what refers to the people and bears their key in its own IRI, such as a badge."""
    refer = quads.filter(pl.col("o").is_in(list(people)) & (pl.col("p") != _TYPE))
    subjects = refer.select(pl.col("s").unique().cast(pl.String))["s"]
    return set(subjects.filter(traces.found(subjects)))


def _records(quads: pl.DataFrame, people: set[str], traces: Traces) -> set[str]:
    """Return the matches with the people, and what describes files that are called after them."""
    kinds = [f"<{RIHLA.Match}>", _FILE]
    own = quads.join(
        quads.filter((pl.col("p") == _TYPE) & pl.col("o").is_in(kinds)).select("s").unique(), on="s"
    )
    matched = own.filter((pl.col("p") == f"<{RIHLA.matchedTo}>") & pl.col("o").is_in(list(people)))
    texts = own.select(pl.col("s").cast(pl.String), pl.col("o").cast(pl.String))
    named = texts.filter(traces.found(texts["o"]) | traces.found(texts["s"]))["s"]
    files = own.filter(pl.col("o") == _FILE)["s"].cast(pl.String)
    of_people = named.filter(named.str.contains("/match/person-", literal=True))
    return {
        *matched["s"].cast(pl.String).unique(),
        *of_people,
        *named.filter(named.is_in(files.implode())),
    }


def _mended(quads: pl.DataFrame, traces: Traces, schema: Schema, names: GraphNames) -> pl.DataFrame:
    """Return the quads whose object names the people, with ``new`` and whether to ``drop`` them."""
    skipped = [f"<{graph}>" for graph in (names.vocabulary, names.schemes)]
    objects = quads.filter(~pl.col("g").is_in(skipped)).select(pl.col("o").unique())
    texts = objects.select(pl.col("o").cast(pl.String))["o"]
    hits = texts.filter(traces.found(texts)).to_list()
    found = quads.filter(pl.col("o").is_in(hits) & ~pl.col("g").is_in(skipped))
    found = found.filter(~_keeps_its_name(found, quads, schema))
    things = quads.filter(pl.col("p") == _TYPE).select(pl.col("s").unique().cast(pl.String))["s"]
    own = set(things.filter(things.is_in(hits)))
    found = found.filter(~pl.col("o").is_in(list(own)))  # a thing that is left, with its own IRI
    texts = found["o"].cast(pl.String).unique()
    new = {text: traces.without(text) for text in texts}
    # A query has to stay one that runs.
    queries = {text: traces.without(text, NOBODY) for text in texts}
    text = pl.col("o").cast(pl.String)
    return found.with_columns(
        new=pl.when(pl.col("g") == f"<{names.queries}>")
        .then(text.replace_strict(queries, return_dtype=pl.String))
        .otherwise(text.replace_strict(new, return_dtype=pl.String))
        .cast(TERM),
        drop=pl.col("o").cast(pl.String).str.starts_with("<"),
    )


def _keeps_its_name(found: pl.DataFrame, quads: pl.DataFrame, schema: Schema) -> pl.Series:
    """Say of quads whether the text is an id, or of a namesake or what is called after people."""
    types = quads.filter(pl.col("p") == _TYPE).select("s", pl.col("o").cast(pl.String))
    classes = types.join(found.select("s").unique(), on="s", how="semi")
    kinds: dict[str, set[str]] = {}
    for subject, kind in classes.with_columns(pl.col("s").cast(pl.String)).iter_rows():
        kinds.setdefault(subject, set()).add(kind)
    kept = _kept_columns(schema)
    pairs = found.select(pl.col("s").cast(pl.String), pl.col("p").cast(pl.String)).rows()
    verdicts = [any((k, p) in kept for k in kinds.get(s, ())) for s, p in pairs]
    return pl.Series(verdicts, dtype=pl.Boolean)


def _kept_columns(schema: Schema) -> set[tuple[str, str]]:
    """Return class and property of each column in which a name is no foreign matter."""
    return {
        (f"<{kind}>", f"<{column.path}>")
        for name, table in schema.tables.items()
        for column in table.columns
        if name == "people" or (column.kind != "iri" and not is_swept(column, name))
        for kind in schema.subclasses(table.target)
    }
