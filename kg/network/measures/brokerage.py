"""Brokerage: who stands between two others that are not linked, and of which groups these are."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kg.network import kernels
from kg.network.measures.base import Adjacency, Groups, Measure, Scores, UndefinedMeasureError
from kg.network.oriented import oriented, pattern
from kg.network.paths import arrays

__all__ = ["BROKERAGE", "ROLES", "broker_roles", "brokerage"]

ROLES = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")
"""The five roles of Gould and Fernandez, in the order of the columns of :func:`broker_roles`."""


def broker_roles(adjacency: Adjacency, directed: bool, groups: Groups) -> NDArray[np.int64]:
    """Return how often each node brokers in each role: n × 5, columns as in :data:`ROLES`.

    v brokers from a to b where a → v and v → b but not a → b, for a ≠ b. By the groups of the three
    it is a coordinator (all the same), itinerant (a and b the same, v another), gatekeeper (v
    and b the same: it lets in), representative (a and v the same: it sends out), or liaison (all
    different). An undirected edge leads both ways, so there each pair counts in both orders and
    gatekeepers are representatives too, as in R's package sna. Triads with a node of unknown group
    (−1) are left out. Weights are ignored. Gould and Fernandez (1989), doi:10.2307/270949.

    Raises
    ------
    UndefinedMeasureError
        No node has a known group.
    """
    nodes = adjacency.shape[0]
    if nodes and not np.any(groups >= 0):
        raise UndefinedMeasureError(
            "Brokerage needs the groups of nodes, and none is known here; choose groups by which "
            "the nodes differ (country, bloc), or use betweenness or constraint."
        )
    roles: NDArray[np.int64] = np.zeros((nodes, len(ROLES)), dtype=np.int64)
    if adjacency.nnz == 0:
        return roles
    kernels.structure.open_pairs(*arrays(adjacency), *arrays(csr_array(adjacency.T)), groups, roles)
    linked = pattern(adjacency, directed)
    edges = oriented(linked)
    leads = _leads(adjacency, linked) if directed else np.ones(linked.nnz, dtype=bool)
    closed = np.zeros_like(roles)
    kernels.triangles.broker(
        edges.starts, edges.ends, leads[edges.up], leads[edges.down], groups[edges.order], closed
    )
    roles[edges.order] += closed
    return np.asarray(roles)


def _leads(adjacency: Any, linked: Any) -> NDArray[np.bool_]:
    """Return which entries of the symmetric pattern are edges in that direction."""
    nodes = adjacency.shape[0]

    def keys(matrix: Any) -> NDArray[np.int64]:
        tails = np.repeat(np.arange(nodes), np.diff(matrix.indptr))
        return np.asarray(tails * nodes + matrix.indices, dtype=np.int64)

    return np.isin(keys(linked), keys(adjacency))


def brokerage(adjacency: Adjacency, directed: bool, groups: Groups, role: int = -1) -> Scores:
    """Return how often each node brokers, in one role or (−1) in all; see :func:`broker_roles`.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> path = csr_array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> brokerage(path, False, np.array([0, 1, 2]))  # from either end to the other
    array([0., 2., 0.])
    """
    roles = broker_roles(adjacency, directed, groups)
    return (roles.sum(axis=1) if role < 0 else roles[:, role]).astype(np.float64)


_DEFINITIONS = {
    "coordinator": "pairs of its own group that the node links and that are not linked themselves",
    "itinerant": "unlinked pairs of one other group that the node links",
    "gatekeeper": "unlinked pairs from another group to its own that the node links",
    "representative": "unlinked pairs from its own group to another that the node links",
    "liaison": "unlinked pairs of two other groups that the node links",
}
_FORMULAS = {
    "coordinator": "g(a) = g(v) = g(b)",
    "itinerant": "g(a) = g(b) ≠ g(v)",
    "gatekeeper": "g(a) ≠ g(v) = g(b)",
    "representative": "g(a) = g(v) ≠ g(b)",
    "liaison": "g(a), g(v), g(b) all different",
}

_measure = partial(
    Measure,
    reference="Gould & Fernandez (1989), Sociological Methodology 19, 89-126, doi:10.2307/270949",
    weights="ignored",
    weighted=False,
    disconnected="unaffected: only partners of partners count",
    grouped=True,
)


def _one(role: str) -> Measure:
    number = ROLES.index(role)

    def counted(adjacency: Adjacency, directed: bool, groups: Groups) -> Scores:
        return brokerage(adjacency, directed, groups, number)

    counted.__doc__ = brokerage.__doc__
    formula = f"#{{(a, b) : a→v→b, not a→b, {_FORMULAS[role]}}}"
    return _measure(counted, definition=_DEFINITIONS[role], formula=f"b(v) = {formula}")


BROKERAGE: dict[str, Measure] = {
    "brokerage": _measure(
        brokerage,
        definition="pairs of others that the node links and that are not linked themselves, "
        "in all five roles",
        formula="b(v) = #{(a, b) : a→v→b, a≠b, not a→b}",
    ),
    **{role: _one(role) for role in ROLES},
}
