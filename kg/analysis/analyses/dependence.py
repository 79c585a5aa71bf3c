"""How far learning depends on few sources."""

from __future__ import annotations

import polars as pl

from kg.analysis.analyses.shared import BY, PERIOD, TOO_FEW, level, named_groups
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.flowing import in_blocs, seated_for
from kg.analysis.recorded import untaught
from kg.analysis.seats import flows, grouped
from kg.language import tell
from kg.network.blocs import memberships

__all__ = ["DEPENDENCE", "dependence", "herfindahl"]


def dependence(world: World, given: Given) -> Answer:
    """Return the concentration of each learner's sources, by group."""
    seated = seated_for(world.selection, given["level"])
    coverage, caveats = untaught(seated)
    exchanged = _by_source(world, given, flows(seated).filter(pl.col("inside_target")))
    by_group = grouped(exchanged, world.columns["facets"], given["by"], given["period"])
    rows = herfindahl(by_group)
    enough = pl.col("learners") >= world.policy.least_base
    gated = ["herfindahl", "effective_sources", "top_share"]
    rows = rows.with_columns(pl.when(enough).then(pl.col(gated)).otherwise(None))
    rows = rows.sort(["group", "learners", "node"], descending=[False, True, False])
    named = world.labelled(world.labelled(rows, "node", "label"), "top_source")
    return Answer(
        named_groups(world, named),
        cells={"learners": "unnamed"},
        derived=tuple(gated),
        coverage=coverage,
        caveats=caveats,
        reason=tell("No training has both a learner and an educator who can be placed."),
    )


def _by_source(world: World, given: Given, exchanged: pl.DataFrame) -> pl.DataFrame:
    """Return the flows to the nodes of a level; the sources of a bloc are countries.

    Countries of several blocs, and of none, would make shares of blocs that sum to anything.
    """
    if given["level"] != "bloc":
        away = pl.col("source") != pl.col("target")
        return exchanged if given["own"] else exchanged.filter(away)
    found = in_blocs(world.selection, exchanged, "target")
    if given["own"]:
        return found
    there = memberships(
        exchanged.select("training", country="source"),
        world.selection.trainings,
        world.selection.bloc_members,
    ).rename({"country": "source", "bloc": "target"})
    return found.join(there, on=["training", "source", "target"], how="anti")


def herfindahl(exchanged: pl.DataFrame) -> pl.DataFrame:
    """Return the concentration of sources: ``H = Σ_s (w_s / Σ w)²``, and ``1/H``.

    H is 1 where one source teaches all and 1/n where n teach alike. Hirschman (1964), American
    Economic Review 54(5), 761-762.

    Parameters
    ----------
    exchanged:
        training, source, target, group, learners, unnamed.

    Examples
    --------
    >>> thirds = pl.DataFrame({"training": ["t", "u"], "source": ["a", "b"], "target": "c",
    ...     "group": "", "learners": [30.0, 10.0], "unnamed": 0.0})
    >>> herfindahl(thirds).select("node", "herfindahl", "effective_sources", "top_share").rows()
    [('c', 0.625, 1.6, 0.75)]
    """
    pairs = (
        exchanged.group_by("group", "target", "source")
        .agg(pl.col("learners", "unnamed").sum(), pl.col("training").unique())
        .sort(["group", "target", "learners", "source"], descending=[False, False, True, False])
    )
    share = pl.col("learners") / pl.col("learners").sum()
    return pairs.group_by("group", "target", maintain_order=True).agg(
        trainings=pl.col("training").explode().n_unique().cast(pl.Int64),
        sources=pl.len().cast(pl.Int64),
        herfindahl=(share**2).sum(),
        effective_sources=1 / (share**2).sum(),
        top_source=pl.col("source").first(),
        top_share=share.first(),
        learners=pl.col("learners").sum(),
        unnamed=pl.col("unnamed").sum(),
    ).rename({"target": "node"})  # fmt: skip


DEPENDENCE = Analysis(
    dependence,
    title="Dependence of learning on its sources",
    definition=(
        "Concentration of the sources that taught a node's learners (Herfindahl–Hirschman index); "
        "what a node taught itself is left out unless asked for. The sources of a bloc are "
        "countries."
    ),
    formula="herfindahl = Σ_s (w_s/Σ w)²; effective_sources = 1/herfindahl",
    reference="Hirschman (1964), Am. Econ. Rev. 54(5), 761-762",
    columns={
        "node": "who learned",
        "label": "its name",
        "group": "what the row is counted under",
        "group_label": "its name",
        "trainings": "trainings behind the row",
        "learners": "seats of learners whose source is known",
        "sources": "different sources",
        "herfindahl": "from 1/sources (all teach alike) to 1 (one teaches all)",
        "effective_sources": "how many equal sources would be as concentrated",
        "top_source": "the greatest source",
        "top_source_label": "its name",
        "top_share": "its share",
    },
    parameters={
        "level": level("country", "institution", "person", "bloc"),
        "by": BY,
        "period": PERIOD,
        "own": Parameter("flag", "Count a node as a source of its own.", default=False),
    },
    example={"level": "country", "bloc": "oic"},
    blank={"herfindahl": TOO_FEW, "effective_sources": TOO_FEW, "top_share": TOO_FEW},
    chart=Chart("bars", x="label", y="herfindahl", group="group_label"),
)
