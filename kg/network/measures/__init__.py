"""The measures of nodes by name: what the position of a node is worth.

To add one, write a module that makes a :class:`~kg.network.measures.base.Measure`, and add its
line below, its row to docs/networks.md and its known answer to the tests.
"""

from __future__ import annotations

from kg.network.measures.base import Measure, UndefinedMeasureError
from kg.network.measures.betweenness import BETWEENNESS
from kg.network.measures.brokerage import BROKERAGE
from kg.network.measures.closeness import CLOSENESS
from kg.network.measures.clustering import CLUSTERING
from kg.network.measures.core import CORE
from kg.network.measures.degree import DEGREE, IN_DEGREE, OUT_DEGREE
from kg.network.measures.eigenvector import EIGENVECTOR
from kg.network.measures.harmonic import HARMONIC
from kg.network.measures.hits import AUTHORITY, HUB
from kg.network.measures.holes import CONSTRAINT, EFFECTIVE_SIZE
from kg.network.measures.katz import KATZ
from kg.network.measures.pagerank import PAGERANK
from kg.network.measures.parts import ARTICULATION, COMMUNITY, COMPONENT
from kg.network.measures.strength import IN_STRENGTH, OUT_STRENGTH, STRENGTH

__all__ = ["MEASURES", "Measure", "UndefinedMeasureError"]

MEASURES: dict[str, Measure] = {
    "degree": DEGREE,
    "in-degree": IN_DEGREE,
    "out-degree": OUT_DEGREE,
    "strength": STRENGTH,
    "in-strength": IN_STRENGTH,
    "out-strength": OUT_STRENGTH,
    "betweenness": BETWEENNESS,
    "closeness": CLOSENESS,
    "harmonic": HARMONIC,
    "eigenvector": EIGENVECTOR,
    "katz": KATZ,
    "pagerank": PAGERANK,
    "hub": HUB,
    "authority": AUTHORITY,
    "core": CORE,
    "clustering": CLUSTERING,
    "constraint": CONSTRAINT,
    "effective-size": EFFECTIVE_SIZE,
    **BROKERAGE,
    "articulation": ARTICULATION,
    "component": COMPONENT,
    "community": COMMUNITY,
}
"""The measures that ``kg network --measure``, ``Network.centrality`` and the web accept."""
