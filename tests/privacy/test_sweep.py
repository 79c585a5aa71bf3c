"""Names inside texts about other things."""

from __future__ import annotations

import polars as pl
import pytest

from kg.privacy.sweep import without_names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Taught by Ann Li.", "Taught by …."),
        ("taught by ANN LI and Ann Lind", "taught by … and Ann Lind"),
        ("Joann Li", "Joann Li"),
        ("Ann", "Ann"),
        ("أحمد عيّنة درّس", "… درّس"),
        (None, None),
    ],
)
def test_whole_names_only(text: str | None, expected: str | None) -> None:
    texts = pl.Series("note", [text], dtype=pl.String)
    assert without_names(texts, ["Ann Li", "أحمد عيّنة"]).to_list() == [expected]


def test_texts_without_names_are_the_same_object() -> None:
    texts = pl.Series(["nobody"])
    assert without_names(texts, ["Ann Li"]) is texts
