"""How much of a bloc's learning and teaching stays inside it."""

from __future__ import annotations

import polars as pl

from kg.analysis.analyses.shared import BY, PERIOD, TOO_FEW, named_groups
from kg.analysis.base import Analysis, Answer, Chart, Given, World
from kg.analysis.guards import ratio
from kg.analysis.recorded import untaught
from kg.analysis.seats import flows, grouped, seats
from kg.language import tell
from kg.network import FACETS
from kg.network.blocs import memberships

__all__ = ["BLOC_SHARES", "bloc_shares"]

_WAYS = ("intra", "inbound", "outbound")


def bloc_shares(world: World, given: Given) -> Answer:
    """Return what flows inside, into and out of each bloc, by group."""
    seated = seats(world.selection, "country")
    coverage, caveats = untaught(seated)
    exchanged = flows(seated)
    marked = _marked(world, exchanged)
    by_group = grouped(marked, world.columns["facets"], given["by"], given["period"])
    people = [_of(way, "learners").alias(way) for way in _WAYS]
    unnamed = [_of(way, "unnamed").alias(f"unnamed_{way}") for way in _WAYS]
    rows = by_group.group_by("bloc", "group").agg(
        pl.col("training").n_unique().cast(pl.Int64).alias("trainings"), *people, *unnamed
    )
    rows = _with_shares(rows, world.policy.least_base).sort("group", "bloc")
    return Answer(
        named_groups(world, world.labelled(rows, "bloc")),
        cells={way: f"unnamed_{way}" for way in _WAYS},
        derived=("own_share_of_learning", "own_share_of_teaching", "ei_index"),
        coverage=coverage,
        caveats=caveats,
        reason=tell("No flow between countries touches a bloc."),
    )


def _marked(world: World, exchanged: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each flow and bloc that it touches, with the way it goes."""
    members = world.selection.bloc_members
    if world.chosen("bloc"):
        members = members.filter(pl.col("bloc").is_in(world.chosen("bloc")))
    ends = [exchanged.select("training", country=end) for end in ("source", "target")]
    at_the_time = memberships(pl.concat(ends), world.selection.trainings, members)
    found = []
    for end in ("source", "target"):
        inside = at_the_time.rename({"country": end})
        found.append(exchanged.join(inside, on=["training", end]).with_columns(end=pl.lit(end)))
    touched = pl.concat(found).group_by(
        "training", "source", "target", "bloc", "year", "learners", "unnamed"
    ).agg(ends=pl.col("end").n_unique(), end=pl.col("end").first())  # fmt: skip
    way = (
        pl.when(pl.col("ends") == len(("source", "target")))
        .then(pl.lit("intra"))
        .when(pl.col("end") == "target")
        .then(pl.lit("inbound"))
        .otherwise(pl.lit("outbound"))
    )
    return touched.with_columns(way=way).sort("training", "source", "target", "bloc")


def _of(way: str, count: str) -> pl.Expr:
    return pl.col(count).filter(pl.col("way") == way).sum()


def _with_shares(rows: pl.DataFrame, least: int) -> pl.DataFrame:
    intra, inbound, outbound = (pl.col(way) for way in _WAYS)
    across = inbound + outbound
    return rows.with_columns(
        own_share_of_learning=ratio(intra, intra + inbound, intra + inbound, least),
        own_share_of_teaching=ratio(intra, intra + outbound, intra + outbound, least),
        ei_index=ratio(across - intra, across + intra, across + intra, least),
    )


BLOC_SHARES = Analysis(
    bloc_shares,
    title="Learning and teaching inside and across blocs",
    definition=(
        "Learners of a bloc's members (at the time of the training) taught by members, by others, "
        "and others taught by members."
    ),
    formula=(
        "own_share_of_learning = intra/(intra + inbound); own_share_of_teaching = intra/(intra + "
        "outbound); ei_index = (inbound + outbound − intra)/(inbound + outbound + intra)"
    ),
    reference="Krackhardt & Stern (1988), Soc. Psychol. Q. 51, 123-140, doi:10.2307/2786835 (E–I)",
    columns={
        "bloc": "the bloc",
        "bloc_label": "its name",
        "group": "what the row is counted under",
        "group_label": "its name",
        "trainings": "trainings behind the row",
        "intra": "seats of members' learners taught by members (own country included)",
        "inbound": "seats of members' learners taught by others",
        "outbound": "seats of others' learners taught by members",
        "own_share_of_learning": "share of the bloc's learning that it teaches itself",
        "own_share_of_teaching": "share of the bloc's teaching that stays inside",
        "ei_index": "from −1 (all inside) to 1 (all across its border)",
    },
    parameters={"by": BY, "period": PERIOD},
    example={"bloc": "oic", "by": "year"},
    blank={
        "own_share_of_learning": TOO_FEW,
        "own_share_of_teaching": TOO_FEW,
        "ei_index": TOO_FEW,
    },
    level="country",
    filters=(*FACETS, "bloc", "years"),
    chart=Chart("bars", x="bloc_label", y="own_share_of_learning", group="group_label"),
)
