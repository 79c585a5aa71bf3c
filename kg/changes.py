"""What changed between two releases: things and statements, by the source that states them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from kg.errors import ReleaseError
from kg.privacy.protect import WITHHELD
from kg.provenance import GraphNames
from kg.quads import literal_text, read_quads
from kg.results import ResultTable
from kg.store.release import Release
from kg.tombstones import Tombstones

__all__ = ["CLASSES", "changed_things", "diff_summary"]

_ONTOLOGY = "https://w3id.org/rihla/ontology#"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
_KEY = ("source", "class", "thing")
_COLUMNS = ("change", *_KEY, "label", "property", "old", "new")
_NOBODY = Tombstones()
_COMPUTED = ("inferred", "derived", "description")

CLASSES = {"Training": "trainings", "Person": "people", "Organisation": "organisations"}
"""The classes whose things are compared, and what they are called."""


def diff_summary(old: Release, new: Release) -> ResultTable:
    """Return a row for each source and kind that changed: counts ``added, removed, changed``.

    ``what`` is ``statements`` (which never change, they come and go), ``trainings``, ``people`` or
    ``organisations``. Sources are named by their id, the graphs of the build by theirs
    (``inferred``, ``vocabulary`` and so on). A thing has changed where the same source states
    something else of it.

    Raises
    ------
    ReleaseError
        A dump cannot be read.
    """
    before, after = _Side(old), _Side(new)
    statements = _came_and_went(before.quads, after.quads, ["source", "s", "p", "o"])
    values = _changed_values(before, after)
    rows = pl.concat(
        [
            statements.select("source", "change", what=pl.lit("statements")),
            _came_and_went(before.things, after.things, list(_KEY)).select(
                "source", "change", what=pl.col("class").replace_strict(CLASSES)
            ),
            values.unique([*_KEY]).select(
                "source", change=pl.lit("changed"), what=pl.col("class").replace_strict(CLASSES)
            ),
        ]
    )
    kinds = ("added", "removed", "changed")
    counts = {kind: (pl.col("change") == kind).sum() for kind in kinds}
    counted = rows.group_by("source", "what").agg(**counts).sort("source", "what")
    return ResultTable(tuple(counted.columns), counted.rows())


def changed_things(old: Release, new: Release, forgotten: Tombstones = _NOBODY) -> ResultTable:
    """Return a row for each thing that came or went, and for each property of one that changed.

    The columns are ``change`` (``added``, ``removed``, ``changed``), ``source``, ``class``,
    ``thing``, ``label``, ``property``, ``old`` and ``new``; several values are separated by ``|``.
    What went has its label from the old release, all else from the new one. A thing that one
    source no longer states while another does is removed from the first only. Who is
    ``forgotten`` is not shown.
    """
    before, after = _Side(old), _Side(new)
    moved = _came_and_went(before.things, after.things, list(_KEY))
    labels = pl.concat(
        [
            before.labels().with_columns(went=pl.lit(value=True)),
            after.labels().with_columns(went=pl.lit(value=False)),
        ]
    )
    changed = _changed_values(before, after).with_columns(change=pl.lit("changed"))
    rows = pl.concat([moved, changed], how="diagonal")
    rows = rows.with_columns(went=pl.col("change") == "removed")
    rows = rows.join(labels, on=["thing", "went"], how="left", maintain_order="left")
    rows = _withheld(rows, forgotten).sort("change", *_KEY, "property")
    return ResultTable(_COLUMNS, rows.select(_COLUMNS).rows())


class _Side:
    """One of the two releases: ``quads`` with ``source``, and its ``things``.

    ``things`` are ``source, class, thing``: what each source states to be of a compared class.
    """

    def __init__(self, release: Release) -> None:
        try:
            quads = read_quads(release.dump)
        except ReleaseError as error:
            raise ReleaseError(
                f"{error} 'kg check --release {release.id}' says which files are damaged."
            ) from error
        names = GraphNames(release.manifest["base"])
        sources = {
            f"<{names.load(entry['id'], entry['content'])}>": entry["id"]
            for entry in release.manifest["sources"]
        }
        graphs = quads.select(pl.col("g").unique()).with_columns(
            source=pl.col("g").cast(pl.String).str.strip_chars("<>")
        )
        own = pl.col("source").str.strip_prefix(f"{names.base}graph/")
        graphs = graphs.with_columns(
            source=pl.col("g").cast(pl.String).replace_strict(sources, default=own)
        )
        self.quads = quads.join(graphs, on="g", maintain_order="left")
        self.things = self._things()

    def _things(self) -> pl.DataFrame:
        typed = self.quads.filter(pl.col("p") == _TYPE)
        classes = {f"<{_ONTOLOGY}{name}>": name for name in CLASSES}
        known = typed.filter(pl.col("o").is_in(list(classes))).select(
            "s", pl.col("o").cast(pl.String).replace_strict(classes).alias("class")
        )
        stated = typed.filter(~pl.col("source").is_in(_COMPUTED)).select("source", "s")
        things = stated.unique().join(known.unique(), on="s")
        thing = pl.col("s").cast(pl.String).str.strip_chars("<>")
        return things.select("source", "class", thing=thing).unique()

    def labels(self) -> pl.DataFrame:
        """Return ``thing`` and ``label``: in English or no language where there is one."""
        stated = self.quads.filter(pl.col("p") == _LABEL).select(
            pl.col("s").cast(pl.String), pl.col("o").cast(pl.String)
        )
        foreign = pl.col("o").str.contains(r'"@(?:[A-Za-z-]+)$') & ~pl.col("o").str.ends_with(
            '"@en'
        )
        first = stated.unique().sort(foreign, "o").unique("s", keep="first", maintain_order=True)
        return first.select(thing=pl.col("s").str.strip_chars("<>"), label=_texts(first["o"]))

    def values(self) -> pl.DataFrame:
        """Return ``source``, ``thing``, ``property``, ``o`` of the compared things."""
        own = self.quads.filter(~pl.col("source").is_in(_COMPUTED))
        things = self.things.select(s=pl.format("<{}>", "thing")).unique()
        own = own.with_columns(pl.col("s").cast(pl.String)).join(things, on="s", how="semi")
        return own.select(
            "source",
            thing=pl.col("s").str.strip_chars("<>"),
            property=pl.col("p").cast(pl.String).str.strip_chars("<>"),
            o=pl.col("o").cast(pl.String),
        ).unique()


def _came_and_went(before: pl.DataFrame, after: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    old, new = before.select(key).unique(), after.select(key).unique()
    added = new.join(old, on=key, how="anti").with_columns(change=pl.lit("added"))
    removed = old.join(new, on=key, how="anti").with_columns(change=pl.lit("removed"))
    return pl.concat([added, removed])


def _changed_values(before: _Side, after: _Side) -> pl.DataFrame:
    """Return ``source, class, thing, property, old, new`` for things that both sides have."""
    both = before.things.join(after.things, on=[*_KEY], how="semi")
    old, new = before.values(), after.values()
    key = ["source", "thing", "property"]
    gone = _listed(old.join(new, on=[*key, "o"], how="anti"), key, "old")
    come = _listed(new.join(old, on=[*key, "o"], how="anti"), key, "new")
    values = gone.join(come, on=key, how="full", coalesce=True)
    return both.join(values, on=["source", "thing"]).select(*_KEY, "property", "old", "new")


def _listed(values: pl.DataFrame, key: Sequence[str], name: str) -> pl.DataFrame:
    texts = values.with_columns(_texts(values["o"]))
    return texts.group_by(*key).agg(pl.col("o").sort().str.join(" | ").alias(name))


def _texts(terms: pl.Series) -> pl.Series:
    """Return terms as people read them: an IRI without brackets, a literal's text, its language."""
    found = {term: _text(term) for term in terms.unique()}
    return terms.replace_strict(found, return_dtype=pl.String)


def _text(term: str) -> str:
    if not term.startswith('"'):
        return term.strip("<>")
    language = term[term.rindex('"') + 1 :]
    return literal_text(term) + (language if language.startswith("@") else "")


def _withheld(rows: pl.DataFrame, forgotten: Tombstones) -> pl.DataFrame:
    """Hide who was forgotten since, in a release that is not yet written anew."""
    if not forgotten:
        return rows
    cells = ("thing", "old", "new")
    parts = pl.concat([rows[c].drop_nulls().str.split(" | ").explode() for c in cells]).unique()
    gone = sorted(part for part in parts if forgotten.holds(part.lower()))
    theirs = pl.col("thing").is_in(gone)
    hidden = [
        pl.when(theirs & pl.col(c).is_not_null()).then(pl.lit(WITHHELD)).otherwise(c).alias(c)
        for c in ("label", "thing", "old", "new")
    ]
    named = [
        pl.col(c).str.split(" | ").list.eval(
            pl.when(pl.element().is_in(gone)).then(pl.lit(WITHHELD)).otherwise(pl.element())
        ).list.join(" | ")
        for c in ("old", "new")
    ]  # fmt: skip
    return rows.with_columns(hidden).with_columns(named)
