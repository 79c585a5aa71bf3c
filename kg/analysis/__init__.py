"""The analyst's door: a graph that answers named queries, SPARQL, and network questions."""

from kg.analysis.graph import Graph, open

__all__ = ["Graph", "open"]
