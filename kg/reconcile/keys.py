"""From cells to things by key: the IRI of each row, and the IRI that each reference means.

Rows get their IRI from the first key template whose columns are filled, so a stable identifier
(ROR, ORCID) gives the same thing the same IRI whatever the source. References are matched on
identifiers and on the columns that a shape marks with ``rihla:lookup``, never on a resemblance.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter

import polars as pl

from kg.errors import SettingsError
from kg.identifiers import key_segment
from kg.reconcile.index import Index, keys_of_texts, meanings
from kg.reconcile.unknown import accepted_keys, local_name, suggestions
from kg.schema import Column, Schema, TableSchema
from kg.tables import CheckedTable, Problem, problems_at
from kg.tables.distinct import Distinct, distinct, rises

__all__ = ["ResolvedTable", "resolve"]

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class ResolvedTable:
    """A checked table with IRIs.

    ``subjects`` has ``_id`` and ``iri`` for each row that is kept. ``references`` gives, for each
    reference column, ``_id`` and ``iri``. ``merged`` counts the rows that repeat another row of
    the same source in every cell; with ``refused`` and the kept ones they add up to the rows read.
    ``coded`` has the references by number, see :meth:`distinct`.
    """

    checked: CheckedTable
    subjects: pl.DataFrame
    references: Mapping[str, pl.DataFrame]
    problems: tuple[Problem, ...]
    refused: frozenset[int]
    merged: int
    coded: Mapping[str, Distinct] = field(default_factory=dict)

    def distinct(self, name: str) -> Distinct:
        """Return the targets of a reference column by number."""
        known = self.coded.get(name)
        frame = self.references[name]
        return known if known is not None and known.frame is frame else distinct(frame)


@dataclass
class _Pass:
    """What one pass over all tables finds; ``refused`` has a set of row ids for each table.

    ``problems`` is one for all passes: a later one says again what an earlier one said.
    ``coded`` has the references of each table by number.
    """

    refused: list[set[int]]
    problems: dict[tuple[int, int, str, str, str], Problem]
    index: Index
    coded: dict[int, dict[str, Distinct]] = field(default_factory=dict)
    resolved: dict[int, ResolvedTable] = field(default_factory=dict)


def resolve(
    checked: Sequence[CheckedTable],
    schema: Schema,
    base: str,
    known: Mapping[str, pl.DataFrame] | None = None,
) -> list[ResolvedTable]:
    """Give every row its IRI and every reference its target.

    A row whose reference leads nowhere is refused, and then the rows that refer to it, and so
    on: the passes repeat until no further row falls.

    Parameters
    ----------
    checked:
        All tables of all sources, in the order of the project file.
    schema:
        The schema that they were checked against.
    base:
        The start of every IRI that is minted, ending in ``/``.
    known:
        Table → ``key`` (in small letters) and ``iri`` of things that are known besides, such as
        those of a release. A key that the tables have themselves means theirs.

    Returns
    -------
    list[ResolvedTable]
        In the order of ``checked``.
    """
    refused = [set(table.refused) for table in checked]
    order = _build_order(checked, schema)
    found: dict[tuple[int, int, str, str, str], Problem] = {}
    while True:
        state = _Pass([set(r) for r in refused], found, Index(known or {}))
        for name in order:
            numbers = [i for i, table in enumerate(checked) if table.schema.name == name]
            _resolve_named(numbers, checked, schema, base, state)
        _resolve_remaining_references(checked, schema, state)
        if state.refused == refused:
            break
        refused = state.refused
    return [_with_problems(state.resolved[i], found, i) for i in range(len(checked))]


def _with_problems(
    table: ResolvedTable, found: Mapping[tuple[int, int, str, str, str], Problem], number: int
) -> ResolvedTable:
    own = [p for key, p in found.items() if key[0] == number]
    problems = sorted([*table.checked.problems, *own], key=lambda p: (p.row, p.column, p.rule))
    return replace(table, problems=tuple(problems))


def _build_order(checked: Sequence[CheckedTable], schema: Schema) -> list[str]:
    """Return the tables so that each comes after those whose IRIs its own keys contain."""
    names = {table.schema.name for table in checked}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name in sorted(names):
        table = schema.tables[name]
        used = {c.name: c for c in table.columns if c.kind == "reference"}
        needed = {
            other.name
            for column in _template_columns(table)
            if column in used
            for other in schema.tables_for(str(used[column].target))
        }
        sorter.add(name, *(needed & names - {name}))
    try:
        return list(sorter.static_order())
    except CycleError as error:
        raise SettingsError(
            f"The key templates of these tables need each other: {' → '.join(error.args[1])}. "
            "Let one of them use a column that is no reference."
        ) from error


def _template_columns(table: TableSchema) -> set[str]:
    return {name for template in table.key_templates for name in _PLACEHOLDER.findall(template)}


def _resolve_named(
    numbers: Iterable[int],
    checked: Sequence[CheckedTable],
    schema: Schema,
    base: str,
    state: _Pass,
) -> None:
    """Resolve all tables of one name: keys, then duplicates, then the entries in the index."""
    seen: list[tuple[CheckedTable, pl.DataFrame]] = []
    for number in numbers:
        table = checked[number]
        key_columns = _template_columns(table.schema)
        references = {
            c.name: _match(number, table, c, schema, state)
            for c in table.schema.columns
            if c.kind == "reference" and c.name in table.values and c.name in key_columns
        }
        subjects = _subjects(number, table, references, base, state)
        subjects, merged = _without_duplicates(number, table, subjects, seen, base, state)
        seen.append((table, subjects))
        state.resolved[number] = ResolvedTable(
            table, subjects, references, (), frozenset(state.refused[number]), merged
        )
    for number in numbers:
        table = checked[number]
        columns = _template_columns(table.schema)
        state.index.add(table, state.resolved[number].subjects, columns)


def _resolve_remaining_references(
    checked: Sequence[CheckedTable], schema: Schema, state: _Pass
) -> None:
    """Match the references that no key needed, now that every table is in the index."""
    for number, table in enumerate(checked):
        half = state.resolved[number]
        references = dict(half.references)
        for column in table.schema.columns:
            if (
                column.kind == "reference"
                and column.name in table.values
                and column.name not in references
            ):
                references[column.name] = _match(number, table, column, schema, state)
        refused = state.refused[number]
        kept = _without(half.subjects, refused)
        coded = state.coded.get(number, {})
        state.resolved[number] = ResolvedTable(
            table, kept, references, (), frozenset(refused), half.merged, coded
        )


def _without(frame: pl.DataFrame, rows: Collection[int]) -> pl.DataFrame:
    """Return a frame without the rows of these ``_id``."""
    if not rows:
        return frame
    return frame.filter(~pl.col("_id").is_in(pl.Series(list(rows), dtype=pl.UInt32).implode()))


def _match(
    number: int, table: CheckedTable, column: Column, schema: Schema, state: _Pass
) -> pl.DataFrame:
    """Return ``_id`` and ``iri`` for the cells of a reference column that lead to one thing."""
    target = str(column.target)
    known = state.index.known(target, schema)
    own = table.distinct(column.name)
    best = meanings(own.texts["value"], target, schema, known)
    cells = own.frame.select("_id", "value").with_columns(
        best["iri"].gather(own.codes), best["n"].gather(own.codes), code=own.codes
    )
    cells = _without(cells, table.refused)
    if (best["n"] != 1).any() or best["n"].null_count():
        _note_unclear(number, table, column, schema, cells, known, state)
        cells = cells.filter(pl.col("n") == 1)
    found = cells.select("_id", "iri", "code")
    if not rises(found["_id"]):
        found = found.unique(["_id", "iri"], keep="first", maintain_order=True)
    result = found.select("_id", "iri")
    coded = Distinct(result, found["code"], best.select("iri"))
    state.coded.setdefault(number, {})[column.name] = coded
    return result


def _note_unclear(
    number: int,
    table: CheckedTable,
    column: Column,
    schema: Schema,
    cells: pl.DataFrame,
    known: pl.DataFrame,
    state: _Pass,
) -> None:
    """Note the cells that mean nothing known, and those that mean several things."""
    target = str(column.target)
    unknown = cells.filter(pl.col("n").is_null())
    if unknown.height:
        keyed = keys_of_texts(unknown["value"].unique(), target, schema)
        hints = suggestions(unknown, keyed, known, state.index.fallen(target, schema))
        accepted = accepted_keys(column, schema)
        _note(number, table, column, "reference", accepted, unknown, state, hints)
    several = cells.filter(pl.col("n") > 1)
    if several.height:
        accepted = f"a key that means one {local_name(target)} only; use its id"
        _note(number, table, column, "ambiguous", accepted, several, state)


def _subjects(
    number: int,
    table: CheckedTable,
    references: Mapping[str, pl.DataFrame],
    base: str,
    state: _Pass,
) -> pl.DataFrame:
    """Return ``_id`` and ``iri`` of each row that is not refused and has a complete key."""
    frame = _without(table.rows, state.refused[number])
    for name in sorted(_template_columns(table.schema)):
        parts = _key_parts(table, name, references)
        frame = frame.join(parts, on="_id", how="left", maintain_order="left")
    iris = [
        pl.format(base + _PLACEHOLDER.sub("{}", template), *_PLACEHOLDER.findall(template))
        for template in table.schema.key_templates
    ]
    frame = frame.with_columns(iri=pl.coalesce(iris))
    choices = " or ".join(" and ".join(_PLACEHOLDER.findall(t)) for t in table.schema.key_templates)
    missing = frame.filter(pl.col("iri").is_null()).with_columns(value=pl.lit(None, pl.String))
    _note(number, table, _key_column(table), "key", f"a row with {choices}", missing, state)
    return frame.drop_nulls("iri").select("_id", "iri")


def _key_parts(
    table: CheckedTable, name: str, references: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """Return ``_id`` and the column's part of a key: one row for each filled cell."""
    if name in references:
        part = pl.col("iri").str.extract(r"([^/#]+)$")
        return _first_of_each(references[name].select("_id", part.alias(name)))
    if name not in table.values:
        return pl.DataFrame(schema={"_id": pl.UInt32, name: pl.String})
    # A value of which no character may stand in a key is none: it would be every such row's.
    parts = table.values[name].select("_id", key_segment(pl.col("value")).alias(name))
    return _first_of_each(parts.filter(pl.col(name) != ""))


