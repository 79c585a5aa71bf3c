"""Measures of networks against networkx, igraph, rustworkx and networkit, results compared.

A partnership network with heavy tails is made from flat columns, as from a release: the line
``projection`` is that step, for networkx by its own bipartite projection. Then every library
computes each measure on the same graph; those of directed networks on the knowledge flow of the
same trainings. Every measure of the registries has its line; those that no library has stand
alone. All run in one process, one after another, after a run on a small graph that compiles what
is compiled; the best of ``--repeat``, by the clock on the wall or (``--clock cpu``) in seconds of
processors, all threads together, which is what can be compared on a machine that others use.

What would take longer than ``--patience`` is estimated from a sample of sources (a tenth as many
of ours), and marked ≈. Iterations end at the same accuracy: where a peer's own tolerance means
something else (networkit's eigenvector) it is set so that its scores are as near.
Communities are compared by their modularity, which stands in brackets: networkit's with one
thread, as with more they differ from run to run.

igraph is GPL: it is measured, and used nowhere else.

    pip install igraph rustworkx networkit
    python benchmarks/networks.py --institutions 2000 20000
"""

from __future__ import annotations

import argparse
import math
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import numpy as np
import polars as pl
import scipy.sparse as sp
from scipy.sparse.linalg import eigsh

from kg.network import COLUMNS, EDGE_MEASURES, GRAPH_MEASURES, MEASURES, Network, project
from kg.network.leiden import modularity, numbered
from kg.network.paths import dependencies, reach

try:
    import igraph as ig
except ImportError:
    ig = None
try:
    import rustworkx as rx
except ImportError:
    rx = None
try:
    import networkit as nk
except ImportError:
    nk = None

PERMISSIVE = ("networkx", "rustworkx", "networkit")
Scores = Any
Call = Callable[[], Scores]


def columns_of(institutions: int, seed: int) -> dict[str, pl.DataFrame]:
    """Return flat columns: few institutions train much, few trainings are large."""
    random = np.random.default_rng(seed)
    trainings = institutions
    sizes = np.minimum(2 + random.pareto(1.6, trainings) * 2.5, 60).astype(int)
    weights = 1 / np.arange(1, institutions + 1) ** 0.6
    drawn = random.choice(institutions, sizes.sum(), p=weights / weights.sum())
    # everybody is somewhere once
    drawn[random.choice(len(drawn), institutions, replace=False)] = np.arange(institutions)
    where = np.repeat(np.arange(trainings), sizes)
    pairs = pl.DataFrame({"t": where, "o": drawn}).unique(maintain_order=True)
    taught = pl.int_range(pl.len()).over("t") == 0  # one of each training teaches
    side = pl.when(taught).then(pl.lit("educator")).otherwise(pl.lit("learner"))
    involvements = pairs.select(
        training=pl.format("t{}", "t"), role=side, side=side,
        organisation=pl.format("o{}", "o"), person=pl.lit(None, pl.String),
        country=pl.lit(None, pl.String), headcount=pl.lit(None, pl.Int64),
    )  # fmt: skip
    named = pl.DataFrame({"training": [f"t{i}" for i in range(trainings)]})
    table = named.with_columns(
        label="training", start=pl.lit("2019"), end=pl.lit(None, pl.String), year=pl.lit(2019),
    ).with_columns(pl.col("year").cast(pl.Int64))  # fmt: skip
    empty = {name: pl.DataFrame(schema=dict(types)) for name, types in COLUMNS.items()}
    return {**empty, "involvements": involvements, "trainings": table}


@dataclass
class Graphs:
    """The same graph for each library."""

    ours: sp.csr_array
    ones: sp.csr_array
    groups: np.ndarray
    peers: dict[str, Any] = field(default_factory=dict)


def directed_graphs_of(network: Network) -> Graphs:
    adjacency = network.adjacency()
    n, arcs = adjacency.shape[0], adjacency.tocoo()
    pairs = list(zip(arcs.row.tolist(), arcs.col.tolist(), strict=True))
    triples = [(u, v, w) for (u, v), w in zip(pairs, arcs.data.tolist(), strict=True)]
    plain = nx.DiGraph()
    plain.add_nodes_from(range(n))
    plain.add_weighted_edges_from(triples)
    peers: dict[str, Any] = {"networkx": plain}
    if ig is not None:
        weights = {"weight": arcs.data.tolist()}
        peers["igraph"] = ig.Graph(n, pairs, directed=True, edge_attrs=weights)
    if rx is not None:
        peers["rustworkx"] = rx.PyDiGraph()
        peers["rustworkx"].add_nodes_from(list(range(n)))
        peers["rustworkx"].add_edges_from(triples)
    if nk is not None:
        ends = (arcs.data, (arcs.row, arcs.col))
        peers["networkit"] = nk.GraphFromCoo(ends, n=n, weighted=True, directed=True)
    ones = adjacency.copy()
    ones.data = np.ones_like(ones.data)
    return Graphs(adjacency, ones, np.arange(n) % 40, peers)


