"""Measures of networks against networkx, igraph, rustworkx and networkit, results compared.

A partnership network with heavy tails is made from flat columns, as from a release: the line
``projection`` is that step, for networkx by its own bipartite projection. Then every library
computes each measure on the same graph. All run in one process, one after another, after a run on
a small graph that compiles what is compiled; times are of the wall, the best of ``--repeat``. What
would take longer than ``--patience`` is estimated from a sample of sources, and marked ≈.

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

from kg.network import COLUMNS, MEASURES, project

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
    involvements = pairs.select(
        training=pl.format("t{}", "t"), role=pl.lit("learner"), side=pl.lit("learner"),
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
    peers: dict[str, Any] = field(default_factory=dict)


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
    return Graphs(adjacency, ones, peers)


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
            "networkit": lambda: _nk(nk.centrality.EigenvectorCentrality(k, 1e-10)),
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
    }  # fmt: skip
    return {name: call for name, call in table[measure].items() if name in p and call}


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


WEIGHTED = ("strength", "eigenvector", "pagerank", "constraint")
ALL_PAIRS = ("betweenness", "closeness", "harmonic")
COMPARED = (
    "degree", "strength", "betweenness", "closeness", "harmonic", "eigenvector", "pagerank", "core",
    "clustering", "constraint", "articulation", "component",
)  # fmt: skip
ALONE = ("katz", "hub", "effective-size")


def ours(measure: str, g: Graphs) -> Call:
    function = MEASURES[measure].function
    matrix = g.ours if measure in WEIGHTED or MEASURES[measure].weighted else g.ones
    if measure in ALL_PAIRS:
        matrix = g.ones
    if measure == "articulation":  # ours says how many pieces are left
        return lambda: (function(matrix, False) > 0).astype(float)
    return lambda: function(matrix, False)


def timed(call: Call, repeat: int) -> tuple[float, Scores]:
    taken = []
    for _ in range(repeat):
        began = time.perf_counter()
        found = call()
        taken.append(time.perf_counter() - began)
        if taken[-1] > 20:
            break
    return min(taken), found


def estimate_networkx(measure: str, g: Graphs, sources: int) -> float:
    """Return the seconds that networkx would take, from some of its sources."""
    graph, n = g.peers["networkx"], g.ones.shape[0]
    chosen = np.random.default_rng(1).choice(n, sources, replace=False).tolist()
    began = time.perf_counter()
    if measure == "betweenness":
        nx.betweenness_centrality_subset(graph, chosen, list(range(n)))
    elif measure == "closeness":
        for node in chosen:
            nx.closeness_centrality(graph, u=node)
    elif measure == "harmonic":
        nx.harmonic_centrality(graph, nbunch=chosen)
    else:
        nodes = chosen
        {"clustering": nx.clustering, "constraint": nx.constraint}[measure](graph, nodes)
    return (time.perf_counter() - began) * n / sources


def difference(measure: str, left: np.ndarray, right: np.ndarray) -> float:
    """Return the greatest relative difference; eigenvectors are compared up to their length."""
    if measure == "eigenvector":
        left, right = left / np.linalg.norm(left), right / np.linalg.norm(right)
        right = right * np.sign(right[np.argmax(np.abs(right))])
        left = left * np.sign(left[np.argmax(np.abs(left))])
    if measure == "component":
        left, right = _components(left), _components(right)
    scale = max(float(np.abs(left).max()), 1e-300)
    return float(np.abs(left - right).max()) / scale


def shown(g: Graphs) -> list[str]:
    return [name for name in g.peers if name != "unweighted"]


def measure_size(institutions: int, options: argparse.Namespace) -> None:
    columns = columns_of(institutions, options.seed)
    seconds, network = timed(lambda: project(columns, "partnership"), options.repeat)
    g = graphs_of(network.adjacency())
    n, m = g.ours.shape[0], g.ours.nnz // 2
    print(f"\n## {n:,} institutions, {m:,} edges\n")
    print("| measure | ours, s | " + " | ".join(f"{p} ×" for p in shown(g))
          + " | apart by more than 1e-9 |")  # fmt: skip
    print("|" + "---|" * (3 + len(shown(g))))
    began = time.perf_counter()
    if institutions <= 20_000:
        bipartite = nx.Graph()
        rows = columns["involvements"].select("training", "organisation").rows()
        bipartite.add_edges_from(rows)
        nodes = set(columns["involvements"]["organisation"].to_list())
        nx.bipartite.collaboration_weighted_projected_graph(bipartite, nodes)
        peer = f"{(time.perf_counter() - began) / seconds:.1f}"
    else:
        peer = "–"
    rest = " | ".join("–" for _ in shown(g)[1:])
    print(f"| projection | {seconds:.3f} | {peer} | {rest} | |", flush=True)
    for name in options.measures or (*COMPARED, *ALONE):
        line(name, g, options)


def line(name: str, g: Graphs, options: argparse.Namespace) -> None:
    seconds, found = timed(ours(name, g), options.repeat)
    peers = {} if name in ALONE else calls(name, g)
    cells, apart = [], {}
    for peer in shown(g):
        if peer not in peers:
            cells.append("–")
        elif too_slow(name, peer, g, options):
            if peer == "networkx":
                sources = 20 if name in ALL_PAIRS else 40
                cells.append(f"≈ {estimate_networkx(name, g, sources) / seconds:,.0f}")
            else:
                cells.append("not run")
        else:
            taken, scores = timed(peers[peer], options.repeat)
            apart[peer] = difference(name, found, _listed(scores, len(found)))
            cells.append(f"{taken / seconds:,.2f}")
    far = ", ".join(f"{peer} {d:.0e}" for peer, d in apart.items() if d > 1e-9) or "–"
    print(f"| {name} | {seconds:.4f} | {' | '.join(cells)} | {far} |", flush=True)


def too_slow(name: str, peer: str, g: Graphs, options: argparse.Namespace) -> bool:
    steps = g.ones.shape[0] * g.ones.nnz / 2
    if name in ALL_PAIRS:
        return steps > options.patience * (1e6 if peer == "networkx" else 5e7)
    return peer == "networkx" and name in ("clustering", "constraint") and g.ones.nnz > 400_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--institutions", type=int, nargs="+", default=[2000, 20_000])
    parser.add_argument("--measures", nargs="+", choices=(*COMPARED, *ALONE))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--patience", type=float, default=120, help="Seconds for a peer, roughly.")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if nk is not None:
        nk.setNumberOfThreads(2)
    small = graphs_of(project(columns_of(200, 1), "partnership").adjacency())
    for name in (*COMPARED, *ALONE):
        ours(name, small)()
    for institutions in options.institutions:
        measure_size(institutions, options)


if __name__ == "__main__":
    main()
