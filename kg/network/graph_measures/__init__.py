"""The measures of a whole network by name; each gives a few named quantities.

To add one, write a module that makes a :class:`~kg.network.graph_measures.base.GraphMeasure`, and
add its line below, its row to docs/networks.md and its known answer to the tests.
"""

from __future__ import annotations

from kg.network.graph_measures.base import GraphMeasure
from kg.network.graph_measures.distance import DISTANCE
from kg.network.graph_measures.mixing import ASSORTATIVITY, E_I
from kg.network.graph_measures.modularity import MODULARITY
from kg.network.graph_measures.rich_club import RICH_CLUB
from kg.network.graph_measures.size import COMPONENTS, RECIPROCITY, SIZE
from kg.network.graph_measures.small_world import SMALL_WORLD, TRANSITIVITY

__all__ = ["GRAPH_MEASURES", "GraphMeasure"]

GRAPH_MEASURES: dict[str, GraphMeasure] = {
    "size": SIZE,
    "components": COMPONENTS,
    "reciprocity": RECIPROCITY,
    "transitivity": TRANSITIVITY,
    "assortativity": ASSORTATIVITY,
    "e-i": E_I,
    "modularity": MODULARITY,
    "rich-club": RICH_CLUB,
    "distance": DISTANCE,
    "small-world": SMALL_WORLD,
}
"""The measures that ``kg network --measure``, ``Network.summary`` and the web accept."""
