"""Who passed methods and topics on."""

from __future__ import annotations

from collections import defaultdict

import polars as pl

from kg.analysis.analyses.shared import OF, level
from kg.analysis.base import Analysis, Answer, Chart, Given, World
from kg.analysis.diffusion import sources_of, spread_of
from kg.language import tell

__all__ = ["SPREADERS", "spreaders"]


def spreaders(world: World, given: Given) -> Answer:
    """Return nodes by how many arrivals elsewhere they are the source of."""
    here, found = spread_of(world, given)
    known = found.filter(pl.col("source").is_not_null())
    total = known.height
    direct = known.group_by(node="source").agg(passed_on=pl.len().cast(pl.Int64))
    everyone = sources_of(here, found)
    credit = everyone.group_by(node="source").agg(
        credit=pl.col("share").sum(),
        values=pl.col("value").n_unique().cast(pl.Int64),
        first_year=pl.col("year").min(),
        last_year=pl.col("year").max(),
    )
    below = _descendants(known)
    had = found.group_by("node").agg(had=pl.len().cast(pl.Int64), inside=pl.col("inside").any())
    rows = (
        credit.join(direct, on="node", how="left")
        .join(below, on="node", how="left")
        .join(had, on="node", how="left")
        .filter(pl.col("inside"))
        .with_columns(pl.col("passed_on", "descendants").fill_null(0))
        .sort(["credit", "passed_on", "node"], descending=[True, True, False])
        .with_columns(share=pl.col("credit") / max(total, 1))
        .with_columns(
            cumulative_share=pl.col("share").cum_sum(),
            per_value=pl.col("credit") / pl.col("had"),
        )
    )
    unknown = found.filter((pl.col("kind") == "learned") & pl.col("source").is_null()).height
    return Answer(
        world.labelled(rows, "node"),
        coverage={"arrivals_with_source": total, "arrivals_by_learning_without_source": unknown},
        reason=tell("No arrival in the selection has a known source."),
    )


def _descendants(known: pl.DataFrame) -> pl.DataFrame:
    """Return (node, descendants): arrivals on all paths that begin at the node."""
    below: dict[tuple[str, str], int] = defaultdict(int)
    source_of = {(v, n): s for v, n, s in known.select("value", "node", "source").rows()}
    for value, node in source_of:
        step: str | None = source_of[value, node]
        while step is not None:
            below[value, step] += 1
            step = source_of.get((value, step))
    totals: dict[str, int] = defaultdict(int)
    for (_, node), count in below.items():
        totals[node] += count
    schema = {"node": pl.String, "descendants": pl.Int64}
    return pl.DataFrame(sorted(totals.items()), schema=schema, orient="row")


SPREADERS = Analysis(
    spreaders,
    title="Who passed methods and topics on",
    definition=(
        "Nodes by the arrivals elsewhere at trainings where they taught: each arrival is shared "
        "among those who taught there by their number of educators."
    ),
    formula="credit = Σ_arrivals educators(node)/educators; share = credit / Σ credit",
    reference="Lloyd-Smith et al. (2005), Nature 438, 355-359, doi:10.1038/nature04153 (superspreading)",  # noqa: E501
    columns={
        "node": "who passed on",
        "node_label": "its name",
        "credit": "arrivals elsewhere, shared among those who taught there",
        "passed_on": "arrivals of which it is the main source: it had the most educators there",
        "descendants": "arrivals on all paths of main sources that begin at it",
        "values": "methods or topics that it passed on",
        "per_value": "credit for each method or topic that it had",
        "share": "of all arrivals with a known source",
        "cumulative_share": "of this row and those above",
        "first_year": "year of the first",
        "last_year": "year of the last",
    },
    parameters={"level": level("country", "institution", "person"), "of": OF},
    example={"level": "country", "of": "method"},
    chart=Chart("bars", x="node_label", y="credit"),
)
