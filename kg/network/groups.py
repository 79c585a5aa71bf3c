"""Groups of nodes: their countries, their blocs, or the members of one bloc against all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kg.errors import QueryError
from kg.language import tell
from kg.network.measures.base import Groups

if TYPE_CHECKING:
    from kg.network.graph import Network

__all__ = ["ATTRIBUTES", "BLOC_JOIN", "NO_BLOC", "Grouping", "grouping"]

ATTRIBUTES = ("country", "bloc", "kind")
"""What nodes can be grouped by, besides the members of one bloc."""

BLOC_JOIN = " + "
NO_BLOC = "no bloc"


@dataclass(frozen=True)
class Grouping:
    """A partition of the nodes.

    Attributes
    ----------
    by:
        Its name, as given.
    codes:
        The group of each node, from 0; −1 where it is not known.
    names:
        The groups, in the order of their codes.
    """

    by: str
    codes: Groups
    names: tuple[str, ...] = field(repr=False)

    @property
    def meta(self) -> Mapping[str, object]:
        """What a reader must know of it."""
        unknown = int(np.sum(self.codes < 0))
        return {"by": self.by, "groups": len(self.names), "nodes_without_group": unknown}


def grouping(network: Network, by: str) -> Grouping:
    """Return the nodes by an attribute, or as members of a bloc and others.

    ``country``: the node's country. ``bloc``: all blocs of the node's country at the times of its
    trainings together, so that a country in two blocs is in a group with others in just these.
    ``kind``: what a node is. The IRI of a bloc: its members, and everybody else whose country is
    known.

    Raises
    ------
    QueryError
        It is none of these.
    """
    values = network.nodes[by] if by in ATTRIBUTES else _members(network, by)
    known = values.drop_nulls().unique().sort()
    codes = {value: code for code, value in enumerate(known)}
    found = [codes.get(value, -1) for value in values]
    return Grouping(by, np.array(found, dtype=np.int64), tuple(known))


def _members(network: Network, bloc: str) -> pl.Series:
    lists = network.nodes["bloc"].str.split(BLOC_JOIN)
    known = sorted({one for blocs in lists.drop_nulls() for one in blocs} - {NO_BLOC})
    if bloc not in known:
        listed = ", ".join([*ATTRIBUTES, *known])
        raise QueryError(
            tell("Unknown groups %(bloc)s; accepted: %(listed)s.", bloc=repr(bloc), listed=listed)
        )
    inside = lists.list.contains(bloc)
    words = pl.when(inside).then(pl.lit("member")).otherwise(pl.lit("other"))
    return pl.select(pl.when(inside.is_not_null()).then(words)).to_series()
