"""The projections by name: what links two nodes.

To add one, write a module that makes a :class:`~kg.network.projections.base.Projection`, and
add its line below, its section to docs/networks.md and its worked example to the tests.
"""

from __future__ import annotations

from kg.network.projections.base import ROLES, Projection
from kg.network.projections.bipartite import ATTENDANCE, METHOD_USE, TOPIC_USE
from kg.network.projections.co_teaching import CO_TEACHING
from kg.network.projections.hosting import HOSTING
from kg.network.projections.joint_teaching import JOINT_TEACHING
from kg.network.projections.knowledge_flow import KNOWLEDGE_FLOW
from kg.network.projections.partnership import PARTNERSHIP

__all__ = ["PROJECTIONS", "ROLES", "Projection"]

PROJECTIONS: dict[str, Projection] = {
    "partnership": PARTNERSHIP,
    "knowledge-flow": KNOWLEDGE_FLOW,
    "co-teaching": CO_TEACHING,
    "hosting": HOSTING,
    "attendance": ATTENDANCE,
    "topic-use": TOPIC_USE,
    "method-use": METHOD_USE,
    "joint-teaching": JOINT_TEACHING,
}
"""The projections that ``kg network``, ``graph.network()`` and the web accept."""
