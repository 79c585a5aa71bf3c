"""Organisations by name: a row without a ROR id gets the one of its exact namesake.

Only the same name (or alias) in the same country counts, and only where one organisation alone
bears it: a wrong match costs more than a missing one. Namesakes inside one source are left to
its steward: they may be meant as two. A withdrawn record is no namesake, and one that has ended
only where no living one bears the name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from kg.reconcile.decisions import Decisions
from kg.reconcile.proposals import row_keys, with_identifiers
from kg.tables import CheckedTable

__all__ = ["NameMatches", "folded_name", "match_names"]

_TABLE = "organisations"
_IDENTIFIER = "ror"
_NAMES = ("name", "alias")


@dataclass(frozen=True)
class NameMatches:
    """How many organisations without an identifier were looked up, found, and left open.

    ``by_source`` has the same three counts for each source.
    """

    wanted: int
    matched: int
    ambiguous: int
    by_source: Mapping[str, tuple[int, int, int]] = field(default_factory=dict, compare=False)


def folded_name(values: pl.Expr) -> pl.Expr:
    """Return names without case, accents, punctuation and a leading article.

    "The Université de Liège" and "universite de liege" fold to the same text.
    """
    bare = values.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    words = bare.str.replace_all("&", " and ").str.replace_all(r"[^\p{L}\p{N}]+", " ")
    return words.str.strip_chars().str.replace(r"^the ", "")


def match_names(
    checked: Sequence[CheckedTable], decisions: Decisions | None = None
) -> tuple[list[CheckedTable], NameMatches]:
    """Fill in the identifiers of organisations whose name and country leave no doubt.

    Parameters
    ----------
    checked:
        All tables of all sources; a row with an identifier in any of them may be the namesake.
    decisions:
        What stewards have said: a namesake that they rejected is none.

    Returns
    -------
    tuple
        The tables in the same order, and the count of what was found.
    """
    tables = [t for t in checked if t.schema.name == _TABLE]
    identified = [t for t in tables if _IDENTIFIER in t.values]
    totals: dict[str, tuple[int, int, int]] = {}
    result = []
    for table in checked:
        if table.schema.name != _TABLE or "name" not in table.values:
            result.append(table)
            continue
        others = [t for t in identified if t.table.source != table.table.source]
        found, counts = _matches(table, _known_names(others), decisions)
        a, b, c = totals.get(table.table.source, (0, 0, 0))
        totals[table.table.source] = (a + counts[0], b + counts[1], c + counts[2])
        result.append(with_identifiers(table, found, _IDENTIFIER) if found.height else table)
    wanted, matched, ambiguous = (sum(t[i] for t in totals.values()) for i in range(3))
    return result, NameMatches(wanted, matched, ambiguous, totals)


def _known_names(tables: Sequence[CheckedTable]) -> pl.DataFrame:
    """Return ``key``, ``country``, ``id``, ``n``: the identifiers that a name has in a country."""
    frames = [_names(table, _NAMES).join(_identifiers(table), on="_id") for table in tables]
    if not frames:
        schema = {"key": pl.String, "country": pl.String, "id": pl.String, "n": pl.UInt32}
        return pl.DataFrame(schema=schema)
    names = pl.concat([frame.select("key", "country", "id", "ended") for frame in frames])
    living = pl.col("ended") == pl.col("ended").min().over("key", "country")
    return (
        names.filter(living)
        .group_by("key", "country")
        .agg(pl.col("id").first(), n=pl.col("id").n_unique())
    )


def _names(table: CheckedTable, columns: Sequence[str]) -> pl.DataFrame:
    """Return ``_id``, ``key`` and ``country`` for each name of each row with a country."""
    names = [table.values[c].select("_id", "value") for c in columns if c in table.values]
    if "country" not in table.values:
        return pl.DataFrame(schema={"_id": pl.UInt32, "key": pl.String, "country": pl.String})
    country = table.values["country"].select("_id", country=pl.col("value").str.to_lowercase())
    keyed = pl.concat(names).select("_id", key=folded_name(pl.col("value"))).unique()
    return keyed.filter(pl.col("key") != "").join(country, on="_id")


def _identifiers(table: CheckedTable) -> pl.DataFrame:
    """Return ``_id``, ``id`` and whether it has ``ended``; no record that was withdrawn."""
    kept = pl.col("_id").is_in(list(table.refused)).not_()
    found = table.values[_IDENTIFIER].filter(kept).select("_id", id="value")
    if "status" not in table.values:
        return found.with_columns(ended=pl.lit(value=False))
    status = table.values["status"].select("_id", status="value")
    found = found.join(status, on="_id", how="left", maintain_order="left")
    ended = pl.col("status").eq_missing(pl.lit("inactive"))
    return found.filter(pl.col("status").ne_missing(pl.lit("withdrawn"))).select(
        "_id", "id", ended=ended
    )


def _matches(
    table: CheckedTable, known: pl.DataFrame, decisions: Decisions | None
) -> tuple[pl.DataFrame, tuple[int, int, int]]:
    """Return ``_id`` and ``id`` of the rows that one namesake fits, and the three counts."""
    wanted = _names(table, ("name",)).sort("_id")
    if _IDENTIFIER in table.values:
        wanted = wanted.join(table.values[_IDENTIFIER], on="_id", how="anti")
    found = wanted.join(known, on=["key", "country"], maintain_order="left")
    single = found.filter(pl.col("n") == 1).select("_id", "id")
    if decisions and decisions.rejected:
        single = single.join(_rejected(table, decisions), on=["_id", "id"], how="anti")
    return single, (wanted.height, single.height, found.height - single.height)


def _rejected(table: CheckedTable, decisions: Decisions) -> pl.DataFrame:
    """Return ``_id`` and ``id`` of the pairs of this table that stewards rejected."""
    pairs = [(key, target) for kind, source, key, target in decisions.rejected
             if kind == "organisation" and source == table.table.source]  # fmt: skip
    frame = pl.DataFrame(pairs, schema={"key": pl.String, "id": pl.String}, orient="row")
    return row_keys(table).join(frame, on="key").select("_id", "id")
