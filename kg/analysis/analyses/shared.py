"""Parameters and steps that several analyses share."""

from __future__ import annotations

import polars as pl

from kg.analysis.base import Parameter, World
from kg.analysis.seats import GROUPS
from kg.language import tell

__all__ = [
    "ALPHA",
    "BY",
    "LEAST_TRAININGS",
    "MEASURE",
    "OF",
    "PERIOD",
    "PROJECTION",
    "SEED",
    "TOO_FEW",
    "WEIGHT",
    "dealt_to_all",
    "drawn_anew",
    "level",
    "named_groups",
    "placed_on_map",
    "samples",
    "seen_from_inside",
]

BY = Parameter(
    "choice",
    "Break the numbers down; a training with several topics counts under each.",
    default="total",
    choices=GROUPS,
)
PERIOD = Parameter("integer", "Years in a period, with by=period.", default=5, least=1, most=50)
OF = Parameter(
    "choice", "What spreads: methods or topics.", default="method", choices=("method", "topic")
)
MEASURE = Parameter(
    "choice",
    "A centrality; docs/networks.md defines each.",
    default="degree",
    choices=(
        "degree",
        "strength",
        "betweenness",
        "closeness",
        "harmonic",
        "eigenvector",
        "pagerank",
    ),
)
PROJECTION = Parameter(
    "choice",
    "What links two nodes.",
    default="partnership",
    choices=("partnership", "knowledge-flow"),
)
WEIGHT = Parameter("text", "The weight that counts, of the projection; its first.")
SEED = Parameter("integer", "The same seed gives the same numbers.", default=1, least=0)
ALPHA = Parameter(
    "number", "False discovery rate that is accepted.", default=0.05, least=0.0, most=1.0
)
LEAST_TRAININGS = Parameter(
    "integer", "Test who was at so many trainings or more.", default=3, least=1
)
TOO_FEW = "rests on fewer than [analyse] least_base"


def level(*choices: str) -> Parameter:
    """Return the parameter that says what a node is; the first choice is the usual one."""
    return Parameter("choice", "What a node is.", default=choices[0], choices=choices)


def samples(usual: int) -> Parameter:
    """Return the parameter that says how often chance is drawn."""
    return Parameter("integer", "How many draws.", default=usual, least=20, most=5000)


def dealt_to_all(world: World) -> tuple[str, ...]:
    """Return the caveat of a null model of several programmes, if there are several."""
    programmes = world.selection.facets.filter(pl.col("facet") == "programme")
    if "programme" in world.selection.filters or programmes["value"].n_unique() < 2:
        return ()
    return (
        tell(
            "The random graphs deal the trainings of all programmes to everybody: who takes part "
            "in one programme of small trainings has fewer links than expected. Filter by "
            "programme to compare like with like."
        ),
    )


def drawn_anew(draws: int, samples: int) -> tuple[str, ...]:
    """Return the caveat of more draws than were asked for, if there were more."""
    if draws <= samples:
        return ()
    return (
        tell(
            "The %(samples)s draws that were asked for could call nothing significant, with so "
            "many tests; the numbers are those of %(draws)s fresh ones.",
            samples=samples,
            draws=draws,
        ),
    )


def named_groups(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``group_label`` behind ``group``: the label of a topic, or the year itself."""
    return world.labelled(frame, "group")


def seen_from_inside(world: World) -> tuple[str, ...]:
    """Return the caveat of a network of which a filter shows a part only, if it does."""
    filters = world.selection.filters
    if world.selection.within or not {"bloc", "country"} & set(filters):
        return ()
    return (
        tell(
            "Only links with an end inside the filter are in this network: of those outside, only "
            "their links to the inside are seen, and who is inside stands in the middle. Ask "
            "without the filter for a place in the whole network, or with within for one among "
            "those inside."
        ),
    )


def placed_on_map(world: World, frame: pl.DataFrame, country: str) -> pl.DataFrame:
    """Add latitude and longitude (degrees, null where unknown) of the countries in a column."""
    places = world.table("coordinates").rename({"country": country})
    return frame.join(places, on=country, how="left", maintain_order="left")
