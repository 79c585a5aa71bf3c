"""What stands between an analysis and its reader: coverage, thresholds, small cells, no NaN."""

from __future__ import annotations

import polars as pl

from kg.analysis.base import Analysis, Answer, RefusedAnalysisError, World
from kg.language import Share, Told, both, marked, tell
from kg.network import LEVELS, Selection

__all__ = ["coverage_of", "ratio", "refuse_thin", "unexplained", "unsized", "withhold_small"]

TAKING_PART = ("learner", "educator")
_WITHHELD = marked("withheld: fewer people than [analyse] suppress_below")


def coverage_of(selection: Selection, level: str | None, sides: tuple[str, ...]) -> dict[str, int]:
    """Return what the selected trainings tell and what they leave open, as counts of rows.

    ``participations`` are involvements on the learners' or educators' side;
    ``considered`` those on the sides that this analysis reads, ``placed`` the ones of these
    that have a node at its level. ``groups_of_unknown_size`` are those inside the filter.
    """
    rows = selection.involvements
    part = rows.filter(pl.col("side").is_in(TAKING_PART))
    found = {
        **selection.coverage,
        "participations": part.height,
        "with_institution": part.height - part["organisation"].null_count(),
        "with_country": part.height - part["country"].null_count(),
        "with_named_person": part.height - part["person"].null_count(),
        "groups_of_unknown_size": unsized(part.filter("inside")),
    }
    if level is None:
        return found
    considered = rows.filter(pl.col("side").is_in(sides))
    placed = LEVELS[level].place(considered.with_row_index("row"), selection)
    known = placed.filter(pl.col("node").is_not_null())["row"].n_unique()
    return {**found, "considered": considered.height, "placed": known}


def unsized(rows: pl.DataFrame) -> int:
    """Return how many involvements are groups of people whose number nobody wrote down."""
    taking_part = rows.filter(pl.col("side").is_in(TAKING_PART))
    return taking_part.filter(pl.col("person").is_null() & pl.col("headcount").is_null()).height


def refuse_thin(world: World, coverage: dict[str, int], level: str | None) -> None:
    """Raise RefusedAnalysisError where the data is below the project's thresholds."""
    policy, trainings = world.policy, world.selection.trainings.height
    if trainings < policy.least_trainings:
        raise RefusedAnalysisError(
            tell(
                "%(trainings)s trainings pass the filters; this project answers from %(least)s "
                "([analyse] least_trainings). Widen the filters.",
                trainings=trainings,
                least=policy.least_trainings,
            )
        )
    if level is None or coverage["considered"] == 0:
        return
    share = coverage["placed"] / coverage["considered"]
    if share < policy.least_coverage:
        raise RefusedAnalysisError(
            tell(
                "Only %(placed)s of %(considered)s participations (%(share)s) have a known "
                "%(kind)s; this project answers from %(least)s ([analyse] least_coverage). Take "
                "another level, or narrow to trainings that are better recorded.",
                placed=coverage["placed"],
                considered=coverage["considered"],
                share=Share(share, 1),
                kind=Told(LEVELS[level].kind),
                least=Share(policy.least_coverage),
            )
        )


def withhold_small(world: World, answer: Answer) -> tuple[pl.DataFrame, int]:
    """Empty the cells that tell of fewer unnamed people than the project allows.

    A cell is small when at least one and fewer than ``suppress_below`` people stand behind it
    and the sources do not name all of them; what is computed from it goes with it.

    Returns
    -------
    tuple
        The frame, and how many cells of counts were emptied.
    """
    frame, limit, emptied = answer.frame, world.policy.suppress_below, 0
    hit = pl.Series("hit", [False]).new_from_index(0, frame.height)
    hidden = {}
    for count, unnamed in answer.cells.items():
        small = (frame[count] > 0) & (frame[count] < limit) & (frame[unnamed] > 0)
        small = small.fill_null(value=False)
        emptied += int(small.sum())
        hidden[count] = small
        hit = hit | small
    for name in answer.derived:
        hidden[name] = hit
    for name, mask in hidden.items():
        kept = pl.when(mask).then(None).otherwise(pl.col(name)).alias(name)
        frame = frame.with_columns(kept)
    helpers = sorted(set(answer.cells.values()))
    return frame.drop(helpers), emptied


def unexplained(analysis: Analysis, frame: pl.DataFrame, withheld: set[str]) -> dict[str, object]:
    """Return column → number of empty cells and why they are empty.

    Raises
    ------
    ValueError
        A cell is NaN or infinite, or is empty for no declared reason: a fault of the analysis.
    """
    for name, dtype in frame.schema.items():
        if dtype.is_float() and not frame[name].drop_nulls().is_finite().all():
            raise ValueError(f"{analysis.title}: a value in {name} is not finite")
    empty: dict[str, object] = {}
    for name in frame.columns:
        cells = frame[name].null_count()
        if not cells:
            continue
        reasons = [analysis.blank[name]] if name in analysis.blank else []
        reasons += [_WITHHELD] * (name in withheld)
        if not reasons:
            raise ValueError(f"{analysis.title}: {name} is empty without a declared reason")
        empty[name] = {"cells": cells, "why": both(*reasons) if len(reasons) > 1 else reasons[0]}
    return empty


def ratio(part: pl.Expr, whole: pl.Expr, base: pl.Expr, least: int) -> pl.Expr:
    """Return part/whole, empty where the base has fewer than ``least`` or the whole is 0."""
    return pl.when((base >= least) & (whole > 0)).then(part / whole)
