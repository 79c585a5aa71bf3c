"""One way to ask for a measure, of whatever kind it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.language import tell
from kg.network import scores, summaries, temporal, ties
from kg.network.edge_measures import EDGE_MEASURES
from kg.network.graph_measures import GRAPH_MEASURES
from kg.network.measures import MEASURES
from kg.network.options import Names, Options
from kg.results import ResultTable

if TYPE_CHECKING:
    from kg.network.graph import Network

__all__ = ["ALL_MEASURES", "KINDS", "answer", "asked"]

KINDS: Mapping[str, Collection[str]] = {
    "node": MEASURES,
    "edge": EDGE_MEASURES,
    "graph": GRAPH_MEASURES,
}
"""What is measured → the names of its measures; no name is in two."""

ALL_MEASURES: tuple[str, ...] = (*MEASURES, *EDGE_MEASURES, *GRAPH_MEASURES)

_TABLES = {"node": scores.table, "edge": ties.table, "graph": summaries.table}


def answer(
    network: Network,
    measure: Names,
    options: Options,
    *,
    backbone: str | None,
    threshold: float | None,
    slices: int | None,
    step: int | None,
) -> ResultTable:
    """Return the table of measures; see :meth:`kg.network.graph.Network.measure`."""

    def ask(part: Network) -> ResultTable:
        if backbone is not None:
            part = part.backbone(backbone, threshold=threshold, weight=options.weight)
        return asked(part, measure, options)

    return ask(network) if slices is None else temporal.table(network, slices, step, ask)


def asked(network: Network, measure: Names, options: Options) -> ResultTable:
    """Return the table of measures of one kind."""
    names = [measure] if isinstance(measure, str) else list(measure or ())
    unknown = [name for name in names if name not in ALL_MEASURES]
    if unknown:
        raise QueryError(
            tell(
                "Unknown measure %(unknown)s; accepted: %(accepted)s.",
                unknown=repr(unknown[0]),
                accepted=", ".join(ALL_MEASURES),
            )
        )
    kinds = [kind for kind, known in KINDS.items() if set(names) & set(known)]
    if len(kinds) > 1:
        raise QueryError(
            tell(
                "%(measures)s measure different things (%(kinds)s); ask for each kind by itself.",
                measures=", ".join(names),
                kinds=", ".join(kinds),
            )
        )
    return _TABLES[kinds[0] if kinds else "node"](network, measure, options)