def graphs_of(adjacency: sp.csr_array) -> Graphs:
    ones = adjacency.copy()
    ones.data = np.ones_like(ones.data)
    upper = sp.triu(adjacency, 1).tocoo()
    pairs, weights = list(zip(upper.row.tolist(), upper.col.tolist(), strict=True)), upper.data
    n = adjacency.shape[0]
    plain = nx.Graph()
    plain.add_nodes_from(range(n))
    plain.add_weighted_edges_from(
        (u, v, w) for (u, v), w in zip(pairs, weights.tolist(), strict=True)
    )
    peers: dict[str, Any] = {"networkx": plain}
    if ig is not None:
        peers["igraph"] = ig.Graph(n, pairs, edge_attrs={"weight": weights.tolist()})
    if rx is not None:
        graph = rx.PyGraph()
        graph.add_nodes_from(list(range(n)))
        graph.add_edges_from([(u, v, w) for (u, v), w in zip(pairs, weights.tolist(), strict=True)])
        peers["rustworkx"] = graph
    if nk is not None:
        triples = (weights, (upper.row, upper.col))
        peers["networkit"] = nk.GraphFromCoo(triples, n=n, weighted=True, directed=False)
        plain_too = nk.Graph(n, weighted=False, directed=False)
        for node, other in pairs:
            plain_too.addEdge(node, other)
        peers["unweighted"] = plain_too
    return Graphs(adjacency, ones, np.arange(n) % 40, peers)


def _listed(found: Any, n: int) -> np.ndarray:
    if isinstance(found, dict) or hasattr(found, "items"):
        given = dict(found.items())
        return np.array([float(given.get(i, 0.0)) for i in range(n)])
    return np.asarray(found, dtype=float)


def _nk(algorithm: Any) -> Any:
    algorithm.run()
    return algorithm.scores()


def _components(labels: Any) -> np.ndarray:
    """Return the first node of each one's component, so that two labellings compare."""
    _, first, inverse = np.unique(np.asarray(labels), return_index=True, return_inverse=True)
    return first[inverse].astype(float)


def _labels(groups: Any, n: int) -> np.ndarray:
    found = np.zeros(n)
    for number, group in enumerate(groups):
        for node in group:
            found[node] = number
    return _components(found)


def _cut(nodes: Any, n: int) -> np.ndarray:
    found = np.zeros(n)
    found[list(nodes)] = 1.0
    return found


