"""A thing in one sentence: what the analysis ``profile`` counts, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.web.language import gettext, ngettext
from kg.web.profiles.kinds import Kind

__all__ = ["headline"]

Row = Mapping[str, Any]


def headline(kind: Kind, row: Row | None) -> str:
    """Return a sentence of facts; empty where nothing is counted of such a thing.

    Parameters
    ----------
    row:
        The row of the analysis ``profile``; None where no training has to do with the thing.
    """
    if not kind.form:
        return ""
    if row is None:
        return gettext("No training in the data has to do with it.")
    return {"party": _party, "training": _training}.get(kind.form, _described)(row)


def _party(row: Row) -> str:
    return gettext(
        "%(trainings)s %(when)s: %(learned)s and %(taught)s, with %(partners)s from %(countries)s.",
        trainings=ngettext("%(num)s training", "%(num)s trainings", row["trainings"]),
        when=_when(row),
        learned=_learned(row),
        taught=_taught(row),
        partners=ngettext(
            "%(num)s other institution", "%(num)s other institutions", row["partners"]
        ),
        countries=ngettext("%(num)s other country", "%(num)s other countries", row["countries"]),
    )


def _described(row: Row) -> str:
    return gettext(
        "%(trainings)s %(when)s: %(learned)s and %(taught)s, from %(partners)s in %(countries)s.",
        trainings=ngettext("%(num)s training", "%(num)s trainings", row["trainings"]),
        when=_when(row),
        learned=_learned(row),
        taught=_taught(row),
        partners=ngettext("%(num)s institution", "%(num)s institutions", row["partners"]),
        countries=ngettext("%(num)s country", "%(num)s countries", row["countries"]),
    )


def _training(row: Row) -> str:
    return gettext(
        "A training %(when)s: %(learned)s and %(taught)s, from %(partners)s in %(countries)s; "
        "%(outcomes)s.",
        when=_when(row),
        learned=_learned(row),
        taught=_taught(row),
        partners=ngettext("%(num)s institution", "%(num)s institutions", row["partners"]),
        countries=ngettext("%(num)s country", "%(num)s countries", row["countries"]),
        outcomes=ngettext("%(num)s outcome", "%(num)s outcomes", row["outcomes"]),
    )


def _when(row: Row) -> str:
    first, last = row["first_year"], row["last_year"]
    if first is None:
        return gettext("without a known year")
    if first == last:
        return gettext("in %(year)s", year=first)
    return gettext("from %(first)s to %(last)s", first=first, last=last)


def _learned(row: Row) -> str:
    if row["learned"] is None:
        return gettext("a small number of learners, which is withheld")
    return ngettext("%(num)s seat of a learner", "%(num)s seats of learners", row["learned"])


def _taught(row: Row) -> str:
    if row["taught"] is None:
        return gettext("a small number of educators, which is withheld")
    return ngettext("%(num)s of an educator", "%(num)s of educators", row["taught"])
