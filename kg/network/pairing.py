"""From who took part to who is linked: the join behind every projection.

Nodes and trainings are integer codes here, and nothing loops over pairs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.network.sharing import attendance, meetings_of, most_shared

__all__ = ["CODE", "Pairing", "Weight", "aggregate", "terms_of"]

CODE = pl.UInt32
"""The type of the codes of nodes and trainings."""

Codes = NDArray[np.int64]
_PLACES = 2**62  # what one number has for the codes of a link
_NEVER = 2**62  # no year
_MEETING = ("training", "node", "via", "inside")


@dataclass(frozen=True)
class Weight:
    """What one training adds to the weight of an edge.

    Attributes
    ----------
    term:
        Polars expression over the columns of :meth:`Pairing.links`; the weight of an edge is
        its sum over the trainings behind the edge. It must be positive.
    definition, formula, reference:
        For documentation and the meta of results.
    """

    term: pl.Expr
    definition: str
    formula: str
    reference: str = ""


@dataclass(frozen=True)
class Pairing:
    """The two sides that meet in a training, and which meetings make a link.

    Attributes
    ----------
    left, right:
        One row for each (training, node, via): see :func:`kg.network.incidence.incidence`,
        with codes for training, node and via.
    symmetric:
        Both sides are the same people: each pair once, the smaller code as the source, and
        only by way of two different ``via``. Otherwise every left node meets every right one.
    within:
        Both nodes of a pair must be inside, not one.
    loops:
        Keep a node's link with itself (never in a symmetric pairing).
    bipartite:
        Edges have no direction, though the sides are of two kinds: the smaller code of the two
        is the source.
    """

    left: pl.DataFrame
    right: pl.DataFrame
    symmetric: bool
    within: bool = False
    loops: bool = False
    bipartite: bool = False

    def links(self, terms: Collection[str] = ()) -> pl.DataFrame:
        """Return one row for each (training, source, target).

        ``terms`` are further columns: heads, size, total of the source's side and, with
        ``_target``, of the target's side (see :func:`kg.network.incidence.incidence`). There
        are many rows, so only the columns that a weight needs should be among them.
        """
        ours = [term for term in terms if not term.endswith("_target")]
        theirs = [term.removesuffix("_target") for term in terms if term.endswith("_target")]
        met = self.left.select(*_MEETING, *ours).join(
            self.right.select("training", pl.col(*_MEETING[1:], *theirs).name.suffix("_target")),
            on="training",
        )
        linked = met.rename({"node": "source", "node_target": "target"}).filter(self._linked())
        linked = linked.select("training", "source", "target", *terms)
        if self.bipartite:
            ends = pl.min_horizontal("source", "target"), pl.max_horizontal("source", "target")
            linked = linked.with_columns(source=ends[0], target=ends[1])
        # Only blocs come in by way of several countries; elsewhere the rows are unique already.
        several = any(
            side.select("training", "node").is_duplicated().any()
            for side in (self.left, self.right)
        )
        return linked.unique(["training", "source", "target"]) if several else linked

    def between(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Return the (training, source, target) of these pairs (source, target) alone.

        Of a symmetric pairing without a filter, at a level where nodes stand for themselves.
        """
        return meetings_of(attendance(self.left), pairs.select("source", "target"))

    def strongest(self, number: int, terms: Collection[str] = ()) -> pl.DataFrame:
        """Return the links of the pairs that share most, as :meth:`links` has them.

        There are ``number`` pairs, and those that share as many trainings as the last. ``terms``
        are of the source's side.
        """
        there = attendance(self.left)
        met = meetings_of(there, most_shared(there, number))
        sides = self.left.select("training", pl.col("node").alias("source"), *terms)
        return met.join(sides, on=["training", "source"]).select(*met.columns, *terms)

    def of(self, source: int, target: int) -> Pairing:
        """Return the pairing of two nodes alone, for the evidence of their edge."""
        pair = [source, target]  # an undirected edge is looked for both ways round
        one_way = not (self.symmetric or self.bipartite)
        left = self.left.filter(pl.col("node").is_in([source] if one_way else pair))
        right = self.right.filter(pl.col("node").is_in([target] if one_way else pair))
        return replace(self, left=left, right=right)

    def recoded(self, codes: Mapping[int, int]) -> Pairing:
        """Return the pairing with new codes for nodes; nodes without one are dropped."""
        table = pl.DataFrame(
            {"node": list(codes.keys()), "code": list(codes.values())},
            schema={"node": CODE, "code": CODE},
        )
        return replace(self, left=_recode(self.left, table), right=_recode(self.right, table))

    def _linked(self) -> pl.Expr:
        inside = pl.col("inside") & pl.col("inside_target")
        either = pl.col("inside") | pl.col("inside_target")
        kept = inside if self.within else either
        if self.symmetric:
            return (
                kept
                & (pl.col("source") < pl.col("target"))
                & (pl.col("via") != pl.col("via_target"))
            )
        return kept if self.loops else kept & (pl.col("source") != pl.col("target"))


