"""Tables of centrality scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kg.errors import QueryError
from kg.network.measures import MEASURES, Measure, UndefinedMeasureError
from kg.network.measures.base import Scores
from kg.network.ranking import check_top, rank, significant
from kg.results import ResultTable, Value

if TYPE_CHECKING:
    from kg.network.graph import Network

__all__ = ["table"]

_NODE = ("node", "label", "country")


def table(
    network: Network,
    measure: str | Sequence[str] | None,
    weight: str | None,
    top: int | None,
    normalised: bool,
) -> ResultTable:
    """Return the scores of a network; see :meth:`kg.network.graph.Network.centrality`."""
    names = _chosen(network, measure)
    network.weight_name(weight)  # refuses an unknown one
    check_top(top)
    single = isinstance(measure, str)
    found, undefined = _scores(network, names, weight, normalised, strict=single)
    ranks = {name: rank(values) for name, values in found.items()}
    leading = next(iter(ranks.values()), np.ones(len(network), dtype=np.int64))
    order = np.argsort(leading, kind="stable")
    columns: dict[str, list[Value]] = {
        name: [significant(score) for score in found[name]]
        if name in found
        else [None] * len(order)
        for name in names
    }
    if single:
        columns = {"score": columns[names[0]], "rank": ranks[names[0]].tolist()}
    heads = network.nodes.select(_NODE).rows()
    rows: list[tuple[Value, ...]] = [
        (*heads[place], *(values[place] for values in columns.values()))
        for place in order[:top].tolist()
    ]
    meta = {
        **network.meta,
        "nodes": len(network),
        "edges": network.edges_by_code.height,
        "components": network.components,
        "measures": {name: _described(network, name, weight, normalised) for name in names},
        "caveats": [*undefined, *_caveats(network, list(found))],
        **_cut(leading[order], top),
    }
    return ResultTable((*_NODE, *columns), rows, meta)


def _chosen(network: Network, measure: str | Sequence[str] | None) -> list[str]:
    """Return the names of the measures; for None all that say something here."""
    if measure is None:
        return [n for n, m in MEASURES.items() if network.directed or not m.directed_only]
    names = [measure] if isinstance(measure, str) else list(dict.fromkeys(measure))
    unknown = [name for name in names if name not in MEASURES]
    if unknown or not names:
        given = ", ".join(map(repr, unknown)) or "(none)"
        raise QueryError(f"Unknown measure {given}; accepted: {', '.join(MEASURES)}.")
    return names


def _used_weight(network: Network, measure: Measure, weight: str | None) -> str:
    """Return the name of the weight that a measure sees."""
    usual = network.weight if measure.weighted else "unweighted"
    return "unweighted" if measure.weights == "ignored" else weight or usual


def _scores(
    network: Network, names: Sequence[str], weight: str | None, normalised: bool, *, strict: bool
) -> tuple[dict[str, Scores], list[str]]:
    """Return the scores by measure, and why those that are missing have none."""
    found: dict[str, Scores] = {}
    undefined: list[str] = []
    for name in names:
        measure = MEASURES[name]
        adjacency = network.adjacency(_used_weight(network, measure, weight))
        try:
            values = measure.function(adjacency, network.directed)
        except UndefinedMeasureError as error:
            if strict:
                raise
            undefined.append(f"{name}: {error}")
            continue
        found[name] = values / _largest(network, measure) if normalised else values
    return found, undefined


def _largest(network: Network, measure: Measure) -> float:
    """Return the largest possible score, or 1 where there is none to divide by."""
    largest = measure.norm(len(network), network.directed) if measure.norm else 1.0
    return largest if largest > 0 else 1.0


def _described(
    network: Network, name: str, weight: str | None, normalised: bool
) -> dict[str, object]:
    measure = MEASURES[name]
    return {
        "definition": measure.definition,
        "formula": measure.formula,
        "weight": _used_weight(network, measure, weight),
        "weight_as": measure.weights,
        "normalised": normalised and measure.norm is not None,
        "reference": measure.reference,
    }


def _caveats(network: Network, names: Sequence[str]) -> list[str]:
    """Return what the scores mean where the network falls into several components."""
    if network.components < 2:
        return []
    return [f"{network.components} components; {n}: {MEASURES[n].disconnected}" for n in names]


def _cut(ranks: NDArray[np.int64], top: int | None) -> dict[str, object]:
    """Return how many rows ``top`` leaves out, and how many of them tie with the last one kept."""
    if top is None or top >= len(ranks):
        return {"left_out": 0}
    tied = int(np.sum(ranks[top:] == ranks[top - 1]))
    return {"left_out": len(ranks) - top, "left_out_tied_with_last": tied}
