"""Scores of pairs against networkx and by hand; their evaluation; suggestions with reasons."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.analysis.analyses.recommend_evaluation import verdict
from kg.analysis.horizon import best_cut
from kg.analysis.linkprediction import combined, pair_scores, quality
from kg.errors import NotFoundError, QueryError
from kg.network import watched
from tests.analysis.worlds import analyse, frame_of, small
from tests.network.graphs import graphs
from tests.network.worlds import world


@given(graphs(directed=False))
def test_scores_agree_with_networkx(graph: Any) -> None:
    graph = nx.Graph(graph)
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    nodes = sorted(graph)
    matrix = nx.to_scipy_sparse_array(graph, nodes, weight=None, format="csr")
    first, second = (ends.astype(np.int64) for ends in np.triu_indices(len(nodes), 1))
    ours = pair_scores(matrix, first, second)
    pairs = [(a, b) for i, a in enumerate(nodes) for b in nodes[i + 1 :]]
    theirs = {
        "adamic_adar": nx.adamic_adar_index(graph, pairs),
        "resource_allocation": nx.resource_allocation_index(graph, pairs),
        "preferential_attachment": nx.preferential_attachment(graph, pairs),
        "common_neighbours": ((a, b, len(set(graph[a]) & set(graph[b]))) for a, b in pairs),
    }
    place = {pair: n for n, pair in enumerate(pairs)}
    for name, expected in theirs.items():
        for a, b, score in expected:
            assert ours[name][place[a, b]] == pytest.approx(score, abs=1e-9)


@given(graphs(directed=False, least=3), st.randoms())
def test_pairs_that_tie_do_so_under_any_names(graph: Any, random: Any) -> None:
    # Sums of floats in another order differ in their last bits, and ranks must not.
    nodes = sorted(graph)
    matrix = nx.to_scipy_sparse_array(graph, nodes, weight=None, format="csr")
    order = list(range(len(nodes)))
    random.shuffle(order)
    turned = nx.to_scipy_sparse_array(graph, [nodes[i] for i in order], weight=None, format="csr")
    place = {old: new for new, old in enumerate(order)}
    first, second = (ends.astype(np.int64) for ends in np.triu_indices(len(nodes), 1))
    ends = np.array([[place[v] for v in some.tolist()] for some in (first, second)])
    ends = ends[:, np.argsort(ends[0], kind="stable")]
    before, after = pair_scores(matrix, first, second), pair_scores(turned, ends[0], ends[1])
    for name in before:
        assert sorted(before[name].tolist()) == sorted(after[name].tolist())


def test_adamic_adar_of_the_karate_club() -> None:
    # The two leaders (0 and 33) share four acquaintances, 8, 13, 19 and 31, of degree
    # 5, 5, 3 and 6.
    club = nx.karate_club_graph()
    matrix = nx.to_scipy_sparse_array(club, range(34), weight=None, format="csr")
    found = {name: v[0] for name, v in pair_scores(matrix, np.array([0]), np.array([33])).items()}
    assert found["common_neighbours"] == 4
    expected = 1 / math.log(5) + 1 / math.log(5) + 1 / math.log(3) + 1 / math.log(6)
    assert found["adamic_adar"] == pytest.approx(expected)
    assert found["resource_allocation"] == pytest.approx(1 / 5 + 1 / 5 + 1 / 3 + 1 / 6)
    assert found["preferential_attachment"] == 16 * 17


def test_quality_by_hand() -> None:
    # Manning, Raghavan & Schütze (2008), ch. 8: average precision is the mean of the precisions at
    # each hit; here hits at ranks 1, 3 and 5.
    came = np.array([True, False, True, False, True])
    found = quality(np.array([5.0, 4, 3, 2, 1]), came, k=2)
    assert found.average_precision == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)
    assert found.auc == pytest.approx(3 / 6)  # of six pairs (hit, miss) three are in order
    assert found.hits == 1


def test_ties_count_as_drawn_at_random() -> None:
    came = np.array([True, False, False, False])
    found = quality(np.zeros(4), came, k=2)
    assert (found.auc, found.average_precision, found.hits) == (0.5, 0.25, 0.5)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_quality_depends_on_order_alone(pairs: list[tuple[int, bool]]) -> None:
    score, came = np.array([float(s) for s, _ in pairs]), np.array([c for _, c in pairs])
    if came.all() or not came.any():
        return
    found = quality(score, came, k=3)
    assert quality(np.exp(score), came, k=3) == found
    other = quality(score[::-1], came[::-1], k=3)
    assert other.auc == pytest.approx(found.auc)
    assert other.average_precision == pytest.approx(found.average_precision)
    assert quality(-score, came, k=3).auc == pytest.approx(1 - found.auc)


def test_combined_is_a_mean_of_ranks() -> None:
    found = combined({"a": np.array([1.0, 2, 3]), "b": np.array([30.0, 20, 10])})
    assert found.tolist() == [0.5, 0.5, 0.5]
    assert combined({"a": np.array([7.0])}).tolist() == [1.0]


# A small world: hub h meets everybody; a and b share h; c taught Rust, which a never had.
DAYS = [("t1", "2015"), ("t2", "2016"), ("t3", "2016"), ("t4", "2019")]
PEOPLE = [
    ("t1", "educator", None, "h", None, 1), ("t1", "learner", None, "a", None, 5),
    ("t2", "educator", None, "h", None, 1), ("t2", "learner", None, "b", None, 5),
    ("t3", "educator", None, "c", None, 1), ("t3", "learner", None, "h", None, 5),
    ("t4", "educator", None, "b", None, 1), ("t4", "learner", None, "a", None, 5),
]  # fmt: skip
FACETS = [
    ("t1", "method", "R"),
    ("t2", "method", "R"),
    ("t3", "method", "Rust"),
    ("t4", "topic", "x"),
]


def test_suggestions_by_hand() -> None:
    found = analyse(small(DAYS, PEOPLE, FACETS), "recommend", node="a")
    rows = {r["candidate"]: r for r in found.to_records()}
    assert set(rows) == {"c"}  # a met h and b
    row = rows["c"]
    assert row["common_neighbours"] == 1
    assert row["brings"] == "Rust"
    assert row["evidence"] == "h (t1, 2015; t3, 2016)"
    assert "known from one training only" in row["against"]
    assert "last seen in 2016" in row["against"]


def test_a_suggestion_needs_somebody() -> None:
    with pytest.raises(QueryError, match="for whom"):
        analyse(world(), "recommend")
    with pytest.raises(NotFoundError, match="nothing can be suggested"):
        analyse(world(), "recommend", node="nobody")


def test_held_out_years_by_hand() -> None:
    found = analyse(small(DAYS, PEOPLE, FACETS), "recommend-evaluation", until=2016, ahead=3, k=1)
    # Known by 2016: a, b, c, h; open pairs ab, ac, bc; ab came in 2019.
    assert found.coverage["pairs_not_linked"] == 3
    assert found.coverage["pairs_linked_later"] == 1
    rows = {r["score"]: r for r in found.to_records()}
    assert rows["chance"]["average_precision"] == pytest.approx(1 / 3)
    assert rows["common_neighbours"]["auc"] == 0.5  # all three pairs share h
    # c taught what a and b never had, and so scores above the pair that came.
    assert rows["complement"]["auc"] == 0


def test_progress_is_told_and_changes_nothing() -> None:
    given: Any = {"columns": small(DAYS, PEOPLE, FACETS), "name": "recommend-evaluation",
                  "until": 2016, "ahead": 3}  # fmt: skip
    whole = analyse(**given)
    seen: list[tuple[int, int]] = []
    with watched(lambda done, of: seen.append((done, of))):
        assert analyse(**given).rows == whole.rows
    assert seen[-1][0] == seen[-1][1] > 1


def test_the_cut_moves_to_where_something_links() -> None:
    # Most trainings are of one institution each and can foretell nothing; t1 to t4 link.
    days = [*DAYS, *((f"s{n}", str(2019 + n % 4)) for n in range(40))]
    people = [*PEOPLE, *((f"s{n}", "educator", None, "h", None, 1) for n in range(40))]
    found = analyse(small(days, people), "recommend-evaluation", ahead=3)
    assert found.meta["known_until"] == 2018  # the last of the years that are as good
    assert found.coverage["pairs_linked_later"] == 1
    fixed = analyse(small(days, people), "recommend-evaluation", until=2020)
    assert fixed.rows == []  # a year that is asked for is taken as it is


def test_pairs_are_drawn_where_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("candidates", "analyses.recommend_evaluation"):
        monkeypatch.setattr(f"kg.analysis.{module}.MOST_PAIRS", 5)
    found = analyse(small(DAYS, PEOPLE, FACETS), "recommend-evaluation", until=2016, ahead=3, k=1)
    assert found.coverage["pairs"] == 6
    assert found.coverage["pairs_not_linked"] <= 3
    assert found.rows == [] or any("drawn at random" in said for said in found.caveats)


def test_programmes_of_one_side_are_no_test() -> None:
    # t5 and t6 are of a programme that begins after the cut, t0 of one that ends before it.
    days = [*DAYS, ("t0", "2014"), ("t5", "2018"), ("t6", "2019")]
    people = [
        *PEOPLE,
        ("t0", "educator", None, "x", None, 1), ("t0", "learner", None, "a", None, 5),
        ("t5", "educator", None, "x", None, 1), ("t5", "learner", None, "b", None, 5),
        ("t6", "educator", None, "c", None, 1), ("t6", "learner", None, "a", None, 5),
    ]  # fmt: skip
    facets = [("t0", "programme", "old"), *((t, "programme", "new") for t in ("t5", "t6")),
              *((t, "programme", "one") for t in ("t1", "t2", "t3", "t4"))]  # fmt: skip
    found = analyse(small(days, people, facets), "recommend-evaluation", until=2016, ahead=3, k=1)
    assert found.coverage["trainings_of_other_programmes"] == 3
    assert found.coverage["pairs_linked_later"] == 1  # a and b, not a and c nor b and x
    assert any("does not span" in caveat for caveat in found.caveats)


def test_the_cut_is_where_most_can_be_foretold() -> None:
    days = [
        (f"t{n}", str(year)) for n, year in enumerate([2012, 2013, 2013, 2014, 2015, 2016, 2024])
    ]
    dated = pl.DataFrame(
        {"training": [t for t, _ in days], "year": [int(day) for _, day in days],
         "programme": ["one"] * 6 + ["two"]}
    )  # fmt: skip
    assert best_cut(dated, ahead=2) == 2014
    assert best_cut(dated.filter(pl.col("programme") == "two"), ahead=2) is None


def test_nothing_to_foretell_is_said() -> None:
    found = analyse(small(DAYS, PEOPLE, FACETS), "recommend-evaluation", until=2019)
    assert found.rows == []
    assert "nothing to foretell" in str(found.meta["reason"])


@pytest.mark.parametrize(("ours", "word"), [(0.5, "beats"), (0.1, "does NOT beat")])
def test_the_verdict_is_plain(ours: float, word: str) -> None:
    rows = pl.DataFrame(
        {"score": ["combined", "adamic_adar", "chance"], "auc": [0.6, 0.7, 0.5],
         "average_precision": [ours, 0.3, 0.05]}
    )  # fmt: skip
    assert word in verdict(rows)


def test_the_verdict_stands_with_every_suggestion() -> None:
    found = analyse(small(DAYS, PEOPLE, FACETS), "recommend", node="a")
    assert any("later" in caveat for caveat in found.caveats)
    assert frame_of(found, "rank") == [(1,)]
