"""From cells to things by key: the IRI of each row, and the IRI that each reference means.

Rows get their IRI from the first key template whose columns are filled, so a stable identifier
(ROR, ORCID) gives the same thing the same IRI whatever the source. References are matched on
identifiers and on the columns that a shape marks with ``rihla:lookup``, never on a resemblance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter

import polars as pl

from kg.errors import SettingsError
from kg.identifiers import SCHEMES, key_segment
from kg.reconcile.unknown import accepted_keys, local_name, suggestions
from kg.schema import Column, Schema, TableSchema
from kg.tables import CheckedTable, Problem, problems_at

__all__ = ["ResolvedTable", "resolve"]

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_EMPTY_INDEX = {"key": pl.String, "iri": pl.String}


@dataclass(frozen=True)
class ResolvedTable:
    """A checked table with IRIs.

    ``subjects`` has ``_id`` and ``iri`` for each row that is kept. ``references`` gives, for each
    reference column, ``_id`` and ``iri``. ``merged`` counts the rows that repeat another row of
    the same source in every cell; with ``refused`` and the kept ones they add up to the rows read.
    """

    checked: CheckedTable
    subjects: pl.DataFrame
    references: Mapping[str, pl.DataFrame]
    problems: tuple[Problem, ...]
    refused: frozenset[int]
    merged: int


@dataclass
class _Pass:
    """What one pass over all tables finds; ``refused`` has a set of row ids for each table.

    ``problems`` is one for all passes: a later one says again what an earlier one said.
    ``index`` has the keys and IRIs of each table's rows, ``fallen`` the keys of refused rows,
    ``known`` what is known beside the tables.
    """

    refused: list[set[int]]
    problems: dict[tuple[int, int, str, str, str], Problem]
    index: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    fallen: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    lookups: dict[tuple[str, int], pl.DataFrame] = field(default_factory=dict)
    resolved: dict[int, ResolvedTable] = field(default_factory=dict)
    known: Mapping[str, pl.DataFrame] = field(default_factory=dict)


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
        state = _Pass([set(r) for r in refused], found, known=known or {})
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
    return ResolvedTable(
        table.checked,
        table.subjects,
        table.references,
        tuple(problems),
        table.refused,
        table.merged,
    )


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
    seen = pl.DataFrame(schema={"iri": pl.String, "source": pl.String, "place": pl.String})
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
        seen = pl.concat([seen, _places(table, subjects)])
        state.resolved[number] = ResolvedTable(
            table, subjects, references, (), frozenset(state.refused[number]), merged
        )
    for number in numbers:
        _add_to_index(checked[number], state.resolved[number].subjects, state)


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
        kept = half.subjects.filter(~pl.col("_id").is_in(list(refused)))
        state.resolved[number] = ResolvedTable(
            table, kept, references, (), frozenset(refused), half.merged
        )


def _match(
    number: int, table: CheckedTable, column: Column, schema: Schema, state: _Pass
) -> pl.DataFrame:
    """Return ``_id`` and ``iri`` for the cells of a reference column that lead to one thing."""
    target = str(column.target)
    known = _lookup(target, schema, state)
    cells = table.values[column.name].filter(~pl.col("_id").is_in(list(table.refused)))
    keyed = _with_keys(cells.select("value").unique(), target, schema)
    # The cell as written comes first, its bare identifier second: the first that is known wins.
    best = (
        keyed.join(known, on="key", how="left", maintain_order="left")
        .group_by("value", maintain_order=True)
        .agg(pl.col("iri").drop_nulls().first(), pl.col("n").drop_nulls().first())
    )
    found = cells.join(best, on="value", how="left", maintain_order="left")
    unknown = found.filter(pl.col("n").is_null())
    if unknown.height:
        hints = suggestions(unknown, keyed, known, _fallen(target, schema, state))
        accepted = accepted_keys(column, schema)
        _note(number, table, column, "reference", accepted, unknown, state, hints)
    several = found.filter(pl.col("n") > 1)
    if several.height:
        accepted = f"a key that means one {local_name(target)} only; use its id"
        _note(number, table, column, "ambiguous", accepted, several, state)
    return found.filter(pl.col("n") == 1).select("_id", "iri").unique(maintain_order=True)


def _with_keys(values: pl.DataFrame, target: str, schema: Schema) -> pl.DataFrame:
    """Return ``values`` with the keys to look under: the folded text, then bare identifiers."""
    schemes = {
        column.scheme
        for table in schema.tables_for(target)
        for column in table.columns
        if column.lookup and column.scheme
    }
    keys = [pl.col("value").str.to_lowercase()]
    keys += [
        SCHEMES[name].normalise(pl.col("value")).str.to_lowercase() for name in sorted(schemes)
    ]
    frames = [values.with_columns(key=key, _order=pl.lit(i)) for i, key in enumerate(keys)]
    return pl.concat(frames).sort("value", "_order")


def _lookup(target: str, schema: Schema, state: _Pass) -> pl.DataFrame:
    """Return ``key``, ``iri`` and ``n``: how many things of the class a key means."""
    tables = [f for t in schema.tables_for(target) for f in state.index.get(t.name, [])]
    if (target, len(tables)) in state.lookups:
        return state.lookups[target, len(tables)]
    concepts = pl.DataFrame(
        [(key, iri) for cls, key, iri in schema.concepts if cls == target],
        schema=_EMPTY_INDEX,
        orient="row",
    )
    index = pl.concat([concepts, *tables])
    others = [state.known[t.name] for t in schema.tables_for(target) if t.name in state.known]
    if others:
        index = pl.concat([index, pl.concat(others).join(index, on="key", how="anti")])
    known = index.group_by("key").agg(pl.col("iri").first(), n=pl.col("iri").n_unique())
    state.lookups[target, len(tables)] = known
    return known


def _fallen(target: str, schema: Schema, state: _Pass) -> pl.DataFrame:
    """Return the ``key`` of each refused row that a reference to ``target`` might mean."""
    frames = [f for t in schema.tables_for(target) for f in state.fallen.get(t.name, [])]
    return pl.concat([pl.DataFrame(schema={"key": pl.String}), *frames])


def _add_to_index(table: CheckedTable, subjects: pl.DataFrame, state: _Pass) -> None:
    filled = [c for c in table.schema.columns if c.name in table.values]
    by_key = [table.values[c.name].select("_id") for c in filled if c.key_only]
    keys = [pl.DataFrame(schema={"_id": pl.UInt32, "key": pl.String})]
    for column in (c for c in filled if c.lookup):
        cells = table.values[column.name].select("_id", key=pl.col("value").str.to_lowercase())
        if by_key and column.name not in _template_columns(table.schema):
            cells = cells.join(pl.concat(by_key), on="_id", how="anti")
        keys.append(cells)
    keyed = pl.concat(keys)
    iris = subjects.select(key=pl.col("iri").str.to_lowercase(), iri="iri")
    index = pl.concat([iris, keyed.join(subjects, on="_id").select("key", "iri")])
    state.index.setdefault(table.schema.name, []).append(index.unique())
    fallen = keyed.join(subjects, on="_id", how="anti").select("key")
    state.fallen.setdefault(table.schema.name, []).append(fallen)


def _subjects(
    number: int,
    table: CheckedTable,
    references: Mapping[str, pl.DataFrame],
    base: str,
    state: _Pass,
) -> pl.DataFrame:
    """Return ``_id`` and ``iri`` of each row that is not refused and has a complete key."""
    frame = table.rows.filter(~pl.col("_id").is_in(list(state.refused[number])))
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
        return references[name].group_by("_id").agg(part.first().alias(name))
    if name not in table.values:
        return pl.DataFrame(schema={"_id": pl.UInt32, name: pl.String})
    # A value of which no character may stand in a key is none: it would be every such row's.
    parts = table.values[name].select("_id", part=key_segment(pl.col("value")))
    return (
        parts.filter(pl.col("part") != "").group_by("_id").agg(pl.col("part").first().alias(name))
    )


def _key_column(table: CheckedTable) -> Column:
    """Return the column at which problems with a row's key are shown; they refuse the row."""
    first = _PLACEHOLDER.findall(table.schema.key_templates[-1])[0]
    return replace(table.schema.by_name[first], warning=False)