def _recode(side: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    return side.join(table, on="node", maintain_order="left").with_columns(node="code").drop("code")


def terms_of(weights: Mapping[str, Weight]) -> list[str]:
    """Return the columns of :meth:`Pairing.links` that the weights are made from."""
    return sorted({name for weight in weights.values() for name in weight.term.meta.root_names()})


def aggregate(links: pl.DataFrame, weights: Mapping[str, Weight]) -> pl.DataFrame:
    """Return one row an edge: source, target, shared_trainings, first_year, last_year, weights.

    ``links`` has a column ``year``. Sums of floats run in the order of the trainings, one
    after the other, so that the same input gives the same bits.
    """
    source, target, training = (
        links[name].to_numpy().astype(np.int64) for name in ("source", "target", "training")
    )
    order = _in_order(source, target, training)
    source, target = source[order], target[order]
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = (source[1:] != source[:-1]) | (target[1:] != target[:-1])
    starts = np.flatnonzero(begins)
    # The column beside them stretches a constant term to one value a row.
    terms = links.select(
        "training", *(weight.term.cast(pl.Float64).alias(name) for name, weight in weights.items())
    )
    years = links["year"].cast(pl.Int64)
    return pl.DataFrame(
        {
            "source": pl.Series(source[starts], dtype=links["source"].dtype),
            "target": pl.Series(target[starts], dtype=links["target"].dtype),
            "shared_trainings": np.diff(starts, append=len(order)).astype(np.int64),
            "first_year": _extremes(years, order, starts, np.minimum),
            "last_year": _extremes(years, order, starts, np.maximum),
            **{
                name: _reduced(np.add, terms[name].to_numpy()[order], starts).astype(np.float64)
                for name in weights
            },
        }
    )


def _in_order(source: Codes, target: Codes, training: Codes) -> NDArray[np.intp]:
    """Return the order of links by source, target and training.

    The three are made one number where it fits: a sort of numbers takes a twentieth of the time
    that a sort of rows does, and most of a projection was that.
    """
    if not len(source):
        return np.zeros(0, dtype=np.intp)
    nodes, trainings = int(target.max()) + 1, int(training.max()) + 1
    if (int(source.max()) + 1) * nodes * trainings < _PLACES:
        return np.argsort((source * nodes + target) * trainings + training, kind="stable")
    return np.lexsort((training, target, source))


def _extremes(
    years: pl.Series, order: NDArray[np.intp], starts: NDArray[np.intp], extreme: np.ufunc
) -> pl.Series:
    """Return the least or the greatest year of each edge; null where none is known."""
    worst = _NEVER if extreme is np.minimum else -_NEVER
    found = _reduced(extreme, years.fill_null(worst).to_numpy()[order], starts).astype(np.int64)
    series = pl.Series(found, dtype=pl.Int64)
    return series.set(series == worst, None)


def _reduced(ufunc: np.ufunc, values: Any, starts: NDArray[np.intp]) -> NDArray[Any]:
    return np.asarray(ufunc.reduceat(values, starts) if len(starts) else values[:0])
