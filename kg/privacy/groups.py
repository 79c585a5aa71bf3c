"""People who are not named, counted into groups by training, role, organisation and country."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from kg.privacy.protect import COUNTED_TABLE, Protection
from kg.tables import CheckedTable

__all__ = ["count_groups"]

_BY = ("training", "role", "organisation", "country")
_SEEN = {"who": pl.Int64, "training": pl.String, "role": pl.String}


def count_groups(checked: Sequence[CheckedTable], protection: Protection) -> list[CheckedTable]:
    """Replace the rows of people who are not named by counted groups.

    A person is counted once for a training and role, by the first source that says so, and not
    at all where the same part is taken under their name.
    """
    if not any(heads.height for heads in protection.heads):
        return list(checked)
    shares = [_shares(t, h) for t, h in zip(checked, protection.heads, strict=True)]
    seen = pl.concat(
        [pl.DataFrame(schema=_SEEN), *(s.filter(~pl.col("counted")).select(*_SEEN) for s in shares)]
    )
    result = []
    for table, share in zip(checked, shares, strict=True):
        heads = share.filter("counted")
        if not heads.height:
            result.append(table)
            continue
        new = heads.unique([*_SEEN], keep="first", maintain_order=True)
        new = new.join(seen, on=[*_SEEN], how="anti", nulls_equal=True, maintain_order="left")
        seen = pl.concat([seen, new.select(*_SEEN)])
        result.append(_grouped(table, heads, new))
    return result


def _shares(table: CheckedTable, heads: pl.DataFrame) -> pl.DataFrame:
    """Return ``_id``, ``who``, ``counted`` and what groups are made by, for each head kept."""
    if table.schema.name != COUNTED_TABLE:
        heads = heads.clear()
    shares = heads.filter(~pl.col("_id").is_in(list(table.refused)))
    for name in _BY:
        cells = table.values.get(name, pl.DataFrame(schema={"_id": pl.UInt32, "value": pl.String}))
        own = cells.select("_id", pl.col("value").str.to_lowercase().alias(name)).unique("_id")
        shares = shares.join(own, on="_id", how="left", maintain_order="left")
    return shares.sort("_id")


def _grouped(table: CheckedTable, heads: pl.DataFrame, counted: pl.DataFrame) -> CheckedTable:
    """Let the first row of each group stand for all of it; drop the others."""
    groups = counted.group_by(*_BY, maintain_order=True).agg(
        pl.col("_id").first(), pl.len().cast(pl.String).alias("headcount")
    )
    groups = groups.with_columns(id=_identifiers(groups, table.table.source))
    others = heads.join(groups, on="_id", how="anti")["_id"]
    kept = table.rows.filter(~pl.col("_id").is_in(others.implode()))["_id"]
    values = dict(table.values)
    for name in ("id", "headcount"):
        own = values.get(name, pl.DataFrame(schema={"_id": pl.UInt32, "value": pl.String}))
        others_own = own.join(groups, on="_id", how="anti")
        new = groups.select("_id", value=name)
        values[name] = pl.concat([others_own, new], how="diagonal").sort("_id")
    frame = _with_cells(table.table.frame, groups)
    whole = replace(table, values=values, table=replace(table.table, frame=frame))
    return _only(whole, kept)


def _identifiers(groups: pl.DataFrame, source: str) -> pl.Series:
    """Return a key for each group that stays when people join or leave it."""
    texts = ("\0".join([source, *map(str, key)]) for key in groups.select(*_BY).iter_rows())
    keys = [f"counted-{hashlib.sha256(text.encode()).hexdigest()[:16]}" for text in texts]
    return pl.Series(keys, dtype=pl.String)


def _with_cells(frame: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Write the groups' ids and sizes into the rows as they were read, too."""
    new = groups.select("_id", "id", "headcount")
    joined = frame.with_row_index("_id").join(
        new, on="_id", how="left", suffix="_group", maintain_order="left"
    )
    for name in ("id", "headcount"):
        if f"{name}_group" in joined.columns:
            value = pl.coalesce(f"{name}_group", name).alias(name)
            joined = joined.with_columns(value).drop(f"{name}_group")
    return joined.drop("_id")


def _only(table: CheckedTable, kept: pl.Series) -> CheckedTable:
    """Return a checked table with some of its rows, numbered anew."""
    ids = pl.DataFrame({"_id": kept}).with_row_index("new")
    frame = table.table.frame.with_row_index("_id").join(
        ids, on="_id", how="semi", maintain_order="left"
    )
    values = {name: _renumbered(cells, ids) for name, cells in table.values.items()}
    numbers = dict(ids.select("_id", "new").iter_rows())
    return replace(
        table,
        table=replace(table.table, frame=frame.drop("_id")),
        rows=_renumbered(table.rows, ids),
        values=values,
        refused=frozenset(numbers[i] for i in table.refused if i in numbers),
        namesakes=frozenset(numbers[i] for i in table.namesakes if i in numbers),
    )


def _renumbered(cells: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    joined = cells.join(ids, on="_id", maintain_order="left")
    return joined.with_columns(_id=pl.col("new")).select(cells.columns)
