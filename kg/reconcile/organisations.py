"""Organisations without an identifier get candidates from those that have one."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from kg.reconcile.decisions import Decisions
from kg.reconcile.directory import Directory
from kg.reconcile.matcher import Candidate, Query, match
from kg.reconcile.proposals import Proposal, with_identifiers, without_identifier
from kg.reconcile.scoring import REVIEW
from kg.tables import CheckedTable
from kg.tables.countries import country_code

__all__ = ["directory_of", "link_organisations"]

_TABLE, _IDENTIFIER, _KIND = "organisations", "ror", "organisation"
_NAMES = {"name": "name", "alias": "alias", "official_name": "alias", "acronym": "acronym"}
_LOOKED_AT = 6  # candidates before those of the row's own source and the rejected are taken out
_KEPT = 3  # candidates of a row that a person is shown
_TEXT = {"_id": pl.UInt32, "value": pl.String}


def link_organisations(
    checked: Sequence[CheckedTable], decisions: Decisions
) -> tuple[list[CheckedTable], list[Proposal]]:
    """Match the names of organisations without an identifier with those of other sources.

    Parameters
    ----------
    checked:
        All tables of all sources.
    decisions:
        What stewards have said; a candidate that they rejected is none.

    Returns
    -------
    tuple
        The tables in the same order, in which the rows of the zone ``accept`` have an identifier;
        and a proposal for each row that was looked up.
    """
    if not any(_is_identified(table) for table in checked):
        return list(checked), []
    wanted = [_wanted(t) if t.schema.name == _TABLE else _nothing() for t in checked]
    if not any(frame.height for frame in wanted):
        return list(checked), []
    directory, origins = directory_of(checked)
    if not len(directory):
        return list(checked), []
    tables, proposals = [], []
    for table, rows in zip(checked, wanted, strict=True):
        found = _proposals(table, rows, directory, origins, decisions)
        linked = [(row, p.target) for row, p in zip(rows["_id"], found, strict=True) if p.target]
        frame = pl.DataFrame(linked, schema={"_id": pl.UInt32, "id": pl.String}, orient="row")
        tables.append(with_identifiers(table, frame, _IDENTIFIER) if linked else table)
        proposals += found
    return tables, proposals


def _is_identified(table: CheckedTable) -> bool:
    identifiers = table.values.get(_IDENTIFIER)
    return table.schema.name == _TABLE and identifiers is not None and identifiers.height > 0


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={"_id": pl.UInt32})


def _wanted(table: CheckedTable) -> pl.DataFrame:
    """Return ``_id``, ``key``, ``name``, ``country`` and ``city`` of the rows to look up."""
    if "name" not in table.values:
        return _nothing()
    frame = without_identifier(table, _IDENTIFIER)
    for column in ("name", "country", "city"):
        frame = frame.join(
            _first(table, column), on="_id", how="inner" if column == "name" else "left",
            maintain_order="left",
        )  # fmt: skip
    return frame.with_columns(_iso(pl.col("country")))


def _first(table: CheckedTable, column: str) -> pl.DataFrame:
    cells = table.values.get(column, pl.DataFrame(schema=_TEXT))
    return cells.unique("_id", keep="first", maintain_order=True).select(
        "_id", pl.col("value").alias(column)
    )


def _iso(country: pl.Expr) -> pl.Expr:
    """Return the codes of countries that are written as such or by name."""
    named = country.map_elements(
        lambda text: text if len(text) == 2 else country_code(text), return_dtype=pl.String
    )
    return named.str.to_uppercase()


def _proposals(
    table: CheckedTable,
    rows: pl.DataFrame,
    directory: Directory,
    origins: dict[str, set[str]],
    decisions: Decisions,
) -> list[Proposal]:
    if not rows.height:
        return []
    asked = [Query(n, k, c) for n, k, c in rows.select("name", "country", "city").iter_rows()]
    source = table.table.source
    found = []
    for row, candidates in zip(
        rows.iter_rows(named=True), match(directory, asked, _LOOKED_AT), strict=True
    ):
        kept = tuple(
            c
            for c in candidates
            if origins[c.id] != {source}  # namesakes inside one source may be meant as two
            and not decisions.rejects(_KIND, source, row["key"], c.id)
        )
        found.append(_proposal(source, row, kept))
    return found


def _proposal(source: str, row: dict[str, str], kept: tuple[Candidate, ...]) -> Proposal:
    zone = kept[0].zone if kept else "reject"
    elsewhere = bool(kept) and row["country"] and kept[0].country not in (None, row["country"])
    # An affiliation says where somebody works; a bare name in a table may be anybody's, and its
    # country is no slip of an address. docs/reconciliation.md has what was read by sample.
    if zone == "accept" and (elsewhere or not kept[0].whole):
        zone = "review"
    shown = tuple(c for c in kept if c.score >= REVIEW)[:_KEPT]
    return Proposal(
        _KIND,
        source,
        row["key"],
        row["name"],
        row["country"],
        row["city"],
        zone,
        shown,
        kept[0].id if zone == "accept" else None,
    )


def directory_of(checked: Sequence[CheckedTable]) -> tuple[Directory, dict[str, set[str]]]:
    """Return the organisations with an identifier, and the sources that give each of them.

    Records that were withdrawn are left out. What several sources say of one organisation comes
    together: its first name, place and address, and all other names.
    """
    tables = [t for t in checked if t.schema.name == _TABLE and _IDENTIFIER in t.values]
    rows = [_identified(table) for table in tables]
    names = [_names(table, own) for table, own in zip(tables, rows, strict=True)]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        **dict.fromkeys(("id", "name", "country", "city", "url"), pl.String),
        "parents": pl.List(pl.String),
    }
    frames = [frame.select(*schema) for frame in rows]
    # A namesake's row has no name of its own any more: the record's comes first.
    gathered = pl.concat([pl.DataFrame(schema=schema), *frames])
    organisations = gathered.group_by("id", maintain_order=True).agg(
        pl.col("name", "country", "city", "url").drop_nulls().first(),
        pl.col("parents").explode().drop_nulls().unique(maintain_order=True),
    )
    organisations = organisations.with_columns(pl.col("name").fill_null(pl.col("id"))).sort("id")
    origins: dict[str, set[str]] = {}
    for table, own in zip(tables, rows, strict=True):
        for key in own["id"]:
            origins.setdefault(key, set()).add(table.table.source)
    columns = {"id": pl.String, "value": pl.String, "kind": pl.String}
    all_names = pl.concat([pl.DataFrame(schema=columns), *names]).sort("id", maintain_order=True)
    return Directory(organisations, all_names), origins


def _identified(table: CheckedTable) -> pl.DataFrame:
    """Return ``_id``, ``id`` (the ROR id), name, place, address and parents of each record."""
    kept = pl.col("_id").is_in(list(table.refused)).not_()
    frame = table.values[_IDENTIFIER].filter(kept).select("_id", id="value")
    for column in ("name", "country", "city", "url", "status"):
        frame = frame.join(_first(table, column), on="_id", how="left", maintain_order="left")
    frame = frame.filter(pl.col("status").ne_missing(pl.lit("withdrawn")))
    parents = _parents(table)
    return frame.with_columns(_iso(pl.col("country"))).join(
        parents, on="_id", how="left", maintain_order="left"
    )


def _parents(table: CheckedTable) -> pl.DataFrame:
    """Return ``_id`` and ``parents``: the ROR ids of what a row is part of, in its own table."""
    cells = table.values.get("part_of", pl.DataFrame(schema=_TEXT))
    identifiers = table.values[_IDENTIFIER].select("_id", ror="value")
    by_id = _first(table, "id").join(identifiers, on="_id").select(value="id", parent="ror")
    by_ror = identifiers.select(value="ror", parent="ror")
    known = pl.concat([by_id, by_ror]).unique("value", keep="first", maintain_order=True)
    found = cells.select("_id", "value").join(known, on="value", maintain_order="left")
    return found.group_by("_id", maintain_order=True).agg(parents=pl.col("parent"))


def _names(table: CheckedTable, own: pl.DataFrame) -> pl.DataFrame:
    """Return ``id``, ``value`` and ``kind`` of each name of each record."""
    parts = [
        table.values[column]
        .select("_id", "value", kind=pl.lit(kind))
        .join(own.select("_id", "id"), on="_id", maintain_order="left")
        .select("id", "value", "kind")
        for column, kind in _NAMES.items()
        if column in table.values
    ]
    return pl.concat(parts)
