"""Hubs and authorities: who points to the sources, and who is pointed to by the guides."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_array, csr_array

from kg.network import kernels
from kg.network.measures.base import Adjacency, Measure, Scores
from kg.network.measures.eigenvector import CLOSE, PACES, eigenvector
from kg.network.paths import arrays

__all__ = ["AUTHORITY", "HUB", "authority", "hub"]

_TIED = 1e-9  # of the greatest score: more than what the way leaves of a weaker component
_NOTHING = 1e-15  # what rounding leaves of a zero


def hub(adjacency: Adjacency, directed: bool = True) -> Scores:  # noqa: ARG001
    """Return the hub scores of Kleinberg's HITS, of length 1 (Euclidean norm).

    ``h(u) ∝ Σ_v a_uv · x(v)`` and ``x(v) ∝ Σ_u a_uv · h(u)``: a good hub leads to good authorities.
    The two are the leading singular vectors of A, found as the principal eigenvector of the
    network in which every node stands twice, once as a source and once as a target; ties among
    its components are settled as in :func:`kg.network.measures.eigenvector.eigenvector`, and only
    the densest component has scores. An isolate has 0, as has everybody without edges.
    networkx scales the same scores to a sum of 1. Kleinberg (1999), doi:10.1145/324133.324140.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> hub(csr_array([[0.0, 1, 1], [0, 0, 0], [0, 0, 0]]))
    array([1., 0., 0.])
    """
    return _side(adjacency, first=True)


def authority(adjacency: Adjacency, directed: bool = True) -> Scores:  # noqa: ARG001
    """Return the authority scores of Kleinberg's HITS, of length 1; see :func:`hub`.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> authority(csr_array([[0.0, 1, 1], [0, 0, 0], [0, 0, 0]])).round(4)
    array([0.    , 0.7071, 0.7071])
    """
    return _side(adjacency, first=False)


def _side(adjacency: Adjacency, *, first: bool) -> Scores:
    nodes = adjacency.shape[0]
    if adjacency.nnz == 0:
        return np.zeros(nodes)
    twice = csr_array(block_array([[None, adjacency], [adjacency.T, None]]))
    hubs = _by_steps(adjacency, kernels.structure.components(*arrays(twice))[:nodes])
    if hubs is not None:
        side = hubs if first else np.asarray(adjacency.T @ hubs)
    else:
        found = eigenvector(twice)
        side = found[:nodes] if first else found[nodes:]
    return np.asarray(side / np.linalg.norm(side))


def _by_steps(adjacency: Adjacency, component: NDArray[Any]) -> Scores | None:
    """Return the limit of A Aᵀ from the ones, if it is soon found and lies in one component."""
    into = csr_array(adjacency.T)
    back, forth = (*arrays(into), into.data), (*arrays(adjacency), adjacency.data)
    found = np.ones(adjacency.shape[0])
    if not kernels.powers.principal(*back, *forth, found, CLOSE, PACES):
        return None
    outside = component != component[np.argmax(found)]
    if np.any(found[outside] > _TIED):
        return None
    found[outside | (found < _NOTHING)] = 0.0
    return found


_measure = partial(
    Measure,
    reference="Kleinberg (1999), J. ACM 46, 604-632, doi:10.1145/324133.324140",
    weights="strength",
    weighted=True,
    disconnected="only the component with the greatest singular value has scores; others are 0",
    directed_only=True,
)

HUB = _measure(
    hub,
    definition="leads to good authorities: leading left singular vector",
    formula="h(u) = (1/σ_max) Σ_v a_uv x(v), ‖h‖ = 1",
)

AUTHORITY = _measure(
    authority,
    definition="is led to by good hubs: leading right singular vector",
    formula="x(v) = (1/σ_max) Σ_u a_uv h(u), ‖x‖ = 1",
)
