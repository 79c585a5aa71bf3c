"""Core number: how deep inside a node lies."""

from __future__ import annotations

import numpy as np

from kg.network import kernels
from kg.network.measures.base import Adjacency, Measure, Scores
from kg.network.oriented import pattern
from kg.network.paths import arrays

__all__ = ["CORE", "core"]


def core(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return the greatest k for which each node lies in a k-core.

    A k-core is a greatest part of the network whose nodes each have at least k partners in it.
    Weights and directions are ignored (a reciprocal pair is one edge; networkx counts it twice).
    An isolate has 0. Beware of large trainings: the 60 institutions of one school are a 59-core.
    Seidman (1983), doi:10.1016/0378-8733(83)90028-X; Batagelj and Zaveršnik (2003),
    arXiv:cs/0310049.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> core(csr_array([[0.0, 1, 1, 1], [1, 0, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]]))
    array([2., 2., 2., 1.])
    """
    if adjacency.shape[0] == 0:
        return np.zeros(0)
    found = kernels.structure.cores(*arrays(pattern(adjacency, directed)))
    return np.asarray(found, dtype=np.float64)


CORE = Measure(
    core,
    definition="the greatest k for which the node has k partners that have k partners there, "
    "and so on",
    formula="c(v) = max{k : v lies in a part of least degree k}",
    reference="Seidman (1983), Social Networks 5, 269-287, doi:10.1016/0378-8733(83)90028-X",
    weights="ignored",
    weighted=False,
    disconnected="unaffected: each component as if alone",
)
