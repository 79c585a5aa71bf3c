"""``limit`` and ``offset`` of a request: which rows, of how many, and where the others are."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import ImmutableMultiDict

from kg.errors import QueryError
from kg.language import tell
from kg.paging import counted, paged
from kg.web.service import JSON, service

__all__ = ["PARAMETERS", "Page", "take_page"]

PARAMETERS = ("limit", "offset")
_DIGITS = 9


@dataclass(frozen=True)
class Page:
    """Some rows of an answer: at most ``limit`` (None: all), after the first ``offset``."""

    limit: int | None
    offset: int

    def of(self, sparql: str) -> str:
        """Return the query for these rows of a query's answer."""
        return paged(sparql, self.limit, self.offset)

    def total(self, sparql: str) -> int:
        """Return how many rows the whole answer has."""
        with service().run_named(counted(sparql), JSON) as answer:
            (row,) = json.loads(answer.read())["results"]["bindings"]
        return int(row["total"]["value"])

    def links(self, total: int, address: Callable[..., str]) -> dict[str, str]:
        """Return the addresses of other pages by relation; ``address`` takes limit and offset."""
        if self.limit is None:
            return {}
        last = max(0, (total - 1) // self.limit * self.limit)
        offsets = {"first": 0, "last": last}
        if self.offset:
            offsets["prev"] = max(0, min(self.offset - self.limit, last))
        if self.offset + self.limit < total:
            offsets["next"] = self.offset + self.limit
        return {name: address(limit=self.limit, offset=o) for name, o in offsets.items()}


def take_page() -> Page | None:
    """Take ``limit`` and ``offset`` off the request's parameters; None where there is neither.

    Raises
    ------
    QueryError
        One of them is no whole number in its range, or stands there twice.
    """
    if not any(name in request.args for name in PARAMETERS):
        return None
    most = service().pool.limits.max_rows
    limit, offset = _number("limit", 1, most), _number("offset", 0, 10**_DIGITS - 1)
    rest = [(k, v) for k, v in request.args.items(multi=True) if k not in PARAMETERS]
    request.args = ImmutableMultiDict(rest)
    return None if limit is None and offset is None else Page(limit, offset or 0)


def _number(name: str, least: int, most: int) -> int | None:
    given = [value for value in request.args.getlist(name) if value]
    if not given:
        return None
    text = given[0]
    sound = len(given) == 1 and text.isascii() and text.isdigit() and len(text) <= _DIGITS
    if not sound or not least <= int(text) <= most:
        raise QueryError(
            tell(
                "%(name)s: found %(accepted)s. Accepted: one whole number from %(least)s to "
                "%(most)s.",
                name=name,
                accepted=repr(", ".join(given)[:80]),
                least=least,
                most=most,
            )
        )
    return int(text)
