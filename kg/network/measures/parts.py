"""Parts: the component of a node, and how many there would be without it."""

from __future__ import annotations

import numpy as np

from kg.network import kernels
from kg.network.leiden import by_size, leiden, undirected
from kg.network.measures.base import Adjacency, Measure, Scores
from kg.network.oriented import pattern
from kg.network.paths import arrays

__all__ = [
    "ARTICULATION",
    "COMMUNITY",
    "COMPONENT",
    "articulation",
    "community",
    "component",
]

SEED = 1


def articulation(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return into how many further parts the network falls without each node.

    ``max(0, components(G − v) − components(G))``: above 0 for an articulation point (cut vertex),
    0 for everybody else. Weights and directions are ignored. Hopcroft and Tarjan (1973),
    doi:10.1145/362248.362272.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> articulation(csr_array([[0.0, 1, 1], [1, 0, 0], [1, 0, 0]]))
    array([1., 0., 0.])
    """
    parts = np.zeros(adjacency.shape[0], dtype=np.int64)
    linked = pattern(adjacency, directed)
    kernels.structure.cuts(*arrays(linked), parts, np.zeros(linked.nnz, dtype=bool))
    return np.maximum(parts, 0).astype(np.float64)


def component(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return the number of each node's component, from 1, the largest first.

    Two nodes share a component when a path joins them, whatever its directions. Components of one
    size stand in the order of their first node. An isolate is a component. Newman, Networks (2018),
    section 6.12, doi:10.1093/oso/9780198805090.001.0001.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> component(csr_array([[0.0, 0, 0], [0, 0, 1], [0, 1, 0]]))
    array([2., 1., 1.])
    """
    linked = pattern(adjacency, True) if directed else adjacency
    return (by_size(kernels.structure.components(*arrays(linked))) + 1).astype(np.float64)


def community(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return the number of each node's community, from 1, the largest first.

    The partition of greatest modularity that the Leiden algorithm finds with seed 1; the measure
    ``modularity`` of the whole network says how good it is and how far other seeds agree. Weights
    are strengths; of a directed network the two directions are added up. Communities never span
    components, and an isolate is one by itself. See :func:`kg.network.leiden.leiden`. Traag et al.
    (2019), doi:10.1038/s41598-019-41695-z.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> pairs = np.kron(np.eye(2), [[0.0, 1], [1, 0]])
    >>> community(csr_array(pairs))
    array([1., 1., 2., 2.])
    """
    return (leiden(undirected(adjacency, directed), SEED) + 1).astype(np.float64)


ARTICULATION = Measure(
    articulation,
    definition="further parts into which the network falls without the node",
    formula="a(v) = max(0, components(G − v) − components(G))",
    reference="Hopcroft & Tarjan (1973), Comm. ACM 16, 372-378, doi:10.1145/362248.362272",
    weights="ignored",
    weighted=False,
    disconnected="unaffected: each component as if alone",
)

COMPONENT = Measure(
    component,
    definition="number of the node's component, the largest first",
    formula="u ~ v = a path joins u and v",
    reference="Newman (2018), Networks, OUP, doi:10.1093/oso/9780198805090.001.0001",
    weights="ignored",
    weighted=False,
    disconnected="this is what it says",
    numbers=True,
)

COMMUNITY = Measure(
    community,
    definition="number of the node's community, the largest first (Leiden algorithm, modularity)",
    formula="Q = Σ_c (w_c/2m − (s_c/2m)²), greatest",
    reference="Traag, Waltman & van Eck (2019), Scientific Reports 9, 5233, "
    "doi:10.1038/s41598-019-41695-z",
    weights="strength",
    weighted=True,
    disconnected="no community spans two components",
    numbers=True,
)
