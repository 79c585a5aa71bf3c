"""Scores and zones."""

from __future__ import annotations

import csv
from pathlib import Path

from kg.reconcile import scoring
from kg.reconcile.evidence import FEATURES
from kg.reconcile.scoring import ACCEPT, REVIEW, zone_of


def test_zones_meet_at_their_thresholds() -> None:
    assert zone_of(ACCEPT) == "accept"
    assert zone_of(ACCEPT - 0.001) == zone_of(REVIEW) == "review"
    assert zone_of(REVIEW - 0.001) == zone_of(0) == "reject"


def test_every_feature_has_a_weight_and_every_weight_a_feature() -> None:
    with (Path(scoring.__file__).with_name("weights.csv")).open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["first"] for row in rows if not row["second"]} == set(FEATURES)
    assert {row["first"] for row in rows} | {row["second"] for row in rows} - {""} == set(FEATURES)