def calls(measure: str, g: Graphs) -> dict[str, Call]:
    """Return what each library offers for a measure."""
    n = g.ones.shape[0]
    p = g.peers
    x, i, r, k = (p.get(name) for name in ("networkx", "igraph", "rustworkx", "networkit"))
    u = p.get("unweighted")  # networkit counts weights wherever there are any
    threads = {"parallel_threshold": 50}
    table: dict[str, dict[str, Call | None]] = {
        "degree": {
            "networkx": lambda: dict(x.degree()),
            "igraph": lambda: i.degree(),
        },
        "strength": {
            "networkx": lambda: dict(x.degree(weight="weight")),
            "igraph": lambda: i.strength(weights="weight"),
        },
        "betweenness": {
            "networkx": lambda: nx.betweenness_centrality(x, normalized=False),
            "igraph": lambda: i.betweenness(),
            "rustworkx": lambda: rx.betweenness_centrality(r, normalized=False, **threads),
            "networkit": lambda: np.asarray(_nk(nk.centrality.Betweenness(u))) / 2,
        },
        "closeness": {
            "networkx": lambda: nx.closeness_centrality(x),
            "rustworkx": lambda: rx.closeness_centrality(r, **threads),
        },
        "harmonic": {
            "networkx": lambda: nx.harmonic_centrality(x),
            "igraph": lambda: np.asarray(i.harmonic_centrality()) * (n - 1),
            "networkit": lambda: np.asarray(_nk(nk.centrality.HarmonicCloseness(u, False))),
        },
        "eigenvector": {
            "networkx": lambda: nx.eigenvector_centrality(x, max_iter=1000, tol=1e-10,
                                                          weight="weight"),
            "igraph": lambda: i.eigenvector_centrality(weights="weight"),
            "rustworkx": lambda: rx.eigenvector_centrality(r, weight_fn=float, max_iter=1000,
                                                           tol=1e-10),
            "networkit": lambda: _nk(nk.centrality.EigenvectorCentrality(k, 1e-15)),
        },
        "pagerank": {
            "networkx": lambda: nx.pagerank(x, weight="weight", tol=1e-12, max_iter=1000),
            "igraph": lambda: i.pagerank(weights="weight"),
            "rustworkx": lambda: rx.pagerank(r.to_directed(), weight_fn=float, tol=1e-12,
                                             max_iter=1000),
            "networkit": lambda: _nk(nk.centrality.PageRank(k, 0.85, 1e-12)),
        },
        "core": {
            "networkx": lambda: nx.core_number(x),
            "igraph": lambda: i.coreness(),
            "rustworkx": lambda: rx.core_number(r),
            "networkit": lambda: _nk(nk.centrality.CoreDecomposition(k)),
        },
        "clustering": {
            "networkx": lambda: nx.clustering(x),
            "igraph": lambda: i.transitivity_local_undirected(mode="zero"),
            "networkit": lambda: _nk(nk.centrality.LocalClusteringCoefficient(k)),
        },
        "constraint": {
            "networkx": lambda: {v: 0.0 if math.isnan(c) else c
                                 for v, c in nx.constraint(x, weight="weight").items()},
            "igraph": lambda: np.nan_to_num(i.constraint(weights="weight")),
        },
        "articulation": {
            "networkx": lambda: _cut(nx.articulation_points(x), n),
            "igraph": lambda: _cut(i.articulation_points(), n),
            "rustworkx": lambda: _cut(rx.articulation_points(r), n),
            "networkit": lambda: _nk_cut(k, n),
        },
        "component": {
            "networkx": lambda: _labels(nx.connected_components(x), n),
            "igraph": lambda: _components(i.connected_components().membership),
            "rustworkx": lambda: _labels(rx.connected_components(r), n),
            "networkit": lambda: _nk_components(k),
        },
        "katz": {
            "networkx": lambda: nx.katz_centrality(x, alpha(g), normalized=False, tol=1e-12,
                                                   max_iter=5000, weight="weight"),
            "rustworkx": lambda: rx.katz_centrality(r, alpha(g), weight_fn=float, tol=1e-12,
                                                    max_iter=5000),
            "networkit": lambda: _nk(nk.centrality.KatzCentrality(k, alpha(g), 1.0, 1e-12)),
        },
        "effective-size": {
            "networkx": lambda: {v: 0.0 if math.isnan(c) else c
                                 for v, c in nx.effective_size(x, weight="weight").items()},
        },
        "edge-betweenness": {
            "networkx": lambda: nx.edge_betweenness_centrality(x, normalized=False),
            "igraph": lambda: i.edge_betweenness(),
            "rustworkx": lambda: rx.edge_betweenness_centrality(r, normalized=False, **threads),
        },
        "bridge": {
            "networkx": lambda: len(list(nx.bridges(x))),
            "igraph": lambda: len(i.bridges()),
            "rustworkx": lambda: len(rx.bridges(r)),
        },
        "shared-partners": {"networkit": lambda: _nk_triangles(u)},
        "components": {
            "networkx": lambda: nx.number_connected_components(x),
            "igraph": lambda: len(i.connected_components()),
            "rustworkx": lambda: rx.number_connected_components(r),
            "networkit": lambda: _nk_count(k),
        },
        "transitivity": {
            "networkx": lambda: nx.transitivity(x),
            "igraph": lambda: i.transitivity_undirected(),
            "rustworkx": lambda: rx.transitivity(r),
            "networkit": lambda: nk.globals.ClusteringCoefficient.exactGlobal(u),
        },
        "assortativity": {
            "networkx": lambda: nx.degree_assortativity_coefficient(x),
            "igraph": lambda: i.assortativity_degree(directed=False),
        },
        "distance": {
            "igraph": lambda: i.average_path_length(),
            "rustworkx": lambda: rx.unweighted_average_shortest_path_length(
                r, parallel_threshold=50, disconnected=True),
        },
        "in-degree": {
            "networkx": lambda: dict(x.in_degree()),
            "igraph": lambda: i.indegree(),
        },
        "out-degree": {
            "networkx": lambda: dict(x.out_degree()),
            "igraph": lambda: i.outdegree(),
        },
        "in-strength": {
            "networkx": lambda: dict(x.in_degree(weight="weight")),
            "igraph": lambda: i.strength(mode="in", weights="weight"),
        },
        "out-strength": {
            "networkx": lambda: dict(x.out_degree(weight="weight")),
            "igraph": lambda: i.strength(mode="out", weights="weight"),
        },
        "hub": {
            "networkx": lambda: nx.hits(x, max_iter=1000, tol=1e-12)[0],
            "igraph": lambda: i.hub_score(weights="weight"),
            "rustworkx": lambda: rx.hits(r, weight_fn=float, max_iter=5000, tol=1e-15)[0],
        },
        "authority": {
            "networkx": lambda: nx.hits(x, max_iter=1000, tol=1e-12)[1],
            "igraph": lambda: i.authority_score(weights="weight"),
            "rustworkx": lambda: rx.hits(r, weight_fn=float, max_iter=5000, tol=1e-15)[1],
        },
        "reciprocity": {
            "networkx": lambda: nx.overall_reciprocity(x),
            "igraph": lambda: i.reciprocity(),
        },
    }  # fmt: skip
    return {name: call for name, call in table.get(measure, {}).items() if name in p and call}


