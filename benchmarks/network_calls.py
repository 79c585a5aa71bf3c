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
from kg.network.paths import dependencies, measured, reach, with_lengths

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
LengthsOf = Callable[[sp.csr_array], sp.csr_array]


@dataclass
class Graphs:
    """The graph of one engine, and the matrix that it was made from."""

    ours: sp.csr_array
    ones: sp.csr_array
    groups: np.ndarray
    directed: bool
    peers: dict[str, Any] = field(default_factory=dict)


def graphs_of(
    adjacency: sp.csr_array, engine: str, *, directed: bool, lengths: LengthsOf | None = None
) -> Graphs:
    """Return the graph of an engine; of ``ours`` nothing but the matrix.

    With ``lengths`` the weights of a peer's edges are those that it makes of the matrix.
    """
    ones = adjacency.copy()
    ones.data = np.ones_like(ones.data)
    n = adjacency.shape[0]
    given = lengths(adjacency) if lengths else adjacency
    peers = {} if engine == "ours" else _BUILDERS[engine](given, directed)
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
            "rustworkx": lambda: listed(rx.degree_centrality(r), n) * (n - 1),
            "networkit": lambda: _nk(nk.centrality.DegreeCentrality(u)),
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
            "igraph": lambda: _ig_closeness(i, None),
            "rustworkx": lambda: rx.closeness_centrality(r, **threads),
            "networkit": lambda: _nk_closeness(u),
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
        "pagerank, directed": {
            "networkx": lambda: nx.pagerank(x, weight="weight", tol=1e-12, max_iter=1000),
            "igraph": lambda: i.pagerank(weights="weight"),
            "rustworkx": lambda: rx.pagerank(r, weight_fn=float, tol=1e-12, max_iter=1000),
            "networkit": lambda: _nk(nk.centrality.PageRank(k, 0.85, 1e-12)),
        },
        "betweenness, directed": {
            "networkx": lambda: nx.betweenness_centrality(x, normalized=False),
            "igraph": lambda: i.betweenness(),
            "rustworkx": lambda: rx.betweenness_centrality(r, normalized=False, **threads),
            "networkit": lambda: _nk(nk.centrality.Betweenness(u)),
        },
        "closeness, directed": {
            "networkx": lambda: nx.closeness_centrality(x),
            "rustworkx": lambda: rx.closeness_centrality(r, **threads),
        },
        "harmonic, directed": {
            "networkx": lambda: nx.harmonic_centrality(x),
            "igraph": lambda: np.asarray(i.harmonic_centrality(mode="in")) * (n - 1),
            "networkit": lambda: np.asarray(_nk(nk.centrality.HarmonicCloseness(
                nk.graphtools.transpose(u), False))),
        },
        "betweenness, weighted": {
            "networkx": lambda: nx.betweenness_centrality(x, weight="weight", normalized=False),
            "igraph": lambda: i.betweenness(weights="weight"),
            "networkit": lambda: np.asarray(_nk(nk.centrality.Betweenness(k))) / 2,
        },
        "closeness, weighted": {
            "networkx": lambda: nx.closeness_centrality(x, distance="weight"),
            "igraph": lambda: _ig_closeness(i, "weight"),
            "rustworkx": lambda: rx.newman_weighted_closeness_centrality(
                r, weight_fn=lambda length: 1 / length, **threads),
            "networkit": lambda: _nk_closeness(k),
        },
        "harmonic, weighted": {
            "networkx": lambda: nx.harmonic_centrality(x, distance="weight"),
            "igraph": lambda: np.asarray(i.harmonic_centrality(weights="weight")) * (n - 1),
            "networkit": lambda: np.asarray(_nk(nk.centrality.HarmonicCloseness(k, False))),
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


def _ig_closeness(graph: Any, weights: str | None) -> np.ndarray:
    """Return igraph's closeness, which is that of each component alone, in the form of ours."""
    parts = graph.connected_components()
    share = (np.asarray(parts.sizes())[parts.membership] - 1) / (graph.vcount() - 1)
    return np.nan_to_num(graph.closeness(weights=weights)) * share


def _nk_closeness(graph: Any) -> Any:
    return _nk(nk.centrality.Closeness(graph, True, nk.centrality.ClosenessVariant.GENERALIZED))


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


COMMUNITY = "community"
REFINED = "networkit, refined"
ENGINES = ("ours", *PEERS, *([REFINED] if "networkit" in PEERS else []))
PATHS = ("betweenness", "edge-betweenness")
ALL_PAIRS = (*PATHS, "closeness", "harmonic", "distance")
DIRECTED = (
    "in-degree", "out-degree", "in-strength", "out-strength", "hub", "authority", "reciprocity",
)  # fmt: skip
EVERY: dict[str, Any] = {**MEASURES, **EDGE_MEASURES, **GRAPH_MEASURES}
VARIANTS = (
    "pagerank, directed", "betweenness, directed", "closeness, directed", "harmonic, directed",
    "betweenness, weighted", "closeness, weighted", "harmonic, weighted",
)  # fmt: skip
ONE_NUMBER = {
    "bridge": None, "components": "components", "transitivity": "transitivity",
    "assortativity": "degree assortativity", "distance": "mean distance",
    "reciprocity": "reciprocity",
}  # fmt: skip


def base_of(measure: str) -> str:
    """Return the name of a measure without its variant."""
    return measure.partition(",")[0]


def is_directed(measure: str) -> bool:
    """Return whether it is measured on the knowledge flow."""
    return measure in DIRECTED or measure.endswith(", directed")


def has_lengths(measure: str) -> bool:
    """Return whether weights are nearness."""
    return measure.endswith(", weighted")


def lengths_for(measure: str) -> LengthsOf | None:
    """Return what makes the lengths that ours uses: whole numbers where paths must tie."""
    if not has_lengths(measure):
        return None
    return (lambda matrix: measured(matrix)[0]) if base_of(measure) in PATHS else with_lengths


def ours(measure: str, g: Graphs) -> Call:
    """Return our call of a measure, in the form that compares with the others."""
    known, directed = EVERY[base_of(measure)], is_directed(measure)
    used = known.weights != "ignored" and (known.weighted or has_lengths(measure))
    matrix = g.ours if used else g.ones
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
    weight = "weight" if has_lengths(measure) else None
    base = base_of(measure)
    if engine == "ours":
        if base in PATHS:
            lengths = measured(g.ours) if weight else (g.ones, 0.0)
            return lambda: dependencies(*lengths, sources=chosen, edges=base != "betweenness")
        lengths_of = with_lengths(g.ours) if weight else g.ones
        return (lambda: reach(lengths_of, sources=chosen)) if base in ALL_PAIRS else None
    known: dict[tuple[str, str], Call] = {
        ("networkx", "betweenness"): lambda: nx.betweenness_centrality_subset(
            x, some, everybody, weight=weight),
        ("networkx", "edge-betweenness"): lambda: nx.edge_betweenness_centrality_subset(
            x, some, everybody),
        ("networkx", "closeness"): lambda: [
            nx.closeness_centrality(x, u=v, distance=weight) for v in some],
        ("networkx", "distance"): lambda: [nx.closeness_centrality(x, u=v) for v in some],
        ("networkx", "harmonic"): lambda: nx.harmonic_centrality(x, nbunch=some, distance=weight),
        ("networkx", "clustering"): lambda: nx.clustering(x, some),
        ("networkx", "constraint"): lambda: nx.constraint(x, some),
        ("networkx", "effective-size"): lambda: nx.effective_size(x, some),
        ("igraph", "betweenness"): lambda: i.betweenness(sources=some, weights=weight),
        ("igraph", "harmonic"): lambda: i.harmonic_centrality(vertices=some, weights=weight),
        ("igraph", "closeness"): lambda: i.closeness(vertices=some, weights=weight),
    }  # fmt: skip
    if u is not None and not weight:
        known["networkit", "betweenness"] = lambda: _nk(
            nk.centrality.EstimateBetweenness(u, len(some)))  # fmt: skip
    return known.get((engine, base))


def _nk_communities(graph: Any, *, refine: bool) -> list[int]:
    nk.setNumberOfThreads(1)
    found = nk.community.PLM(graph, refine)
    found.run()
    nk.setNumberOfThreads(2)
    return list(found.getPartition().getVector())
