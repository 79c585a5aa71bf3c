"""How many learners become educators."""

from __future__ import annotations

import polars as pl

from kg.analysis.analyses.shared import BY, PERIOD, TOO_FEW, named_groups
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.intervals import wilson
from kg.analysis.recorded import record_ends, undated
from kg.analysis.seats import grouped, seats
from kg.analysis.survival import Step, kaplan_meier
from kg.analysis.timeline import latest, years
from kg.language import tell

__all__ = ["TRANSITIONS", "transitions"]


def transitions(world: World, given: Given) -> Answer:
    """Return the share of named learners who taught in a later training, by group."""
    seated = seats(world.selection, "person").filter(pl.col("since").is_not_null())
    learned = grouped(
        seated.filter((pl.col("side") == "learner") & pl.col("inside")),
        world.columns["facets"],
        given["by"],
        given["period"],
    )
    first = learned.sort(latest("until"), "since", "training").unique(
        ["node", "group"], keep="first", maintain_order=True
    )
    taught = seated.filter(pl.col("side") == "educator").select("node", taught="since")
    recorded = first.join(record_ends(world).select("training", "ends"), on="training")
    pairs = recorded.join(taught, on="node", how="left").with_columns(
        later=pl.when(latest("until") < pl.col("taught")).then(pl.col("taught"))
    )
    people = pairs.group_by("node", "group").agg(
        since=pl.col("since").first(), until=pl.col("until").first(),
        taught=pl.col("later").min(), ends=pl.col("ends").first(),
    )  # fmt: skip
    seen = pl.col("taught").is_not_null()
    span = (pl.when(seen).then(years("taught")).otherwise(pl.col("ends")) - years("until")).clip(
        0.0
    )
    people = people.with_columns(seen=seen, span=span.round(6)).sort("group", "node")
    found = [
        (group, *_counted(part, given["within_years"], world.policy.least_base))
        for (group,), part in people.group_by("group", maintain_order=True)
    ]
    frame = pl.DataFrame(found, schema=_SCHEMA, orient="row").sort("group")
    return Answer(
        named_groups(world, frame),
        caveats=(
            *undated(world),
            tell(
                "Only people whom the sources name can be followed; counted groups of learners "
                "cannot."
            ),
        ),
        reason=tell("No dated training in the selection names a learner."),
    )


_SCHEMA = {
    "group": pl.String,
    "learners": pl.Int64,
    "became_educators": pl.Int64,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "median_years": pl.Float64,
    "by_then": pl.Float64,
    "by_then_low": pl.Float64,
    "by_then_high": pl.Float64,
}


def _counted(part: pl.DataFrame, within: float, least: int) -> tuple[float | None, ...]:
    learners, became = part.height, int(part["seen"].sum())
    waited = part.filter("seen")["span"].median()
    median = float(waited) if isinstance(waited, int | float) else None
    if learners < least:
        return learners, became, None, None, None, median, None, None, None
    steps = kaplan_meier(part["span"].to_list(), part["seen"].to_list())
    longest = float(part["span"].max())  # type: ignore[arg-type]  # a column of floats
    curve = _at(steps, within) if longest >= within else (None, None, None)
    return learners, became, became / learners, *wilson(became, learners), median, *curve


def _at(steps: list[Step], time: float) -> tuple[float | None, float | None, float | None]:
    """Return 1 − S at a time, with its interval."""
    before = [step for step in steps if step.time <= time]
    if not before:
        return 0.0, None, None
    last = before[-1]
    low, high = last.high, last.low
    return (
        1 - last.survival,
        None if low is None else 1 - low,
        None if high is None else 1 - high,
    )


_CURVE = f"it {TOO_FEW} people, nobody was followed so long, or the curve has no interval there"

TRANSITIONS = Analysis(
    transitions,
    title="From learner to educator",
    definition=(
        "Of the named people who learned, how many taught in a training that began after the one "
        "where they first learned was surely over."
    ),
    formula=(
        "share = became_educators / learners, with Wilson's interval; by_then = 1 − "
        "S(within_years), the Kaplan–Meier estimate, which censors people where the record of "
        "the programme ends in which they learned"
    ),
    reference="Kaplan & Meier (1958), doi:10.1080/01621459.1958.10501452; Wilson (1927), doi:10.1080/01621459.1927.10502953",  # noqa: E501
    columns={
        "group": "what the row is counted under, at the first training as a learner",
        "group_label": "its name",
        "learners": "named people who learned",
        "became_educators": "of these, people who taught later",
        "share": "became_educators / learners, whatever time they had",
        "low": "lower end of its 95 % interval",
        "high": "upper end of its 95 % interval",
        "median_years": "years from learning to teaching, of those who did",
        "by_then": "estimated share that teaches within `within_years`",
        "by_then_low": "lower end of its 95 % interval",
        "by_then_high": "upper end of its 95 % interval",
    },
    parameters={
        "by": BY,
        "period": PERIOD,
        "within_years": Parameter(
            "number", "Time for which by_then is estimated, in years.", default=3.0, least=0.1
        ),
    },
    example={"by": "sector"},
    blank={
        "share": TOO_FEW,
        "low": TOO_FEW,
        "high": TOO_FEW,
        "median_years": "nobody was seen to teach",
        "by_then": _CURVE,
        "by_then_low": _CURVE,
        "by_then_high": _CURVE,
    },
    level="person",
    chart=Chart("dots", x="group_label", y="share", low="low", high="high"),
)
