"""Organisations by name: a row without a ROR id gets the one of its exact namesake.

Only the same name (or alias) in the same country counts, and only where one organisation alone
bears it: a wrong match costs more than a missing one. Namesakes inside one source are left to
its steward: they may be meant as two. A withdrawn record is no namesake, and one that has ended
only where no living one bears the name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from kg.tables import CheckedTable

__all__ = ["NameMatches", "folded_name", "match_names"]

_TABLE = "organisations"
_IDENTIFIER = "ror"
_NAMES = ("name", "alias")


@dataclass(frozen=True)
class NameMatches:
    """How many organisations without an identifier were looked up, found, and left open."""

    wanted: int
    matched: int
    ambiguous: int


def folded_name(values: pl.Expr) -> pl.Expr:
    """Return names without case, accents, punctuation and a leading article.

    "The Université de Liège" and "universite de liege" fold to the same text.
    """
    bare = values.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    words = bare.str.replace_all("&", " and ").str.replace_all(r"[^\p{L}\p{N}]+", " ")
    return words.str.strip_chars().str.replace(r"^the ", "")


def match_names(checked: Sequence[CheckedTable]) -> tuple[list[CheckedTable], NameMatches]:
    """Fill in the identifiers of organisations whose name and country leave no doubt.

    Parameters
    ----------
    checked:
        All tables of all sources; a row with an identifier in any of them may be the namesake.

    Returns
    -------
    tuple
        The tables in the same order, and the count of what was found.
    """
    tables = [t for t in checked if t.schema.name == _TABLE]
    identified = [t for t in tables if _IDENTIFIER in t.values]
    totals = [0, 0, 0]
    result = []
    for table in checked:
        if table.schema.name != _TABLE or "name" not in table.values:
            result.append(table)
            continue
        others = [t for t in identified if t.table.source != table.table.source]
        found, counts = _matches(table, _known_names(others))
        totals = [a + b for a, b in zip(totals, counts, strict=True)]
        result.append(_with_identifiers(table, found) if found.height else table)
    return result, NameMatches(*totals)


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


def _matches(table: CheckedTable, known: pl.DataFrame) -> tuple[pl.DataFrame, tuple[int, int, int]]:
    """Return ``_id`` and ``id`` of the rows that one namesake fits, and the three counts."""
    wanted = _names(table, ("name",)).sort("_id")
    if _IDENTIFIER in table.values:
        wanted = wanted.join(table.values[_IDENTIFIER], on="_id", how="anti")
    found = wanted.join(known, on=["key", "country"], maintain_order="left")
    single = found.filter(pl.col("n") == 1).select("_id", "id")
    return single, (wanted.height, single.height, found.height - single.height)


def _with_identifiers(table: CheckedTable, found: pl.DataFrame) -> CheckedTable:
    """Give the rows their identifier; their name becomes an alias of the namesake's own."""
    values = dict(table.values)
    added = found.select("_id", value="id")
    values[_IDENTIFIER] = _joined(values.get(_IDENTIFIER), added)
    names = values["name"].join(found, on="_id", how="semi")
    values["name"] = values["name"].join(found, on="_id", how="anti")
    values["alias"] = _joined(values.get("alias"), names)
    namesakes = table.namesakes | set(found["_id"].to_list())
    return replace(table, values=values, namesakes=namesakes)


def _joined(old: pl.DataFrame | None, added: pl.DataFrame) -> pl.DataFrame:
    return added if old is None else pl.concat([old, added], how="diagonal")
