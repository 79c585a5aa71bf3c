"""The networkx backend: an analyst's own networkx calls run on the kernels here.

Registered as ``rihla`` under the entry point ``networkx.backends``. Functions have the names,
arguments and results of networkx (there a weight is a length where paths are concerned); what they
do not know they refuse in :func:`can_run`, and networkx runs it itself.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kg.network import kernels
from kg.network.measures.clustering import clustering as _clustering
from kg.network.measures.clustering import triangles as _triangles
from kg.network.measures.holes import constraint as _constraint
from kg.network.measures.holes import effective_size as _effective_size
from kg.network.measures.pagerank import DAMPING
from kg.network.measures.pagerank import pagerank as _pagerank
from kg.network.paths import arrays, dependencies, measured, reach, with_lengths

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "ArrayGraph",
    "articulation_points",
    "betweenness_centrality",
    "bridges",
    "can_run",
    "closeness_centrality",
    "clustering",
    "constraint",
    "convert_from_nx",
    "convert_to_nx",
    "core_number",
    "edge_betweenness_centrality",
    "effective_size",
    "harmonic_centrality",
    "pagerank",
    "triangles",
]

_Scores = dict[Hashable, float]


class ArrayGraph:
    """A networkx graph as arrays; networkx keeps it with the graph until that changes.

    Parameters
    ----------
    graph:
        Without parallel edges.
    attributes:
        Edge attribute → its value where an edge has none.
    """

    __networkx_backend__ = "rihla"

    def __init__(self, graph: nx.Graph[Any], attributes: Mapping[str, float]) -> None:
        self.nx_graph = graph
        self.directed = graph.is_directed()
        self.nodes = list(graph)
        self.codes = {node: code for code, node in enumerate(self.nodes)}
        self.edges = list(graph.edges)
        self.attributes = dict(attributes)

    def is_directed(self) -> bool:
        """Return whether edges have a direction, as a networkx graph does."""
        return self.directed

    def is_multigraph(self) -> bool:
        """Return False: parallel edges are refused."""
        return False

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.nodes)

    @cached_property
    def ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The codes of both ends of each edge, in the order of ``edges``."""
        codes = self.codes
        flat = np.fromiter(
            (codes[node] for edge in self.edges for node in edge), np.int64, 2 * len(self.edges)
        )
        return flat[::2], flat[1::2]

    def matrix(self, attribute: str | None = None) -> Any:
        """Return the matrix of an attribute, or of 1s; symmetric where undirected."""
        source, target = self.ends
        values = np.ones(len(source))
        if attribute is not None:
            default = self.attributes.get(attribute, 1)
            data = (d.get(attribute, default) for _, _, d in self.nx_graph.edges(data=True))
            values = np.fromiter(data, np.float64, len(source))
        if not self.directed:
            source, target = np.concatenate([source, target]), np.concatenate([target, source])
            values = np.concatenate([values, values])
        found = csr_array((values, (source, target)), (len(self), len(self)))
        found.sort_indices()
        return found

    def scores(self, values: NDArray[Any]) -> dict[Any, Any]:
        """Return node → value."""
        return dict(zip(self.nodes, values.tolist(), strict=True))


def convert_from_nx(
    graph: nx.Graph[Any], *, edge_attrs: Mapping[str, float] | None = None, **_: object
) -> ArrayGraph:
    """Return the arrays of a networkx graph."""
    return ArrayGraph(graph, edge_attrs or {})


def convert_to_nx(result: Any, **_: object) -> Any:
    """Return a result as networkx knows it: graphs are those that came in."""
    return result.nx_graph if isinstance(result, ArrayGraph) else result


