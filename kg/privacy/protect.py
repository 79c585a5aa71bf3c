"""Take people who are not named out of tables, before anything else looks at them.

Rows about them go; a row that takes part stays as a head to be counted, without anything that
could tell whose it is; other cells that mean them are emptied, and so are their names in texts.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

import polars as pl

from kg.privacy.dependents import dependents_of
from kg.privacy.people import PEOPLE, People, people_of, person_columns
from kg.privacy.sweep import names_to_sweep, swept, traced
from kg.privacy.traces import Traces, traces_of
from kg.privacy.verdicts import REFUSALS, Verdicts, judge
from kg.schema import Column, Schema
from kg.settings import SourceSettings
from kg.tables import InputTable
from kg.tombstones import Tombstones

__all__ = ["COUNTED_TABLE", "WITHHELD", "Protection", "protect"]

COUNTED_TABLE = "participations"
WITHHELD = "(withheld)"
"""Stands in reports in the place of what must not be shown."""

_GROUP_COLUMNS = ("training", "role", "organisation", "country")
_HEADS = {"_id": pl.UInt32, "who": pl.Int64, "counted": pl.Boolean}


@dataclass(frozen=True)
class Protection:
    """Tables without the people who are not named.

    ``heads`` has, for each table, ``_id`` (row of the new frame), ``who`` and ``counted``: the
    rows that say that somebody took part, and whether they are to be counted into a group.
    ``marks`` gives, for each source of which something was taken out, a digest of what: it makes
    another content. ``hidden`` are names of files about one person.
    """

    tables: tuple[InputTable, ...]
    heads: tuple[pl.DataFrame, ...]
    marks: Mapping[str, str]
    hidden: frozenset[str] = frozenset()

    def hides(self, file: str) -> bool:
        """Return whether a file's name is a key of somebody who is not named."""
        name = PurePath(file).name.lower()
        return not self.hidden.isdisjoint([name, *name.split(".")])


def protect(
    tables: Sequence[InputTable],
    sources: Sequence[SourceSettings],
    schema: Schema,
    base: str,
    tombstones: Tombstones,
) -> Protection:
    """Apply consent, the sources' publish rules and the tombstones to tables as they were read."""
    rules = {source.id: source.publish for source in sources}
    if not _is_needed(tables, rules, tombstones):
        none = pl.DataFrame(schema=_HEADS)
        return Protection(tuple(tables), tuple(none for _ in tables), {})
    people = people_of(tables, schema, base)
    verdicts = judge(people, rules, tombstones)
    cells = _judged_cells(people, rules, verdicts)
    gone = pl.col("who").is_in(list(verdicts.unnamed)) | (
        pl.col("source").replace_strict(rules) == "groups"
    )
    names = names_to_sweep(people, verdicts.unnamed)
    traces = _traces(people, verdicts.forgotten)
    hidden = _hidden_keys(people, verdicts)
    further = dependents_of(tables, cells.filter("unnamed"), schema, base, tombstones)
    rows = pl.concat([people.rows.filter(gone).select("table", "_at"), further.gone])
    work = [
        _protected(
            table,
            rows.filter(table=number)["_at"],
            cells.filter(table=number),
            further.cut.filter(table=number),
            schema,
            names,
        )
        for number, table in enumerate(tables)
    ]
    work = [replace(w, table=traced(w.table, schema, traces)) for w in work]
    result = Protection(
        tuple(w.table for w in work),
        tuple(w.heads for w in work),
        _marks(work),
        hidden,
    )
    return replace(result, tables=tuple(_renamed(t, result) for t in result.tables))


def _traces(people: People, forgotten: Iterable[int]) -> Traces:
    """Return what to look for in texts of the people who were forgotten."""
    theirs = pl.col("who").is_in(list(forgotten))
    mine, rest = people.rows.filter(theirs), people.rows.filter(~theirs)
    if not mine.height:
        return Traces()
    keys = [*mine["id"].drop_nulls(), *mine["orcid"].drop_nulls()]
    others = pl.concat([rest["name"], rest["id"]]).drop_nulls().unique()
    return traces_of(mine["name"].drop_nulls(), keys, others)


def _is_needed(
    tables: Sequence[InputTable], rules: Mapping[str, str], tombstones: Tombstones
) -> bool:
    """Return whether anybody might have to be taken out: most projects spare the work."""
    refusals = any(
        table.frame["consent"].str.strip_chars().str.to_lowercase().is_in(REFUSALS).any()
        for table in tables
        if table.name == PEOPLE and "consent" in table.frame.columns
    )
    return bool(tombstones) or refusals or any(rule != "named" for rule in rules.values())


def _judged_cells(people: People, rules: Mapping[str, str], verdicts: Verdicts) -> pl.DataFrame:
    """Say of each cell that means a person whether it is ``unnamed`` and ``forgotten``."""
    keys = list(verdicts.forgotten_keys)
    rule = pl.col("source").replace_strict(rules, return_dtype=pl.String)
    by_key = pl.col("key").is_in(keys) | pl.col("part").str.to_lowercase().is_in(keys)
    forgotten = pl.col("who").is_in(list(verdicts.forgotten)).fill_null(value=False) | by_key
    unnamed = pl.col("who").is_in(list(verdicts.unnamed)).fill_null(value=False)
    # Of somebody without a row nobody can say that they consented.
    unknown = pl.col("who").is_null() & (rule == "consented")
    # Whoever has no row is told apart by the key alone.
    number = -1 - pl.col("key").rank("dense").cast(pl.Int64)
    return people.cells.with_columns(
        forgotten=forgotten,
        unnamed=forgotten | unnamed | unknown | (rule == "groups"),
        who=pl.col("who").fill_null(number),
    )


