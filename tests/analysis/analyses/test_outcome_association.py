"""The count model against a world made with a known ratio; what it leaves out, and says."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import polars as pl
import pytest

from kg.errors import KgError
from tests.analysis.worlds import analyse, small

pytest.importorskip("statsmodels")


def made(ratio: float, trainings: int = 300) -> dict[str, Any]:
    """Make trainings of one or two countries, where two bring ``ratio`` times as many outcomes."""
    random = np.random.default_rng(4)
    days, people, outcomes = [], [], []
    for n in range(trainings):
        name, mixed = f"t{n:03}", n % 2 == 0
        days.append((name, f"{2010 + n % 5}-03-01"))
        lands = ("GB", "NG") if mixed else ("GB", "GB")
        people += [(name, "learner", None, None, land, 5) for land in lands]
        for k in range(random.poisson(2 * (ratio if mixed else 1))):
            grade = "reviewed" if k % 2 else "temporal-only"
            outcomes.append((name, f"{name}-{k}", grade, "2016"))
    facets = [(day[0], "format", "Workshop") for day in days]
    return small(days, people, facets, outcomes=outcomes)


def test_a_known_ratio_is_found() -> None:
    found = analyse(made(3.0), "outcome-association", measure="blau")
    rows = {(r["evidence"], r["model"], r["term"]): r for r in found.to_records()}
    row = rows["all", "unadjusted", "blau, one standard deviation more"]
    # Blau is 0 or ½, each in half of the trainings: two standard deviations apart.
    assert row["low"] < 3.0**0.5 < row["high"]
    assert row["rate_ratio"] == pytest.approx(3.0**0.5, rel=0.1)
    assert row["trainings"] == 300
    adjusted = rows["all", "adjusted", "blau, one standard deviation more"]
    assert adjusted["rate_ratio"] == pytest.approx(row["rate_ratio"], rel=0.05)
    assert ("reviewed or acknowledged", "unadjusted", "blau, one standard deviation more") in rows


def test_two_groups_give_the_ratio_of_their_means() -> None:
    # With one yes-or-no term a Poisson model gives exactly the ratio of the two means.
    tables = made(2.0)
    found = analyse(tables, "outcome-association", measure="blau")
    row = next(
        r for r in found.to_records() if r["model"] == "unadjusted" and r["evidence"] == "all"
    )
    counts = tables["outcomes"].group_by("training").len()
    per = dict(counts.rows())
    even = np.mean([per.get(f"t{n:03}", 0) for n in range(0, 300, 2)])
    odd = np.mean([per.get(f"t{n:03}", 0) for n in range(1, 300, 2)])
    assert row["rate_ratio"] ** 2 == pytest.approx(even / odd, rel=1e-6)


def test_it_says_association_and_what_is_left_out() -> None:
    found = analyse(made(1.0, trainings=12), "outcome-association")
    assert any("an association, not a cause" in caveat for caveat in found.caveats)
    assert any("too few: it takes" in caveat for caveat in found.caveats)


def test_outcomes_before_the_training_do_not_count() -> None:
    tables = made(2.0)
    early = tables["outcomes"].with_columns(date=pl.lit("2001"))
    found = analyse({**tables, "outcomes": early}, "outcome-association")
    assert found.rows == []
    assert "too few outcomes" in str(found.meta["reason"])


def test_without_statsmodels_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels", None)
    monkeypatch.setitem(sys.modules, "statsmodels.api", None)
    with pytest.raises(KgError, match=r"rihla-kg\[statistics\]"):
        analyse(made(1.0, trainings=12), "outcome-association")
