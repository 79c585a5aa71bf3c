"""Flow matrix, bloc shares, partners and dependence on a hand-made world."""

from __future__ import annotations

import polars as pl
import pytest

from kg.analysis.analyses.dependence import herfindahl
from kg.errors import KgError, QueryError
from kg.network import project
from tests.analysis.worlds import analyse, frame_of
from tests.network.worlds import world


def test_a_flow_is_shared_among_those_who_taught() -> None:
    found = analyse(world(), "flow-matrix", level="country")
    assert set(frame_of(found, "source", "target", "learners", "trainings")) == {
        ("TR", "NG", 30, 1), ("GB", "TR", 12, 1), ("GB", "ZA", 5.5, 2), ("GB", "NG", 1, 1),
        ("TR", "ZA", 0.5, 1),
    }  # fmt: skip
    shares = {r["target"]: r["share_of_target"] for r in found.to_records() if r["source"] == "GB"}
    assert shares["ZA"] == pytest.approx(5.5 / 6)


@pytest.mark.parametrize("level", ["country", "institution", "person"])
def test_the_flow_is_that_of_the_network(level: str) -> None:
    found = analyse(world(), "flow-matrix", level=level)
    network = project(world(), "knowledge-flow", level=level, weight="headcount", loops=True)
    edges = network.edge_frame().select("source", "target", "weight", "shared_trainings")
    rows = frame_of(found, "source", "target", "learners", "trainings")
    assert sorted(rows) == sorted(edges.rows())


def test_flows_sum_to_the_learners_who_can_be_placed() -> None:
    found = analyse(world(), "flow-matrix", level="country")
    assert sum(row[0] for row in frame_of(found, "learners")) == pytest.approx(49)


def test_the_matrix_is_a_graph() -> None:
    graph = analyse(world(), "flow-matrix", level="country").to_networkx()
    assert graph.is_directed()
    assert graph["GB"]["TR"]["weight"] == 12
    assert graph["GB"]["TR"]["first_year"] == 2012
    with pytest.raises(KgError, match="no graph"):
        analyse(world(), "balance").to_networkx()


def test_partners_are_outside() -> None:
    found = analyse(world(), "partners", country="TR")
    assert frame_of(found, "partner", "taught_us", "learned_from_us", "trainings") == [
        ("NG", 0, 30, 1), ("GB", 12, 0, 1), ("ZA", 0, 0.5, 1),
    ]  # fmt: skip
    assert sum(row[0] for row in frame_of(found, "share")) == pytest.approx(1)
    with pytest.raises(QueryError, match="whose partners"):
        analyse(world(), "partners")


def test_bloc_shares_follow_the_flows() -> None:
    flows = analyse(world(), "flow-matrix", level="country").to_records()
    members = set(world()["bloc_members"].filter(pl.col("bloc") == "OIC")["country"])
    row = analyse(world(), "bloc-shares", bloc="OIC").to_records()[0]
    assert len(members) > 0
    # Membership in this world has no end inside the period of these trainings.
    inbound = sum(
        f["learners"] for f in flows if f["target"] in members and f["source"] not in members
    )
    assert row["inbound"] + row["intra"] == pytest.approx(
        sum(f["learners"] for f in flows if f["target"] in members)
    )
    assert row["inbound"] == pytest.approx(inbound)
    across, inside = row["inbound"] + row["outbound"], row["intra"]
    assert row["ei_index"] == pytest.approx((across - inside) / (across + inside))


def test_dependence() -> None:
    found = {r["node"]: r for r in analyse(world(), "dependence").to_records()}
    assert found["TR"]["herfindahl"] == 1
    share = 5.5 / 6
    assert found["ZA"]["herfindahl"] == pytest.approx(share**2 + (1 - share) ** 2)
    assert found["ZA"]["top_source"] == "GB"
    assert found["NG"]["effective_sources"] == pytest.approx(1 / ((30 / 31) ** 2 + (1 / 31) ** 2))


@pytest.mark.parametrize(
    # Equal shares give 1/n; the second is the textbook case of one firm with 80 % and five
    # with 4 %: 0.8² + 5 · 0.04² = 0.648 (U.S. Department of Justice, Herfindahl-Hirschman Index,
    # which works through 30, 30, 20 and 20 %: 2,600 of 10,000 points, the third case).
    ("weights", "expected"),
    [([1.0] * 4, 0.25), ([80.0, 4, 4, 4, 4, 4], 0.648), ([30.0, 30, 20, 20], 0.26)],
)
def test_known_answers_of_herfindahl(weights: list[float], expected: float) -> None:
    frame = pl.DataFrame(
        {"training": "t", "source": [f"s{i}" for i in range(len(weights))], "target": "x",
         "group": "", "learners": weights, "unnamed": 0.0}
    )  # fmt: skip
    found = herfindahl(frame).row(0, named=True)
    assert found["herfindahl"] == pytest.approx(expected)
    assert found["effective_sources"] == pytest.approx(1 / expected)
