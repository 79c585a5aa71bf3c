"""Tables of the scores of nodes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kg.errors import QueryError
from kg.language import Told, tell
from kg.network.costs import offer, sampled
from kg.network.edge_measures import EDGE_MEASURES
from kg.network.graph_measures import GRAPH_MEASURES
from kg.network.groups import Grouping, grouping
from kg.network.measures import MEASURES, Measure, UndefinedMeasureError
from kg.network.measures.base import Scores
from kg.network.options import Names, Options
from kg.network.ranking import check_top, rank, significant
from kg.network.sampling import CONFIDENCE
from kg.results import ResultTable, Value

if TYPE_CHECKING:
    from kg.network.graph import Network

__all__ = ["chosen", "described", "drawn", "no_sampled_form", "table", "used_weight"]

_NODE = ("node", "label", "country")


@dataclass(frozen=True)
class _Found:
    """Scores by measure, the errors of those that are estimates, and why others have none."""

    scores: dict[str, Scores] = field(default_factory=dict)
    errors: dict[str, Scores] = field(default_factory=dict)
    undefined: list[str] = field(default_factory=list)


def table(network: Network, measure: Names, options: Options) -> ResultTable:
    """Return the scores of a network; see :meth:`kg.network.graph.Network.centrality`."""
    applying = [n for n, m in MEASURES.items() if network.directed or not m.directed_only]
    names = chosen(measure, applying, MEASURES)
    network.weight_name(options.weight)  # refuses an unknown one
    check_top(options.top)
    single = isinstance(measure, str)
    found = _scores(network, names, options, strict=single)
    leading = _order(names[0], found, len(network))
    order = np.argsort(leading, kind="stable")
    columns = _single(names[0], found, leading) if single else _several(names, found, len(network))
    heads = network.nodes.select(_NODE).rows()
    rows: list[tuple[Value, ...]] = [
        (*heads[place], *(values[place] for values in columns.values()))
        for place in order[: options.top].tolist()
    ]
    meta = {
        **network.meta,
        "nodes": len(network),
        "edges": network.edges_by_code.height,
        "components": network.components,
        "measures": {name: _described(network, name, options) for name in names},
        "caveats": [
            *network.caveats,
            *found.undefined,
            *_caveats(network, list(found.scores)),
            *offer(
                [n for n in found.scores if n not in found.errors],
                len(network),
                network.edges_by_code.height,
            ),
        ],
        **_grouped(network, names, options),
        **drawn(found.errors, options),
        **_cut(leading[order], options.top),
    }
    return ResultTable((*_NODE, *columns), rows, meta)


def chosen(given: Names, all_of_them: Sequence[str], accepted: Collection[str]) -> list[str]:
    """Return the names of the measures; for None all that say something here.

    Raises
    ------
    QueryError
        A name is not accepted, or none is given.
    """
    if given is None:
        return list(all_of_them)
    names = [given] if isinstance(given, str) else list(dict.fromkeys(given))
    unknown = [name for name in names if name not in accepted]
    if unknown or not names:
        listed = ", ".join(map(repr, unknown)) or "(none)"
        raise QueryError(
            tell(
                "Unknown measure %(listed)s; accepted: %(accepted)s.",
                listed=listed,
                accepted=", ".join(accepted),
            )
        )
    return names


def no_sampled_form(name: str) -> QueryError:
    """Return the error of a sample of a measure that cannot be estimated from one."""
    able = ", ".join(sampled([*MEASURES, *EDGE_MEASURES, *GRAPH_MEASURES]))
    return QueryError(
        tell("%(names)s has no sampled form; those that have: %(able)s.", names=name, able=able)
    )


def used_weight(network: Network, weights: str, weighted: bool, weight: str | None) -> str:
    """Return the name of the weight that a measure sees."""
    usual = network.weight if weighted else "unweighted"
    return "unweighted" if weights == "ignored" else weight or usual


def _scores(network: Network, names: Sequence[str], options: Options, *, strict: bool) -> _Found:
    """Return the scores by measure, and why those that are missing have none."""
    if options.sample is not None and strict and MEASURES[names[0]].sampled is None:
        raise no_sampled_form(names[0])
    found = _Found()
    for name in names:
        try:
            values, errors = _of_one(network, MEASURES[name], options)
        except UndefinedMeasureError as error:
            if strict:
                raise
            found.undefined.append(f"{name}: {error}")
            continue
        largest = _largest(network, MEASURES[name]) if options.normalised else 1.0
        found.scores[name] = values / largest
        if errors is not None:
            found.errors[name] = errors / largest
    return found


def _of_one(network: Network, measure: Measure, options: Options) -> tuple[Scores, Scores | None]:
    used = used_weight(network, measure.weights, measure.weighted, options.weight)
    adjacency, directed = network.adjacency(used), network.directed
    if options.sample is not None and measure.sampled is not None:
        return measure.sampled(adjacency, directed, options.sample, options.seed)
    if measure.grouped:
        groups = _grouping(network, options).codes
        return measure.function(adjacency, directed, groups), None
    return measure.function(adjacency, directed), None


def _grouping(network: Network, options: Options) -> Grouping:
    return grouping(network, options.groups)


def _order(name: str, found: _Found, nodes: int) -> NDArray[np.int64]:
    """Return what rows are sorted by: ranks, or the numbers of parts."""
    if name not in found.scores:
        return np.ones(nodes, dtype=np.int64)
    scores = found.scores[name]
    return scores.astype(np.int64) if MEASURES[name].numbers else rank(scores)


def _single(name: str, found: _Found, leading: NDArray[np.int64]) -> dict[str, list[Value]]:
    if MEASURES[name].numbers:
        return {name: leading.tolist()}
    columns: dict[str, list[Value]] = {"score": _rounded(found.scores[name])}
    if name in found.errors:
        columns["error"] = _rounded(found.errors[name])
    return columns | {"rank": leading.tolist()}


def _several(names: Sequence[str], found: _Found, nodes: int) -> dict[str, list[Value]]:
    columns: dict[str, list[Value]] = {}
    for name in names:
        if name not in found.scores:
            columns[name] = [None] * nodes
        elif MEASURES[name].numbers:
            columns[name] = found.scores[name].astype(np.int64).tolist()
        else:
            columns[name] = _rounded(found.scores[name])
        if name in found.errors:
            columns[f"{name}-error"] = _rounded(found.errors[name])
    return columns


def _rounded(scores: Scores) -> list[Value]:
    return [significant(score) for score in scores]


def _largest(network: Network, measure: Measure) -> float:
    """Return the largest possible score, or 1 where there is none to divide by."""
    largest = measure.norm(len(network), network.directed) if measure.norm else 1.0
    return largest if largest > 0 else 1.0


def _described(network: Network, name: str, options: Options) -> dict[str, object]:
    measure = MEASURES[name]
    return {
        **described(network, measure, options),
        "normalised": options.normalised and measure.norm is not None,
    }


def described(network: Network, measure: Measure, options: Options) -> dict[str, object]:
    """Return what a reader must know of a measure."""
    return {
        "definition": measure.definition,
        "formula": measure.formula,
        "weight": used_weight(network, measure.weights, measure.weighted, options.weight),
        "weight_as": measure.weights,
        "reference": measure.reference,
    }


def in_parts(network: Network, name: str, disconnected: str) -> str:
    """Say what a measure means on a network of several components."""
    return tell(
        "%(components)s components; %(measure)s: %(meaning)s",
        components=network.components,
        measure=name,
        meaning=Told(disconnected),
    )


def _caveats(network: Network, names: Sequence[str]) -> list[str]:
    """Return what the scores mean where the network falls into several components."""
    if network.components < 2:
        return []
    return [in_parts(network, name, MEASURES[name].disconnected) for name in names]


def _grouped(network: Network, names: Sequence[str], options: Options) -> dict[str, object]:
    if not any(MEASURES[name].grouped for name in names):
        return {}
    return {"groups": dict(_grouping(network, options).meta)}


def drawn(errors: Collection[str], options: Options) -> dict[str, object]:
    """Return what a reader must know of estimates; nothing where there are none."""
    if not errors:
        return {}
    return {
        "sample": options.sample,
        "seed": options.seed,
        "errors": f"with a probability of {CONFIDENCE:.0%} every score lies within its error",
    }


def _cut(ranks: NDArray[np.int64], top: int | None) -> dict[str, object]:
    """Return how many rows ``top`` leaves out, and how many of them tie with the last one kept."""
    if top is None or top >= len(ranks):
        return {"left_out": 0}
    tied = int(np.sum(ranks[top:] == ranks[top - 1]))
    return {"left_out": len(ranks) - top, "left_out_tied_with_last": tied}