def alpha(g: Graphs) -> float:
    """Return the damping of ours: peers are given it, though they would have to find it."""
    if "alpha" not in g.peers:
        g.peers["alpha"] = 0.85 / float(eigsh(g.ours, k=1, return_eigenvectors=False)[0])
    return float(g.peers["alpha"])


def _nk_triangles(graph: Any) -> np.ndarray:
    if not graph.hasEdgeIds():
        graph.indexEdges()
    found = nk.sparsification.TriangleEdgeScore(graph)
    found.run()
    return np.sort(np.asarray(found.scores(), dtype=float))


def _nk_count(graph: Any) -> int:
    found = nk.components.ConnectedComponents(graph)
    found.run()
    return int(found.numberOfComponents())


def _nk_cut(graph: Any, n: int) -> np.ndarray:
    found = nk.components.BiconnectedComponents(graph)
    found.run()
    seen = np.zeros(n, dtype=int)
    for component in found.getComponents():
        seen[component] += 1
    return (seen > 1).astype(float)


def _nk_components(graph: Any) -> np.ndarray:
    found = nk.components.ConnectedComponents(graph)
    found.run()
    labels = np.zeros(graph.numberOfNodes())
    for number, nodes in enumerate(found.getComponents()):
        labels[nodes] = number
    return _components(labels)


PATHS = ("betweenness", "edge-betweenness")
ALL_PAIRS = (*PATHS, "closeness", "harmonic", "distance")
SAMPLED = ("clustering", "constraint", "effective-size")
DIRECTED = (
    "in-degree", "out-degree", "in-strength", "out-strength", "hub", "authority", "reciprocity",
)  # fmt: skip
EVERY: dict[str, Any] = {**MEASURES, **EDGE_MEASURES, **GRAPH_MEASURES}
ONE_NUMBER = {
    "bridge": None, "components": "components", "transitivity": "transitivity",
    "assortativity": "degree assortativity", "distance": "mean distance",
    "reciprocity": "reciprocity",
}  # fmt: skip


def ours(measure: str, g: Graphs) -> Call:
    """Return our call of a measure, in the form that compares with the others."""
    known, directed = EVERY[measure], measure in DIRECTED
    matrix = g.ours if known.weighted and known.weights != "ignored" else g.ones
    if measure in GRAPH_MEASURES:
        return lambda: known.function(matrix, directed, g.groups if known.grouped else None)
    if known.__class__.__name__ == "Measure" and known.grouped:
        return lambda: known.function(matrix, directed, g.groups)
    if measure == "articulation":  # ours says how many pieces are left
        return lambda: (known.function(matrix, False) > 0).astype(float)
    return lambda: known.function(matrix, directed)


CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}
clock = CLOCKS["wall"]


def timed(call: Call, repeat: int) -> tuple[float, Scores]:
    taken = []
    for _ in range(repeat):
        began = clock()
        found = call()
        taken.append(clock() - began)
        if taken[-1] > 20:
            break
    return min(taken), found