@dataclass(frozen=True)
class _Work:
    """A table when its people are taken out; ``taken`` are positions in the frame as it was."""

    table: InputTable
    heads: pl.DataFrame
    taken: tuple[tuple[int, ...], ...]


def _protected(
    table: InputTable,
    gone: pl.Series,
    cells: pl.DataFrame,
    cut: pl.DataFrame,
    schema: Schema,
    names: list[str],
) -> _Work:
    frame = table.frame.with_row_index("_at")
    columns = person_columns(schema, table.name)
    unnamed = cells.filter("unnamed")
    if table.name == COUNTED_TABLE:
        removed = unnamed.filter("forgotten")["_at"]
        blanked = unnamed.filter(~pl.col("forgotten"))["_at"]
        frame = _blanked(frame, blanked, schema.tables[table.name].columns)
    else:
        needed = [c.name for c in columns if c.required]
        removed = unnamed.filter(pl.col("column").is_in(needed))["_at"]
        blanked = unnamed.filter(~pl.col("column").is_in(needed))["_at"]
        frame = _without_parts(frame, unnamed, [c for c in columns if not c.required])
    if cut.height:
        others = [c for c in schema.tables[table.name].columns if c.kind == "reference"]
        frame = _without_parts(frame, cut, others)
    drop = sorted({*gone.to_list(), *removed.to_list()})
    touched = sorted({*blanked.to_list(), *cut["_at"].to_list()})
    kept = frame.filter(~pl.col("_at").is_in(drop))
    heads = _heads(kept, cells, table.name)
    rows = set(table.frame["_row"].gather([*drop, *touched]).to_list())
    notes = tuple(n for n in table.notes if n.row not in rows)
    clean = replace(table, frame=kept.drop("_at"), notes=notes)
    return _Work(swept(clean, schema, names), heads, (tuple(drop), tuple(touched)))


def _blanked(frame: pl.DataFrame, positions: pl.Series, columns: Iterable[Column]) -> pl.DataFrame:
    """Leave of some rows what a group is counted by, and make each of them one head."""
    if not len(positions):
        return frame
    here = pl.col("_at").is_in(positions.implode())
    names = {c.name for c in columns}
    emptied = [
        pl.when(here).then(None).otherwise(pl.col(c)).alias(c)
        for c in frame.columns
        if c not in ("_row", "_at", *_GROUP_COLUMNS)
    ]
    old = pl.col("headcount") if "headcount" in frame.columns else pl.lit(None, pl.String)
    head = pl.when(here).then(pl.lit("1")).otherwise(old).alias("headcount")
    blanked = frame.with_columns(emptied)
    return blanked.with_columns(head) if "headcount" in names else blanked


def _without_parts(
    frame: pl.DataFrame, unnamed: pl.DataFrame, columns: Iterable[Column]
) -> pl.DataFrame:
    """Cut the people who are not named out of cells that may hold several, or be empty."""
    for column in columns:
        parts = unnamed.filter(pl.col("column") == column.name)
        if not parts.height:
            continue
        wrong = parts.group_by("_at").agg(pl.col("part").alias("_wrong"))
        split = column.separator or "\x1f"
        cell = pl.col(column.name).str.normalize("NFC").str.split(split)
        cell = cell.list.eval(pl.element().str.strip_chars())
        left = cell.list.set_difference(pl.col("_wrong")).list.join(split)
        joined = frame.join(wrong, left_on="_at", right_on="_at", how="left", maintain_order="left")
        chosen = pl.when(pl.col("_wrong").is_null()).then(pl.col(column.name)).otherwise(left)
        frame = joined.with_columns(chosen.replace("", None).alias(column.name)).drop("_wrong")
    return frame


def _heads(kept: pl.DataFrame, cells: pl.DataFrame, name: str) -> pl.DataFrame:
    if name != COUNTED_TABLE:
        return pl.DataFrame(schema=_HEADS)
    own = cells.unique("_at").select("_at", "who", counted="unnamed")
    numbered = kept.select("_at").with_row_index("_id")
    return numbered.join(own, left_on="_at", right_on="_at").select(
        "_id", pl.col("who").cast(pl.Int64), "counted"
    )


def _marks(work: Sequence[_Work]) -> Mapping[str, str]:
    touched: dict[str, list[str]] = {}
    tables: Counter[str] = Counter()
    for part in work:
        source = part.table.source
        if any(part.taken):
            # Counted within the source: another one that comes or goes changes nothing here.
            touched.setdefault(source, []).append(repr((tables[source], part.taken)))
        tables[source] += 1
    return {
        source: hashlib.sha256("\0".join(parts).encode()).hexdigest()
        for source, parts in touched.items()
    }


def _hidden_keys(people: People, verdicts: Verdicts) -> frozenset[str]:
    """Return what a file would be called that is about one person who is not named."""
    rows = people.rows.filter(pl.col("who").is_in(list(verdicts.unnamed)))
    texts = [*rows["id"].drop_nulls(), *rows["orcid"].drop_nulls(), *rows["name"].drop_nulls()]
    slugs = [re.sub(r"\W+", joint, t.strip()) for t in texts for joint in ("-", "_", " ")]
    return frozenset(t.lower() for t in (*texts, *slugs) if t)


def _renamed(table: InputTable, protection: Protection) -> InputTable:
    if not protection.hides(table.file):
        return table
    notes = tuple(replace(note, file=WITHHELD) for note in table.notes)
    return replace(table, file=WITHHELD, notes=notes)
