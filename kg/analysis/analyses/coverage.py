"""What the data say, and what they leave open."""

from __future__ import annotations

import polars as pl

from kg.analysis.base import Analysis, Answer, Chart, Given, World
from kg.analysis.coded import coded
from kg.analysis.guards import unsized
from kg.analysis.subjects import ALSO, OF_TRAININGS, SUBJECT, Subject, subject_of
from kg.language import tell

__all__ = ["COVERAGE", "coverage"]

_FACETS = {"place": "country", "topic": "topic", "method": "method"}
_SIDES = {
    "host": "host",
    "organiser": "organiser",
    "funder": "funder",
    "learners": "learner",
    "educators": "educator",
}
_PARTS = {"institution": "organisation", "country": "country", "name": "person"}


def coverage(world: World, given: Given) -> Answer:
    """Return one row an aspect: of how many trainings and participations it is known."""
    world = coded(world)
    subject = subject_of(world, given)
    rows = [*_of_trainings(world, subject), *_of_participations(subject)]
    frame = pl.DataFrame(
        rows, schema=["aspect", "of", "total", "known"], orient="row", infer_schema_length=None
    ).cast({"total": pl.Int64, "known": pl.Int64, "aspect": pl.String, "of": pl.String})
    frame = frame.filter(pl.col("total") > 0).with_columns(
        missing=pl.col("total") - pl.col("known"), share=pl.col("known") / pl.col("total")
    )
    return Answer(
        frame,
        coverage={"groups_of_unknown_size": unsized(subject.own)},
        reason=tell("No training that was selected has to do with it."),
    )


def _of_trainings(world: World, subject: Subject) -> list[tuple[str, str, int, int]]:
    there, total = subject.trainings, subject.trainings.height
    known = {"date": there["since"].len() - there["since"].null_count()}
    for name, facet in _FACETS.items():
        having = world.selection.facets.filter(pl.col("facet") == facet)
        known[name] = there.join(having, on="training", how="semi").height
    for name, side in _SIDES.items():
        having = subject.rows.filter(pl.col("side") == side)
        known[name] = there.join(having, on="training", how="semi").height
    known["outcome"] = there.join(world.table("outcomes"), on="training", how="semi").height
    return [(name, "trainings", total, count) for name, count in known.items()]


def _of_participations(subject: Subject) -> list[tuple[str, str, int, int]]:
    part = subject.own.filter(pl.col("side").is_in(["learner", "educator"]))
    found = [
        (name, "participations", part.height, part.height - part[column].null_count())
        for name, column in _PARTS.items()
    ]
    groups = part.filter(pl.col("person").is_null())
    return [*found, ("size", "groups", groups.height, groups["headcount"].drop_nulls().len())]


COVERAGE = Analysis(
    coverage,
    title="What is known and what is missing",
    definition=(
        "For each thing that can be recorded: of how many trainings, participations or unnamed "
        "groups it is known, and of how many it is missing."
    ),
    formula="share = known / total; missing = total − known",
    reference="Plain counts.",
    columns={
        "aspect": "what is recorded",
        "of": "of what: trainings, participations (of the subject's people) or unnamed groups",
        "total": "how many there are",
        "known": "of how many it is known",
        "missing": "of how many it is not",
        "share": "known, as a share of all (0 to 1)",
    },
    parameters={"subject": SUBJECT, "also": ALSO},
    example={"subject": "country:ZA"},
    level=None,
    filters=OF_TRAININGS,
    chart=Chart("bars", x="aspect", y="share", group="of"),
)
