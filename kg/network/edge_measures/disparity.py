"""The disparity filter: ties too strong for a node that spreads its strength by chance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.network.edge_measures.base import EdgeMeasure
from kg.network.measures.base import Adjacency, Scores
from kg.network.oriented import mates

__all__ = ["DISPARITY", "disparity"]


def disparity(adjacency: Adjacency, directed: bool = False) -> Scores:
    """Return the chance of a share as large as that of each edge, at the end where it is smaller.

    ``α(i,j) = (1 − w_ij/s_i)^(k_i − 1)``: the chance that a node i which spreads its strength s_i
    over its k_i edges uniformly at random gives one of them at least w_ij. An undirected edge is
    seen from both ends, a directed one as an exit of its source and an entry of its target; the
    smaller α counts. A node with one edge gives α = 1: that end tells nothing. The backbone keeps
    α < threshold (0.05). No correction for the number of edges is made. Serrano, Boguñá and
    Vespignani (2009), doi:10.1073/pnas.0808904106, equation 2.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> disparity(csr_array([[0.0, 8, 1, 1], [8, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]])).round(2)
    array([0.04, 0.81, 0.81, 0.04, 0.81, 0.81])
    """
    degree = np.diff(adjacency.indptr)
    source = np.repeat(np.arange(len(degree)), degree)
    out = _alpha(adjacency.data, degree, adjacency.sum(axis=1), source)
    if directed:
        entries = np.bincount(adjacency.indices, minlength=len(degree))
        into = _alpha(adjacency.data, entries, adjacency.sum(axis=0), adjacency.indices)
    else:
        into = out[mates(adjacency)]
    return np.minimum(out, into)


def _alpha(weights: Scores, degree: NDArray[Any], strength: Scores, ends: NDArray[Any]) -> Scores:
    rest = np.clip(1.0 - weights / strength[ends], 0.0, 1.0)
    # rest⁰ is 1, also for a rest of 0.
    return np.asarray(rest ** (degree[ends] - 1))


DISPARITY = EdgeMeasure(
    disparity,
    definition="chance that a node which spreads its strength at random gives the edge so much",
    formula="α(i,j) = min over both ends of (1 − w_ij/s_i)^(k_i−1)",
    reference="Serrano, Boguñá & Vespignani (2009), PNAS 106, 6483-6488, "
    "doi:10.1073/pnas.0808904106",
    weights="strength",
    weighted=True,
    disconnected="unaffected: only the edges of the two ends count",
    ascending=True,
    kept=np.less,
    threshold=0.05,
)