def _first_of_each(parts: pl.DataFrame) -> pl.DataFrame:
    if rises(parts["_id"]):
        return parts
    return parts.unique("_id", keep="first", maintain_order=True)


def _key_column(table: CheckedTable) -> Column:
    """Return the column at which problems with a row's key are shown; they refuse the row."""
    first = _PLACEHOLDER.findall(table.schema.key_templates[-1])[0]
    return replace(table.schema.by_name[first], warning=False)


def _without_duplicates(
    number: int,
    table: CheckedTable,
    subjects: pl.DataFrame,
    seen: Sequence[tuple[CheckedTable, pl.DataFrame]],
    base: str,
    state: _Pass,
) -> tuple[pl.DataFrame, int]:
    """Refuse a second row of the same source with the same IRI; merge it when wholly equal."""
    single = _single(table, subjects)
    before = [_places(*s) for s in seen if s[0].table.source == table.table.source]
    if not before and single["iri"].n_unique() == single.height:
        return subjects, 0
    first = pl.col("_id", "_row").first().over("iri").name.prefix("first")
    located = single.join(table.rows, on="_id").sort("_id").with_columns(first)
    earlier = pl.concat([pl.DataFrame(schema={"iri": pl.String, "earlier": pl.String}), *before])
    located = located.join(earlier, on="iri", how="left", maintain_order="left")
    repeated = located.filter(
        (pl.col("_id") != pl.col("first_id")) | pl.col("earlier").is_not_null()
    )
    if not repeated.height:
        return subjects, 0
    content = table.table.frame.drop("_row").hash_rows()
    whole = pl.DataFrame({"_id": table.rows["_id"], "content": content})
    equal = (
        repeated.join(whole, on="_id")
        .join(whole, left_on="first_id", right_on="_id", suffix="_first")
        .filter((pl.col("content") == pl.col("content_first")) & pl.col("earlier").is_null())
    )
    here = pl.format("{}, row {}", pl.lit(table.table.file), "first_row")
    wrong = repeated.join(equal, on="_id", how="anti").select(
        "_id", value=pl.col("iri").str.strip_prefix(base), place=pl.coalesce("earlier", here)
    )
    hints = {key: f"; the first one is in {place}" for _, key, place in wrong.iter_rows()}
    accepted = "a key that no other row has"
    _note(number, table, _key_column(table), "duplicate", accepted, wrong, state, hints)
    return subjects.join(repeated, on="_id", how="anti", maintain_order="left"), equal.height


