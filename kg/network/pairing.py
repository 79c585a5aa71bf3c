"""From who took part to who is linked: the join behind every projection.

Nodes and trainings are integer codes here, and nothing loops over pairs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from kg.network.sharing import attendance, meetings_of, most_shared

__all__ = ["CODE", "Pairing", "Weight", "aggregate", "terms_of"]

CODE = pl.UInt32
"""The type of the codes of nodes and trainings."""

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
    ordered = links.sort("source", "target", "training")
    edges = ordered.group_by("source", "target", maintain_order=True).agg(
        shared_trainings=pl.len().cast(pl.Int64),
        first_year=pl.col("year").min(),
        last_year=pl.col("year").max(),
    )
    # The column beside them stretches a constant term to one value a row.
    terms = ordered.select(
        "training", *(weight.term.cast(pl.Float64).alias(name) for name, weight in weights.items())
    )
    counts = edges["shared_trainings"].to_numpy()
    starts = np.cumsum(counts) - counts
    return edges.with_columns(
        pl.Series(name, _sums(terms[name].to_numpy(), starts), dtype=pl.Float64) for name in weights
    )


def _sums(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    return np.add.reduceat(values, starts) if len(starts) else np.zeros(0)
