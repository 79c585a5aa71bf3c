"""How diverse the participants of each training are."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.analyses.shared import TOO_FEW
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.evenness import (
    blau,
    cosine_distances,
    great_circle_shares,
    rao_stirling,
    shannon,
)
from kg.analysis.seats import seats
from kg.language import Told, marked, tell

__all__ = ["DIVERSITY", "diversity", "diversity_of"]

LEVELS_OF = ("country", "institution", "bloc")
FACETS_OF = ("sector", "topic")
_MOST_KINDS = 5000  # a matrix of distances of more would not fit


def diversity(world: World, given: Given) -> Answer:
    """Return Shannon, Blau and Rao–Stirling of each training."""
    rows = diversity_of(world, given["of"], given["side"])
    least = world.policy.least_base if given["of"] in LEVELS_OF else 1
    gated = ["shannon", "effective_kinds", "blau", "rao_stirling"]
    rows = rows.with_columns(
        pl.when(pl.col("people") >= least).then(pl.col(name)).alias(name) for name in gated
    )
    titles = world.selection.trainings.select("training", "label", "year")
    rows = rows.join(titles, on="training").with_columns(pl.coalesce("label", "training"))
    rows = rows.sort(
        ["rao_stirling", "blau", "training"], descending=[True, True, False], nulls_last=True
    )
    absent = world.touched(world.selection.trainings).height - rows.height
    return Answer(
        rows,
        coverage={"trainings_without_a_kind": absent},
        caveats=(
            tell(
                "Distance between two of %(of)s: %(distance)s.",
                of=Told(given["of"]),
                distance=Told(_DISTANCE[given["of"]]),
            ),
        ),
        reason=tell("No selected training has a %(of)s on this side.", of=Told(given["of"])),
    )


_COSINE = marked("1 minus the cosine of the trainings in which they occur")
_DISTANCE = {
    "country": marked("great-circle distance as a share of half the globe's circumference"),
    "institution": marked("1 where different"),
    "bloc": _COSINE,
    "sector": _COSINE,
    "topic": _COSINE,
}


def diversity_of(world: World, of: str, side: str) -> pl.DataFrame:
    """Return diversity by training, unguarded.

    Columns: training, people (seats whose kind is known; values for sector and topic),
    known_share, kinds, shannon, effective_kinds, blau, rao_stirling (null where a distance is
    not known).
    """
    counted = _by_level(world, of, side) if of in LEVELS_OF else _by_facet(world, of)
    counted = world.touched(counted)
    kinds = counted["kind"].unique().sort().to_list()
    distance, placed = _distances(world, of, kinds, counted)
    place = {kind: number for number, kind in enumerate(kinds)}
    found = []
    for (training,), part in counted.group_by("training", maintain_order=True):
        where = np.array([place[kind] for kind in part["kind"]])
        weight = part["people"].to_numpy().astype(np.float64)
        p = weight / weight.sum()
        near = None if distance is None else distance[np.ix_(where, where)]
        rao = blau(p) if near is None else rao_stirling(p, near)
        known = distance is None or bool(placed[where].all())
        found.append(
            (training, int(weight.sum()), len(where), shannon(p), float(np.exp(shannon(p))),
             blau(p), rao if known else None)
        )  # fmt: skip
    frame = pl.DataFrame(found, schema=_SCHEMA, orient="row")
    return frame.join(_known_shares(world, of, side, frame), on="training").sort("training")


_SCHEMA = {
    "training": pl.String,
    "people": pl.Int64,
    "kinds": pl.Int64,
    "shannon": pl.Float64,
    "effective_kinds": pl.Float64,
    "blau": pl.Float64,
    "rao_stirling": pl.Float64,
}


def _sides(side: str) -> list[str]:
    return ["learner", "educator"] if side == "both" else [side]


def _by_level(world: World, of: str, side: str) -> pl.DataFrame:
    seated = seats(world.selection, of).filter(pl.col("side").is_in(_sides(side)))
    counted = seated.group_by("training", kind="node").agg(people=pl.col("seats").sum())
    return counted.sort("training", "kind")


def _by_facet(world: World, of: str) -> pl.DataFrame:
    facets = world.columns["facets"].filter(pl.col("facet") == of)
    kept = facets.join(world.selection.trainings.select("training"), on="training", how="semi")
    return (
        kept.select("training", kind="value", people=pl.lit(1, dtype=pl.Int64))
        .unique()
        .sort("training", "kind")
    )


def _distances(
    world: World, of: str, kinds: list[str], counted: pl.DataFrame
) -> tuple[NDArray[np.float64] | None, NDArray[np.bool_]]:
    """Return the distances of all kinds (None: all 1) and which kinds have any."""
    everywhere = np.ones(len(kinds), dtype=np.bool_)
    if of == "institution" or not kinds or len(kinds) > _MOST_KINDS:
        return None, everywhere
    if of == "country":
        here = pl.DataFrame({"country": kinds}).join(
            world.table("coordinates"), on="country", how="left", maintain_order="left"
        )
        placed = here["latitude"].is_not_null().to_numpy()
        north, east = (here[c].fill_null(0.0).to_numpy() for c in ("latitude", "longitude"))
        return great_circle_shares(north, east), placed
    trainings = counted["training"].unique().sort().to_list()
    column = {training: number for number, training in enumerate(trainings)}
    row = {kind: number for number, kind in enumerate(kinds)}
    occurrence = np.zeros((len(kinds), len(trainings)))
    for training, kind in counted.select("training", "kind").rows():
        occurrence[row[kind], column[training]] = 1.0
    return cosine_distances(occurrence), everywhere


def _known_shares(world: World, of: str, side: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return which share of a training's people on the side have a kind."""
    if of not in LEVELS_OF:
        return frame.select("training", known_share=pl.lit(1.0))
    at = "country" if of == "bloc" else of
    known = _by_level(world, at, side).group_by("training").agg(known=pl.col("people").sum())
    rows = world.selection.involvements.filter(pl.col("side").is_in(_sides(side)))
    named = pl.struct("side", "person").filter(pl.col("person").is_not_null()).n_unique()
    group = pl.col("headcount").fill_null(1).clip(1).filter(pl.col("person").is_null()).sum()
    whole = rows.group_by("training").agg(whole=named.cast(pl.Int64) + group)
    both = frame.select("training").join(known, on="training", how="left")
    both = both.join(whole, on="training", how="left")
    share = (pl.col("known").fill_null(0) / pl.col("whole")).clip(0.0, 1.0)
    return both.select("training", known_share=share)


