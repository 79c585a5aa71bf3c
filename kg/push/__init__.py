"""A release on a server elsewhere: loaded graph by graph, counted, and recorded there."""

from kg.push.run import Step, push
from kg.push.targets import BULK_LOADERS, GraphStore, Target, VirtuosoLoader

__all__ = ["BULK_LOADERS", "GraphStore", "Step", "Target", "VirtuosoLoader", "push"]
