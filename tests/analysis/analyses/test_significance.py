"""Bootstrap, leave-one-out, the null model, false discoveries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.stats import chisquare

from kg.analysis.base import World
from kg.analysis.cooccurrence import bipartite_of
from kg.analysis.discoveries import Moments, benjamini_hochberg, draws_needed, moderated
from kg.analysis.links import links_of, scores_of
from kg.analysis.nullmodel import chain
from kg.errors import QueryError
from kg.network import project, select, watched
from kg.network.meetings import Sets
from tests.analysis.worlds import OPEN, analyse, frame_of, small
from tests.network.worlds import world

HERE = World(world(), select(world()), OPEN)


def matrix_of(sets: Sets) -> csr_array:
    """Return a bipartite graph as a matrix of 1.0."""
    found = csr_array((np.ones(len(sets.members)), sets.members, sets.starts), sets.shape)
    found.sort_indices()
    return found


def curveball(*given: Any) -> Iterator[csr_array]:
    """Yield the graphs of a chain as matrices."""
    return map(matrix_of, chain(*given))


@pytest.mark.parametrize("projection", ["partnership", "knowledge-flow"])
@pytest.mark.parametrize("level", ["institution", "country"])
def test_links_add_up_to_the_network(projection: str, level: str) -> None:
    for weight in project(world(), projection, level=level).weights:
        network = project(world(), projection, level=level, weight=weight)
        links = links_of(HERE, projection, level, weight)
        once = np.ones(links.trainings.height, dtype=np.int64)
        assert abs(links.adjacency(once) - network.adjacency()).max() < 1e-12


@pytest.mark.parametrize("projection", ["partnership", "knowledge-flow"])
@pytest.mark.parametrize("measure", ["degree", "strength", "betweenness"])
def test_scores_without_a_matrix_are_those_with_one(projection: str, measure: str) -> None:
    links = links_of(HERE, projection, "country", None)
    random = np.random.default_rng(1)
    for _ in range(5):
        counts = random.integers(0, 2, links.trainings.height)
        adjacency = links.adjacency(counts)
        found, there = links.scores(measure, counts)
        expected = scores_of(measure, adjacency, links.network.directed)
        assert found == pytest.approx(expected, abs=1e-12)
        assert there.tolist() == ((adjacency.sum(axis=0) + adjacency.sum(axis=1)) > 0).tolist()


def test_scores_are_those_of_the_network() -> None:
    network = project(world(), "partnership")
    for measure in ("degree", "strength", "pagerank"):
        table = network.centrality(measure)
        expected = dict(zip(table.column("node"), table.column("score"), strict=True))
        ours = scores_of(measure, network.adjacency(), directed=False)
        for node, score in zip(network.nodes["node"], ours, strict=True):
            assert score == pytest.approx(expected[node])


def test_rank_intervals_hold_the_whole_and_repeat() -> None:
    found = analyse(world(), "rank-intervals", samples=60, seed=3)
    for row in found.to_records():
        assert row["rank_low"] <= row["rank_high"]
        assert 0 <= row["drawn"] <= 1
        assert 0 <= row["score_low"] <= row["score_high"]
    assert analyse(world(), "rank-intervals", samples=60, seed=3).rows == found.rows
    assert analyse(world(), "rank-intervals", samples=60, seed=4).rows != found.rows
    degrees = dict(
        project(world(), "partnership").centrality("degree").select(["node", "score"]).rows
    )
    assert {r["node"]: r["score"] for r in found.to_records()} == degrees


def test_who_depends_on_one_training_is_often_not_drawn() -> None:
    # In 1 − (1 − 1/n)^n of draws a given training occurs: 0.684 of n = 4.
    found = analyse(world(), "rank-intervals", samples=2000, roles=None)
    drawn = {r["node"]: r["drawn"] for r in found.to_records()}
    assert min(drawn.values()) > 0.6
    lonely = [n for n, share in drawn.items() if share == pytest.approx(1 - 0.75**4, abs=0.04)]
    assert lonely == [] or set(lonely) <= set(drawn)


def test_a_measure_that_is_not_there_is_refused() -> None:
    with pytest.raises(QueryError, match="betweenness"):
        analyse(world(), "rank-intervals", measure="fame")
    with pytest.raises(QueryError, match="newman"):
        analyse(world(), "rank-intervals", weight="heavy")


def test_robustness_by_leaving_out() -> None:
    found = analyse(world(), "robustness", measure="degree", k=1)
    for row in found.to_records():
        kept = {k: f.filter(pl.col("training") != row["training"]) if "training" in f.columns else f
                for k, f in world().items()}  # fmt: skip
        degrees = dict(
            project(kept, "partnership").centrality("degree").select(["node", "rank"]).rows
        )
        if row["moved"] in degrees:
            assert row["rank_without"] == degrees[row["moved"]]
    assert found.coverage["trainings_that_link"] == len(found)


# The null model


def test_a_drawn_graph_keeps_all_degrees() -> None:
    random = np.random.default_rng(0)
    matrix = random.random((12, 30)) < 0.2
    rows, columns = (ends.astype(np.int64) for ends in np.nonzero(matrix))
    for drawn in curveball(rows, columns, (12, 30), 20, 5):
        dense = drawn.toarray()
        assert set(np.unique(dense)) <= {0.0, 1.0}
        assert dense.sum(axis=0).tolist() == matrix.sum(axis=0).tolist()
        assert dense.sum(axis=1).tolist() == matrix.sum(axis=1).tolist()


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**20))
def test_any_shape_keeps_its_degrees(height: int, width: int, seed: int) -> None:
    matrix = np.random.default_rng(seed).random((height, width)) < 0.5
    rows, columns = (ends.astype(np.int64) for ends in np.nonzero(matrix))
    for drawn in curveball(rows, columns, (height, width), 2, seed):
        assert drawn.sum(axis=0).tolist() == matrix.sum(axis=0).tolist()
        assert drawn.sum(axis=1).tolist() == matrix.sum(axis=1).tolist()


def test_every_graph_with_these_degrees_is_equally_likely() -> None:
    # Rows of 2, 1, 1 and columns of 2, 1, 1: five matrices have these margins.
    rows, columns = np.array([0, 0, 1, 2]), np.array([0, 1, 0, 2])
    seen = Counter(g.toarray().tobytes() for g in curveball(rows, columns, (3, 3), 6000, 11))
    assert len(seen) == 5
    assert chisquare(list(seen.values())).pvalue > 0.001


def test_the_projection_of_the_bipartite_graph_is_the_network() -> None:
    for level in ("institution", "country"):
        graph = bipartite_of(HERE, level)
        for weight in ("count", "newman", "size-normalised"):
            expected = project(world(), "partnership", level=level, weight=weight, isolates=True)
            ours = graph.adjacency(graph.sets, weight)
            assert abs(ours - expected.adjacency()).max() < 1e-12


def test_a_pair_that_meets_beyond_chance_stands_out() -> None:
    # x and y are at the same ten trainings of two; the others meet at random.
    random = np.random.default_rng(2)
    people, days = [], []
    for n in range(60):
        pair = ("x", "y") if n < 10 else tuple(random.choice(list("abcdefgh"), 2, replace=False))
        days.append((f"t{n:02}", "2015"))
        people += [(f"t{n:02}", "educator", None, org, None, 1) for org in pair]
    found = analyse(small(days, people), "edge-significance", samples=2000)
    first = found.to_records()[0]
    assert {first["source"], first["target"]} == {"x", "y"}
    assert first["significant"]
    assert first["shared_trainings"] == 10
    others = [r for r in found.to_records()[1:] if r["significant"]]
    assert not others
    assert found.to_networkx()["x"]["y"]["weight"] == 10


def test_too_few_draws_to_call_anything_significant_are_drawn_anew() -> None:
    # Eight pairs always meet among themselves: one of many tests can be no finding of 20 draws.
    random = np.random.default_rng(3)
    days, people = [], []
    for n in range(160):
        own = n % 16
        pair = (f"p{own}", f"q{own}") if own < 8 else random.choice(24, 2, replace=False)
        days.append((f"t{n:03}", "2015"))
        people += [(f"t{n:03}", "educator", None, f"{org}", None, 1) for org in pair]
    found = analyse(small(days, people), "edge-significance", samples=20)
    assert 20 < found.coverage["draws"] <= 200
    assert any("fresh" in caveat for caveat in found.caveats)
    significant = [r for r in found.to_records() if r["significant"]]
    assert {r["source"][1:] for r in significant} == {str(n) for n in range(8)}
    assert analyse(small(days, people), "edge-significance", samples=20).rows == found.rows
    enough = analyse(small(days, people), "edge-significance", samples=500)
    assert enough.coverage["draws"] == 500
    assert not any("fresh" in caveat for caveat in enough.caveats)


def test_no_more_draws_where_nothing_stands_out() -> None:
    assert draws_needed(np.array([0.3, 0.6]), tails=1, alpha=0.05, samples=99) == 0
    assert draws_needed(np.zeros(0), tails=2, alpha=0.05, samples=99) == 0
    assert draws_needed(np.array([0.01]), tails=1, alpha=0.0, samples=99) == 0
    assert draws_needed(np.array([0.05, 1.0]), tails=1, alpha=0.05, samples=19) == 80


def test_a_null_model_of_several_programmes_says_so() -> None:
    days = [(t, "2015") for t in ("t1", "t2")]
    people = [(t, "educator", None, org, None, 1) for t, _ in days for org in "ab"]
    facets = [("t1", "programme", "x"), ("t2", "programme", "y")]
    for name in ("edge-significance", "centrality-significance"):
        found = analyse(small(days, people, facets), name, samples=20)
        assert any("all programmes" in caveat for caveat in found.caveats)
        alone = analyse(small(days, people, facets[:1]), name, samples=20)
        assert not any("all programmes" in caveat for caveat in alone.caveats)


def test_a_strength_that_the_null_model_keeps_cannot_be_tested() -> None:
    # With three in every training newman's strength is the number of trainings, whatever is drawn.
    people = [(t, "educator", None, org, None, 1) for t, orgs in
              (("t1", "abc"), ("t2", "abd"), ("t3", "cde")) for org in orgs]  # fmt: skip
    days = [(t, "2015") for t in ("t1", "t2", "t3")]
    found = analyse(
        small(days, people),
        "centrality-significance",
        measure="strength",
        weight="newman",
        samples=50,
        least_trainings=1,
    )
    assert {row[0] for row in frame_of(found, "z")} == {None}
    assert "leaves no room" in str(found.meta["empty_cells"])
    assert frame_of(found, "score", "trainings") == [
        (t, t) for _, t in frame_of(found, "score", "trainings")
    ]


def test_a_difference_of_nothing_does_not_come_first() -> None:
    # Of the first chance varies by a thousandth, of the second by 1: z says 50 and 5.
    assert moderated(np.array([0.05, 5.0]), np.array([0.001, 1.0])).argmax() == 1
    assert moderated(np.zeros(3), np.zeros(3)).tolist() == [0, 0, 0]
    assert moderated(np.zeros(0), np.zeros(0)).tolist() == []


@pytest.mark.parametrize("name", ["centrality-significance", "edge-significance"])
def test_significance_is_ordered_by_q_then_by_effect(name: str) -> None:
    random = np.random.default_rng(4)
    days = [(f"t{n:02}", "2015") for n in range(60)]
    people = [
        (t, "educator", None, org, None, 1)
        for t, _ in days
        for org in random.choice(list("abcdefghijklmnop"), random.integers(2, 5), replace=False)
    ]
    found = analyse(small(days, people), name, samples=100, least_trainings=8)
    size = abs if name.startswith("centrality") else float  # less than chance is tested there too
    order = [(q, -size(effect)) for q, effect in frame_of(found, "q", "effect") if q is not None]
    assert order == sorted(order)
    assert len(order) > 5
    attended = Counter(org for _, _, _, org, _, _ in people)
    for row in found.to_records():
        few = [n for n in ("node", "source", "target") if attended.get(str(row.get(n)), 99) < 8]
        assert (row["q"] is None) == bool(few)


def test_counts_of_random_graphs_are_those_of_their_products() -> None:
    graph = bipartite_of(HERE, "institution")
    nodes = graph.shape[0]
    first, second = (ends.astype(np.int64) for ends in np.triu_indices(nodes, 1))
    met = matrix_of(graph.sets) @ matrix_of(graph.sets).T
    observed = met.toarray()[first, second].astype(int)
    slow = Moments(observed.astype(float))
    for drawn in map(matrix_of, graph.drawn(40, seed=9)):
        slow.add(np.asarray((drawn @ drawn.T).todense())[first, second])
    fast = Moments.of(graph.met_by_chance(first, second, observed, 40, seed=9))
    assert fast.samples == slow.samples == 40
    for name in ("mean", "deviation"):
        assert getattr(fast, name) == pytest.approx(getattr(slow, name), abs=1e-12)
    assert (fast.upper() == slow.upper()).all()
    assert (fast.two_sided() == slow.two_sided()).all()


def test_a_degree_without_its_network_is_that_of_the_network() -> None:
    for level in ("institution", "country"):
        for filters in ({}, {"country": "NG"}, {"country": ["NG", "GB"], "within": True}):
            here = World(world(), select(world(), **filters), OPEN)  # type: ignore[arg-type]
            graph = bipartite_of(here, level)
            for drawn in (graph.sets, *graph.drawn(3, seed=2)):
                expected = np.diff(graph.adjacency(drawn, "count").indptr)
                assert graph.scores(drawn, "degree", "count").tolist() == expected.tolist()


@pytest.mark.parametrize(
    "name", ["edge-significance", "centrality-significance", "rank-intervals", "robustness"]
)
def test_draws_tell_how_far_they_are(name: str) -> None:
    options: Any = {} if name == "robustness" else {"samples": 20}
    if name != "edge-significance":
        options["measure"] = "betweenness"
    seen: list[tuple[int, int]] = []
    with watched(lambda done, of: seen.append((done, of))):
        analyse(world(), name, **options)
    of = seen[-1][1]
    assert of == options.get("samples", of)
    # Paths inside of a draw tell nothing; those of what was observed come before.
    assert seen[-of:] == [(n + 1, of) for n in range(of)]
    assert len(seen) <= of + 1


def test_pairs_of_few_trainings_are_not_tested() -> None:
    found = analyse(world(), "edge-significance", samples=20, least_trainings=50)
    assert found.rows == []
    assert "too few trainings" in str(found.meta["reason"])


def test_benjamini_and_hochbergs_own_example() -> None:
    # Benjamini & Hochberg (1995), section 3.2: fifteen p-values of a trial of thrombolysis, of
    # which the procedure rejects four at 0.05 and Bonferroni three.
    p = np.array([0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
                  0.4262, 0.5719, 0.6528, 0.7590, 1.0])  # fmt: skip
    assert int(np.sum(benjamini_hochberg(p) <= 0.05)) == 4
    assert int(np.sum(p <= 0.05 / 15)) == 3


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_q_is_at_least_p_and_keeps_its_order(values: list[float]) -> None:
    p = np.array(values)
    q = benjamini_hochberg(p)
    assert np.all(q >= p - 1e-12)
    assert np.all(np.diff(q[np.argsort(p, kind="stable")]) >= -1e-12)


def test_moments_are_those_of_numpy() -> None:
    drawn = np.random.default_rng(1).normal(size=(50, 3))
    null = Moments(np.array([0.0, 5.0, -5.0]))
    for values in drawn:
        null.add(values)
    assert null.mean == pytest.approx(drawn.mean(axis=0))
    assert null.deviation == pytest.approx(drawn.std(axis=0, ddof=1))
    assert null.upper()[1] == pytest.approx(1 / 51)
    assert null.two_sided()[2] == pytest.approx(2 / 51)