DIVERSITY = Analysis(
    diversity,
    title="Diversity of participants",
    definition=(
        "How many kinds of participants a training has, how even they are, and how far apart: "
        "countries, institutions or blocs of its people, or sectors or topics of its subject."
    ),
    formula=(
        "shannon = −Σ p ln p; effective_kinds = exp(shannon); blau = 1 − Σ p²; "
        "rao_stirling = Σ_{i≠j} p_i p_j d_ij"
    ),
    reference=(
        "Shannon (1948), doi:10.1002/j.1538-7305.1948.tb01338.x; Blau (1977); Rao (1982), "
        "doi:10.1016/0040-5809(82)90004-1; Stirling (2007), doi:10.1098/rsif.2007.0213"
    ),
    columns={
        "training": "the training",
        "label": "its name",
        "year": "the year in which it began",
        "people": "seats whose kind is known (for sector and topic: values)",
        "known_share": "of all seats on this side",
        "kinds": "different kinds",
        "shannon": "entropy, in nats",
        "effective_kinds": "equal kinds that would be as diverse",
        "blau": "chance that two people differ in kind (Simpson's index of diversity)",
        "rao_stirling": "expected distance of two people (0 to 1)",
    },
    parameters={
        "of": Parameter(
            "choice",
            "Kinds of what; sector and topic are those of the training.",
            default="country",
            choices=(*LEVELS_OF, *FACETS_OF),
        ),
        "side": Parameter(
            "choice",
            "Whose diversity.",
            default="both",
            choices=("both", "learner", "educator"),
        ),
    },
    example={"of": "country", "side": "both"},
    blank={
        "year": "the training has no date",
        "shannon": TOO_FEW,
        "effective_kinds": TOO_FEW,
        "blau": TOO_FEW,
        "rao_stirling": f"it {TOO_FEW} people, or a country has no coordinates",
    },
    level=None,
    chart=Chart("bars", x="label", y="rao_stirling"),
)
