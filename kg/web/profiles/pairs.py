"""What is asked about two things together, by their kinds."""

from __future__ import annotations

from collections.abc import Mapping

from kg.web.panels import ALSO, SUBJECT, Panel

__all__ = ["PAIR", "PAIR_OF"]


def _(message: str) -> str:
    """Mark a text for translation."""
    return message


_BOTH = {"subject": SUBJECT, "also": ALSO}

_SHARED = Panel(
    "shared", _("Which trainings do they share?"), "appearances", _BOTH,
    _("No training in the data has to do with both."),
    ("training", "start", "held_in", "capacity", "learned", "taught", "outcomes"), shown=20,
)  # fmt: skip
_PAIR_YEARS = Panel(
    "years", _("When?"), "breakdown", {**_BOTH, "by": "year", "who": "all"},
    _("No training that they share has a year."), ("group", "trainings", "learned", "taught"),
    drawing="years", shown=40,
)  # fmt: skip
_PAIR_METHODS = Panel(
    "methods", _("In which methods?"), "breakdown", {**_BOTH, "by": "method", "who": "all"},
    _("No training that they share names a method."), ("group", "trainings", "learned", "taught"),
)  # fmt: skip
_PAIR_INSTITUTIONS = Panel(
    "institutions", _("Which institutions are involved?"), "breakdown",
    {**_BOTH, "by": "institution", "who": "all"},
    _("Nobody in the trainings that they share has a known institution."),
    ("group", "trainings", "learned", "taught", "hosted", "funded"), drawing="sides",
)  # fmt: skip
_PAIR_MISSING = Panel(
    "missing", _("What do the data say about what they share, and what do they leave open?"),
    "coverage", _BOTH, _("No training in the data has to do with both."),
    ("aspect", "of", "total", "known", "missing", "share"), shown=20,
)  # fmt: skip


def _flow(level: str) -> Panel:
    return Panel(
        "flow", _("Who learned from whom?"), "exchange", {**_BOTH, "level": level},
        _("In the trainings that they share, neither is known to have taught the other."),
        ("subject", "partner", "trainings", "given", "received", "first_year", "last_year"),
        only="partner",
    )  # fmt: skip


PAIR: Mapping[frozenset[str], tuple[Panel, ...]] = {
    frozenset({"organisation"}): (
        _SHARED,
        _flow("institution"),
        _PAIR_YEARS,
        _PAIR_METHODS,
        Panel(
            "common", _("Which partners do they have in common, and which has only one of them?"),
            "institutions/common-partners", {"institution_a": SUBJECT, "institution_b": ALSO},
            _("Neither shares a training with a third institution."),
            ("partner", "country", "partner_of", "shared_with_a", "shared_with_b"), door="queries",
            lazy=True,
        ),
        Panel(
            "path", _("By which chain of partners are they connected?"), "partnership/path",
            {"source": SUBJECT, "target": ALSO}, _("No chain of partners connects them."),
            door="network", lazy=True, shown=20,
        ),
        _PAIR_MISSING,
    ),
    frozenset({"country"}): (
        _SHARED, _flow("country"), _PAIR_YEARS, _PAIR_METHODS, _PAIR_INSTITUTIONS, _PAIR_MISSING,
    ),
    frozenset({"person"}): (_SHARED, _flow("person"), _PAIR_YEARS, _PAIR_MISSING),
}  # fmt: skip
"""Kinds of the two things → what is asked about the pair."""

PAIR_OF: tuple[Panel, ...] = (
    _SHARED, _PAIR_YEARS, _PAIR_INSTITUTIONS, _PAIR_METHODS, _PAIR_MISSING,
)  # fmt: skip
"""What is asked about any other two."""