def estimate_networkx(measure: str, g: Graphs, sources: int) -> float:
    """Return the seconds that networkx would take, from some of its sources."""
    graph, n = g.peers["networkx"], g.ones.shape[0]
    chosen = np.random.default_rng(1).choice(n, min(sources, n), replace=False).tolist()
    began = clock()
    if measure == "betweenness":
        nx.betweenness_centrality_subset(graph, chosen, list(range(n)))
    elif measure == "edge-betweenness":
        nx.edge_betweenness_centrality_subset(graph, chosen, list(range(n)))
    elif measure in ("closeness", "distance"):
        for node in chosen:
            nx.closeness_centrality(graph, u=node)
    elif measure == "harmonic":
        nx.harmonic_centrality(graph, nbunch=chosen)
    else:
        known = {"clustering": nx.clustering, "constraint": nx.constraint,
                 "effective-size": nx.effective_size}  # fmt: skip
        known[measure](graph, chosen)
    return (clock() - began) * n / len(chosen)


def estimate_ours(measure: str, g: Graphs, sources: int) -> float:
    """Return the seconds that ours would take, from some of its sources."""
    n = g.ones.shape[0]
    chosen = np.random.default_rng(1).choice(n, min(sources, n), replace=False)
    began = clock()
    if measure in PATHS:
        dependencies(g.ones, sources=chosen, edges=measure == "edge-betweenness")
    else:
        reach(g.ones, sources=chosen)
    return (clock() - began) * n / len(chosen)


def difference(measure: str, left: np.ndarray, right: np.ndarray) -> float:
    """Return the greatest relative difference; eigenvectors are compared up to their length."""
    if measure in ONE_NUMBER:
        left, right = np.atleast_1d(left), np.atleast_1d(right)
    if measure in ("hub", "authority", "katz"):  # of one length
        left, right = left / np.linalg.norm(left), right / np.linalg.norm(right)
    if measure == "eigenvector":
        left, right = left / np.linalg.norm(left), right / np.linalg.norm(right)
        right = right * np.sign(right[np.argmax(np.abs(right))])
        left = left * np.sign(left[np.argmax(np.abs(left))])
    if measure == "component":
        left, right = _components(left), _components(right)
    scale = max(float(np.abs(left).max()), 1e-300)
    return float(np.abs(left - right).max()) / scale


def shown(g: Graphs) -> list[str]:
    return [name for name in g.peers if name in (*PERMISSIVE, "igraph")]


def measure_size(institutions: int, options: argparse.Namespace) -> None:
    columns = columns_of(institutions, options.seed)
    seconds, network = timed(lambda: project(columns, "partnership"), options.repeat)
    g = graphs_of(network.adjacency())
    towards = directed_graphs_of(project(columns, "knowledge-flow"))
    n, m = g.ours.shape[0], g.ours.nnz // 2
    print(f"\n## {n:,} institutions, {m:,} edges; flow: {towards.ours.nnz:,} edges\n")
    print("| measure | ours, s | " + " | ".join(f"{p} ×" for p in shown(g))
          + " | apart by more than 1e-9 |")  # fmt: skip
    print("|" + "---|" * (3 + len(shown(g))))
    if institutions <= 20_000 and not options.measures:
        print(f"| projection | {seconds:.3f} | {projected(columns) / seconds:.1f} |"
              + " – |" * (len(shown(g)) - 1) + " |", flush=True)  # fmt: skip
    else:
        print(f"| projection | {seconds:.3f} |" + " – |" * len(shown(g)) + " |", flush=True)
    for name in options.measures or EVERY:
        line(name, towards if name in DIRECTED else g, options)


def projected(columns: dict[str, pl.DataFrame]) -> float:
    """Return the seconds of networkx's own projection."""
    began = clock()
    bipartite = nx.Graph()
    bipartite.add_edges_from(columns["involvements"].select("training", "organisation").rows())
    nodes = set(columns["involvements"]["organisation"].to_list())
    nx.bipartite.collaboration_weighted_projected_graph(bipartite, nodes)
    return clock() - began


