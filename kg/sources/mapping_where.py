"""The conditions of a mapping: which rows of a file a table takes."""

from __future__ import annotations

from typing import Any

import polars as pl

from kg.errors import SettingsError
from kg.schema import SEPARATOR
from kg.sources.mapping_steps import BAR, check_regex
from kg.tables.records import cell_text

__all__ = ["check_condition", "wanted_rows"]

_TESTS = {"not": (str, int, float, list), "matches": (str,), "filled": (bool,),
          "at_least": (int, float), "at_most": (int, float)}  # fmt: skip


def check_condition(stated: Any, place: str) -> None:
    """Raise where a condition is neither a value, nor values, nor a table of tests."""
    if not isinstance(stated, dict):
        return
    for name, value in stated.items():
        if name not in _TESTS or not isinstance(value, _TESTS[name]):
            raise SettingsError(
                f"{place}: found {name} = {value!r}. Accepted: a value, a list of values, or "
                '{ not = ["a"], matches = "^x", filled = true, at_least = 1, at_most = 9 }.'
            )
    if "matches" in stated:
        check_regex(stated["matches"], f"{place}.matches")


def wanted_rows(frame: pl.DataFrame, field: str, stated: Any) -> pl.DataFrame:
    """Return the rows whose field meets a condition, and all of its tests."""
    if not isinstance(stated, dict):
        return frame.filter(pl.col(field).is_in(_texts(stated)))
    column, number = pl.col(field), pl.col(field).cast(pl.Float64, strict=False)
    for name, value in stated.items():
        tests = {
            "not": lambda v: ~column.is_in(_texts(v)) | column.is_null(),
            "matches": column.str.contains,
            "filled": lambda v: column.is_not_null() == pl.lit(v),
            "at_least": number.__ge__,
            "at_most": number.__le__,
        }
        frame = frame.filter(tests[name](value))
    return frame


def _texts(values: Any) -> list[str]:
    accepted = values if isinstance(values, list) else [values]
    return [cell_text(value).replace(SEPARATOR, BAR) for value in accepted]
