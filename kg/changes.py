"""What changed between two releases: things and statements, by the source that states them."""

from __future__ import annotations

import polars as pl

from kg.errors import ReleaseError
from kg.provenance import GraphNames
from kg.results import ResultTable
from kg.store.release import Release

__all__ = ["CLASSES", "changed_things", "diff_summary"]

_ONTOLOGY = "https://w3id.org/rihla/ontology#"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
_QUAD = r"^(?<s><[^>]*>|_:\S+) (?<p><[^>]*>) (?<o>.*) (?<g><[^>]*>) \.$"
_KEY = ("source", "class", "thing")

CLASSES = {"Training": "trainings", "Person": "people", "Organisation": "organisations"}
"""The classes whose things are compared, and what they are called."""


def diff_summary(old: Release, new: Release) -> ResultTable:
    """Return a row for each source and kind that changed: ``source, what, added, removed``.

    ``what`` is ``statements``, ``trainings``, ``people`` or ``organisations``. Sources are named
    by their id, the graphs of the build by theirs (``inferred``, ``vocabulary`` and so on).

    Raises
    ------
    ReleaseError
        A dump cannot be read.
    """
    before, after = _quads(old), _quads(new)
    statements = _changes(before, after, ["source", "s", "p", "o"]).with_columns(
        what=pl.lit("statements")
    )
    things = _changes(_things(before), _things(after), list(_KEY)).with_columns(
        what=pl.col("class").replace_strict(CLASSES)
    )
    rows = pl.concat([statements, things], how="diagonal")
    counted = (
        rows.group_by("source", "what")
        .agg(
            added=(pl.col("change") == "added").sum(), removed=(pl.col("change") == "removed").sum()
        )
        .sort("source", "what")
    )
    return ResultTable(tuple(counted.columns), counted.rows())


def changed_things(old: Release, new: Release) -> ResultTable:
    """Return ``change, source, class, thing, label`` for each thing that came or went.

    A thing that one source no longer states while another does is removed from the first only.
    """
    before, after = _quads(old), _quads(new)
    changes = _changes(_things(before), _things(after), list(_KEY))
    labels = (
        pl.concat([after, before])
        .filter(pl.col("p") == _LABEL)
        .unique("s", keep="first", maintain_order=True)
        .select(thing=pl.col("s").str.strip_chars("<>"), label=_text(pl.col("o")))
    )
    rows = changes.join(labels, on="thing", how="left").sort("change", *_KEY)
    columns = ("change", *_KEY, "label")
    return ResultTable(columns, rows.select(columns).rows())


def _quads(release: Release) -> pl.DataFrame:
    """Return ``s, p, o, g`` and ``source`` of a release's dump."""
    try:
        lines = pl.read_csv(
            release.dump, has_header=False, separator="\x1f", quote_char=None, new_columns=["line"]
        )
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ReleaseError(
            f"{release.id}: its dump cannot be read ({error}). 'kg check --release {release.id}' "
            "says which files are damaged."
        ) from error
    quads = lines.select(pl.col("line").str.extract_groups(_QUAD)).unnest("line")
    names = GraphNames(release.manifest["base"])
    sources = {
        f"<{names.load(entry['id'], entry['content'])}>": entry["id"]
        for entry in release.manifest["sources"]
    }
    own = pl.col("g").str.strip_chars("<>").str.strip_prefix(f"{names.base}graph/")
    return quads.with_columns(source=pl.col("g").replace_strict(sources, default=own))


def _things(quads: pl.DataFrame) -> pl.DataFrame:
    """Return ``source, class, thing``: what each source states to be of a compared class."""
    typed = quads.filter(pl.col("p") == _TYPE)
    classes = {f"<{_ONTOLOGY}{name}>": name for name in CLASSES}
    known = typed.filter(pl.col("o").is_in(list(classes))).select(
        "s", pl.col("o").replace_strict(classes).alias("class")
    )
    stated = typed.filter(~pl.col("source").is_in(["inferred", "derived"])).select("source", "s")
    return (
        stated.join(known.unique(), on="s")
        .select("source", "class", thing=pl.col("s").str.strip_chars("<>"))
        .unique()
    )


def _changes(before: pl.DataFrame, after: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    old, new = before.select(key).unique(), after.select(key).unique()
    added = new.join(old, on=key, how="anti").with_columns(change=pl.lit("added"))
    removed = old.join(new, on=key, how="anti").with_columns(change=pl.lit("removed"))
    return pl.concat([added, removed])


def _text(literal: pl.Expr) -> pl.Expr:
    return literal.str.extract(r'^"(.*)"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?$')
