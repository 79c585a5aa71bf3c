"""The fields of a form, from what an analysis declares: lists where values are few, else text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from kg.analysis.base import Analysis, Parameter
from kg.analysis.filters import FILTER_CLASSES
from kg.web.language import gettext as _
from kg.web.language import language, said
from kg.web.render import named
from kg.web.service import service

__all__ = ["Field", "fields_of", "filter_field"]

_LISTED = 300  # values that a list holds; more are typed
_KINDS = {name: cls.lower() for name, cls in FILTER_CLASSES.items()} | {"series": "series"}
_HINTS = {
    "bloc": "A group of countries.",
    "country": "Where people come from.",
    "format": "Class of trainings, such as workshop.",
    "held_in": "The country of the venue.",
    "min_headcount": "Trainings with at least so many people.",
    "within": "Both ends inside the bloc or country.",
    "years": "2015, 2012-2020, 2012- or -2020.",
}


@dataclass(frozen=True)
class Field:
    """One field: ``options`` (value, label) make it a list, ``suggestions`` help with typing.

    ``empty`` is what a list offers for no value; None where one always counts.
    """

    name: str
    values: list[str]
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()
    suggestions: tuple[str, ...] = ()
    empty: str | None = "any"
    numeric: bool = False
    example: str = ""


def fields_of(analysis: Analysis, values: Mapping[str, list[str]], own: bool) -> list[Field]:
    """Return the fields of its own parameters and ``top``, or those of its filters."""
    if not own:
        return [filter_field(name, values.get(name, [""])) for name in analysis.filters]
    declared = {name: p for name, p in analysis.accepted.items() if p is not None}
    return [
        _parameter(name, p, values.get(name, [""]), analysis.example.get(name, ""))
        for name, p in declared.items()
    ]


def _parameter(name: str, parameter: Parameter, now: list[str], example: str) -> Field:
    default = parameter.default
    if parameter.kind == "choice":
        now = [value or str(default or "") for value in now]
        options = tuple((c, named(c)) for c in parameter.choices)
        empty = "none" if default is None else None
        return Field(name, now, parameter.help, _with(options, now), empty=empty)
    if parameter.kind == "flag":
        usual = _("usual: yes") if default else _("usual: no")
        options = (("true", _("yes")), ("false", _("no")))
        return Field(name, now, parameter.help, _with(options, now), empty=usual)
    hint = f"{said(parameter.help)} {_accepted(parameter)}".strip()
    numeric = parameter.kind in ("integer", "number")
    return Field(name, now, hint, numeric=numeric, example=example)


def _accepted(parameter: Parameter) -> str:
    parts = []
    if parameter.kind == "thing":
        parts.append(_("name, code, key or IRI"))
    if parameter.least is not None and parameter.most is not None:
        limits = {"least": f"{parameter.least:g}", "most": f"{parameter.most:g}"}
        parts.append(_("from %(least)s to %(most)s", **limits))
    elif parameter.least is not None:
        parts.append(_("from %(least)s", least=f"{parameter.least:g}"))
    if parameter.default is not None:
        parts.append(f"{_('empty:')} {parameter.default}")
    text = _("; ").join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def filter_field(name: str, now: list[str]) -> Field:
    """Return the field of a filter of networks."""
    hint = _HINTS.get(name, "")
    if name == "within":
        options = (("true", _("yes")), ("false", _("no")))
        return Field(name, now, hint, _with(options, now), empty=_("no"))
    if name == "years":
        return Field(name, now, hint, suggestions=_years(), example="2012-2020")
    if name in _KINDS:
        listed = _things(_KINDS[name])
        if listed:
            return Field(name, now, hint, _with(listed, now))
        return Field(name, now, hint or "Name, code, key or IRI.")
    return Field(name, now, hint, numeric=name == "min_headcount")


def _with(options: tuple[tuple[str, str], ...], now: list[str]) -> tuple[tuple[str, str], ...]:
    """Add what was given in another form, so that asking again does not lose it."""
    known = {value for value, _ in options}
    return (*options, *((v, v) for v in dict.fromkeys(now) if v and v not in known))


def _things(kind: str) -> tuple[tuple[str, str], ...]:
    """Return (key, name) of the things of a kind by name; nothing where they are too many."""
    entities = service().graph.columns("entities").filter(pl.col("kind") == kind)
    if entities.height > _LISTED:
        return ()
    pairs = entities.select("entity", pl.coalesce("label", "entity").alias("label")).rows()
    native = {} if language() == "en" else service().labels(language())
    named = ((iri.rpartition("/")[2], native.get(iri, label)) for iri, label in pairs)
    return tuple(sorted(named, key=lambda pair: (pair[1].casefold(), pair[0])))


def _years() -> tuple[str, ...]:
    found = service().graph.columns("trainings")["year"].drop_nulls().unique().sort()
    return tuple(map(str, found.to_list()))
