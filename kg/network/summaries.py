"""Tables of the measures of a whole network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.language import tell
from kg.network.graph_measures import GRAPH_MEASURES, GraphMeasure
from kg.network.graph_measures.base import Quantities
from kg.network.groups import grouping
from kg.network.measures import UndefinedMeasureError
from kg.network.options import Names, Options
from kg.network.ranking import significant
from kg.network.scores import chosen, in_parts, used_weight
from kg.results import ResultTable, Value

if TYPE_CHECKING:
    from kg.network.graph import Network

__all__ = ["table"]


def table(network: Network, measure: Names, options: Options) -> ResultTable:
    """Return the quantities of a network; see :meth:`kg.network.graph.Network.summary`."""
    applying = [n for n, m in GRAPH_MEASURES.items() if network.directed or not m.directed_only]
    names = chosen(measure, applying, list(GRAPH_MEASURES))
    network.weight_name(options.weight)
    rows: list[tuple[Value, ...]] = []
    caveats = network.caveats
    for name in names:
        try:
            found = _of_one(network, GRAPH_MEASURES[name], options)
        except UndefinedMeasureError as error:
            if isinstance(measure, str):
                raise
            caveats.append(f"{name}: {error}")
            continue
        rows.extend((name, quantity, _plain(value)) for quantity, value in found.items())
        missing = [quantity for quantity, value in found.items() if value is None]
        if missing:
            caveats.append(
                tell(
                    "%(measure)s: no value for %(quantities)s on this network",
                    measure=name,
                    quantities=", ".join(missing),
                )
            )
    if network.components > 1:
        caveats += [in_parts(network, n, GRAPH_MEASURES[n].disconnected) for n in names]
    meta = {
        **network.meta,
        "nodes": len(network),
        "edges": network.edges_by_code.height,
        "components": network.components,
        "measures": {n: _described(network, GRAPH_MEASURES[n], options) for n in names},
        "caveats": caveats,
    }
    if any(GRAPH_MEASURES[name].grouped for name in names):
        meta["groups"] = dict(grouping(network, options.groups).meta)
    return ResultTable(("measure", "quantity", "value"), rows, meta)


def _of_one(network: Network, measure: GraphMeasure, options: Options) -> Quantities:
    used = used_weight(network, measure.weights, measure.weighted, options.weight)
    groups = grouping(network, options.groups).codes if measure.grouped else None
    return measure.function(network.adjacency(used), network.directed, groups)


def _plain(value: float | None) -> Value:
    return value if value is None or isinstance(value, int) else significant(value)


def _described(network: Network, measure: GraphMeasure, options: Options) -> dict[str, object]:
    formulas = "; ".join(f"{name}: {text}" for name, text in measure.quantities.items())
    return {
        "definition": measure.definition,
        "formula": formulas,
        "weight": used_weight(network, measure.weights, measure.weighted, options.weight),
        "weight_as": measure.weights,
        "reference": measure.reference,
    }
