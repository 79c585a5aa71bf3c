"""The parameters of a call, as people, addresses and programs write them, read into one form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from kg.analysis.base import Analysis, Parameter
from kg.analysis.filters import LEVEL_CLASSES, parse_years, resolve_filters
from kg.errors import QueryError
from kg.language import tell
from kg.network import FILTERS, Filters
from kg.queries import Resolver, entity_iri
from kg.terms import PREFIXES, VOCABULARY_BASE

__all__ = ["read_parameters"]

_TRUTH = {"true": True, "yes": True, "1": True, "on": True}
_TRUTH |= {"false": False, "no": False, "0": False, "off": False}


def read_parameters(
    name: str,
    analysis: Analysis,
    given: Mapping[str, object],
    resolve: Resolver,
    prefixes: Mapping[str, str] = PREFIXES,
) -> tuple[dict[str, Any], Filters]:
    """Return the parameters of a call with their defaults, and its filters.

    Empty values count as not given. Text is read where a number or a truth value is meant.

    Raises
    ------
    QueryError
        A name is unknown or a value is not accepted; the message says what is.
    """
    present = {key: v for key, v in given.items() if v not in (None, "", [], ())}
    _refuse_unknown(name, present, analysis)
    declared = {key: p for key, p in analysis.accepted.items() if p is not None}
    values = {
        key: _read(key, parameter, present[key]) if key in present else parameter.default
        for key, parameter in declared.items()
    }
    for key, parameter in declared.items():
        if parameter.kind == "thing" and values[key] is not None:
            target = _target(parameter, values)
            values[key] = entity_iri(str(values[key]), target, resolve, prefixes) or values[key]
    filters = {key: _filter(key, v) for key, v in present.items() if key in FILTERS}
    return values, resolve_filters(filters, resolve, prefixes)


def _refuse_unknown(name: str, given: Mapping[str, object], analysis: Analysis) -> None:
    for key in given:
        if key not in analysis.accepted:
            close = get_close_matches(key, analysis.accepted, n=1)
            hint = tell(" Close: %(close)s.", close=close[0]) if close else ""
            accepted = ", ".join(analysis.accepted)
            raise QueryError(
                tell(
                    "%(name)s has no parameter %(key)s.%(hint)s Accepted: %(accepted)s.",
                    name=name,
                    key=repr(key),
                    hint=hint,
                    accepted=accepted,
                )
            )


def _target(parameter: Parameter, values: Mapping[str, Any]) -> str | None:
    if parameter.target == "level":
        return LEVEL_CLASSES[str(values["level"])]
    return VOCABULARY_BASE + parameter.target if parameter.target else None


def _filter(key: str, value: object) -> object:
    if key == "years":
        one = _single(key, value) if not isinstance(value, tuple) else value
        return parse_years(one) if isinstance(one, str) else one
    if key == "within":
        return _flag(key, _single(key, value))
    return value


def _single(key: str, value: object) -> object:
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) != 1:
            raise QueryError(
                tell("%(key)s: found %(count)s values. Accepted: one.", key=key, count=len(value))
            )
        return value[0]
    return value


def _read(key: str, parameter: Parameter, value: object) -> object:
    return _READERS[parameter.kind](key, _single(key, value), parameter)


def _choice(key: str, value: object, parameter: Parameter) -> str:
    if value not in parameter.choices:
        raise QueryError(
            tell(
                "%(key)s: found %(value)s. Accepted: %(accepted)s.",
                key=key,
                value=repr(value),
                accepted=", ".join(parameter.choices),
            )
        )
    return str(value)


def _flag(key: str, value: object, _: Parameter | None = None) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() not in _TRUTH:
        raise QueryError(
            tell("%(key)s: found %(value)s. Accepted: true, false.", key=key, value=repr(value))
        )
    return _TRUTH[str(value).lower()]


def _integer(key: str, value: object, parameter: Parameter) -> int:
    return int(_bounded(key, value, parameter, int, "a whole number"))


def _number(key: str, value: object, parameter: Parameter) -> float:
    return float(_bounded(key, value, parameter, float, "a number"))


def _bounded(
    key: str, value: object, parameter: Parameter, kind: Callable[[Any], float], what: str
) -> float:
    least, most = parameter.least, parameter.most
    accepted = what if least is None else f"{what} from {least:g}"
    accepted += "" if most is None else f" to {most:g}"
    refusal = QueryError(
        tell(
            "%(key)s: found %(value)s. Accepted: %(accepted)s.",
            key=key,
            value=repr(value),
            accepted=accepted,
        )
    )
    if isinstance(value, bool) or (kind is int and isinstance(value, float)):
        raise refusal
    try:
        number = kind(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise refusal from error
    inside = (least is None or number >= least) and (most is None or number <= most)
    if not inside or number != number or abs(number) == float("inf"):
        raise refusal
    return number


def _text(key: str, value: object, _: Parameter) -> str:  # noqa: ARG001  (one form for all)
    return str(value)


_READERS: Mapping[str, Callable[[str, object, Parameter], object]] = {
    "choice": _choice,
    "flag": _flag,
    "integer": _integer,
    "number": _number,
    "text": _text,
    "thing": _text,
}
"""Kind of a parameter → how its value is read."""
