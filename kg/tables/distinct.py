"""A column as numbers: each distinct text once, and for each cell which of them it is.

What is true of a text is true of every cell that holds it, so checks, normal forms, targets and
terms are worked out once for each text and then handed out by number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

__all__ = ["Distinct", "distinct", "numbered", "rises"]


@dataclass(frozen=True)
class Distinct:
    """The rows of ``frame`` (``_id`` and what a cell holds) by number.

    ``codes`` (UInt32) has one number for each row of ``frame``: the row of ``texts`` (the columns
    of ``frame`` without ``_id``) that it holds. Some rows of ``texts`` may stand in no cell.
    """

    frame: pl.DataFrame
    codes: pl.Series
    texts: pl.DataFrame


def distinct(frame: pl.DataFrame) -> Distinct:
    """Return the cells of a frame of ``_id`` and one or more columns by number."""
    texts = frame.drop("_id")
    if texts.width == 1:
        codes, found = numbered(texts.to_series())
        return Distinct(frame, codes, found.alias(texts.columns[0]).to_frame())
    return Distinct(frame, pl.arange(frame.height, dtype=pl.UInt32, eager=True), texts)


def numbered(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return a number for each text (without nulls), and the distinct texts by number."""
    own = pl.Categorical(pl.Categories.random())
    coded = texts.cast(own)  # has to live until the texts are out
    codes = coded.to_physical().cast(pl.UInt32)
    highest = codes.max()
    count = highest + 1 if isinstance(highest, int) else 0
    # Asking the categories for their texts takes a call of Python for each.
    numbers = pl.arange(count, dtype=pl.UInt32, eager=True)
    return codes, numbers.cat.to(own).cast(pl.String)


def rises(ids: pl.Series) -> bool:
    """Return whether each number is larger than the one before: then none comes twice."""
    numbers = ids.to_numpy()
    return bool(np.all(numbers[1:] > numbers[:-1]))
