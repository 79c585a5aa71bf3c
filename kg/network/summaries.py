"""Tables of the measures of a whole network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.language import tell
from kg.network.costs import offer
from kg.network.graph_measures import GRAPH_MEASURES, GraphMeasure
from kg.network.graph_measures.base import Quantities
from kg.network.groups import grouping
from kg.network.measures import UndefinedMeasureError
from kg.network.options import Names, Options
from kg.network.ranking import significant
from kg.network.scores import chosen, drawn, in_parts, no_sampled_form, used_weight
from kg.results import ResultTable, Value

if TYPE_CHECKING:
    from kg.network.graph import Network

__all__ = ["table"]

_COLUMNS = ("measure", "quantity", "value", "error")


def table(network: Network, measure: Names, options: Options) -> ResultTable:
    """Return the quantities of a network; see :meth:`kg.network.graph.Network.summary`."""
    applying = [n for n, m in GRAPH_MEASURES.items() if network.directed or not m.directed_only]
    names = chosen(measure, applying, list(GRAPH_MEASURES))
    network.weight_name(options.weight)
    _check_sample(names, options, strict=isinstance(measure, str))
    rows: list[tuple[Value, ...]] = []
    estimated: list[str] = []
    caveats = network.caveats
    for name in names:
        try:
            found, errors = _of_one(network, GRAPH_MEASURES[name], options)
        except UndefinedMeasureError as error:
            if isinstance(measure, str):
                raise
            caveats.append(f"{name}: {error}")
            continue
        estimated += [name] if errors else []
        rows.extend(
            (name, quantity, _plain(value), _plain(errors.get(quantity)))
            for quantity, value in found.items()
        )
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
    exact = [name for name in names if name not in estimated]
    caveats += offer(exact, len(network), network.edges_by_code.height)
    meta = {
        **network.meta,
        "nodes": len(network),
        "edges": network.edges_by_code.height,
        "components": network.components,
        "measures": {n: _described(network, GRAPH_MEASURES[n], options) for n in names},
        "caveats": caveats,
        **drawn(estimated, options),
    }
    if any(GRAPH_MEASURES[name].grouped for name in names):
        meta["groups"] = dict(grouping(network, options.groups).meta)
    width = 4 if estimated else 3
    return ResultTable(_COLUMNS[:width], [row[:width] for row in rows], meta)


def _check_sample(names: Sequence[str], options: Options, *, strict: bool) -> None:
    """Refuse a sample of the only measure that was named, where it cannot be estimated."""
    if options.sample is not None and strict and GRAPH_MEASURES[names[0]].sampled is None:
        raise no_sampled_form(names[0])


def _of_one(
    network: Network, measure: GraphMeasure, options: Options
) -> tuple[Quantities, Quantities]:
    """Return the quantities, and the errors of those that are estimates."""
    used = used_weight(network, measure.weights, measure.weighted, options.weight)
    adjacency, directed = network.adjacency(used), network.directed
    if options.sample is not None and measure.sampled is not None:
        return measure.sampled(adjacency, directed, options.sample, options.seed)
    groups = grouping(network, options.groups).codes if measure.grouped else None
    return measure.function(adjacency, directed, groups), {}


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
