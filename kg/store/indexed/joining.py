"""What a form's patterns match in an index, within a hard limit of what is touched.

The pattern that matches the fewest triples comes first, then one by one those that share a
variable with what is known, each row of the ones before looked up in the index. How much that
touches is known before it is read: where it is too much, nothing is returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.store.indexed.forms import Form, Pattern
from kg.store.indexed.index import Index, TooMuchError

__all__ = ["MOST_ROWS", "MOST_STEPS", "Found", "found_by"]

MOST_ROWS = 600
"""Rows of an answer."""

MOST_STEPS = 2_500
"""What may be looked up and matched on the way: each takes about a microsecond."""

_OF_ONE_ROW = 3  # steps that a row takes, where a pattern is an unusual one
_LAST = 4  # the rank of a pattern that nothing before it bounds

Row = tuple[int, ...]
_Triples = list[tuple[int, int, int]]


@dataclass(frozen=True)
class Found:
    """How many rows there are, and for each of a form's ``variables`` the terms' numbers."""

    count: int
    columns: Sequence[Sequence[int]]


@dataclass
class _Budget:
    """What may still be touched."""

    left: int = MOST_STEPS

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise TooMuchError


def found_by(index: Index, form: Form, terms: Sequence[int]) -> Found:
    """Return what a form's patterns match, all of it; DISTINCT and LIMIT are left to the caller.

    Parameters
    ----------
    index:
        Where the triples are.
    form:
        What is asked.
    terms:
        The number of each constant term.

    Raises
    ------
    TooMuchError
        It would touch too much, or more than is bounded.
    """
    if len(form.patterns) == 1:
        return _found_by_one(index, form, terms)
    budget = _Budget()
    known: dict[str, int] = {}
    rows: list[Row] = [()]
    for number in _order(index, form, terms):
        pattern = form.patterns[number]
        rows = _extended(index, rows, pattern, known, terms, budget)
        for place in pattern:
            if isinstance(place, str):
                known.setdefault(place, len(known))
        if len(rows) > MOST_ROWS:
            raise TooMuchError
        if not rows:
            break
    if not rows:
        return Found(0, [()] * len(form.variables))
    columns = list(zip(*rows, strict=True))
    return Found(len(rows), [columns[known[name]] for name in form.variables])


# One pattern: what it matches is a range of the index, or a part of one


def _found_by_one(index: Index, form: Form, terms: Sequence[int]) -> Found:
    (pattern,) = form.patterns
    s, p, o = [terms[each] if isinstance(each, int) else None for each in pattern]
    if len(form.variables) < [s, p, o].count(None) or (s is not None and o is not None):
        return _sifted(form, _matching(index, s, p, o, _Budget()))
    if s is not None and p is not None:
        return _range(index.values(s, p), index.subject_objects)
    if s is not None:
        return _range(index.about(s), index.subject_properties, index.subject_objects)
    if o is not None and p is not None:
        return _range(index.having(p, o), index.property_subjects)
    if o is not None:
        return _range(index.leading_to(o), index.object_subjects, index.object_properties)
    raise TooMuchError  # nothing says how few there are


def _range(bounds: tuple[int, int], *columns: memoryview) -> Found:
    start, end = bounds
    if end - start > MOST_ROWS:
        raise TooMuchError
    return Found(end - start, [column[start:end].tolist() for column in columns])


def _sifted(form: Form, triples: _Triples) -> Found:
    """Return the rows of triples that are more than a range."""
    found = [_bound(form.patterns[0], triple) for triple in triples]
    rows = [tuple(values.values()) for values in found if values is not None]
    if len(rows) > MOST_ROWS:
        raise TooMuchError
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(form.variables)
    return Found(len(rows), columns)


def _bound(pattern: Pattern, triple: tuple[int, int, int]) -> dict[str, int] | None:
    """Return the variables' values; None where one variable would have two."""
    values: dict[str, int] = {}
    for place, number in zip(pattern, triple, strict=True):
        if isinstance(place, str) and values.setdefault(place, number) != number:
            return None
    return values


