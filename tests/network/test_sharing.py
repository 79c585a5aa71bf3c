"""The strongest pairs are those of the whole network, with the same numbers."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from kg.network import COLUMNS, project, sharing, strongest_partners
from kg.network.sharing import attendance, meetings_of, most_shared


def taken(seed: int, nodes: int = 30, trainings: int = 25) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    there = rng.random((nodes, trainings)) < 0.15
    node, training = np.nonzero(there)
    return pl.DataFrame({"node": node, "training": training}).cast(pl.UInt32)


def all_pairs(side: pl.DataFrame) -> pl.DataFrame:
    met = side.join(side, on="training", suffix="_b").filter(pl.col("node") < pl.col("node_b"))
    return met.select("training", source="node", target="node_b")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("number", [0, 1, 7, 40, 10_000])
@pytest.mark.parametrize("size", [2, 1000])
def test_the_pairs_that_share_most_come_with_all_their_meetings(
    seed: int, number: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "_NODES", size)
    monkeypatch.setattr(sharing, "_PAIRS", size)
    side = taken(seed)
    meetings = all_pairs(side)
    counts = meetings.group_by("source", "target").len().sort("len", descending=True)
    least = counts["len"][min(number, counts.height) - 1] if number else 10_000
    expected = counts.filter(pl.col("len") >= least).select("source", "target")
    there = attendance(side)
    found = most_shared(there, number)
    assert found.sort("source", "target").equals(expected.sort("source", "target"))
    kept = meetings.join(expected, on=["source", "target"], how="semi")
    assert meetings_of(there, found).sort(pl.all()).equals(kept.sort(pl.all()))


def test_nobody_shares_nothing() -> None:
    there = attendance(taken(0).clear())
    assert most_shared(there, 5).is_empty()


def columns(seed: int) -> dict[str, pl.DataFrame]:
    side = taken(seed)
    found = {name: pl.DataFrame(schema=dict(types)) for name, types in COLUMNS.items()}
    where = side.select(
        training=pl.format("t{}", "training"),
        organisation=pl.format("o{}", "node"),
        role=pl.lit("learner"),
        side=pl.lit("learner"),
        headcount=pl.lit(1),
    )
    names = where["training"].unique().sort()
    trainings = pl.DataFrame({"training": names, "year": 2000 + names.str.len_chars()})
    for name, given in (("involvements", where), ("trainings", trainings)):
        found[name] = pl.concat([found[name], given.cast(
            {c: t for c, t in COLUMNS[name].items() if c in given.columns}
        )], how="diagonal")  # fmt: skip
    return found


@pytest.mark.parametrize("number", [3, 50, 10_000])
def test_the_strongest_partnerships_have_the_numbers_of_the_whole_network(number: int) -> None:
    tables = columns(5)
    order = {"by": ["shared_trainings", "newman", "source", "target"],
             "descending": [True, True, False, False]}  # fmt: skip
    whole = project(tables, "partnership").edge_frame().sort(**order)
    found = strongest_partners(tables, number).edge_frame().sort(**order)
    assert found.height >= min(number, whole.height)
    assert found.equals(whole.head(found.height))
