"""Slices: the same network, period by period."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.results import ResultTable

if TYPE_CHECKING:
    from kg.network.graph import Network

__all__ = ["Slice", "slices", "table"]

Slice = tuple[int, int, "Network"]
"""First year, last year (both included), and the network of the trainings that began then."""


def slices(network: Network, width: int, step: int | None = None) -> list[Slice]:
    """Return the network of each period; see :meth:`kg.network.graph.Network.slices`."""
    step = width if step is None else step
    if width < 1 or step < 1:
        raise QueryError(f"slices of {width} years by {step} are not accepted; both from 1.")
    if network.again is None or network.trainings is None:
        raise QueryError("This network was not made from trainings, so it has no periods.")
    years = network.trainings["year"].drop_nulls()
    if years.is_empty():
        return []
    first, last = int(years.min()), int(years.max())  # type: ignore[arg-type]  # not empty
    starts = range(first, last + 1, step)
    periods = [(start, min(start + width - 1, last)) for start in starts]
    return [(a, b, network.again(years=(a, b))) for a, b in periods]


def table(
    network: Network, width: int, step: int | None, ask: Callable[[Network], ResultTable]
) -> ResultTable:
    """Return the answers of all periods under each other, with the columns from_year and to_year.

    ``meta["slices"]`` says for each period its years, nodes, edges, and coverage.
    """
    columns: tuple[str, ...] = ()
    rows = []
    told = []
    for first, last, part in slices(network, width, step):
        answer = ask(part)
        columns = ("from_year", "to_year", *answer.columns)
        rows += [(first, last, *row) for row in answer.rows]
        told.append(
            {
                "years": [first, last],
                "nodes": len(part),
                "edges": part.edges_by_code.height,
                "coverage": part.meta.get("coverage"),
                "reason": part.meta.get("reason"),
            }
        )
    meta = {**ask(network).meta, "slices": told} if told else {**network.meta, "slices": told}
    return ResultTable(columns or ("from_year", "to_year"), rows, meta)