def _matching(
    index: Index, s: int | None, p: int | None, o: int | None, budget: _Budget
) -> _Triples:
    """Return the triples that have what is known, in their order."""
    if s is not None:
        start, end = index.about(s) if p is None else index.values(s, p)
        budget.take(end - start)
        pairs = _pairs(index.subject_properties, index.subject_objects, start, end)
        return [(s, q, r) for q, r in pairs if o in (None, r)]
    if o is None:
        raise TooMuchError
    if p is not None:
        start, end = index.having(p, o)
        budget.take(end - start)
        return [(r, p, o) for r in index.property_subjects[start:end].tolist()]
    start, end = index.leading_to(o)
    budget.take(end - start)
    pairs = _pairs(index.object_subjects, index.object_properties, start, end)
    return [(r, q, o) for r, q in pairs]


def _pairs(first: memoryview, second: memoryview, start: int, end: int) -> list[tuple[int, int]]:
    return list(zip(first[start:end].tolist(), second[start:end].tolist(), strict=True))


# Several patterns


def _order(index: Index, form: Form, terms: Sequence[int]) -> tuple[int, ...]:
    """Return the patterns in the order of their turns."""
    bounded = [n for n, pattern in enumerate(form.patterns) if _is_bounded(pattern)]
    if not bounded:
        raise TooMuchError
    first = bounded[0]
    if len(bounded) > 1:
        first = min(bounded, key=lambda n: _count(index, form.patterns[n], terms))
    order = form.orders.get(first)
    if order is None:
        order = form.orders[first] = _order_from(form.patterns, first)
    if not order:
        raise TooMuchError  # each row with each
    return order


def _order_from(patterns: Sequence[Pattern], first: int) -> tuple[int, ...]:
    """Return an order in which each pattern shares something with those before; else none."""
    order, left = [first], [n for n in range(len(patterns)) if n != first]
    known = {place for place in patterns[first] if isinstance(place, str)}
    while left:
        ranks = [_rank(patterns[n], known) for n in left]
        if min(ranks) == _LAST:
            return ()
        order.append(left.pop(ranks.index(min(ranks))))
        known |= {place for place in patterns[order[-1]] if isinstance(place, str)}
    return tuple(order)


def _rank(pattern: Pattern, known: set[str]) -> int:
    """Return how soon a pattern's turn comes, the lowest first."""
    variables = {place for place in pattern if isinstance(place, str)}
    if variables <= known:
        return 0  # it takes rows away
    if pattern.subject in known:
        return 1
    if pattern.object in known:
        return 2
    return 3 if variables & known and _is_bounded(pattern) else _LAST


def _is_bounded(pattern: Pattern) -> bool:
    """Whether its constants say how many triples it matches."""
    return isinstance(pattern.subject, int) or isinstance(pattern.object, int)


def _count(index: Index, pattern: Pattern, terms: Sequence[int]) -> int:
    """Return how many triples a pattern that is bounded matches, or a few more."""
    s, p, o = pattern
    if isinstance(s, int):
        start, end = index.about(terms[s])
    elif isinstance(p, int):
        start, end = index.having(terms[p], terms[int(o)])
    else:
        start, end = index.leading_to(terms[int(o)])
    return end - start


def _extended(
    index: Index,
    rows: list[Row],
    pattern: Pattern,
    known: dict[str, int],
    terms: Sequence[int],
    budget: _Budget,
) -> list[Row]:
    """Return the rows with what a pattern adds to each."""
    s, p, o = pattern
    new = list(dict.fromkeys(each for each in pattern if isinstance(each, str)))
    new = [name for name in new if name not in known]
    if isinstance(s, str) and s in known and isinstance(p, int) and new == [o]:
        return _with_objects(index, rows, known[s], terms[p], budget)
    budget.take(_OF_ONE_ROW * len(rows))
    places = [known.get(each) if isinstance(each, str) else None for each in pattern]
    fixed = [terms[each] if isinstance(each, int) else None for each in pattern]
    found: list[Row] = []
    for row in rows:
        want = [
            one if place is None else row[place] for one, place in zip(fixed, places, strict=True)
        ]
        for triple in _matching(index, want[0], want[1], want[2], budget):
            values = _bound(pattern, triple)
            if values is not None:
                found.append(row + tuple([values[name] for name in new]))
    return found


def _with_objects(
    index: Index, rows: list[Row], at: int, property_: int, budget: _Budget
) -> list[Row]:
    """Return each row with each object of a property of one of its terms: the usual join."""
    budget.take(len(rows))
    found: list[Row] = []
    values, objects = index.values, index.subject_objects
    for row in rows:
        start, end = values(row[at], property_)
        if end - start == 1:
            found.append((*row, objects[start]))
        elif end > start:
            budget.take(end - start)
            found += [(*row, each) for each in objects[start:end].tolist()]
    return found