def line(name: str, g: Graphs, options: argparse.Namespace) -> None:
    """Print the line of a measure."""
    if name in ("community", "modularity"):
        partitions(name, g, options)
        return
    long = too_slow(name, "ours", g, options)
    if long:
        seconds, found = estimate_ours(name, g, 2000 if name in PATHS else 4096), None
    else:
        seconds, found = timed(ours(name, g), options.repeat)
    cells, apart = [], {}
    peers = calls(name, g)
    for peer in shown(g):
        estimated = peer == "networkx" and name in (*ALL_PAIRS, *SAMPLED)
        if too_slow(name, peer, g, options) and estimated:
            sources = 20 if name in ALL_PAIRS else 40
            cells.append(f"≈ {estimate_networkx(name, g, sources) / seconds:,.0f}")
        elif peer not in peers:
            cells.append("–")
        elif too_slow(name, peer, g, options):
            cells.append("not run")
        else:
            taken, scores = timed(peers[peer], options.repeat)
            if found is not None:
                apart[peer] = compared(name, found, scores)
            cells.append(f"{taken / seconds:,.2f}")
    far = ", ".join(f"{peer} {d:.0e}" for peer, d in apart.items() if d > 1e-9) or "–"
    about = "≈ " if long else ""
    print(f"| {name} | {about}{seconds:.4f} | {' | '.join(cells)} | {far} |", flush=True)


def compared(name: str, found: Any, scores: Any) -> float:
    """Return how far apart two answers are."""
    if name == "bridge":
        return difference(name, float((found > 0).sum() / 2), float(scores))
    if name in ONE_NUMBER:
        return difference(name, float(found[ONE_NUMBER[name]]), float(scores))
    if name == "edge-betweenness":  # each library has its own order of edges
        values = np.sort(_listed_values(scores))
        return difference(name, np.sort(np.asarray(found))[::2], values)
    if name == "shared-partners":
        return difference(name, np.sort(np.asarray(found))[::2], scores)
    return difference(name, found, _listed(scores, len(found)))


def _listed_values(scores: Any) -> np.ndarray:
    return np.array(list(scores.values()) if hasattr(scores, "values") else scores, dtype=float)


def partitions(name: str, g: Graphs, options: argparse.Namespace) -> None:
    """Print the line of the communities: times, and modularities in brackets."""
    seeds = 10 if name == "modularity" else 1
    seconds, found = timed(ours(name, g), options.repeat)
    quality = found["modularity"] if name == "modularity" else modularity(g.ours, numbered(found))
    slow = g.ones.nnz > 400_000

    def cell(call: Call) -> str:
        taken, labels = timed(call, 1 if slow else options.repeat)
        reached = modularity(g.ours, numbered(np.asarray(labels, dtype=np.int64)))
        return f"{taken * seeds / seconds:,.2f} ({reached:.4f})"

    p = g.peers
    ways: dict[str, Call] = {
        "networkx": lambda: _labels(nx.community.louvain_communities(p["networkx"], seed=1),
                                    g.ones.shape[0]),
        "igraph": lambda: p["igraph"].community_leiden("modularity", weights="weight",
                                                       n_iterations=2).membership,
        "networkit": lambda: _nk_communities(p["networkit"], refine=False),
    }  # fmt: skip
    cells = [cell(ways[peer]) if peer in ways else "–" for peer in shown(g)]
    if nk is not None:
        cells[-1] += "; refined " + cell(lambda: _nk_communities(p["networkit"], refine=True))
    print(f"| {name} | {seconds:.4f} ({quality:.4f}) | {' | '.join(cells)} | |", flush=True)


def _nk_communities(graph: Any, *, refine: bool) -> list[int]:
    nk.setNumberOfThreads(1)
    found = nk.community.PLM(graph, refine)
    found.run()
    nk.setNumberOfThreads(2)
    return list(found.getPartition().getVector())


def too_slow(name: str, peer: str, g: Graphs, options: argparse.Namespace) -> bool:
    steps = g.ones.shape[0] * g.ones.nnz / 2
    if name in ALL_PAIRS:
        rates = {"networkx": 1e6, "ours": 3e9 if name not in PATHS else 1e8}
        return steps > options.patience * rates.get(peer, 5e7)
    return peer == "networkx" and name in SAMPLED and g.ones.nnz > 400_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--institutions", type=int, nargs="+", default=[2000, 20_000])
    parser.add_argument("--measures", nargs="+", choices=tuple(EVERY))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--patience", type=float, default=120, help="Seconds for a peer, roughly.")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--clock", choices=tuple(CLOCKS), default="wall")
    options = parser.parse_args()
    global clock
    clock = CLOCKS[options.clock]
    warnings.simplefilter("ignore")
    if nk is not None:
        nk.setNumberOfThreads(2)
    columns = columns_of(200, 1)
    small = graphs_of(project(columns, "partnership").adjacency())
    flow = directed_graphs_of(project(columns, "knowledge-flow"))
    for name in options.measures or EVERY:
        ours(name, flow if name in DIRECTED else small)()
    for institutions in options.institutions:
        measure_size(institutions, options)


if __name__ == "__main__":
    main()
