from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.network import pairing as module
from kg.network.pairing import CODE, Pairing, Weight, aggregate, terms_of


def side(*rows: tuple[int, int, bool]) -> pl.DataFrame:
    """Return (training, node, inside) as a side of a pairing."""
    frame = pl.DataFrame(
        list(rows),
        schema={"training": CODE, "node": CODE, "inside": pl.Boolean},
        orient="row",
    )
    return frame.with_columns(via="node", heads=1, size=2, total=2)


EVERYBODY = side((0, 0, True), (0, 1, False), (0, 2, False), (1, 0, True), (1, 2, True))


def links(pairing: Pairing) -> list[tuple[int, int, int]]:
    return sorted(pairing.links().select("training", "source", "target").rows())


def test_symmetric_pairs_once() -> None:
    pairing = Pairing(EVERYBODY, EVERYBODY, symmetric=True)
    # 1 and 2 are both outside in training 0.
    assert links(pairing) == [(0, 0, 1), (0, 0, 2), (1, 0, 2)]


def test_within_needs_both_ends() -> None:
    pairing = Pairing(EVERYBODY, EVERYBODY, symmetric=True, within=True)
    assert links(pairing) == [(1, 0, 2)]


def test_across_in_both_directions_and_loops() -> None:
    right = side((0, 0, True), (0, 1, True))
    assert links(Pairing(EVERYBODY, right, symmetric=False)) == [
        (0, 0, 1),
        (0, 1, 0),
        (0, 2, 0),
        (0, 2, 1),
    ]
    assert (0, 0, 0) in links(Pairing(EVERYBODY, right, symmetric=False, loops=True))


def test_one_country_in_two_blocs_links_them_not() -> None:
    one = side((0, 0, True), (0, 1, True)).with_columns(via=pl.lit(5))
    assert links(Pairing(one, one, symmetric=True)) == []


def test_several_ways_are_one_link() -> None:
    one = side((0, 0, True), (0, 0, True), (0, 1, True), (0, 1, True))
    one = one.with_columns(via=pl.Series([5, 6, 5, 7]))
    assert links(Pairing(one, one, symmetric=True)) == [(0, 0, 1)]


def test_the_pairing_of_two_nodes() -> None:
    pairing = Pairing(EVERYBODY, EVERYBODY, symmetric=True)
    assert links(pairing.of(2, 0)) == [(0, 0, 2), (1, 0, 2)]
    across = Pairing(EVERYBODY, side((0, 1, True)), symmetric=False)
    assert links(across.of(0, 1)) == [(0, 0, 1)]
    assert links(across.of(1, 0)) == []


def test_only_the_columns_that_weights_need() -> None:
    weights = {"w": Weight(pl.col("heads_target") / pl.col("size"), definition="", formula="")}
    assert terms_of(weights) == ["heads_target", "size"]
    found = Pairing(EVERYBODY, EVERYBODY, symmetric=True).links(terms_of(weights))
    assert found.columns == ["training", "source", "target", "heads_target", "size"]


def test_recoding_drops_what_has_no_code() -> None:
    pairing = Pairing(EVERYBODY, EVERYBODY, symmetric=True).recoded({0: 0, 2: 1})
    assert links(pairing) == [(0, 0, 1), (1, 0, 1)]


def test_aggregate_adds_the_terms_and_spans_the_years() -> None:
    table = pl.DataFrame(
        {
            "training": [3, 1, 2],
            "source": [0, 0, 1],
            "target": [1, 1, 2],
            "year": [2019, None, None],
            "size": [2, 4, 3],
        }
    )
    weight = Weight(1 / (pl.col("size") - 1), definition="", formula="")
    assert aggregate(table, {"w": weight}).rows() == [
        (0, 1, 2, 2019, 2019, 1 / 3 + 1),
        (1, 2, 1, None, None, 0.5),
    ]
    assert aggregate(table.clear(), {"w": weight}).height == 0
    assert aggregate(table.clear(), {"w": weight}).schema == aggregate(table, {"w": weight}).schema
    constant = Weight(pl.lit(1), definition="", formula="")
    assert aggregate(table, {"w": constant})["w"].to_list() == [2, 1]


LINK = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4), st.integers(0, 3))


@given(st.lists(LINK, unique_by=lambda link: link[:3]))
@pytest.mark.parametrize("whole", [2**62, 1])  # codes in one number, and codes too great for one
def test_aggregate_is_a_group_by(whole: int, links: list[Any]) -> None:
    years = [None, 2001, 2000, 2002]
    table = pl.DataFrame(
        [(t, a, b, years[y]) for t, a, b, y in links],
        schema={"training": CODE, "source": CODE, "target": CODE, "year": pl.Int64},
        orient="row",
    )
    expected = (
        table.group_by("source", "target")
        .agg(
            shared_trainings=pl.len().cast(pl.Int64),
            first_year=pl.col("year").min(),
            last_year=pl.col("year").max(),
            w=(pl.col("training").cast(pl.Float64) + 1).sum(),
        )
        .sort("source", "target")
    )
    weight = Weight(pl.col("training") + 1, definition="", formula="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PLACES", whole)
        found = aggregate(table, {"w": weight})
    assert found.schema == expected.schema
    assert found.rows() == expected.rows()
