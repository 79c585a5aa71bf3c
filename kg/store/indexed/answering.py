"""Answers to small queries from an index, as the engine would write them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import islice, repeat
from pathlib import Path

from kg.errors import ReleaseError
from kg.store.indexed.forms import Form, read
from kg.store.indexed.index import Index, TooMuchError
from kg.store.indexed.joining import Found, found_by

__all__ = ["MOST_BYTES", "IndexAnswers"]

MOST_BYTES = 256 * 1024
"""Bytes of an answer."""

_AT_A_TIME = 64  # rows that are written before their bytes are counted
_LOG = logging.getLogger(__name__)


class IndexAnswers:
    """Asks an index within the limits of whoever serves.

    Parameters
    ----------
    index:
        Where the triples are.
    max_query_bytes, max_bytes:
        Of the text of a query, and of an answer; what is longer is not for the index.
    max_rows:
        Of an answer.
    """

    def __init__(self, index: Index, max_query_bytes: int, max_bytes: int, max_rows: int) -> None:
        self._index = index
        self._max_query_bytes = max_query_bytes
        self._max_bytes = min(max_bytes, MOST_BYTES)
        self._max_rows = max_rows

    @classmethod
    def of(
        cls, path: Path, max_query_bytes: int, max_bytes: int, max_rows: int
    ) -> IndexAnswers | None:
        """Return answers from a file.

        None where there is none, as in earlier releases, and where it cannot be used: the workers
        answer, slower, and the log says why.
        """
        if not path.is_file():
            return None
        try:
            return cls(Index(path), max_query_bytes, max_bytes, max_rows)
        except ReleaseError as error:
            _LOG.warning("%s", error)
            return None

    def answer(self, text: str) -> bytes | None:
        """Return the answer to a query as SPARQL JSON; None where it is not for the index."""
        asked = read(text)
        if asked is None or len(text.encode()) > self._max_query_bytes:
            return None
        number = self._index.number
        found = [number(term) for term in asked.terms]
        terms = [each for each in found if each is not None]
        # What is not found may be written in another way than the engine's: let that say so.
        if len(terms) < len(found):
            return None
        try:
            return self._written(asked.form, found_by(self._index, asked.form, terms))
        except TooMuchError:
            return None

    def _written(self, form: Form, found: Found) -> bytes:
        head, places, line = form.layout
        count, columns = found.count, [found.columns[at] for at in places]
        if form.distinct:
            count, columns = _once(count, columns)
        # Which rows are left out is the engine's choice, and has to be that of the next page too.
        if count > self._max_rows or (form.limit is not None and count > form.limit):
            raise TooMuchError
        text = self._index.fragments.__getitem__
        rows: Iterator[tuple[bytes, ...]] = repeat((), count)
        if columns:
            rows = zip(*[map(text, column) for column in columns], strict=True)
        lines = map(line.__mod__, rows)
        kept = list(lines) if count <= _AT_A_TIME else self._within(lines)
        body = b"%b%b]}}" % (head, b",".join(kept))
        if len(body) > self._max_bytes:
            raise TooMuchError
        return body

    def _within(self, lines: Iterator[bytes]) -> list[bytes]:
        """Return lines, but no more of them than an answer may have bytes."""
        kept: list[bytes] = []
        size = 0
        while some := list(islice(lines, _AT_A_TIME)):
            size += sum(map(len, some))
            if size > self._max_bytes:
                raise TooMuchError
            kept += some
        return kept


def _once(count: int, columns: Sequence[Sequence[int]]) -> tuple[int, list[Sequence[int]]]:
    """Return each row once."""
    rows = dict.fromkeys(zip(*columns, strict=True) if columns else [()] * count)
    return len(rows), list(zip(*rows, strict=True)) if rows else [()] * len(columns)