def _without_duplicates(
    number: int,
    table: CheckedTable,
    subjects: pl.DataFrame,
    seen: pl.DataFrame,
    base: str,
    state: _Pass,
) -> tuple[pl.DataFrame, int]:
    """Refuse a second row of the same source with the same IRI; merge it when wholly equal."""
    first = pl.col("_id", "_row").first().over("iri").name.prefix("first")
    located = _single(table, subjects).with_columns(first)
    earlier = seen.filter(pl.col("source") == table.table.source).select("iri", earlier="place")
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
    """Return ``_id``, ``iri`` and ``_row`` of the rows that nobody else may describe."""
    own = subjects.filter(~pl.col("_id").is_in(list(table.namesakes)))
    return own.join(table.rows, on="_id").sort("_id")


def _places(table: CheckedTable, subjects: pl.DataFrame) -> pl.DataFrame:
    return _single(table, subjects).select(
        "iri",
        source=pl.lit(table.table.source),
        place=pl.format("{}, row {}", pl.lit(table.table.file), "_row"),
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
    for problem in problems_at(table, column, rule, accepted, bad.select("_id", "value")):
        value = problem.value or ""
        hint = (hints or {}).get(value, "")
        full = replace(problem, accepted=accepted + hint) if hint else problem
        state.problems.setdefault((number, problem.row, column.name, rule, value), full)
    if not column.warning:
        state.refused[number] |= set(bad["_id"].to_list())
