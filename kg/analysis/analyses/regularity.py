"""How regularly a series is held."""

from __future__ import annotations

import polars as pl

from kg.analysis.base import Analysis, Answer, Chart, Given, World
from kg.analysis.recorded import record_ends
from kg.analysis.timeline import years
from kg.language import tell

__all__ = ["REGULARITY", "regularity"]

_LEAST = 3  # trainings: two gaps, so that a gap can be compared with another
_LATE = 1.5  # times the usual gap
_LAPSED = 2.0
_CHANCE = 1.0  # the coefficient of variation of gaps that chance makes
_CADENCES = (
    (2.0, "monthly"), (4.5, "quarterly"), (9.0, "half-yearly"), (18.0, "yearly"),
    (30.0, "every two years"),
)  # fmt: skip


def regularity(world: World, _: Given) -> Answer:
    """Return cadence, gaps and whether it lapsed, for each series."""
    held = _held(world)
    ends = held.join(record_ends(world), on="training").group_by("series").agg(pl.col("ends").max())
    dated = held.filter(pl.col("since").is_not_null()).with_columns(when=years("since"))
    dated = dated.sort("series", "when", "training")
    gaps = dated.with_columns(gap=(pl.col("when").diff().over("series") * 12)).group_by("series")
    rows = held.group_by("series").agg(trainings=pl.len().cast(pl.Int64)).join(
        gaps.agg(
            dated=pl.len().cast(pl.Int64),
            first=pl.col("since").first(),
            last=pl.col("since").last(),
            last_when=pl.col("when").last(),
            median_gap=pl.col("gap").median(),
            longest_gap=pl.col("gap").max(),
            gap_cv=pl.col("gap").std() / pl.col("gap").mean(),
            gaps=pl.col("gap").drop_nulls(),
        ),
        on="series",
        how="left",
    )  # fmt: skip
    rows = rows.join(ends, on="series", how="left")
    rows = _judged(rows.with_columns(pl.col("dated").fill_null(0)))
    rows = rows.sort(["trainings", "series"], descending=[True, False])
    return Answer(
        world.labelled(rows, "series", "label"),
        caveats=(
            tell(
                "Silence is measured up to the last training of the programmes of a series, where "
                "their record ends: a series that makes up its programme never looks lapsed."
            ),
        ),
        reason=tell("No selected training belongs to a series."),
    )


def _held(world: World) -> pl.DataFrame:
    """Return the selected trainings of each series; of a bloc or country those it took part in.

    Such a series counts with all its trainings: it does not lapse because one country stayed away.
    """
    series = world.columns["facets"].filter(pl.col("facet") == "series")
    trainings = world.selection.trainings
    held = series.select("training", series="value").unique().join(trainings, on="training")
    touched = world.touched(held).select("series").unique()
    return held.join(touched, on="series", how="semi")


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    """Add cadence, missed and lapsed where there are enough gaps to judge from."""
    usual = pl.col("median_gap")
    cadence: pl.Expr = pl.lit("rarer")
    for most, name in reversed(_CADENCES):
        cadence = pl.when(usual <= most).then(pl.lit(name)).otherwise(cadence)
    enough = pl.col("dated") >= _LEAST
    since = (pl.col("ends") - pl.col("last_when")) * 12
    rows = rows.with_columns(months_since_last=since)
    late = pl.struct("gaps", "median_gap").map_elements(_missed, return_dtype=pl.Int64)
    return rows.with_columns(missed=late).with_columns(
        cadence=pl.when(enough & (pl.col("gap_cv") > _CHANCE))
        .then(pl.lit("irregular"))
        .when(enough)
        .then(cadence),
        missed=pl.when(enough).then(pl.col("missed")),
        gap_cv=pl.when(enough).then(pl.col("gap_cv").fill_nan(0.0)),
        lapsed=pl.when(enough & (usual > 0)).then(
            since > pl.max_horizontal(_LAPSED * usual, pl.col("longest_gap"))
        ),
    )


def _missed(row: dict[str, object]) -> int:
    """Return how many trainings would fill the gaps that are longer than usual."""
    usual = row["median_gap"]
    if not isinstance(usual, float) or usual <= 0:
        return 0
    gaps = [g for g in list(row["gaps"] or []) if g > _LATE * usual]  # type: ignore[call-overload]  # a list column
    return sum(max(round(gap / usual) - 1, 1) for gap in gaps)


_FEW = f"fewer than {_LEAST} dated trainings"

REGULARITY = Analysis(
    regularity,
    title="Regularity of series",
    definition=(
        "How often a series is held, how even its gaps are, how many trainings seem to be missing, "
        "and whether it has lapsed by the last training of its programmes."
    ),
    formula=(
        "median_gap = median of months between beginnings; gap_cv = sd/mean; missed = Σ round(gap/"
        "median) − 1 over gaps above 1.5 medians; lapsed if "
        "months_since_last > 2 median_gap and > longest_gap"
    ),
    reference="coefficient of variation of intervals, as in Goh & Barabási (2008), doi:10.1209/0295-5075/81/48002",  # noqa: E501
    columns={
        "series": "the series",
        "label": "its name",
        "trainings": "its trainings in the selection",
        "dated": "of these, with a date",
        "first": "beginning of the first",
        "last": "beginning of the last",
        "median_gap": "months from one beginning to the next, median",
        "cadence": "the median gap in words; irregular where gap_cv is above 1",
        "gap_cv": "standard deviation of the gaps over their mean: 0 is a clock, 1 is chance",
        "longest_gap": "months",
        "missed": "trainings that would fill the gaps longer than usual",
        "months_since_last": "from the last beginning to the last training of its programmes",
        "lapsed": "silent for more than twice its median gap and longer than ever before",
    },
    blank={
        "first": "no training has a date",
        "last": "no training has a date",
        "median_gap": "fewer than 2 dated trainings",
        "longest_gap": "fewer than 2 dated trainings",
        "months_since_last": "no training has a date",
        "cadence": _FEW,
        "gap_cv": _FEW,
        "missed": _FEW,
        "lapsed": f"{_FEW}, or all at once",
    },
    level=None,
    chart=Chart(
        "spans", x="label", y="median_gap", group="lapsed", low="first", high="last", most=30
    ),
    more=(Chart("bars", x="label", y="median_gap"),),
)
