"""Rihla: an open knowledge graph of international research training.

>>> import kg
>>> graph = kg.open()  # doctest: +SKIP
>>> graph.query("people/learned-method", method="python-programming")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.analysis.graph import Graph, open

__all__ = ["Graph", "__version__", "open"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # The facade loads on first use: a query worker or `kg --version` needs none of it.
    if name in ("Graph", "open"):
        from kg.analysis import graph

        return getattr(graph, name)
    raise AttributeError(f"module 'kg' has no attribute {name!r}")
