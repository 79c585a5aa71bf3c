"""The parameters of a request about a network, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from kg.analysis.filters import parse_years
from kg.errors import QueryError
from kg.language import tell
from kg.network import FILTERS

__all__ = ["Given", "network_request", "number", "truth", "whole"]

Given = Mapping[str, list[str]]
"""Name → its values, as in an address."""


def network_request(
    taken: tuple[str, ...], given: Given | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Split the parameters, of the request or given: those of a network, and those in ``taken``.

    Raises
    ------
    QueryError
        A parameter is unknown or has a badly formed value; the message says what is accepted.
    """
    accepted = ("level", "weight", "roles", "isolates", "loops", *FILTERS, *taken)
    options: dict[str, Any] = {}
    for name, values in (dict(request.args.lists()) if given is None else given).items():
        meant = [v for v in values if v != ""]
        if name not in accepted:
            raise QueryError(
                tell(
                    "Unknown parameter %(name)s. Accepted: %(accepted)s.",
                    name=repr(name),
                    accepted=", ".join(accepted),
                )
            )
        if meant:
            options[name] = _OPTIONS.get(name, _one_or_many)(meant, name)
    asked = {name: str(options.pop(name)) for name in taken if name in options}
    return options, asked


def number(text: str, name: str) -> float:
    """Read a number; ``name`` is that of the parameter."""
    try:
        return float(text)
    except ValueError as error:
        raise QueryError(
            tell("%(key)s: found %(value)s. Accepted: a number.", key=name, value=repr(text))
        ) from error


def _one_or_many(values: list[str], _name: str) -> str | list[str]:
    return values[0] if len(values) == 1 else values


def _years(values: list[str], name: str) -> tuple[int | None, int | None]:
    if len(values) > 1:
        raise QueryError(
            tell(
                "%(key)s: found %(value)s. Accepted: one period.",
                key=name,
                value=repr(", ".join(values)),
            )
        )
    return parse_years(values[0])


def whole(text: str, name: str) -> int:
    """Read a whole number from 0."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise QueryError(
            tell("%(key)s: found %(value)s. Accepted: a whole number.", key=name, value=repr(text))
        )
    return int(text)


def truth(text: str, name: str) -> bool:
    """Read true or false, in any of their usual words."""
    known = {"true": True, "1": True, "yes": True, "on": True}
    known |= {"false": False, "0": False, "no": False}
    if text.lower() not in known:
        raise QueryError(
            tell("%(key)s: found %(value)s. Accepted: true, false.", key=name, value=repr(text))
        )
    return known[text.lower()]


_OPTIONS: dict[str, Any] = {
    "years": _years,
    "within": lambda values, name: truth(values[0], name),
    "min_headcount": lambda values, name: whole(values[0], name),
    "loops": lambda values, name: truth(values[0], name),
    "isolates": lambda values, name: truth(values[0], name),
    "level": lambda values, _name: values[0],
    "weight": lambda values, _name: values[0],
}
