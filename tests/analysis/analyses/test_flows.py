"""Flow matrix, bloc shares, partners and dependence on a hand-made world."""

from __future__ import annotations

import polars as pl
import pytest

from kg.analysis.analyses.dependence import herfindahl
from kg.errors import KgError, QueryError
from kg.network import project
from tests.analysis.worlds import analyse, frame_of, small
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


# GB (of none) and NG (of two blocs) teach TR and FR; NG learns too.
_LANDS = [(c, "country", c, None) for c in ("GB", "NG", "TR", "FR", "US")]
_BLOCS = [(b, "bloc", b, None) for b in ("OIC", "AU", "EU")]
_MEMBERS = [
    ("OIC", "NG", None, None), ("OIC", "TR", None, None), ("AU", "NG", None, None),
    ("EU", "FR", None, None),
]  # fmt: skip
OVERLAPPING = small(
    [("t1", "2020-01-01"), ("t2", "2021-01-01")],
    [
        ("t1", "educator", "e1", None, "GB", 1),
        ("t1", "educator", "e2", None, "GB", 1),
        ("t1", "educator", "e3", None, "NG", 1),
        ("t1", "educator", "e4", None, "FR", 1),
        ("t1", "learner", None, None, "TR", 8),
        ("t1", "learner", None, None, "FR", 4),
        ("t2", "educator", "e4", None, "FR", 1),
        ("t2", "learner", None, None, "NG", 6),
        ("t2", "learner", None, None, "US", 9),
    ],
    entities=[*_LANDS, *_BLOCS],
    bloc_members=_MEMBERS,
)


def test_between_blocs_a_flow_is_that_of_their_countries() -> None:
    """Who is of no bloc still taught; who is of two counts in each, once."""
    found = analyse(OVERLAPPING, "flow-matrix", level="bloc")
    flows = {(r["source"], r["target"]): r["learners"] for r in found.to_records()}
    assert flows == {
        ("OIC", "OIC"): 2, ("AU", "OIC"): 2, ("EU", "OIC"): 2 + 6,  # TR by NG; by FR; NG by FR
        ("EU", "AU"): 6, ("OIC", "EU"): 1, ("AU", "EU"): 1, ("EU", "EU"): 1,
    }  # fmt: skip
    share = {(r["source"], r["target"]): r["share_of_target"] for r in found.to_records()}
    assert share["EU", "OIC"] == pytest.approx(8 / 14)  # 14 learners of OIC, 4 of them by GB
    assert share["OIC", "EU"] == pytest.approx(1 / 4)


def test_no_partner_teaches_more_than_learned() -> None:
    rows = analyse(OVERLAPPING, "partners", level="bloc", bloc="OIC").to_records()
    found = {r["partner"]: (r["taught_us"], r["learned_from_us"]) for r in rows}
    assert found == {"EU": (8, 1)}
    assert rows[0]["share"] == pytest.approx(9 / (12 + 1))  # all across: TR by GB 4, by FR 2 + 6; 1
    row = analyse(OVERLAPPING, "bloc-shares", bloc="OIC").to_records()[0]
    assert (row["intra"], row["inbound"], row["outbound"]) == (2, 12, 1)


def test_a_filter_by_bloc_shows_that_bloc_alone_inside() -> None:
    for name in ("balance", "dependence"):
        found = analyse(OVERLAPPING, name, level="bloc", bloc="OIC")
        assert set(found.column("node")) == {"OIC"}
    found = analyse(OVERLAPPING, "flow-matrix", level="bloc", bloc="OIC")
    assert {"AU"} & set(found.column("source")) == set()


def test_the_sources_of_a_bloc_are_countries() -> None:
    rows = analyse(OVERLAPPING, "dependence", level="bloc").to_records()
    oic = next(r for r in rows if r["node"] == "OIC")
    assert (oic["learners"], oic["sources"], oic["top_source"]) == (12, 2, "FR")
    assert oic["herfindahl"] == pytest.approx((8 / 12) ** 2 + (4 / 12) ** 2)
    rows = analyse(OVERLAPPING, "dependence", level="bloc", own=True).to_records()
    oic = next(r for r in rows if r["node"] == "OIC")
    assert (oic["learners"], oic["sources"]) == (14, 3)


def test_exchange_with_blocs_shares_among_countries() -> None:
    found = analyse(OVERLAPPING, "exchange", subject="TR", level="bloc").to_records()
    received = {r["partner"]: r["received"] for r in found}
    assert received == {"EU": 2, "OIC": 2, "AU": 2}  # of 8, of which GB taught 4


def test_rows_of_the_same_ends_are_edges_of_their_own() -> None:
    found = analyse(OVERLAPPING, "flow-matrix", level="country", by="year")
    graph = found.to_networkx()
    assert not graph.is_multigraph()
    twice = [("t1", "2020-01-01"), ("t2", "2021-01-01")]
    people = [(t, *rest) for t, _ in twice for rest in
              (("educator", "e", None, "GB", 1), ("learner", None, None, "TR", 8))]  # fmt: skip
    graph = analyse(small(twice, people), "flow-matrix", level="country", by="year").to_networkx()
    assert graph.is_multigraph()
    assert graph.is_directed()
    assert [d["group"] for *_, d in graph.edges(data=True)] == ["2020", "2021"]
