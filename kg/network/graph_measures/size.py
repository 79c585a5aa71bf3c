"""Size, density, components and reciprocity."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from kg.network import kernels
from kg.network.graph_measures.base import GraphMeasure, Quantities
from kg.network.measures.base import Adjacency, Groups
from kg.network.oriented import pattern
from kg.network.paths import arrays

__all__ = ["COMPONENTS", "RECIPROCITY", "SIZE", "components", "reciprocity", "size"]


def size(adjacency: Adjacency, directed: bool, groups: Groups | None = None) -> Quantities:  # noqa: ARG001
    """Return nodes, edges, isolates, density, mean degree and total weight.

    An undirected edge counts once. Density has no value below two nodes. Wasserman and Faust
    (1994), Social Network Analysis, p. 101, doi:10.1017/CBO9780511815478.

    Examples
    --------
    >>> size(csr_array([[0.0, 3, 0], [3, 0, 0], [0, 0, 0]]), False)["density"]
    0.3333333333333333
    """
    nodes, entries = adjacency.shape[0], adjacency.nnz
    edges = entries if directed else entries // 2
    linked = np.diff(adjacency.indptr) + np.bincount(adjacency.indices, minlength=nodes)
    return {
        "nodes": nodes,
        "edges": edges,
        "isolates": int(np.sum(linked == 0)),
        "density": entries / (nodes * (nodes - 1)) if nodes > 1 else None,
        "mean degree": 2 * edges / nodes if nodes else None,
        "total weight": float(adjacency.sum()) / (1 if directed else 2),
    }


def components(adjacency: Adjacency, directed: bool, groups: Groups | None = None) -> Quantities:  # noqa: ARG001
    """Return the number of components and the share of nodes in the largest.

    Directions are ignored, but for the strongly connected components of a directed network, in
    which everybody reaches everybody along the edges. An isolate is a component. Newman, Networks
    (2018), section 6.12, doi:10.1093/oso/9780198805090.001.0001.

    Examples
    --------
    >>> components(csr_array([[0.0, 3, 0], [3, 0, 0], [0, 0, 0]]), False)["components"]
    2
    """
    nodes = adjacency.shape[0]
    if nodes == 0:
        return {"components": 0, "largest": 0, "share in largest": None}
    linked = pattern(adjacency, True) if directed else adjacency
    sizes = np.bincount(kernels.structure.components(*arrays(linked)))
    largest = int(sizes.max())
    quantities = {
        "components": len(sizes),
        "largest": largest,
        "share in largest": largest / nodes,
    }
    if directed:
        count, found = connected_components(adjacency, directed=True, connection="strong")
        quantities["strong components"] = int(count)
        quantities["largest strong"] = int(np.bincount(found).max())
    return quantities


def reciprocity(adjacency: Adjacency, directed: bool, groups: Groups | None = None) -> Quantities:  # noqa: ARG001
    """Return the share of edges that are answered, and of weight.

    ``r = |{u→v : v→u}|/|{u→v}|`` and ``Σ min(w_uv, w_vu)/Σ w_uv``; no value without edges.
    Garlaschelli and Loffredo (2004), doi:10.1103/PhysRevLett.93.268701; Squartini et al. (2013),
    doi:10.1038/srep02729.

    Examples
    --------
    >>> reciprocity(csr_array([[0.0, 3, 1], [1, 0, 0], [0, 0, 0]]), True)["weighted reciprocity"]
    0.4
    """
    if adjacency.nnz == 0:
        return {"reciprocity": None, "weighted reciprocity": None}
    answered = csr_array(adjacency.minimum(adjacency.T))
    return {
        "reciprocity": answered.nnz / adjacency.nnz,
        "weighted reciprocity": float(answered.sum() / adjacency.sum()),
    }


SIZE = GraphMeasure(
    size,
    definition="how large and how dense the network is",
    quantities={
        "nodes": "number of nodes",
        "edges": "number of edges",
        "isolates": "nodes without an edge",
        "density": "edges over possible edges, 2m/(n(n−1)) (directed: m/(n(n−1)))",
        "mean degree": "2m/n",
        "total weight": "sum of the weights of all edges",
    },
    reference="Wasserman & Faust (1994), Social Network Analysis, doi:10.1017/CBO9780511815478",
    weights="strength",
    weighted=True,
    disconnected="unaffected",
)

COMPONENTS = GraphMeasure(
    components,
    definition="into how many parts the network falls",
    quantities={
        "components": "parts between which no path leads, directions ignored",
        "largest": "nodes of the largest",
        "share in largest": "of all nodes",
        "strong components": "parts in which everybody reaches everybody (directed)",
        "largest strong": "nodes of the largest of these",
    },
    reference="Newman (2018), Networks, OUP, doi:10.1093/oso/9780198805090.001.0001",
    weights="ignored",
    weighted=False,
    disconnected="this is what it says",
)

RECIPROCITY = GraphMeasure(
    reciprocity,
    definition="how far flows are answered",
    quantities={
        "reciprocity": "share of edges whose reverse is an edge too",
        "weighted reciprocity": "Σ min(w_uv, w_vu)/Σ w_uv",
    },
    reference="Garlaschelli & Loffredo (2004), doi:10.1103/PhysRevLett.93.268701; "
    "Squartini et al. (2013), doi:10.1038/srep02729",
    weights="strength",
    weighted=True,
    disconnected="unaffected",
    directed_only=True,
)
