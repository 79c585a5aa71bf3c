"""What was probably meant by a value that is not among the accepted ones."""

from __future__ import annotations

from rapidfuzz import fuzz, process

__all__ = ["suggestion"]

_LISTS = {"value list", "class"}
_CLOSE = 75  # rapidfuzz score from 0 to 100


def suggestion(value: str, rule: str, accepted: str) -> str | None:
    """Return the closest accepted value, where the rule lists them and one is close.

    >>> suggestion("Workshp", "class", "one of School, Workshop")
    'Workshop'
    """
    if rule not in _LISTS or not value:
        return None
    known = accepted.removeprefix("one of ").split(", ")
    lower = [name.lower() for name in known]
    found = process.extractOne(value.lower(), lower, scorer=fuzz.ratio, score_cutoff=_CLOSE)
    return known[found[2]] if found else None
