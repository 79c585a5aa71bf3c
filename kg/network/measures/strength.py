"""Strength: how much partnership, over all partners."""

from __future__ import annotations

import numpy as np

from kg.network.measures.base import Adjacency, Measure, Scores

__all__ = ["IN_STRENGTH", "OUT_STRENGTH", "STRENGTH", "in_strength", "out_strength", "strength"]


def strength(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return the sum of the weights of the edges at each node.

    ``s(v) = Σ_u a_vu``; in a directed network the edges in and the edges out are added. An
    isolate has 0; a network without nodes gives no scores.
    Barrat et al. (2004), doi:10.1073/pnas.0400087101.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> strength(csr_array([[0.0, 5, 0], [5, 0, 2], [0, 2, 0]]))
    array([5., 7., 2.])
    """
    out = out_strength(adjacency)
    return out + in_strength(adjacency) if directed else out


def out_strength(adjacency: Adjacency, directed: bool = True) -> Scores:  # noqa: ARG001
    """Return the sum of the weights of the edges that leave each node.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> out_strength(csr_array([[0.0, 5, 1], [0, 0, 2], [0, 0, 0]]))
    array([6., 2., 0.])
    """
    return np.asarray(adjacency.sum(axis=1), dtype=np.float64)


def in_strength(adjacency: Adjacency, directed: bool = True) -> Scores:  # noqa: ARG001
    """Return the sum of the weights of the edges that reach each node.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> in_strength(csr_array([[0.0, 5, 1], [0, 0, 2], [0, 0, 0]]))
    array([0., 5., 3.])
    """
    return np.asarray(adjacency.sum(axis=0), dtype=np.float64)


_REFERENCE = "Barrat et al. (2004), PNAS 101, 3747-3752, doi:10.1073/pnas.0400087101"
_DISCONNECTED = "unaffected: only direct links count"

STRENGTH = Measure(
    strength,
    definition="sum of the weights of the node's edges (directed: in plus out)",
    formula="s(v) = Σ_u a_vu",
    reference=_REFERENCE,
    weights="strength",
    weighted=True,
    disconnected=_DISCONNECTED,
)

IN_STRENGTH = Measure(
    in_strength,
    definition="sum of the weights of the edges to the node",
    formula="s_in(v) = Σ_u a_uv",
    reference=_REFERENCE,
    weights="strength",
    weighted=True,
    disconnected=_DISCONNECTED,
    directed_only=True,
)

OUT_STRENGTH = Measure(
    out_strength,
    definition="sum of the weights of the edges from the node",
    formula="s_out(v) = Σ_u a_vu",
    reference=_REFERENCE,
    weights="strength",
    weighted=True,
    disconnected=_DISCONNECTED,
    directed_only=True,
)
