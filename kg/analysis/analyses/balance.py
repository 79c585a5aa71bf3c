"""The balance of learning and teaching."""

from __future__ import annotations

from typing import Any

import polars as pl

from kg.analysis.analyses.shared import BY, PERIOD, TOO_FEW, level, named_groups
from kg.analysis.base import Analysis, Answer, Chart, Given, World
from kg.analysis.flowing import flowing
from kg.analysis.guards import ratio
from kg.analysis.seats import SIDES, grouped, seats
from kg.language import tell

__all__ = ["BALANCE", "balance", "reciprocity"]

_KEY = ["node", "group"]


def balance(world: World, given: Given) -> Answer:
    """Return taught, learned, net, share and reciprocity of each node, by group."""
    by, period, facets = given["by"], given["period"], world.columns["facets"]
    seated = _marked(world, seats(world.selection, given["level"]))
    counted = grouped(seated.filter(pl.col("inside")), facets, by, period)
    rows = (
        counted.group_by(_KEY)
        .agg(
            trainings=pl.col("training").n_unique().cast(pl.Int64),
            taught=_people("seats", "educator"),
            learned=_people("seats", "learner"),
            unnamed_taught=_people("unnamed", "educator"),
            unnamed_learned=_people("unnamed", "learner"),
            alone=pl.col("seats").filter("alone").sum(),
        )
        .with_columns(people=pl.col("taught") + pl.col("learned"))
    )
    least = world.policy.least_base
    mutual = _mutual(world, given)
    rows = rows.join(mutual, on=_KEY, how="left").with_columns(
        net=pl.col("taught") - pl.col("learned"),
        one_sided=pl.col("alone") / pl.col("people"),
        share=ratio(pl.col("taught"), pl.col("people"), pl.col("people"), least),
        reciprocity=ratio(pl.col("mutual"), pl.col("flow"), pl.col("flow") / 2, least),
    )
    rows = rows.sort(["group", "people", "node"], descending=[False, True, False])
    return Answer(
        named_groups(world, world.labelled(rows, "node", "label")),
        cells={"taught": "unnamed_taught", "learned": "unnamed_learned"},
        derived=("net", "share", "one_sided", "reciprocity"),
        **_one_sided(world),
    )


def _marked(world: World, seated: pl.DataFrame) -> pl.DataFrame:
    """Add ``alone``: the training records people on one side only, wherever they are from."""
    rows = world.selection.involvements.filter(pl.col("side").is_in(SIDES))
    sides = rows.group_by("training").agg(alone=pl.col("side").n_unique() < len(SIDES))
    return seated.join(sides, on="training")


def _one_sided(world: World) -> dict[str, Any]:
    """Return how many trainings record one side alone, and what that does to the balance."""
    rows = world.selection.involvements
    learned, taught = (
        set(rows.filter(pl.col("side") == side)["training"]) for side in ("learner", "educator")
    )
    counts = {
        "trainings_with_educators_only": len(taught - learned),
        "trainings_with_learners_only": len(learned - taught),
    }
    alone = sum(counts.values())
    if not alone:
        return {"coverage": counts}
    caveat = tell(
        "%(educators)s trainings record educators and no learner, %(learners)s learners and no "
        "educator: net and share lean towards the side that is recorded (one_sided says how much "
        "of each row rests on these).",
        educators=counts["trainings_with_educators_only"],
        learners=counts["trainings_with_learners_only"],
    )
    return {"coverage": counts, "caveats": (caveat,)}


def _people(count: str, side: str) -> pl.Expr:
    return pl.col(count).filter(pl.col("side") == side).sum()


def _mutual(world: World, given: Given) -> pl.DataFrame:
    """Return (node, group, mutual, flow); for all nodes as one, between countries."""
    together = given["level"] == "all"
    exchanged = flowing(world.selection, "country" if together else given["level"])
    exchanged = exchanged.filter(pl.col("inside_source") | pl.col("inside_target"))
    by_group = grouped(exchanged, world.columns["facets"], given["by"], given["period"])
    found = reciprocity(by_group)
    if not together:
        return found
    whole = found.group_by("group").agg(pl.col("mutual", "flow").sum())
    return whole.with_columns(node=pl.lit("all"))


def reciprocity(exchanged: pl.DataFrame) -> pl.DataFrame:
    """Return (node, group, mutual, flow) of flows between different nodes.

    ``mutual/flow`` is the weighted reciprocity of a node, ``Σ_b min(w_ab, w_ba) · 2 / Σ_b (w_ab +
    w_ba)``: 1 when every partner gives as much as it gets, 0 when nothing comes back.
    Squartini et al. (2013), Scientific Reports 3, 2729, doi:10.1038/srep02729.

    Parameters
    ----------
    exchanged:
        source, target, group, learners.

    Examples
    --------
    >>> pair = pl.DataFrame({"source": ["a", "b"], "target": ["b", "a"], "group": ["", ""],
    ...                      "learners": [3.0, 1.0]})
    >>> reciprocity(pair).rows()
    [('a', '', 2.0, 4.0), ('b', '', 2.0, 4.0)]
    """
    there = (
        exchanged.filter(pl.col("source") != pl.col("target"))
        .group_by("group", "source", "target")
        .agg(w=pl.col("learners").sum())
    )
    back = there.select("group", source="target", target="source", back="w")
    both = there.join(back, on=["group", "source", "target"], how="left").with_columns(
        mutual=pl.min_horizontal("w", pl.col("back").fill_null(0.0))
    )
    ends = [both.select("group", "w", "mutual", node=end) for end in ("source", "target")]
    return (
        pl.concat(ends)
        .group_by("node", "group")
        .agg(mutual=pl.col("mutual").sum(), flow=pl.col("w").sum())
        .sort("node", "group")
    )


BALANCE = Analysis(
    balance,
    title="Balance of learning and teaching",
    definition=(
        "Seats on the educators' side (educator, mentor, helper) against seats on the learners' "
        "side; a seat is one person in one training."
    ),
    formula=(
        "net = taught − learned; share = taught / (taught + learned); "
        "reciprocity = 2 Σ_b min(w_ab, w_ba) / Σ_b (w_ab + w_ba), w_ab = learners of b taught by a"
    ),
    reference="Squartini et al. (2013), Sci. Rep. 3, 2729, doi:10.1038/srep02729 (reciprocity)",
    columns={
        "node": "who",
        "label": "its name",
        "group": "what the row is counted under",
        "group_label": "its name",
        "trainings": "trainings with a seat of the node",
        "taught": "seats on the educators' side",
        "learned": "seats on the learners' side",
        "net": "taught less learned, in seats",
        "share": "taught, as a share of all seats",
        "one_sided": "share of its seats in trainings that record one side alone (0 to 1)",
        "reciprocity": "share of what is exchanged with others that goes both ways (0 to 1)",
    },
    parameters={
        "level": level("country", "institution", "person", "bloc", "all"),
        "by": BY,
        "period": PERIOD,
    },
    example={"level": "country", "bloc": "oic"},
    blank={
        "share": TOO_FEW,
        "reciprocity": f"no exchange with others is known, or it {TOO_FEW} people",
    },
    chart=Chart("bars", x="label", y="net", group="group_label"),
)
