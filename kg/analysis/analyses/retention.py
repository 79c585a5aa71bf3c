"""How many people come back."""

from __future__ import annotations

import polars as pl

from kg.analysis.analyses.shared import TOO_FEW
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.intervals import wilson
from kg.analysis.recorded import record_ends, undated
from kg.analysis.seats import SIDES
from kg.language import tell

__all__ = ["RETENTION", "retention"]


def retention(world: World, given: Given) -> Answer:
    """Return, for each cohort and horizon, the share of people seen again."""
    sides = SIDES if given["side"] == "both" else (given["side"],)
    rows = world.selection.involvements.filter(
        pl.col("side").is_in(sides) & pl.col("person").is_not_null() & pl.col("inside")
    )
    seen = rows.select("training", "person").unique().join(
        world.selection.trainings.filter(pl.col("year").is_not_null()), on="training"
    )  # fmt: skip
    first = pl.col("year") == pl.col("year").min()
    years = seen.join(record_ends(world), on="training").group_by("person").agg(
        cohort=pl.col("year").min(),
        years=pl.col("year").unique().sort(),
        until=pl.col("end_year").filter(first).max(),
    )  # fmt: skip
    found = []
    for (cohort,), people in years.group_by("cohort", maintain_order=False):
        assert isinstance(cohort, int)
        for horizon in range(1, given["horizon"] + 1):
            followed = people.filter(pl.col("until") >= cohort + horizon)["years"]
            later = [[y - cohort for y in row if y > cohort] for row in followed]
            numbers = _counted(later, horizon, world) if later else (people.height, *(None,) * 4)
            found.append((str(cohort), horizon, *numbers))
    frame = pl.DataFrame(found, schema=_SCHEMA, orient="row").sort("cohort", "horizon")
    return Answer(
        frame,
        coverage={"people": years.height},
        caveats=(
            *undated(world),
            tell(
                "Only people whom the sources name can be recognised; whoever changed their name "
                "or appears in another source under another one counts as new."
            ),
        ),
        reason=tell("No dated training in the selection names a person on this side."),
    )


_SCHEMA = {
    "cohort": pl.String,
    "horizon": pl.Int64,
    "people": pl.Int64,
    "returned": pl.Int64,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def _counted(
    later: list[list[int]], horizon: int, world: World
) -> tuple[int, int | None, float | None, float | None, float | None]:
    people = len(later)
    returned = sum(any(after <= horizon for after in one) for one in later)
    if people < world.policy.least_base:
        return people, returned, None, None, None
    return people, returned, returned / people, *wilson(returned, people)


_UNSEEN = "the horizon ends after the record of all programmes where they were first seen"

RETENTION = Analysis(
    retention,
    title="People who come back",
    definition=(
        "Of the people first seen in a year, how many took part in a training of one of the next "
        "years; only who could be followed so long, in the record of the programme where they "
        "began."
    ),
    formula="share = returned / people, with Wilson's 95 % interval",
    reference="Wilson (1927), JASA 22, 209-212, doi:10.1080/01621459.1927.10502953",
    columns={
        "cohort": "year in which the person was first seen",
        "horizon": "years after it",
        "people": "named people of the cohort who could be followed so long; where nobody: all",
        "returned": "of these, seen again in a later year within the horizon",
        "share": "returned / people",
        "low": "lower end of its 95 % interval",
        "high": "upper end of its 95 % interval",
    },
    parameters={
        "side": Parameter("choice", "On which side.", default="both", choices=("both", *SIDES)),
        "horizon": Parameter("integer", "Years to look ahead.", default=3, least=1, most=30),
    },
    example={"side": "both", "horizon": "3"},
    blank={
        "returned": _UNSEEN,
        "share": f"{_UNSEEN}, or it {TOO_FEW} people",
        "low": f"{_UNSEEN}, or it {TOO_FEW} people",
        "high": f"{_UNSEEN}, or it {TOO_FEW} people",
    },
    level="person",
    chart=Chart("lines", x="cohort", y="share", group="horizon"),
)
