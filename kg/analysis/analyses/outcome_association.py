"""How outcomes go with the diversity of participants: a count model, and no claim of cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from kg.analysis.analyses.diversity import diversity_of
from kg.analysis.base import Analysis, Answer, Chart, Given, Parameter, World
from kg.analysis.timeline import latest
from kg.errors import KgError

if TYPE_CHECKING:
    from numpy.typing import NDArray
from kg.language import Told, marked, tell

__all__ = ["OUTCOME_ASSOCIATION", "outcome_association"]

_STRONG = ("reviewed", "acknowledged")
_LEAST_LEVEL = 10  # trainings of a format or sector that has a term of its own
_EVENTS = 10  # outcomes a term, as in Peduzzi et al. (1996)


@dataclass(frozen=True)
class _Design:
    names: list[str]
    matrix: NDArray[np.float64]


def outcome_association(world: World, given: Given) -> Answer:
    """Return rate ratios of outcomes by diversity, without and with controls, by evidence.

    Raises
    ------
    KgError
        statsmodels is not installed.
    """
    _statsmodels()
    rows, missing = _trainings(world, given)
    found: list[tuple[object, ...]] = []
    left_out: list[str] = []
    for evidence, grades in (("all", None), ("reviewed or acknowledged", _STRONG)):
        counts = _counts(world, rows, grades)
        for model in ("unadjusted", "adjusted"):
            design = _design(rows, given["measure"], adjusted=model == "adjusted")
            events, terms = int(counts.sum()), design.matrix.shape[1]
            if rows.height <= terms or events < _EVENTS * (terms - 1):
                left_out.append(
                    tell(
                        "%(evidence)s, %(model)s: %(outcomes)s outcomes in %(trainings)s trainings "
                        "are too few: it takes %(needed)s (%(each)s a term).",
                        evidence=Told(evidence),
                        model=Told(model),
                        outcomes=events,
                        trainings=rows.height,
                        needed=_EVENTS * (terms - 1),
                        each=_EVENTS,
                    )
                )
                continue
            fitted = _fit(design, counts)
            if isinstance(fitted, str):
                left_out.append(
                    tell(
                        "%(evidence)s, %(model)s: %(why)s.",
                        evidence=Told(evidence),
                        model=Told(model),
                        why=Told(fitted),
                    )
                )
                continue
            found += [(evidence, model, *term, rows.height, events) for term in fitted]
    frame = pl.DataFrame(found, schema=_SCHEMA, orient="row")
    share = missing / max(rows.height + missing, 1)
    return Answer(
        frame.with_columns(missing_share=pl.lit(share)),
        coverage={"trainings_in_model": rows.height, "trainings_without_values": missing},
        caveats=(
            tell(
                "This is an association, not a cause: size, format, year and sector are held "
                "constant as far as they are recorded, and what is recorded better has both more "
                "known participants and more recorded outcomes."
            ),
            *left_out,
        ),
        reason=tell("No model could be fitted: too few outcomes are recorded."),
    )


_SCHEMA = {
    "evidence": pl.String,
    "model": pl.String,
    "term": pl.String,
    "rate_ratio": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p": pl.Float64,
    "trainings": pl.Int64,
    "outcomes": pl.Int64,
}


def _statsmodels() -> Any:
    try:
        import statsmodels.api as sm
    except ImportError as error:
        raise KgError(
            "outcome-association needs statsmodels, which is not installed. "
            "Install it with: pip install 'rihla-kg[statistics]'"
        ) from error
    return sm


def _trainings(world: World, given: Given) -> tuple[pl.DataFrame, int]:
    """Return the trainings with all values, and how many lack one."""
    diverse = diversity_of(world, given["of"], "both").filter(
        pl.col("people") >= world.policy.least_base
    )
    measure = str(given["measure"])
    value = "effective_kinds" if measure == "kinds" else measure
    facets = world.columns["facets"]
    first = {
        name: facets.filter(pl.col("facet") == name)
        .sort("training", "value")
        .group_by("training", maintain_order=True)
        .agg(pl.col("value").first().alias(name))
        for name in ("format", "sector")
    }
    rows = world.touched(world.selection.trainings).join(
        diverse.select("training", "people", diversity=pl.col(value)), on="training", how="left"
    )
    for table in first.values():
        rows = rows.join(table, on="training", how="left")
    kept = rows.drop_nulls(["diversity", "year"]).sort("training")
    kept = kept.with_columns(pl.col("format", "sector").fill_null("not stated"))
    return kept, rows.height - kept.height


def _counts(world: World, rows: pl.DataFrame, grades: tuple[str, ...] | None) -> NDArray[np.int64]:
    """Return the outcomes of each training that are not surely dated before it."""
    outcomes = world.table("outcomes")
    if grades:
        outcomes = outcomes.filter(pl.col("grade").is_in(grades))
    dated = outcomes.join(rows.select("training", "since"), on="training")
    before = (latest("date") < pl.col("since")).fill_null(value=False)
    counted = dated.filter(~before).group_by("training").agg(n=pl.col("outcome").n_unique())
    joined = rows.select("training").join(counted, on="training", how="left", maintain_order="left")
    return joined["n"].fill_null(0).to_numpy().astype(np.int64)


def _design(rows: pl.DataFrame, measure: str, *, adjusted: bool) -> _Design:
    """Return the matrix of the model: a constant, diversity, and the controls."""
    diversity = rows["diversity"].to_numpy().astype(np.float64)
    spread = diversity.std() or 1.0
    names = ["constant", f"{measure}, one standard deviation more"]
    columns = [np.ones(rows.height), (diversity - diversity.mean()) / spread]
    if adjusted:
        people = np.log(rows["people"].to_numpy().astype(np.float64))
        year = rows["year"].to_numpy().astype(np.float64)
        names += ["people, twice as many", "year, one later"]
        columns += [people / np.log(2), year - year.mean()]
        for facet in ("format", "sector"):
            for value, flags in _levels(rows[facet]):
                names.append(f"{facet}: {value.rpartition('/')[2].rpartition('#')[2]}")
                columns.append(flags)
    matrix = np.column_stack(columns)
    # A column that never varies, or repeats another, has no ratio of its own.
    kept: list[int] = []
    for place in range(matrix.shape[1]):
        if np.linalg.matrix_rank(matrix[:, [*kept, place]]) == len(kept) + 1:
            kept.append(place)
    return _Design([names[place] for place in kept], matrix[:, kept])


def _levels(values: pl.Series) -> list[tuple[str, NDArray[np.float64]]]:
    """Return an indicator for each frequent value but the most frequent one."""
    counts = values.value_counts(sort=True).sort(["count", values.name], descending=[True, False])
    frequent = [v for v, n in counts.rows() if n >= _LEAST_LEVEL][1:]
    return [(v, (values == v).to_numpy().astype(np.float64)) for v in frequent]


def _fit(
    design: _Design, counts: NDArray[np.int64]
) -> list[tuple[str, float, float, float, float]] | str:
    """Return (term, ratio, low, high, p) of a Poisson model, or why there is none."""
    import warnings

    sm = _statsmodels()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged is asked for below
        try:
            model = sm.GLM(counts, design.matrix, family=sm.families.Poisson())
            fitted = model.fit(cov_type="HC1", maxiter=200)
        except (ValueError, np.linalg.LinAlgError) as error:
            return f"the model cannot be fitted ({error})"
        ratios, bounds = np.exp(fitted.params), np.exp(fitted.conf_int())
        values = np.column_stack([ratios, bounds, fitted.pvalues])
    if not fitted.converged or not np.isfinite(values).all():
        return marked("the model did not converge: some group has no outcome at all")
    return [
        (name, float(v[0]), float(v[1]), float(v[2]), float(v[3]))
        for name, v in zip(design.names, values, strict=True)
        if name != "constant"
    ]


OUTCOME_ASSOCIATION = Analysis(
    outcome_association,
    title="Outcomes and diversity: an association",
    definition=(
        "Rate ratios of recorded outcomes a training for one standard deviation more diversity, "
        "alone and with size, format, year and sector as controls (Poisson regression with robust "
        "standard errors), for all evidence and for reviewed or acknowledged evidence alone."
    ),
    formula="ln E[outcomes] = β₀ + β₁ z(diversity) + β₂ log₂ people + β₃ year + format + sector; ratio = exp β",  # noqa: E501
    reference=(
        "Cameron & Trivedi (2013), Regression Analysis of Count Data, 2nd ed., ch. 3 (robust "
        "Poisson); Peduzzi et al. (1996), doi:10.1016/S0895-4356(96)00236-3 (10 events a term)"
    ),
    columns={
        "evidence": "which attributions of outcomes count",
        "model": "unadjusted, or adjusted for the controls",
        "term": "what is more",
        "rate_ratio": "outcomes are so many times as many",
        "low": "lower end of the 95 % interval",
        "high": "upper end of the 95 % interval",
        "p": "of the hypothesis that the ratio is 1",
        "trainings": "trainings in the model (n)",
        "outcomes": "outcomes in the model",
        "missing_share": "share of the selected trainings that lack a value",
    },
    parameters={
        "measure": Parameter(
            "choice",
            "Which diversity.",
            default="shannon",
            choices=("shannon", "blau", "rao_stirling", "kinds"),
        ),
        "of": Parameter(
            "choice", "Of what.", default="country", choices=("country", "institution", "bloc")
        ),
    },
    example={"measure": "shannon", "of": "country"},
    level=None,
    chart=Chart("dots", x="term", y="rate_ratio", group="evidence", low="low", high="high"),
    heavy=True,
)
