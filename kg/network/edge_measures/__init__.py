"""The measures of edges by name: what a tie is worth, and whether it is more than chance.

To add one, write a module that makes an :class:`~kg.network.edge_measures.base.EdgeMeasure`, and
add its line below, its row to docs/networks.md and its known answer to the tests.
"""

from __future__ import annotations

from kg.network.edge_measures.base import EdgeMeasure
from kg.network.edge_measures.betweenness import EDGE_BETWEENNESS
from kg.network.edge_measures.bridge import BRIDGE
from kg.network.edge_measures.disparity import DISPARITY
from kg.network.edge_measures.noise_corrected import NOISE_CORRECTED
from kg.network.edge_measures.overlap import OVERLAP, SHARED_PARTNERS

__all__ = ["EDGE_MEASURES", "EdgeMeasure"]

EDGE_MEASURES: dict[str, EdgeMeasure] = {
    "edge-betweenness": EDGE_BETWEENNESS,
    "bridge": BRIDGE,
    "shared-partners": SHARED_PARTNERS,
    "overlap": OVERLAP,
    "disparity": DISPARITY,
    "noise-corrected": NOISE_CORRECTED,
}
"""The measures that ``kg network --measure``, ``Network.edges`` and the web accept for edges."""