def can_run(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool | str:
    """Return True, or why networkx must run this call itself."""
    function = globals()[name]
    bound = inspect.signature(function).bind_partial(*args, **kwargs)
    bound.apply_defaults()
    given = bound.arguments
    graph = given["G"]
    if graph.is_multigraph():
        return "parallel edges are not known here"
    graph = graph.nx_graph if isinstance(graph, ArrayGraph) else graph
    if any(graph.has_edge(node, node) for node in graph):
        return "loops are not known here"
    for argument, only in _ONLY.get(name, {}).items():
        if given[argument] not in only:
            return f"{argument}={given[argument]!r} is not known here"
    if name in _UNDIRECTED and graph.is_directed():
        return "directions are not known here"
    return _weights_fit(graph, given.get("weight") or given.get("distance"))


def _weights_fit(graph: nx.Graph[Any], weight: object) -> bool | str:
    if weight is None:
        return True
    if not isinstance(weight, str):
        return "a function for weights is not known here"
    for _, _, value in graph.edges(data=weight, default=1):
        if not 0 < value < float("inf"):
            return "only finite weights above 0 are known here"
    return True


def _lengths(G: ArrayGraph, weight: str | None) -> tuple[Any, float]:  # noqa: N803
    """Return the matrix of lengths, kept exact, and the tolerance; see kg.network.paths."""
    matrix = G.matrix(weight)
    return measured(with_lengths(matrix)) if weight is not None else (matrix, 0.0)


def betweenness_centrality(
    G: ArrayGraph,  # noqa: N803
    k: int | None = None,  # noqa: ARG001
    normalized: bool = True,
    weight: str | None = None,
    endpoints: bool = False,  # noqa: ARG001
    seed: object = None,  # noqa: ARG001
) -> _Scores:
    """Return ``networkx.betweenness_centrality``; lengths that are equal as fractions tie."""
    total = dependencies(*_lengths(G, weight)).total
    nodes = len(G)
    if normalized and nodes > 2:
        return G.scores(total / ((nodes - 1) * (nodes - 2)))
    return G.scores(total if normalized or G.directed else total / 2)


def edge_betweenness_centrality(
    G: ArrayGraph,  # noqa: N803
    k: int | None = None,  # noqa: ARG001
    normalized: bool = True,
    weight: str | None = None,
    seed: object = None,  # noqa: ARG001
) -> dict[Any, float]:
    """Return ``networkx.edge_betweenness_centrality``."""
    lengths, tolerance = _lengths(G, weight)
    found = dependencies(lengths, tolerance, edges=True).by_edge
    values = csr_array((found, lengths.indices, lengths.indptr), lengths.shape)
    source, target = G.ends
    one = np.asarray(values[source, target]) if len(source) else np.zeros(0)
    if not G.directed and len(source):
        one = one + np.asarray(values[target, source])
    nodes = len(G)
    if normalized and nodes > 1:
        one = one / (nodes * (nodes - 1))
    elif not normalized and not G.directed:
        one = one / 2
    return dict(zip(G.edges, one.tolist(), strict=True))


def closeness_centrality(
    G: ArrayGraph,  # noqa: N803
    u: object = None,  # noqa: ARG001
    distance: str | None = None,
    wf_improved: bool = True,
) -> _Scores:
    """Return ``networkx.closeness_centrality``."""
    found = reach(G.matrix(distance))
    near = found.reached > 0
    scores = np.zeros(len(G))
    scores[near] = found.reached[near] / found.far[near]
    if wf_improved and len(G) > 1:
        scores *= found.reached / (len(G) - 1)
    return G.scores(scores)


def harmonic_centrality(
    G: ArrayGraph,  # noqa: N803
    nbunch: object = None,  # noqa: ARG001
    distance: str | None = None,
    sources: object = None,  # noqa: ARG001
) -> _Scores:
    """Return ``networkx.harmonic_centrality``."""
    return G.scores(reach(G.matrix(distance)).near)


def clustering(
    G: ArrayGraph,  # noqa: N803
    nodes: object = None,  # noqa: ARG001
    weight: str | None = None,
) -> _Scores:
    """Return ``networkx.clustering``."""
    return G.scores(_clustering(G.matrix(weight), G.directed))


def triangles(G: ArrayGraph, nodes: object = None) -> dict[Hashable, int]:  # noqa: ARG001, N803
    """Return ``networkx.triangles``."""
    return G.scores(np.rint(_triangles(G.matrix())).astype(np.int64))


def constraint(
    G: ArrayGraph,  # noqa: N803
    nodes: object = None,  # noqa: ARG001
    weight: str | None = None,
) -> _Scores:
    """Return ``networkx.constraint``: not a number for isolates, as there."""
    return _or_nan(G, weight, _constraint)


def effective_size(
    G: ArrayGraph,  # noqa: N803
    nodes: object = None,  # noqa: ARG001
    weight: str | None = None,
) -> _Scores:
    """Return ``networkx.effective_size``: not a number for isolates, as there.

    With weights this is what networkx 3.6 returns where ``nodes`` are given, and Burt's definition;
    without ``nodes`` networkx divides by the strongest tie of the wrong node.
    """
    return _or_nan(G, weight, _effective_size)


def _or_nan(G: ArrayGraph, weight: str | None, measure: Callable[..., Any]) -> _Scores:  # noqa: N803
    matrix = G.matrix(weight)
    ties = np.diff(matrix.indptr) + np.bincount(matrix.indices, minlength=len(G))
    return G.scores(np.where(ties > 0, measure(matrix, G.directed), np.nan))


def pagerank(
    G: ArrayGraph,  # noqa: N803
    alpha: float = DAMPING,  # noqa: ARG001
    personalization: object = None,  # noqa: ARG001
    max_iter: int = 100,  # noqa: ARG001
    tol: float = 1e-6,  # noqa: ARG001
    nstart: object = None,  # noqa: ARG001
    weight: str | None = "weight",
    dangling: object = None,  # noqa: ARG001
) -> _Scores:
    """Return ``networkx.pagerank``, iterated to 10⁻¹⁴ instead of ``tol`` for each node."""
    return G.scores(_pagerank(G.matrix(weight), G.directed))


def core_number(G: ArrayGraph) -> dict[Hashable, int]:  # noqa: N803
    """Return ``networkx.core_number``."""
    return G.scores(kernels.structure.cores(*arrays(G.matrix())))


def articulation_points(G: ArrayGraph) -> Iterator[Any]:  # noqa: N803
    """Yield ``networkx.articulation_points``, in the order of the nodes."""
    matrix = G.matrix()
    parts = np.zeros(len(G), dtype=np.int64)
    kernels.structure.cuts(*arrays(matrix), parts, np.zeros(matrix.nnz, dtype=bool))
    return iter([G.nodes[code] for code in np.flatnonzero(parts > 0)])


def bridges(G: ArrayGraph, root: object = None) -> Iterator[tuple[Any, Any]]:  # noqa: ARG001, N803
    """Yield ``networkx.bridges``, in the order of the edges."""
    matrix = G.matrix()
    found = np.zeros(matrix.nnz, dtype=bool)
    kernels.structure.cuts(*arrays(matrix), np.zeros(len(G), np.int64), found)
    tails = np.repeat(np.arange(len(G)), np.diff(matrix.indptr))[found]
    pairs = set(zip(tails.tolist(), matrix.indices[found].tolist(), strict=True))
    coded = zip(*(side.tolist() for side in G.ends), strict=True)
    kept = [(a, b) in pairs or (b, a) in pairs for a, b in coded]
    return iter([edge for edge, keep in zip(G.edges, kept, strict=True) if keep])


_ONLY: Mapping[str, Mapping[str, tuple[object, ...]]] = {
    "betweenness_centrality": {"k": (None,), "endpoints": (False,)},
    "edge_betweenness_centrality": {"k": (None,)},
    "closeness_centrality": {"u": (None,)},
    "harmonic_centrality": {"nbunch": (None,), "sources": (None,)},
    "clustering": {"nodes": (None,)},
    "triangles": {"nodes": (None,)},
    "constraint": {"nodes": (None,)},
    "effective_size": {"nodes": (None,)},
    "pagerank": {
        "alpha": (DAMPING,), "personalization": (None,), "nstart": (None,), "dangling": (None,),
    },
    "bridges": {"root": (None,)},
}  # fmt: skip
"""The only values of these arguments that a kernel knows."""

_UNDIRECTED = frozenset({"triangles", "core_number", "articulation_points", "bridges"})
