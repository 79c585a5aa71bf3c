"""Methods (or topics, or sectors) that are taught together.

Nodes are methods; two are linked when one training teaches both. A filter on nodes (bloc, country)
keeps trainings in which somebody from there takes part. A topic brings its broader topics into
a training, so that at the level of topics a topic is always linked with those above it.
"""

from __future__ import annotations

from kg.network.projections.base import PAIR_WEIGHTS, ROLES, Projection
from kg.network.projections.partnership import both_the_same

__all__ = ["JOINT_TEACHING"]

JOINT_TEACHING = Projection(
    definition="Two methods (topics, sectors) are linked when one training is about both.",
    directed=False,
    symmetric=True,
    levels=("method", "topic", "sector"),
    roles=ROLES,
    weights=PAIR_WEIGHTS,
    sides=both_the_same,
)
