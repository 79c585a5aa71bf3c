"""Tables of edges and their scores, and the backbone of a network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.errors import QueryError
from kg.network.costs import offer
from kg.network.edge_measures import EDGE_MEASURES, EdgeMeasure
from kg.network.measures.base import Adjacency, Scores
from kg.network.options import Names, Options
from kg.network.pairing import CODE
from kg.network.ranking import check_top
from kg.network.scores import chosen, described, drawn, no_sampled_form, used_weight
from kg.results import ResultTable

if TYPE_CHECKING:
    from kg.network.graph import Network

__all__ = ["EDGE_COLUMNS", "backbone", "heavier", "restricted", "table"]

EDGE_COLUMNS = (
    "source",
    "source_label",
    "target",
    "target_label",
    "weight",
    "shared_trainings",
    "first_year",
    "last_year",
)


def table(network: Network, measure: Names, options: Options) -> ResultTable:
    """Return the edges of a network; see :meth:`kg.network.graph.Network.edges`."""
    names = [] if measure is None else chosen(measure, (), EDGE_MEASURES)
    check_top(options.top)
    weight = network.weight_name(options.weight)
    edges, estimated = network.weighted(weight), []
    if options.sample is not None and len(names) == 1 and not EDGE_MEASURES[names[0]].sampled:
        raise no_sampled_form(names[0])
    for name in names:
        values, errors = _scores(network, EDGE_MEASURES[name], options)
        edges = edges.with_columns(values.round_sig_figs(12).alias(name))
        if errors is not None:
            estimated.append(f"{name}-error")
            edges = edges.with_columns(errors.round_sig_figs(12).alias(estimated[-1]))
    by = names[0] if names else "weight"
    falling = not (names and EDGE_MEASURES[by].ascending)
    edges = edges.sort(by, "source", "target", descending=[falling, False, False], nulls_last=True)
    kept = edges if options.top is None else edges.head(options.top)
    meta = {**network.meta, "weight": weight, "left_out": edges.height - kept.height}
    if names:
        meta["measures"] = {n: described(network, EDGE_MEASURES[n], options) for n in names}
        exact = [name for name in names if f"{name}-error" not in estimated]
        said = offer(exact, len(network), edges.height)
        meta |= {"caveats": [*network.caveats, *said], **drawn(estimated, options)}
    columns = [c for n in names for c in (n, f"{n}-error") if c == n or c in estimated]
    shown = network.labelled(kept, columns).select(*EDGE_COLUMNS, *columns)
    return ResultTable((*EDGE_COLUMNS, *columns), shown.rows(), meta)


def _scores(
    network: Network, measure: EdgeMeasure, options: Options
) -> tuple[pl.Series, pl.Series | None]:
    """Return the score of each row of ``edges_by_code``, and its error where it is an estimate.

    Both are null for a loop.
    """
    used = used_weight(network, measure.weights, measure.weighted, options.weight)
    adjacency = network.adjacency(used)
    if options.sample is None or measure.sampled is None:
        return _of_rows(network, adjacency, measure.function(adjacency, network.directed)), None
    found = measure.sampled(adjacency, network.directed, options.sample, options.seed)
    scores, errors = (_of_rows(network, adjacency, values) for values in found)
    return scores, errors


def _of_rows(network: Network, adjacency: Adjacency, values: Scores) -> pl.Series:
    """Return for each row of ``edges_by_code`` the value of its entry."""
    nodes = len(network)
    entries = np.repeat(np.arange(nodes), np.diff(adjacency.indptr)) * nodes + adjacency.indices
    edges = network.edges_by_code
    keys = edges["source"].to_numpy().astype(np.int64) * nodes + edges["target"].to_numpy()
    places = np.searchsorted(entries, keys)
    found = np.append(values, np.nan)[np.where(_loops(edges), len(values), places)]
    return pl.Series(found, dtype=pl.Float64, nan_to_null=True)


def _loops(edges: pl.DataFrame) -> NDArray[np.bool_]:
    return np.asarray((edges["source"] == edges["target"]).to_numpy())


def backbone(
    network: Network, measure: str, threshold: float | None, weight: str | None, isolates: bool
) -> Network:
    """Return the edges that stand out; see :meth:`kg.network.graph.Network.backbone`."""
    able = [name for name, m in EDGE_MEASURES.items() if m.kept]
    if measure not in able:
        raise QueryError(f"Unknown backbone {measure!r}; accepted: {', '.join(able)}.")
    chosen_one = EDGE_MEASURES[measure]
    limit = chosen_one.threshold if threshold is None else threshold
    options = Options(weight=weight)
    values = _scores(network, chosen_one, options)[0].to_numpy()
    kept = np.asarray(chosen_one.kept(values, limit))  # type: ignore[misc]  # asked for above
    found = restricted(network, kept, isolates=isolates)
    told = {
        **described(network, chosen_one, options),
        "measure": measure,
        "threshold": limit,
        "edges_before": network.edges_by_code.height,
        "nodes_before": len(network),
    }
    meta = {**network.meta, "backbone": told}
    if not found.edges_by_code.height and network.edges_by_code.height:
        meta["reason"] = f"No edge passes the threshold {limit} of {measure}."
    return replace(found, meta=meta)


def heavier(network: Network, least: float, weight: str | None) -> Network:
    """Return the edges of at least a weight; see :meth:`kg.network.graph.Network.heavier`."""
    name = network.weight_name(weight)
    kept = network.weighted(name)["weight"].to_numpy() >= least
    found = restricted(network, kept, isolates=False)
    told = {"weight": name, "least": least, "edges_before": network.edges_by_code.height}
    meta = {**network.meta, "min_weight": told}
    if not found.edges_by_code.height and network.edges_by_code.height:
        meta["reason"] = f"No edge has a weight ({name}) of {least:g} or more."
    return replace(found, meta=meta)


def restricted(network: Network, kept: NDArray[np.bool_], *, isolates: bool) -> Network:
    """Return the network of some of its edges; nodes without any stay with ``isolates``."""
    edges = network.edges_by_code.filter(pl.Series(kept, dtype=pl.Boolean))
    if isolates:
        return replace(network, edges_by_code=edges)
    linked = pl.concat([edges["source"], edges["target"].alias("source")]).unique().sort()
    codes = {int(old): new for new, old in enumerate(linked)}
    ends = pl.col("source", "target")
    edges = edges.with_columns(
        ends.replace_strict(list(codes), list(codes.values()), return_dtype=CODE)
    )
    pairing = None if network.pairing is None else network.pairing.recoded(codes)
    return replace(
        network, nodes=network.nodes[linked.to_list()], edges_by_code=edges, pairing=pairing
    )
