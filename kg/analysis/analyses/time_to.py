"""How long it takes: from learning to teaching, or from a first training to an arrival."""

from __future__ import annotations

import polars as pl

from kg.analysis.analyses.shared import OF, level
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.diffusion import spread_of
from kg.analysis.recorded import record_ends, undated
from kg.analysis.seats import seats
from kg.analysis.survival import kaplan_meier, median_time
from kg.analysis.timeline import years
from kg.language import tell, tell_number

__all__ = ["SURVIVAL", "survival"]

_STEPS = ("time", "at_risk", "events", "censored", "survival", "std_error", "low", "high")


def survival(world: World, given: Given) -> Answer:
    """Return the Kaplan–Meier curve of the time to an event, for all or by method or topic."""
    here, found = spread_of(world, given)
    ends = _ends(world, here)
    times = _to_teaching if given["event"] == "teaching" else _to_arrival
    subjects = times(world, found.join(ends, on="value"), given).with_columns(
        group=pl.lit("all") if given["by"] == "all" else pl.col("value")
    )
    rows, medians, thin = [], {}, 0
    for (group,), part in subjects.group_by("group", maintain_order=True):
        if part.height < world.policy.least_base:
            thin += 1
            continue
        steps = kaplan_meier(part["time"].to_list(), part["seen"].to_list())
        medians[str(group)] = median_time(steps)
        rows += [(group, *(getattr(step, name) for name in _STEPS)) for step in steps]
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row").sort("group", "time")
    thin_text = tell_number(
        "%(num)s group of fewer than %(least)s subjects is left out.",
        "%(num)s groups of fewer than %(least)s subjects are left out.",
        thin,
        least=world.policy.least_base,
    )
    return Answer(
        world.labelled(frame, "group"),
        coverage={"subjects": subjects.height, "events": int(subjects["seen"].sum())},
        meta={"median_years": medians},
        caveats=(*undated(world), *((thin_text,) if thin else ())),
        reason=tell("No group has enough subjects, or nobody was seen to reach the event."),
    )


_SCHEMA = {
    "group": pl.String,
    "time": pl.Float64,
    "at_risk": pl.Int64,
    "events": pl.Int64,
    "censored": pl.Int64,
    "survival": pl.Float64,
    "std_error": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def _ends(world: World, here: pl.DataFrame) -> pl.DataFrame:
    """Return (value, ends): when its observation ends, with its programmes' last training."""
    recorded = here.select("value", "training").unique().join(record_ends(world), on="training")
    return recorded.group_by("value").agg(pl.col("ends").max())


def _to_teaching(_world: World, found: pl.DataFrame, _: Given) -> pl.DataFrame:
    """Return (value, time, seen) of those who learned: until they teach, or until the end."""
    learned = found.filter((pl.col("kind") == "learned") & pl.col("inside"))
    return _spans(learned, years("until"), years("taught_since"))


def _to_arrival(world: World, found: pl.DataFrame, given: Given) -> pl.DataFrame:
    """Return (value, time, seen) of all nodes but the first: from a value's first training."""
    nodes = seats(world.selection, given["level"]).filter(pl.col("inside")).select("node").unique()
    began = found.group_by("value").agg(origin=years("since").min(), ends=pl.col("ends").first())
    pairs = began.join(nodes, how="cross").join(
        found.select("value", "node", arrived=years("since")), on=["value", "node"], how="left"
    )
    later = pl.col("arrived").is_null() | (pl.col("arrived") > pl.col("origin"))
    pairs = pairs.filter(later).sort("value", "node")
    return _spans(pairs, pl.col("origin"), pl.col("arrived"))


def _spans(rows: pl.DataFrame, start: pl.Expr, event: pl.Expr) -> pl.DataFrame:
    seen = event.is_not_null()
    return rows.select(
        "value",
        # Dates of a year alone count as its middle, so a difference may fall short of 0.
        time=(pl.when(seen).then(event).otherwise(pl.col("ends")) - start).clip(0.0).round(6),
        seen=seen,
    )


SURVIVAL = Analysis(
    survival,
    title="Time from learning to teaching, or to arrival",
    definition=(
        "Share of those who learned that do not teach yet (event=teaching), or of nodes that a "
        "method or topic has not reached yet since its first training (event=arrival), after "
        "so many years; who had no event by the last training of the programmes that train in it "
        "is censored then."
    ),
    formula="S(t) = Π_{t_i ≤ t} (1 − d_i/n_i); Greenwood's error; interval by log(−log S)",
    reference="Kaplan & Meier (1958), JASA 53, 457-481, doi:10.1080/01621459.1958.10501452",
    columns={
        "group": "all, or the method or topic",
        "group_label": "its name",
        "time": "years",
        "at_risk": "subjects without the event just before",
        "events": "events at this time",
        "censored": "subjects lost since the row before",
        "survival": "share without the event after this time",
        "std_error": "its standard error",
        "low": "lower end of its 95 % interval",
        "high": "upper end of its 95 % interval",
    },
    parameters={
        "level": level("country", "institution", "person"),
        "of": OF,
        "event": Parameter(
            "choice",
            "What is waited for.",
            default="teaching",
            choices=("teaching", "arrival"),
        ),
        "by": Parameter(
            "choice",
            "One curve, or one a method or topic.",
            default="all",
            choices=("all", "value"),
        ),
    },
    example={"level": "country", "of": "method", "event": "teaching"},
    blank=dict.fromkeys(("std_error", "low", "high"), "nobody is left without the event"),
    chart=Chart("steps", x="time", y="survival", group="group_label", low="low", high="high"),
)
