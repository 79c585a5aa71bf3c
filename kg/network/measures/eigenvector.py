"""Eigenvector centrality: important is who is linked with the important."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array
from scipy.sparse.linalg import ArpackNoConvergence, eigsh

from kg.network import kernels
from kg.network.measures.base import Adjacency, Measure, Scores, UndefinedMeasureError
from kg.network.paths import arrays

__all__ = ["CLOSE", "EIGENVECTOR", "PACES", "eigenvector"]

_DENSE = 300  # up to this size a dense solver is exact and quick
_TIE = 1e-10  # relative difference below which two eigenvalues are the same
PACES = 300
"""Double steps of the power iteration; where these do not do, a solver."""

CLOSE = 1e-14
"""What may be left of the way, of the greatest score."""

_STEPS = 20_000
_TOLERANCE = 1e-13


def eigenvector(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return the principal eigenvector of the network, of length 1 (Euclidean norm).

    ``x(v) = (1/λ) Σ_u a_uv x(u)`` for the greatest eigenvalue λ, x ≥ 0. Precisely: the limit of
    the power iteration on A + I from the vector of ones; the I makes bipartite networks converge.
    Each component has its own greatest eigenvalue, and in that limit only the component with
    the greatest of all keeps a score (several, if they tie exactly); everyone else has 0. In a
    directed network scores come from the edges that reach a node; where the iteration has
    no limit that can be reached, as in a network without cycles, :class:`UndefinedMeasureError` is
    raised. Without any edge all scores are 0.

    Bonacich (1972), doi:10.1080/0022250X.1972.9989806; Newman, Networks (2018), section 7.1.2.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> eigenvector(csr_array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]])).round(4)
    array([0.5   , 0.7071, 0.5   ])
    """
    if adjacency.nnz == 0:
        return np.zeros(adjacency.shape[0])
    scores = _iterate(adjacency) if directed else _leading_components(adjacency)
    scores[scores < 1e-15] = 0.0  # what rounding leaves of a zero, also below it
    return np.asarray(scores / np.linalg.norm(scores), dtype=np.float64)


def _leading_components(adjacency: Adjacency) -> Scores:
    """Return the part of the ones vector in the principal eigenspace."""
    component = kernels.structure.components(*arrays(adjacency))
    sizes = np.bincount(component)
    found: list[tuple[float, NDArray[np.intp], Scores]] = []
    for number in np.flatnonzero(sizes > 1):
        members = np.flatnonzero(component == number)
        whole = len(members) == len(component)
        value, part = _principal(adjacency if whole else adjacency[members][:, members])
        found.append((value, members, part))
    greatest = max(value for value, _, _ in found)
    scores = np.zeros(adjacency.shape[0])
    for value, members, part in found:
        if value >= greatest * (1 - _TIE):
            scores[members] = part
    return scores


def _principal(adjacency: Adjacency) -> tuple[float, Scores]:
    """Return a component's greatest eigenvalue, and the part of the ones vector that belongs to it.

    Two dense groups far apart have eigenvalues that floats cannot tell apart, and a solver returns
    any mixture of their vectors; the part of the ones vector is one and the same.
    """
    ones = np.ones(adjacency.shape[0])
    if len(ones) <= _DENSE:
        values, vectors = np.linalg.eigh(adjacency.toarray())
        vectors = vectors[:, values >= values[-1] * (1 - _TIE)]
    else:
        values, vectors = _by_steps(adjacency) or _by_solver(adjacency)
    return float(values[-1]), np.asarray(vectors @ (vectors.T @ ones))


def _by_steps(adjacency: Adjacency) -> tuple[Scores, Scores] | None:
    """Return the greatest eigenvalue and its vector (as arrays of one), if steps lead to it soon.

    Of a bipartite network the limit of double steps is a mixture of two vectors, of the greatest
    eigenvalue and of its negative; one step more and the sum of both is the first alone.
    """
    found = np.ones(adjacency.shape[0])
    given = (*arrays(adjacency), adjacency.data)
    if not kernels.powers.principal(*given, *given, found, CLOSE, PACES):
        return None
    found /= np.linalg.norm(found)
    after = np.asarray(adjacency @ found)
    value = np.linalg.norm(after)
    whole = found + after / value
    return np.array([value]), (whole / np.linalg.norm(whole))[:, None]


def _by_solver(adjacency: Adjacency) -> tuple[Scores, Scores]:
    try:
        values, vectors = eigsh(adjacency, k=1, which="LA", v0=np.ones(adjacency.shape[0]))
    except ArpackNoConvergence as error:
        raise UndefinedMeasureError(
            "Eigenvector centrality was not found: the greatest eigenvalues of this network "
            "lie too close together. Use pagerank or strength."
        ) from error
    return values, vectors


def _iterate(adjacency: Adjacency) -> Scores:
    """Return the limit of the power iteration on Aᵀ + I."""
    size = adjacency.shape[0]
    # Scaled to a greatest column sum of 1, so that large weights do not drown the I.
    scale = float(np.max(adjacency.sum(axis=0)))
    step = csr_array(adjacency.T / scale + eye_array(size))
    fed = _fed_by_cycles(adjacency)
    scores = fed / max(float(fed.sum()), 1.0)
    for _ in range(_STEPS if fed.any() else 0):
        following = step @ scores
        following /= following.sum()
        change = float(np.abs(following - scores).sum())
        scores = following
        if change < _TOLERANCE:
            return np.asarray(scores)
    raise UndefinedMeasureError(
        "Eigenvector centrality has no stable value on this directed network (it has no cycles, "
        "or several leading ones in a row); use pagerank, or in-strength."
    )


def _fed_by_cycles(adjacency: Adjacency) -> Scores:
    """Return 1 for each node that a cycle leads to; all others have 0 in the limit, and exactly."""
    into = csr_array(adjacency.T)
    fed = np.ones(adjacency.shape[0])
    while True:
        following = ((into @ fed) > 0).astype(np.float64)
        if following.sum() == fed.sum():
            return fed
        fed = following


EIGENVECTOR = Measure(
    eigenvector,
    definition="principal eigenvector: scores in proportion to the scores of the neighbours",
    formula="x(v) = (1/λ_max) Σ_u a_uv x(u), ‖x‖ = 1",
    reference="Bonacich (1972), J. Math. Sociology 2, 113-120, doi:10.1080/0022250X.1972.9989806",
    weights="strength",
    weighted=True,
    disconnected="only the component with the greatest eigenvalue (usually the densest) has "
    "scores; all others are 0",
)
