"""What each library calls a measure, on its own graph of the same edges.

Part of networks.py. igraph is GPL: it is measured, and used nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import eigsh

from kg.network import EDGE_MEASURES, GRAPH_MEASURES, MEASURES
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

INSTALLED = {"networkx": nx, "igraph": ig, "rustworkx": rx, "networkit": nk}
PEERS = tuple(name for name, module in INSTALLED.items() if module is not None)
Scores = Any
Call = Callable[[], Scores]


@dataclass
class Graphs:
    """The graph of one engine, and the matrix that it was made from."""

    ours: sp.csr_array
    ones: sp.csr_array
    groups: np.ndarray
    directed: bool
    peers: dict[str, Any] = field(default_factory=dict)


def graphs_of(adjacency: sp.csr_array, engine: str, *, directed: bool) -> Graphs:
    """Return the graph of an engine; of ``ours`` nothing but the matrix."""
    ones = adjacency.copy()
    ones.data = np.ones_like(ones.data)
    n = adjacency.shape[0]
    peers = {} if engine == "ours" else _BUILDERS[engine](adjacency, directed)
    return Graphs(adjacency, ones, np.arange(n) % 40, directed, peers)


def _edges(adjacency: sp.csr_array, directed: bool) -> Any:
    return adjacency.tocoo() if directed else sp.triu(adjacency, 1).tocoo()


def _triples(adjacency: sp.csr_array, directed: bool) -> Any:
    edges = _edges(adjacency, directed)
    return zip(edges.row.tolist(), edges.col.tolist(), edges.data.tolist(), strict=True)


def _of_networkx(adjacency: sp.csr_array, directed: bool) -> dict[str, Any]:
    graph: Any = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(range(adjacency.shape[0]))
    graph.add_weighted_edges_from(_triples(adjacency, directed))
    return {"networkx": graph}


def _of_igraph(adjacency: sp.csr_array, directed: bool) -> dict[str, Any]:
    edges = _edges(adjacency, directed)
    pairs = np.column_stack([edges.row, edges.col])
    weights = {"weight": edges.data.tolist()}
    return {"igraph": ig.Graph(adjacency.shape[0], pairs, directed=directed, edge_attrs=weights)}


def _of_rustworkx(adjacency: sp.csr_array, directed: bool) -> dict[str, Any]:
    graph = rx.PyDiGraph() if directed else rx.PyGraph()
    graph.add_nodes_from(list(range(adjacency.shape[0])))
    graph.add_edges_from(list(_triples(adjacency, directed)))
    return {"rustworkx": graph}


def _of_networkit(adjacency: sp.csr_array, directed: bool) -> dict[str, Any]:
    edges, n = _edges(adjacency, directed), adjacency.shape[0]
    ends = (edges.data, (edges.row, edges.col))
    plain = (np.ones_like(edges.data), (edges.row, edges.col))
    weighted = nk.GraphFromCoo(ends, n=n, weighted=True, directed=directed)
    # networkit counts weights wherever there are any
    return {
        "networkit": weighted,
        "unweighted": nk.GraphFromCoo(plain, n=n, weighted=False, directed=directed),
    }


_BUILDERS = {
    "networkx": _of_networkx,
    "igraph": _of_igraph,
    "rustworkx": _of_rustworkx,
    "networkit": _of_networkit,
}


def listed(found: Any, n: int) -> np.ndarray:
    if isinstance(found, dict) or hasattr(found, "items"):
        given = dict(found.items())
        return np.array([float(given.get(i, 0.0)) for i in range(n)])
    return np.asarray(found, dtype=float)


def _nk(algorithm: Any) -> Any:
    algorithm.run()
    return algorithm.scores()


def components(labels: Any) -> np.ndarray:
    """Return the first node of each one's component, so that two labellings compare."""
    _, first, inverse = np.unique(np.asarray(labels), return_index=True, return_inverse=True)
    return first[inverse].astype(float)


def _labels(groups: Any, n: int) -> np.ndarray:
    found = np.zeros(n)
    for number, group in enumerate(groups):
        for node in group:
            found[node] = number
    return components(found)


def _cut(nodes: Any, n: int) -> np.ndarray:
    found = np.zeros(n)
    found[list(nodes)] = 1.0
    return found


def calls(measure: str, g: Graphs) -> dict[str, Call]:
    """Return what each library offers for a measure."""
    n = g.ones.shape[0]
    p = g.peers
    x, i, r, k = (p.get(name) for name in ("networkx", "igraph", "rustworkx", "networkit"))
    u = p.get("unweighted")
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
            "igraph": lambda: components(i.connected_components().membership),
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
        "community": {
            "networkx": lambda: _labels(nx.community.louvain_communities(x, seed=1), n),
            "igraph": lambda: i.community_leiden("modularity", weights="weight",
                                                 n_iterations=2).membership,
            "networkit": lambda: _nk_communities(k, refine=False),
            "networkit, refined": lambda: _nk_communities(k, refine=True),
        },
        "reciprocity": {
            "networkx": lambda: nx.overall_reciprocity(x),
            "igraph": lambda: i.reciprocity(),
        },
    }  # fmt: skip
    return {
        name: call
        for name, call in table.get(measure, {}).items()
        if name.partition(",")[0] in p and call
    }


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
    return components(labels)


PATHS = ("betweenness", "edge-betweenness")
ALL_PAIRS = (*PATHS, "closeness", "harmonic", "distance")
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


def estimate(engine: str, measure: str, g: Graphs, sources: int) -> Call | None:
    """Return a call that does the work of some sources only, or None where an engine cannot."""
    n = g.ones.shape[0]
    chosen = np.random.default_rng(1).choice(n, min(sources, n), replace=False)
    some, everybody = chosen.tolist(), list(range(n))
    x, i, u = (g.peers.get(name) for name in ("networkx", "igraph", "unweighted"))
    known: dict[tuple[str, str], Call] = {
        ("ours", "betweenness"): lambda: dependencies(g.ones, sources=chosen),
        ("ours", "edge-betweenness"): lambda: dependencies(g.ones, sources=chosen, edges=True),
        **{("ours", m): lambda: reach(g.ones, sources=chosen)
           for m in ("closeness", "harmonic", "distance")},
        ("networkx", "betweenness"): lambda: nx.betweenness_centrality_subset(x, some, everybody),
        ("networkx", "edge-betweenness"): lambda: nx.edge_betweenness_centrality_subset(
            x, some, everybody),
        ("networkx", "closeness"): lambda: [nx.closeness_centrality(x, u=v) for v in some],
        ("networkx", "distance"): lambda: [nx.closeness_centrality(x, u=v) for v in some],
        ("networkx", "harmonic"): lambda: nx.harmonic_centrality(x, nbunch=some),
        ("networkx", "clustering"): lambda: nx.clustering(x, some),
        ("networkx", "constraint"): lambda: nx.constraint(x, some),
        ("networkx", "effective-size"): lambda: nx.effective_size(x, some),
        ("igraph", "betweenness"): lambda: i.betweenness(sources=some),
        ("igraph", "harmonic"): lambda: i.harmonic_centrality(vertices=some),
        ("networkit", "betweenness"): lambda: _nk(nk.centrality.EstimateBetweenness(u, len(some))),
    }  # fmt: skip
    return known.get((engine, measure))


def _nk_communities(graph: Any, *, refine: bool) -> list[int]:
    nk.setNumberOfThreads(1)
    found = nk.community.PLM(graph, refine)
    found.run()
    nk.setNumberOfThreads(2)
    return list(found.getPartition().getVector())
