"""Trainings so large that their participants may never have met."""

from __future__ import annotations

import polars as pl

from kg.language import Share, tell

__all__ = ["CROWD", "crowds"]

CROWD = 50
"""Nodes of a training above which it is a crowd."""

_MOST = 0.5  # share of the links above which it is said


def crowds(links: pl.DataFrame, weighed: bool) -> list[str]:
    """Return a caveat where most links of a symmetric projection come from crowds.

    Everybody at a training is linked with everybody, so one of k nodes makes k(k − 1)/2 links: a
    year of student exchange with 400 partners of one university makes 80,000, most of them
    between partners that have nothing to do with each other.

    Parameters
    ----------
    links:
        One row for each (training, source, target).
    weighed:
        The weight in use counts a training of any size alike, so that only unweighted measures
        are concerned.

    Examples
    --------
    >>> crowds(pl.DataFrame({"training": [1], "source": [0], "target": [1]}), weighed=True)
    []
    """
    sizes = links.group_by("training").len()["len"].to_numpy()
    large = sizes[sizes > CROWD * (CROWD - 1) // 2]
    share = large.sum() / max(sizes.sum(), 1)
    if not len(large) or share < _MOST:
        return []
    counts = {
        "share": Share(share), "large": len(large), "trainings": len(sizes), "crowd": CROWD,
    }  # fmt: skip
    if weighed:
        return [
            tell(
                "%(share)s of the links come from %(large)s of %(trainings)s trainings of more "
                "than %(crowd)s nodes, whose participants may never have met; measures that ignore "
                "weights count each of these links in full.",
                **counts,
            )
        ]
    return [
        tell(
            "%(share)s of the links come from %(large)s of %(trainings)s trainings of more than "
            "%(crowd)s nodes, whose participants may never have met; the weights newman and "
            "size-normalised give each training its due only once.",
            **counts,
        )
    ]
