"""The result of an analysis: a table that says where it comes from, draws itself, is a graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from kg.analysis.base import Chart, Edges
from kg.analysis.plots import draw
from kg.errors import KgError, NotFoundError
from kg.language import Told, tell
from kg.results import Plot, ResultTable

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Result"]


@dataclass(frozen=True, repr=False)
class Result(ResultTable):
    """Rows with their release, parameters, coverage and method; see :class:`ResultTable`.

    Parameters
    ----------
    chart, more:
        How it is drawn, if it is, and how else.
    edges:
        The columns that make it a graph, if it is one.
    said:
        Texts in cells by their English, sayable in other languages; see
        :func:`kg.analysis.naming.renamed`.
    """

    chart: Chart | None = field(default=None)
    more: tuple[Chart, ...] = field(default=())
    edges: Edges | None = field(default=None)
    said: Mapping[str, Told] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Result({self.name!r}, {len(self)} rows, release {self.release!r})"

    @property
    def name(self) -> str:
        """The name of the analysis."""
        return str(self.meta["analysis"])

    @property
    def release(self) -> str:
        """The release that the numbers come from."""
        return str(self.meta.get("release", "unknown"))

    @property
    def parameters(self) -> dict[str, Any]:
        """Every parameter with the value that counted, filters included."""
        return dict(cast("dict[str, Any]", self.meta["parameters"]))

    @property
    def coverage(self) -> dict[str, Any]:
        """What the numbers rest on, and what was left out, as counts."""
        return dict(cast("dict[str, Any]", self.meta["coverage"]))

    @property
    def method(self) -> str:
        """What was computed, with formula and reference, in words for a methods section."""
        meta = self.meta
        parts = [meta["definition"], meta["formula"], meta["reference"]]
        return " ".join(str(part) for part in parts if part)

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader must know before quoting these numbers."""
        return tuple(cast("tuple[str, ...]", self.meta["caveats"]))

    @property
    def reason(self) -> str:
        """Why there is no row; empty where there are some."""
        said = self.meta.get("reason", "")
        return said if isinstance(said, str) else str(said)

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The drawings that these rows allow, the usual one first."""
        every = (*((self.chart,) if self.chart else ()), *self.more)
        return tuple(chart for chart in every if not chart.placed or self.meta.get("places"))

    def plot(self, kind: str | None = None) -> Plot:
        """Return a drawing: an SVG that notebooks show and ``.write(path)`` keeps.

        Parameters
        ----------
        kind:
            Which of ``charts``, by its kind; the first where None.

        Raises
        ------
        KgError
            This analysis has none, or not this one.
        """
        charts = {chart.kind: chart for chart in self.charts}
        if not charts:
            raise NotFoundError(
                tell("%(name)s has no drawing; its rows are the answer.", name=self.name)
            )
        if kind is not None and kind not in charts:
            raise NotFoundError(
                tell(
                    "%(name)s has no drawing %(kind)s here. Accepted: %(accepted)s.",
                    name=self.name,
                    kind=repr(kind[:40]),
                    accepted=", ".join(charts),
                )
            )
        return draw(self, self.charts[0] if kind is None else charts[kind])

    def to_networkx(self) -> nx.Graph[Any]:
        """Return the rows as a networkx graph: nodes with labels, edges with every other column.

        A row with an unknown end is no edge. Where several rows have the same ends (one a year, or
        one a method) each is an edge of its own, and the graph a MultiGraph or MultiDiGraph.

        Raises
        ------
        KgError
            The table is no graph.
        """
        import networkx as nx

        if self.edges is None:
            raise KgError(
                tell(
                    "%(name)s is no graph; graph.network(…).to_networkx() gives one.",
                    name=self.name,
                )
            )
        source, target, weight = self.edges.source, self.edges.target, self.edges.weight
        rows = [r for r in self.to_rows() if r[source] is not None and r[target] is not None]
        ends = [(r[source], r[target]) for r in rows]
        pairs = ends if self.edges.directed else [frozenset(pair) for pair in ends]
        once = len(set(pairs)) == len(pairs)
        kinds = {
            (True, True): nx.DiGraph, (True, False): nx.MultiDiGraph,
            (False, True): nx.Graph, (False, False): nx.MultiGraph,
        }  # fmt: skip
        graph: nx.Graph[Any] = kinds[self.edges.directed, once]()
        for row in rows:
            for end in (source, target):
                graph.add_node(row[end], label=row[f"{end}_label"])
            named = (source, target, f"{source}_label", f"{target}_label")
            data = {k: v for k, v in row.items() if k not in named and v is not None}
            if row[weight] is not None:
                data["weight"] = row[weight]
            graph.add_edge(row[source], row[target], **data)
        return graph
