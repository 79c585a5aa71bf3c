"""A network of nodes and weighted edges, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from kg.errors import NotFoundError, QueryError
from kg.language import tell
from kg.network import asking, costs, foreign, routes, scores, summaries, temporal, ties
from kg.network.account import Account
from kg.network.formats import FORMATS
from kg.network.options import Names, Options
from kg.network.pairing import CODE, Pairing
from kg.network.temporal import Slice
from kg.results import ResultTable

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["UNWEIGHTED", "Network"]

UNWEIGHTED = "unweighted"
"""The name of the weight that counts every edge as 1."""


@dataclass(frozen=True, eq=False)
class Network(Account):
    """Nodes, edges and the trainings behind them; made by :func:`kg.network.project`.

    Attributes
    ----------
    nodes:
        One row a node in the order of the IRIs: node, label, country, kind, bloc (text). The
        country is that of the entity, or the only one seen; the bloc all blocs of the country at
        the times of the node's trainings, joined by " + ", or "no bloc".
    edges_by_code:
        One row an edge: source, target (row numbers of ``nodes``; an undirected edge once, the
        smaller first), shared_trainings, first_year, last_year (int or null), and one column
        of positive floats for each weight.
    weights:
        The names of these weights.
    weight:
        The one that counts unless a method is told otherwise.
    directed:
        Edges run from source to target.
    meta:
        Projection, level, filters, weights, coverage; ``reason`` where the network is empty.
    pairing, trainings:
        What the evidence is read from: codes (see :class:`kg.network.pairing.Pairing`), and
        code, training, label, year. None for a network that was not made from trainings.
    again:
        Makes the network anew, with other filters; None likewise.
    """

    nodes: pl.DataFrame
    edges_by_code: pl.DataFrame
    weights: tuple[str, ...]
    weight: str
    directed: bool = False
    meta: Mapping[str, object] = field(default_factory=dict)
    pairing: Pairing | None = None
    trainings: pl.DataFrame | None = None
    again: Callable[..., Network] | None = field(default=None, repr=False)

    @property
    def reason(self) -> str:
        """Why there is no edge; empty where there is one."""
        said = self.meta.get("reason", "")
        return said if isinstance(said, str) else str(said)

    @property
    def caveats(self) -> list[str]:
        """What whoever reads any measure of this network must know."""
        said = self.meta.get("caveats", [])
        return list(said) if isinstance(said, list) else []

    def __len__(self) -> int:
        """Return the number of nodes."""
        return self.nodes.height

    def __repr__(self) -> str:
        kind = "directed" if self.directed else "undirected"
        edges = self.edges_by_code.height
        return f"Network({len(self)} nodes, {edges} edges, {kind}, weight {self.weight!r})"

    def adjacency(self, weight: str | None = None) -> Any:
        """Return the ``scipy.sparse.csr_array`` of a weight, without loops.

        Rows and columns follow ``nodes``; entry [u, v] is the weight of u → v, and the matrix
        of an undirected network is symmetric. ``weight="unweighted"`` sets every weight to 1.
        """
        chosen = self.weight_name(weight)
        edges = self.edges_by_code.filter(pl.col("source") != pl.col("target"))
        # Narrow numbers: products of the matrix wait for memory.
        source, target = (edges[end].to_numpy().astype(np.int32) for end in ("source", "target"))
        values = np.ones(len(source)) if chosen == UNWEIGHTED else edges[chosen].to_numpy()
        if not self.directed:
            source, target = np.concatenate([source, target]), np.concatenate([target, source])
            values = np.concatenate([values, values])
        matrix = csr_array((values, (source, target)), shape=(len(self), len(self)))
        matrix.sort_indices()
        return matrix

    def centrality(
        self,
        measure: Names = None,
        *,
        weight: str | None = None,
        top: int | None = None,
        normalised: bool = False,
        groups: str = "country",
        sample: int | None = None,
        seed: int = 1,
    ) -> ResultTable:
        """Return one row a node, the most central first.

        Parameters
        ----------
        measure:
            A name of :data:`kg.network.measures.MEASURES`: columns node, label, country, score,
            rank (of parts, such as ``community``: their number instead of the two). Several names,
            or None for all that apply: columns node, label, country and one score column for each,
            in the order of the first.
        weight:
            One of ``weights`` or "unweighted", for every measure that can use a weight. None:
            each measure in its usual form, as ``meta["measures"]`` says.
        top:
            Keep so many rows; ``meta["left_out"]`` says how many there were besides.
        normalised:
            Divide degree, betweenness and harmonic by their largest possible score.
        groups:
            What brokerage groups nodes by: "country", "bloc", "kind", or the IRI of a bloc (its
            members against others); see :func:`kg.network.groups.grouping`.
        sample:
            Estimate betweenness, closeness and harmonic from so many sources; the column ``error``
            (or ``<measure>-error``) says how far off a score may be, for all nodes at once with a
            probability of 95 %.
        seed:
            Of the sample: the same seed draws the same sources.

        Ties share a rank (standard competition ranking) and stand in the order of their IRIs;
        scores have 12 significant digits. Where a measure has no value on this network, naming
        it raises :class:`~kg.network.measures.UndefinedMeasureError`; among several its column is
        empty and ``meta["caveats"]`` says why.

        Raises
        ------
        QueryError
            Unknown measure, weight or groups, ``top`` below 1, ``sample`` below 2, or a sample of
            a measure that has no sampled form.
        """
        options = Options(weight, top, normalised, groups, sample, seed)
        return scores.table(self, measure, options)

    def edges(
        self,
        measure: Names = None,
        *,
        weight: str | None = None,
        top: int | None = None,
        sample: int | None = None,
        seed: int = 1,
    ) -> ResultTable:
        """Return one row an edge, the heaviest first, ties in the order of the IRIs.

        Columns: source, source_label, target, target_label, weight, shared_trainings,
        first_year, last_year. An undirected edge stands once, its smaller IRI as the source.
        Names of :data:`kg.network.edge_measures.EDGE_MEASURES` add a column each, and the first
        gives the order: the strongest first. A loop has no score. ``sample`` estimates edge
        betweenness from so many sources, with a column ``edge-betweenness-error``; see
        :meth:`centrality`.
        """
        return ties.table(self, measure, Options(weight, top, sample=sample, seed=seed))

    def summary(
        self, measure: Names = None, *, weight: str | None = None, groups: str = "country",
        sample: int | None = None, seed: int = 1,
    ) -> ResultTable:  # fmt: skip
        """Return what can be said of the network as a whole: measure, quantity, value.

        Names are those of :data:`kg.network.graph_measures.GRAPH_MEASURES`; None takes all that
        apply. A quantity without a value is None, and ``meta["caveats"]`` says so. ``sample``
        estimates distances from so many sources, with a column ``error``; see :meth:`centrality`.
        """
        options = Options(weight=weight, groups=groups, sample=sample, seed=seed)
        return summaries.table(self, measure, options)

    def measure(
        self,
        measure: Names = None,
        *,
        backbone: str | None = None,
        threshold: float | None = None,
        slices: int | None = None,
        step: int | None = None,
        **options: Any,
    ) -> ResultTable:
        """Return the table of measures of nodes, of edges, or of the whole network.

        What is measured follows from the name; several names must be of one kind. Options are
        those of :meth:`centrality`; edges and the whole ignore those that mean nothing to them.
        ``backbone`` and ``threshold`` keep only edges that stand out (:meth:`backbone`); ``slices``
        and ``step`` ask period by period (:meth:`slices`), with the columns from_year and to_year.

        Raises
        ------
        QueryError
            A name is unknown, or names are of several kinds.
        """
        return asking.answer(
            self, measure, Options(**options),
            backbone=backbone, threshold=threshold, slices=slices, step=step,
        )  # fmt: skip

    def forecast(self, measure: str, **options: Any) -> float:
        """Return about how many seconds a measure would take here, looking for a part of one.

        Options are those of :meth:`centrality`. ``net.forecast("betweenness", sample=1000)`` beside
        ``net.forecast("betweenness")`` says what the estimate would save.
        """
        return costs.forecast(lambda: self.measure(measure, **options))

    def backbone(
        self,
        measure: str = "disparity",
        *,
        threshold: float | None = None,
        weight: str | None = None,
        isolates: bool = False,
    ) -> Network:
        """Return the network of the edges that stand out from chance.

        Parameters
        ----------
        measure:
            "disparity": edges with α below the threshold (0.05). "noise-corrected": edges more than
            the threshold (1.64) standard deviations above what the strengths of their ends explain.
        weight:
            The weight that is judged; the network's own where None.
        isolates:
            Keep nodes that lose all their edges.

        ``meta["backbone"]`` says what was done and how many nodes and edges there were. Evidence
        stays available.
        """
        return ties.backbone(self, measure, threshold, weight, isolates)

    def heavier(self, least: float, *, weight: str | None = None) -> Network:
        """Return the network of the edges of at least this weight, and of the nodes they link.

        ``meta["min_weight"]`` says what was done and how many edges there were.
        """
        return ties.heavier(self, least, weight)

    def path(self, a: str, b: str, *, weight: str | None = None) -> ResultTable:
        """Return a shortest path from a to b, one row an edge, with the trainings behind it.

        Columns: step, source, source_label, target, target_label, weight, shared_trainings,
        first_year, last_year, trainings (IRIs, with spaces between). Steps are counted unless a
        ``weight`` is named; then the length of an edge is 1/weight. ``meta`` has ``length`` and
        ``shortest_paths``, how many there are; of several, the one whose nodes come first in the
        order of their IRIs, seen from b. No row and a ``reason`` where there is no path.

        Raises
        ------
        NotFoundError
            A node is not in the network.
        """
        return routes.table(self, a, b, self.weight_name(weight or UNWEIGHTED))

    def slices(self, width: int, step: int | None = None) -> list[Slice]:
        """Return (first year, last year, network) for each period of ``width`` years.

        Periods begin every ``step`` years (``width`` where None; less makes them overlap) from the
        first year of the selected trainings to the last, all with the same projection and filters.
        Trainings without a year are in none.
        """
        return temporal.slices(self, width, step)

    def edge_frame(self, weight: str | None = None) -> pl.DataFrame:
        """Return the edges in the order of the IRIs: columns of :meth:`edges`, then all weights."""
        return self.labelled(self.weighted(self.weight_name(weight)).sort("source", "target"))

    def weighted(self, weight: str) -> pl.DataFrame:
        """Return the edges by code with the chosen weight in the column ``weight``."""
        value = pl.lit(1.0) if weight == UNWEIGHTED else pl.col(weight)
        return self.edges_by_code.with_columns(weight=value.round_sig_figs(12))

    def labelled(self, edges: pl.DataFrame, more: Sequence[str] = ()) -> pl.DataFrame:
        """Return edges by code, in their order, with IRIs and labels; ``more`` columns stay."""
        nodes = self.nodes.select("node", "label").with_row_index("code")
        nodes = nodes.with_columns(pl.col("code").cast(CODE))
        others = [name for name in self.weights if name != "weight"]
        for end in ("source", "target"):
            named = nodes.rename({"code": end, "node": f"{end}_iri", "label": f"{end}_label"})
            edges = edges.join(named, on=end, how="left", maintain_order="left")
        return edges.with_columns(
            pl.col(others).round_sig_figs(12), source="source_iri", target="target_iri"
        ).select(*ties.EDGE_COLUMNS, *others, *more)

    def evidence(self, a: str, b: str) -> ResultTable:
        """Return the trainings behind the edge from a to b: training, label, year; oldest first.

        Trainings without a year come last. No row means no edge; ``meta["reason"]`` says so.

        Raises
        ------
        NotFoundError
            A node is not in the network.
        QueryError
            The network was not made from trainings.
        """
        source, target = self.code(a), self.code(b)
        if self.pairing is None or self.trainings is None:
            raise QueryError(
                tell("This network was not made from trainings, so it has no evidence.")
            )
        links = self.pairing.of(source, target).links()
        found = self.trainings.filter(pl.col("code").is_in(links["training"].unique().to_list()))
        rows = (
            found.sort("year", "training", nulls_last=True)
            .select("training", "label", "year")
            .rows()
        )
        meta = {**self.meta, "source": a, "target": b}
        if not rows:
            meta["reason"] = "No training links the two under these filters."
        return ResultTable(("training", "label", "year"), rows, meta)

    def to_networkx(self) -> nx.Graph[Any]:
        """Return the networkx Graph (DiGraph if directed).

        Nodes are IRIs with label, country, kind; edges have ``weight`` (the network's own), every
        weight by name, shared_trainings, first_year, last_year. Missing values are left out.
        """
        return foreign.to_networkx(self)

    @classmethod
    def from_networkx(cls, graph: nx.Graph[Any], *, weight: str = "weight") -> Network:
        """Return the network of a networkx graph; see :func:`kg.network.foreign.from_networkx`."""
        return cls(**foreign.from_networkx(graph, weight))

    def export(self, format_name: str) -> bytes:
        """Return the network in a format.

        ``graphml``, ``gexf``, ``csv`` (edges), ``json`` (node-link), ``svg`` (a drawing) or
        ``vosviewer`` (the JSON that VOSviewer opens, with places and communities).
        """
        if format_name not in FORMATS:
            raise QueryError(
                tell(
                    "Unknown format %(format_name)s; accepted: %(accepted)s.",
                    format_name=repr(format_name),
                    accepted=", ".join(FORMATS),
                )
            )
        return FORMATS[format_name](self)

    def write(self, path: str | Path) -> Path:
        """Write the network to a file in the format of its suffix and return the path."""
        path = Path(path)
        path.write_bytes(self.export(path.suffix.lower().removeprefix(".")))
        return path

    @cached_property
    def components(self) -> int:
        """The number of connected components (directions ignored); an isolate is one."""
        if not len(self):
            return 0
        count, _ = connected_components(self.adjacency(UNWEIGHTED), directed=False)
        return int(count)

    def weight_name(self, weight: str | None) -> str:
        """Return the name of a weight, the network's own for None; refuse an unknown one."""
        if weight is None:
            return self.weight
        if weight in (*self.weights, UNWEIGHTED):
            return weight
        accepted = ", ".join((*self.weights, UNWEIGHTED))
        raise QueryError(
            tell(
                "Unknown weight %(weight)s; accepted: %(accepted)s.",
                weight=repr(weight),
                accepted=accepted,
            )
        )

    def code(self, node: str) -> int:
        """Return the row number of a node; refuse an unknown one and name those close to it."""
        place = self.nodes["node"].index_of(node)
        if place is not None:
            return int(place)
        close = get_close_matches(node, self.nodes["node"].to_list(), n=3, cutoff=0.6)
        hint = (
            tell("closest: %(close)s", close=", ".join(close))
            if close
            else tell("its edges() list those that are")
        )
        raise NotFoundError(
            tell("%(node)s is not a node of this network; %(hint)s.", node=repr(node), hint=hint)
        )
