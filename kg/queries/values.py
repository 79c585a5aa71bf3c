"""Parameters of a query, and how a value of each type is written in SPARQL."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kg.errors import QueryError
from kg.language import tell


@dataclass(frozen=True)
class Parameter:
    """One parameter of a query.

    ``default`` is the value used when none is given; ``any`` means no restriction. Without a
    default the parameter is required. ``target`` is the IRI of the class of the things meant,
    ``values`` the texts that are accepted where not every one is.
    """

    name: str
    type: str
    example: str
    target: str | None = None
    default: str | None = None
    values: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self.default is None


def _string(parameter: Parameter, value: object) -> str:
    text = str(value)
    if parameter.values and text not in parameter.values:
        raise refusal(parameter, value, f"one of {', '.join(parameter.values)}")
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise refusal(parameter, value, "text without NUL characters or surrogates")
    for raw, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(raw, written)
    return f'"{text}"'


def _integer(parameter: Parameter, value: object) -> str:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", str(value).strip()):
        raise refusal(parameter, value, "a whole number")
    return str(int(str(value)))


def _count(parameter: Parameter, value: object) -> str:
    if not re.fullmatch(r"0{0,9}[1-9][0-9]{0,8}", str(value).strip()):
        raise refusal(parameter, value, "a whole number from 1, or any")
    return str(int(str(value)))


def _year(parameter: Parameter, value: object) -> str:
    if not re.fullmatch(r"[12][0-9]{3}", str(value).strip()):
        raise refusal(parameter, value, "a year of four digits")
    return str(value).strip()


def _decimal(parameter: Parameter, value: object) -> str:
    text = str(value).strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?", text):
        raise refusal(parameter, value, "a number with a decimal point")
    return text if "." in text else f"{text}.0"


def _date(parameter: Parameter, value: object) -> str:
    try:
        day = dt.date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise refusal(parameter, value, "a date written YYYY-MM-DD") from error
    return f'"{day.isoformat()}"^^<http://www.w3.org/2001/XMLSchema#date>'


LITERALS: dict[str, Callable[[Parameter, object], str]] = {
    "count": _count,
    "date": _date,
    "decimal": _decimal,
    "integer": _integer,
    "string": _string,
    "year": _year,
}
"""Literal types: name → how a value becomes a SPARQL term."""

TYPES = ("iri", *LITERALS)
"""The types that a parameter may have."""


def refusal(parameter: Parameter, value: object, accepted: str) -> QueryError:
    """Return the error that says what was found and what a parameter accepts."""
    return QueryError(
        tell(
            "%(key)s: found %(value)s. Accepted: %(accepted)s, such as %(example)s.",
            key=parameter.name,
            value=repr(str(value)[:80]),
            accepted=accepted,
            example=parameter.example,
        )
    )
