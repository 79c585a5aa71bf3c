"""Clustering: how many of a node's partners are partners of each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from kg.network import kernels
from kg.network.lanes import add_up
from kg.network.measures.base import Adjacency, Measure, Scores
from kg.network.oriented import oriented
from kg.network.paths import is_uniform

__all__ = ["CLUSTERING", "clustering", "triangles"]


def clustering(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return the local clustering coefficient of each node.

    Undirected: ``c(v) = 2 t(v)/(k(v)(k(v) − 1))``, of the pairs of partners the share that are
    linked (Watts and Strogatz 1998, doi:10.1038/30918). With weights each triangle counts as the
    geometric mean of its three weights, each divided by the greatest of the network (Onnela et al.
    2005, doi:10.1103/PhysRevE.71.065103). Directed: triangles in any direction over those
    possible, ``t(v)/(2(k(v)(k(v) − 1) − 2 r(v)))`` with k the edges in and out and r the
    reciprocal ones (Fagiolo 2007, doi:10.1103/PhysRevE.76.026107). Fewer than two partners: 0.

    Beware: a training makes all its participants partners of each other, so that whoever was at
    one training only has 1; a high clustering of a projection is no finding by itself.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> clustering(csr_array([[0.0, 1, 1, 1], [1, 0, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]])).round(3)
    array([0.333, 1.   , 1.   , 0.   ])
    """
    nodes = adjacency.shape[0]
    if adjacency.nnz == 0:
        return np.zeros(nodes)
    scaled = np.cbrt(adjacency.data / adjacency.data.max())
    links = csr_array((scaled, adjacency.indices, adjacency.indptr), adjacency.shape)
    degree = np.diff(adjacency.indptr).astype(np.float64)
    if directed:
        both = csr_array(links + links.T)
        degree = degree + np.bincount(adjacency.indices, minlength=nodes)
        reciprocal = degree - np.diff(both.indptr)
        possible = degree * (degree - 1) - 2 * reciprocal
        found = triangles(both)
    else:
        possible = degree * (degree - 1)
        found = 2 * triangles(links)
    scores = np.zeros(nodes)
    np.divide(found, possible, out=scores, where=possible > 0)
    return scores


def triangles(symmetric: Any) -> Scores:
    """Return for each node the sum over its triangles of the product of their three values."""
    symmetric.sort_indices()
    edges = oriented(symmetric)
    values = symmetric.data[edges.down]
    nodes = symmetric.shape[0]
    alike = is_uniform(symmetric)  # then it is enough to count

    def work(some: Any, total: Any) -> None:
        first, last = int(some[0]) * _STRIDE, min(nodes, (int(some[-1]) + 1) * _STRIDE)
        if alike:
            kernels.triangles.count(edges.starts, edges.ends, first, last, total)
        else:
            kernels.triangles.close(edges.starts, edges.ends, values, first, last, total)

    kind = np.int64 if alike else np.float64
    strides = np.arange(-(-nodes // _STRIDE))
    (total,) = add_up(work, strides, lambda: (np.zeros(nodes, kind),), chunk=1)
    found = np.empty(nodes)
    found[edges.order] = total * float(values[0]) ** 3 if alike and len(values) else total
    return found


_STRIDE = 1024  # ranks to a piece of work

CLUSTERING = Measure(
    clustering,
    definition="of the pairs of partners, the share that are partners of each other",
    formula="c(v) = 2t(v)/(k(v)(k(v)−1)); weighted: t(v) = Σ_{u,w} (a_vu a_uw a_wv/max³)^⅓/2",
    reference="Watts & Strogatz (1998), doi:10.1038/30918; Onnela et al. (2005), "
    "doi:10.1103/PhysRevE.71.065103; Fagiolo (2007), doi:10.1103/PhysRevE.76.026107",
    weights="strength",
    weighted=False,
    disconnected="unaffected: only partners of partners count",
)
