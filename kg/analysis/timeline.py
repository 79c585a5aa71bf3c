"""Dates of partial precision: which of two is surely earlier, and where they lie in years.

A date is text, ``2012``, ``2012-03`` or ``2012-03-04``: it sorts as its earliest day, and with
``~`` behind it as its latest.
"""

from __future__ import annotations

import polars as pl

__all__ = ["latest", "months_between", "surely_before", "years"]


def latest(date: str) -> pl.Expr:
    """Return the text that sorts as the latest day of the date in a column."""
    return pl.col(date) + "~"


def surely_before(first: str, second: str) -> pl.Expr:
    """Return whether the date in one column ends before that in the other begins.

    Examples
    --------
    >>> days = pl.DataFrame({"a": ["2015", "2015-06", "2015-06-30"],
    ...                      "b": ["2015-06", "2015-07-01", "2015-06-30"]})
    >>> days.select(surely_before("a", "b")).to_series().to_list()
    [False, True, False]
    """
    return latest(first) < pl.col(second)


def years(date: str) -> pl.Expr:
    """Return a date as years: a year as its middle, a month as its middle, a day as its noon.

    Examples
    --------
    >>> pl.DataFrame({"a": ["2012", "2012-01", "2012-07-01"]}).select(
    ...     years("a").round(3)).to_series().to_list()
    [2012.5, 2012.042, 2012.501]
    """
    text = pl.col(date)
    year = text.str.slice(0, 4).cast(pl.Float64, strict=False)
    month = text.str.slice(5, 2).cast(pl.Float64, strict=False)
    day = text.str.slice(8, 2).cast(pl.Float64, strict=False)
    inside = (month - 1 + ((day - 0.5) / 31).fill_null(0.5)) / 12
    return year + inside.fill_null(0.5)


def months_between(first: pl.Expr, second: pl.Expr) -> pl.Expr:
    """Return the months from one time in years to another."""
    return (second - first) * 12
