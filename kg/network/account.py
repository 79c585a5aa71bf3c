"""What a network says of itself, and its edges in the forms that analysts go on with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from kg.errors import QueryError
from kg.language import tell
from kg.network import picture
from kg.network.layout import strongest
from kg.network.measures import MEASURES
from kg.network.projections import PROJECTIONS
from kg.results import Plot

if TYPE_CHECKING:
    import pandas
    import polars as pl

    from kg.network.graph import Network

__all__ = ["Account", "scores_of_part"]

_ASKED = ("projection", "level", "roles", "weight", "filters")


class Account:
    """The part of :class:`kg.network.Network` that results of analyses have by the same names."""

    @property
    def _network(self) -> Network:
        return cast("Network", self)

    @property
    def release(self) -> str:
        """The release that the network was made from."""
        return str(self._network.meta.get("release", "unknown"))

    @property
    def parameters(self) -> dict[str, Any]:
        """What was asked for, filters by their names; empty where it was not made from trainings.

        Of what :meth:`backbone` and :meth:`heavier` made of it ``meta`` tells.
        """
        told = {name: self._network.meta[name] for name in _ASKED if name in self._network.meta}
        filters = cast("dict[str, Any]", told.pop("filters", {}))
        return {**told, **filters}

    @property
    def coverage(self) -> dict[str, Any]:
        """What the network rests on, and what was left out, as counts."""
        return dict(cast("dict[str, Any]", self._network.meta.get("coverage", {})))

    @property
    def method(self) -> str:
        """What links two nodes and how an edge is weighed, in words for a methods section."""
        network = self._network
        projection = PROJECTIONS.get(str(network.meta.get("projection")))
        if projection is None:
            return ""
        weight = projection.weights.get(network.weight)
        parts = [projection.definition]
        if weight is not None:
            parts += [f"Weight: {weight.definition}, {weight.formula}.", weight.reference]
        return " ".join(part for part in parts if part)

    def to_polars(self) -> pl.DataFrame:
        """Return the edges as a polars frame, the heaviest first; columns of :meth:`edges`."""
        return self._network.edges().to_polars()

    def to_pandas(self) -> pandas.DataFrame:
        """Return the edges as a pandas frame, the heaviest first; columns of :meth:`edges`."""
        return self._network.edges().to_pandas()

    def to_rows(self) -> list[dict[str, Any]]:
        """Return the edges as one dictionary each, the heaviest first."""
        return self._network.edges().to_rows()

    def plot(self, measure: str | None = None, *, colour: str = "community") -> Plot:
        """Return a drawing: an SVG that notebooks show and ``.write(path)`` keeps.

        Parameters
        ----------
        measure:
            What the size of a node shows: a name of :data:`kg.network.MEASURES`, measured in the
            whole network; its number of links in the drawing where None.
        colour:
            "community", "country" or "bloc".

        A large network is drawn in part: its strongest 5,000 nodes and 30,000 edges.

        Raises
        ------
        QueryError
            An unknown measure or colour, or a measure without a value on this network.
        """
        if colour not in picture.COLOURS:
            raise QueryError(
                tell(
                    "%(key)s: found %(value)s. Accepted: %(accepted)s.",
                    key="colour",
                    value=repr(colour),
                    accepted=", ".join(picture.COLOURS),
                )
            )
        part = strongest(self._network)
        size = None if measure is None else scores_of_part(self._network, part, measure)
        return Plot(picture.picture(self._network, size, colour))


def scores_of_part(network: Network, part: Network, measure: str) -> NDArray[np.float64]:
    """Return the scores of the nodes of a part of a network, measured in the whole of it.

    Raises
    ------
    QueryError
        It is no measure of nodes, or has no value here.
    """
    if measure not in MEASURES:
        raise QueryError(
            tell(
                "%(key)s: found %(value)s. Accepted: %(accepted)s.",
                key="size",
                value=repr(measure),
                accepted=", ".join(MEASURES),
            )
        )
    table = network.centrality(measure)
    column = "score" if "score" in table.columns else table.columns[-1]
    scores = dict(zip(table.column("node"), table.column(column), strict=True))
    found = [scores.get(node) for node in part.nodes["node"].to_list()]
    return np.array([np.nan if score is None else score for score in found], dtype=np.float64)
