"""Which graphs a query is about where it does not say so itself."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Dataset"]


@dataclass(frozen=True)
class Dataset:
    """The graphs that make up the default graph, and those that ``GRAPH ?g`` ranges over.

    Both empty: the server's own. They travel as ``default-graph-uri`` and ``named-graph-uri``.
    """

    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()

    def fields(self) -> list[tuple[str, str]]:
        """Return the fields of a request."""
        return [
            *(("default-graph-uri", iri) for iri in self.default_graphs),
            *(("named-graph-uri", iri) for iri in self.named_graphs),
        ]
