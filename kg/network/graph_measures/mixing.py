"""Mixing: whether the like link with the like."""

from __future__ import annotations

import numpy as np

from kg.network.graph_measures.base import GraphMeasure, Quantities
from kg.network.measures.base import Adjacency, Groups, UndefinedMeasureError

__all__ = ["ASSORTATIVITY", "E_I", "assortativity", "e_i"]


def assortativity(adjacency: Adjacency, directed: bool, groups: Groups | None = None) -> Quantities:
    """Return the correlation of degrees over edges, and the assortativity by groups.

    Degree: Pearson's correlation of the degrees at the two ends of an edge (directed: out-degree
    of the source, in-degree of the target), each undirected edge in both directions. Groups:
    ``(Σ e_gg − Σ a_g b_g)/(1 − Σ a_g b_g)`` of the weight between groups, edges with an unknown
    end left out. No value where degrees do not vary, or all is one group. Beware: a projection
    makes cliques, and these raise the degree assortativity. Newman (2002),
    doi:10.1103/PhysRevLett.89.208701, and (2003), doi:10.1103/PhysRevE.67.026126.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> star = csr_array([[0.0, 1, 1], [1, 0, 0], [1, 0, 0]])
    >>> assortativity(star, False)["degree assortativity"]
    -1.0
    """
    degree = np.diff(adjacency.indptr)
    into = np.bincount(adjacency.indices, minlength=len(degree))
    ours, theirs = np.repeat(degree, degree), (into if directed else degree)[adjacency.indices]
    varies = len(ours) > 0 and np.ptp(ours) > 0 and np.ptp(theirs) > 0
    found: dict[str, float | None] = {
        "degree assortativity": float(np.corrcoef(ours, theirs)[0, 1]) if varies else None
    }
    if groups is not None and np.any(groups >= 0):
        found["group assortativity"] = _by_group(adjacency, groups)
    return found


def _by_group(adjacency: Adjacency, groups: Groups) -> float | None:
    source = np.repeat(groups, np.diff(adjacency.indptr))
    target = groups[adjacency.indices]
    known = (source >= 0) & (target >= 0)
    total = adjacency.data[known].sum()
    if total == 0:
        return None
    count = int(groups.max()) + 1
    share = adjacency.data[known] / total
    out = np.bincount(source[known], share, minlength=count)
    into = np.bincount(target[known], share, minlength=count)
    inside = share[source[known] == target[known]].sum()
    chance = float(out @ into)
    return float((inside - chance) / (1 - chance)) if chance < 1 - 1e-12 else None


def e_i(adjacency: Adjacency, directed: bool, groups: Groups | None = None) -> Quantities:
    """Return the E–I index: ties outside the own group less those inside, over all.

    ``(E − I)/(E + I)``: 1 where all ties lead outside, −1 where none does. ``expected`` is what it
    would be if every pair of nodes were linked alike, so given the sizes of the groups alone.
    Weights count where asked for. Nodes of unknown group and their ties are left out. Krackhardt
    and Stern (1988), doi:10.2307/2786835.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> path = csr_array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> e_i(path, False, np.array([0, 0, 1]))["e-i index"]
    0.0
    """
    if groups is None or (len(groups) and not np.any(groups >= 0)):
        raise UndefinedMeasureError(
            "The E–I index needs the groups of nodes, and none is known here; choose groups by "
            "which the nodes differ (country, bloc)."
        )
    source = np.repeat(groups, np.diff(adjacency.indptr))
    target = groups[adjacency.indices]
    known = (source >= 0) & (target >= 0)
    same = known & (source == target)
    half = 1.0 if directed else 0.5
    inside = half * float(adjacency.data[same].sum())
    outside = half * float(adjacency.data[known & ~same].sum())
    sizes = np.bincount(groups[groups >= 0]).astype(np.float64)
    pairs, within = sizes.sum() * (sizes.sum() - 1), float(np.sum(sizes * (sizes - 1)))
    return {
        "e-i index": (outside - inside) / (outside + inside) if outside + inside else None,
        "expected e-i index": float((pairs - 2 * within) / pairs) if pairs else None,
        "outside": outside,
        "inside": inside,
    }


ASSORTATIVITY = GraphMeasure(
    assortativity,
    definition="whether nodes link with their like: in degree, and in group",
    quantities={
        "degree assortativity": "correlation of the degrees at the two ends of an edge",
        "group assortativity": "(Σ e_gg − Σ a_g b_g)/(1 − Σ a_g b_g), e_gh the share of weight "
        "from group g to h",
    },
    reference="Newman (2002), doi:10.1103/PhysRevLett.89.208701; "
    "Newman (2003), doi:10.1103/PhysRevE.67.026126",
    weights="strength",
    weighted=False,
    disconnected="unaffected: only edges count",
    grouped=True,
)

E_I = GraphMeasure(
    e_i,
    definition="whether ties lead outside the own group or stay inside",
    quantities={
        "e-i index": "(E − I)/(E + I)",
        "expected e-i index": "the same of all possible pairs of nodes",
        "outside": "ties between groups, E",
        "inside": "ties inside groups, I",
    },
    reference="Krackhardt & Stern (1988), Social Psychology Quarterly 51, 123-140, "
    "doi:10.2307/2786835",
    weights="strength",
    weighted=False,
    disconnected="unaffected: only edges count",
    grouped=True,
)