def _single(table: CheckedTable, subjects: pl.DataFrame) -> pl.DataFrame:
    """Return ``_id`` and ``iri`` of the rows that nobody else may describe."""
    return _without(subjects, table.namesakes)


def _places(table: CheckedTable, subjects: pl.DataFrame) -> pl.DataFrame:
    """Return ``iri`` and ``earlier``: where the row with it stands."""
    return (
        _single(table, subjects)
        .join(table.rows, on="_id")
        .select("iri", earlier=pl.format("{}, row {}", pl.lit(table.table.file), "_row"))
    )


def _note(
    number: int,
    table: CheckedTable,
    column: Column,
    rule: str,
    accepted: str,
    bad: pl.DataFrame,
    state: _Pass,
    hints: Mapping[str, str] | None = None,
) -> None:
    """Record the problems of ``bad`` (``_id``, ``value``) and refuse their rows.

    ``hints`` gives, for some values, what to say after ``accepted``.
    """
    if not bad.height:
        return
    for problem in problems_at(table, column, rule, accepted, bad.select("_id", "value")):
        value = problem.value or ""
        hint = (hints or {}).get(value, "")
        full = replace(problem, accepted=accepted + hint) if hint else problem
        state.problems.setdefault((number, problem.row, column.name, rule, value), full)
    if not column.warning:
        state.refused[number] |= set(bad["_id"].to_list())
