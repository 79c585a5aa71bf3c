"""Which countries belonged to which bloc at the time of a training.

Dates are text of partial precision (``2012``, ``2012-03``, ``2012-03-04``). Such text sorts as
its earliest day, and with ``~`` (which sorts after every digit and dash) as its latest, so
intervals compare without being parsed.
"""

from __future__ import annotations

import polars as pl

__all__ = ["memberships"]


def memberships(
    involvements: pl.DataFrame, trainings: pl.DataFrame, members: pl.DataFrame
) -> pl.DataFrame:
    """Return (training, country, bloc): each country's blocs on at least one day of a training.

    A membership without a start (or end) has no bound on that side; its last day is included.
    Where dates are partial, a country counts as a member if the dates as published allow it.
    For a training without any date only memberships without bounds can be known to hold.

    Parameters
    ----------
    involvements:
        At least training, country.
    trainings:
        training, since, until: first and last day as published, or null.
    members:
        bloc, country, start, end.

    Examples
    --------
    >>> part = pl.DataFrame({"training": ["t1", "t2"], "country": ["GB", "GB"]})
    >>> when = pl.DataFrame({"training": ["t1", "t2"], "since": ["2019-05", "2021"],
    ...                      "until": ["2019-05", "2021"]})
    >>> eu = pl.DataFrame({"bloc": ["EU"], "country": ["GB"], "start": ["1973-01-01"],
    ...                    "end": ["2020-01-31"]})
    >>> memberships(part, when, eu).rows()
    [('t1', 'GB', 'EU')]
    """
    pairs = involvements.select("training", "country").drop_nulls().unique()
    dated = pairs.join(trainings.select("training", "since", "until"), on="training")
    began = pl.col("start").is_null() | (pl.col("start") <= pl.col("until") + "~")
    lasted = pl.col("end").is_null() | (pl.col("end") + "~" >= pl.col("since"))
    return (
        dated.join(members, on="country")
        .filter(began.fill_null(value=False) & lasted.fill_null(value=False))
        .select("training", "country", "bloc")
        .unique()
        .sort("training", "country", "bloc")
    )
