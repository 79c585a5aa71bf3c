"""Communities of a whole network: how clear they are, and how far seeds agree on them."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from kg.network.graph_measures.base import GraphMeasure, Quantities
from kg.network.leiden import adjusted_rand, leiden, modularity, undirected
from kg.network.measures.base import Adjacency, Groups
from kg.network.measures.parts import SEED

__all__ = ["MODULARITY", "SEEDS", "communities"]

SEEDS = 10
"""The Leiden algorithm runs with so many seeds, the one of the measure ``community`` first."""


def communities(adjacency: Adjacency, directed: bool, groups: Groups | None = None) -> Quantities:  # noqa: ARG001
    """Return number and modularity of the communities, and their stability across ten seeds.

    Communities are those of :func:`kg.network.leiden.leiden`. Stability is the adjusted Rand index
    of the partitions of two seeds, on average over all pairs of seeds: 1 where all agree, 0 where
    they agree no more than by chance. Below about 0.8 do not read much into who is with whom. Every
    network has a partition of some modularity, random ones too: compare with a null model. Newman
    (2004), doi:10.1103/PhysRevE.70.056131; Traag et al. (2019), doi:10.1038/s41598-019-41695-z;
    Hubert and Arabie (1985), doi:10.1007/BF01908075.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> pairs = csr_array(np.kron(np.eye(2), [[0.0, 1], [1, 0]]))
    >>> {name: round(v, 3) for name, v in communities(pairs, False).items()}["stability"]
    1.0
    """
    weights = undirected(adjacency, directed)
    if weights.nnz == 0:
        return {"communities": weights.shape[0], "modularity": None, "stability": None}
    found = [leiden(weights, seed) for seed in range(SEED, SEED + SEEDS)]
    scores = [modularity(weights, labels) for labels in found]
    agreement = [adjusted_rand(a, b) for a, b in combinations(found, 2)]
    return {
        "communities": int(found[0].max()) + 1,
        "modularity": scores[0],
        "least modularity": min(scores),
        "greatest modularity": max(scores),
        "stability": float(np.mean(agreement)),
    }


MODULARITY = GraphMeasure(
    communities,
    definition="how clearly the network falls into communities (Leiden algorithm)",
    quantities={
        "communities": "number of communities with seed 1, isolates included",
        "modularity": "Q = Σ_c (w_c/2m − (s_c/2m)²) with seed 1",
        "least modularity": "among ten seeds",
        "greatest modularity": "among ten seeds",
        "stability": "mean adjusted Rand index of the partitions of two seeds",
    },
    reference="Newman (2004), doi:10.1103/PhysRevE.70.056131; Traag, Waltman & van Eck (2019), "
    "doi:10.1038/s41598-019-41695-z; Hubert & Arabie (1985), doi:10.1007/BF01908075",
    weights="strength",
    weighted=True,
    disconnected="no community spans two components; many components give a high modularity",
)
