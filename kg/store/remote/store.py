"""The store that asks an endpoint: answers are whole, or errors."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from kg.errors import LimitError
from kg.results import ResultTable
from kg.store.base import JSON_RESULTS, table_from_json
from kg.store.explain import BY_KEY, too_large
from kg.store.remote.access import split_address
from kg.store.remote.answers import TABLES, as_format, count_rows, joined, read_rows
from kg.store.remote.dataset import Dataset
from kg.store.remote.dialects import Dialect, dialect_of
from kg.store.remote.exchange import Exchange, Wanted
from kg.store.remote.options import RemoteOptions
from kg.store.remote.paging import (
    Outline,
    count_text,
    names_text,
    outline,
    page_text,
    solutions_text,
)
from kg.store.remote.refusals import no_endpoint
from kg.store.remote.retrying import ask
from kg.store.workers import Answer

__all__ = ["RemoteStore"]

_NOTHING = "ASK {}"
_MAX_ROWS = "x-sparql-maxrows"
_FEWEST = 1000  # rows: what a server that cuts answers gives at least
_ROUND = (1000, 1024)
_SAME = {
    JSON_RESULTS: ("application/json",),
    "application/sparql-results+xml": ("application/xml", "text/xml"),
    "application/n-triples": ("text/plain", "text/ntriples"),
    "application/rdf+xml": ("application/xml", "text/xml"),
    "application/ld+json": ("application/json",),
}


@dataclass(frozen=True)
class _Asked:
    """A query on its way, with what may be taken for its answer."""

    text: str
    outline: Outline
    media_type: str
    dataset: Dataset
    ends: float
    max_bytes: int
    max_rows: int | None
    is_gone: Callable[[], bool] | None
    patience: float | None = None
    base: str | None = None


class RemoteStore:
    """Answers queries by asking the endpoint at ``url``.

    A server may cap the rows of an answer, and tell so in a header or not at all. Such an answer
    is never taken for the whole: the query is asked again in pages, and the pages are checked
    against counts; where that cannot be, there is an error.

    Parameters
    ----------
    url:
        The endpoint's address; user and password in it are taken out of it.
    options:
        How it is asked; None takes them from the environment.
    dataset:
        The graphs that queries without FROM are about.
    pause:
        Waits some seconds between two tries.

    Raises
    ------
    SettingsError
        The address or a variable of the environment is none that is accepted.
    """

    def __init__(
        self,
        url: str,
        options: RemoteOptions | None = None,
        dataset: Dataset | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = split_address(url)
        self.options = options or RemoteOptions.for_address(url)
        self.dataset = dataset or Dataset()
        self.named: str | None = None
        self._pause = pause
        self._headers: dict[str, str] = {}

    @property
    def release_id(self) -> str:
        """The release that the endpoint says it serves, else its address."""
        return self.named or self.url

    @property
    def dialect(self) -> Dialect:
        """What kind of server it is; asked for once."""
        return dialect_of(self.headers.get("server", ""))

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the latest answer, by names in small letters."""
        return self._headers or self.look()

    def look(self) -> dict[str, str]:
        """Ask nothing, and return the headers of the answer: they say what is there now."""
        self._send(self._asked(_NOTHING, JSON_RESULTS, Dataset())).file.close()
        return self._headers

    def serialise(self, sparql: str, media_type: str) -> bytes:
        """Answer a query in a media type; see :class:`kg.store.base.Store`."""
        with self.fetch(sparql, media_type) as answer:
            return answer.read()

    def table(self, sparql: str) -> ResultTable:
        """Answer a SELECT or ASK query as a table."""
        document = self.serialise(sparql, JSON_RESULTS)
        try:
            return table_from_json(document, {"release": self.release_id})
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise no_endpoint(self.url, f"what it sends is no table ({error})") from error

    def fetch(
        self,
        sparql: str,
        media_type: str,
        *,
        dataset: Dataset | None = None,
        seconds: float | None = None,
        max_bytes: int | None = None,
        max_rows: int | None = None,
        is_gone: Callable[[], bool] | None = None,
    ) -> Answer:
        """Return the whole answer to a query, in a memory file.

        Parameters
        ----------
        sparql, media_type:
            The query, and as what its answer is wanted.
        dataset:
            Stands in for the store's; a query's own FROM comes before either.
        seconds, max_bytes, max_rows:
            Limits for this answer, in place of those of the options.
        is_gone:
            Says whether nobody waits for the answer any more.

        Raises
        ------
        QueryError, SettingsError, LimitError, ReleaseError
            The server refuses the query, wants to know who asks, has no whole answer, or is none.
        """
        began = time.monotonic()
        asked = self._asked(
            self.dialect.rewritten(sparql), media_type, dataset, seconds, max_bytes, is_gone
        )
        asked = replace(asked, max_rows=max_rows)
        got = self._send(asked)
        try:
            self._check_type(got, media_type)
            if asked.outline.form == "SELECT" and media_type in TABLES:
                got = self._whole_table(asked, got)
            elif asked.outline.form == "CONSTRUCT" and self.dialect.cuts_graphs:
                self._check_graph(asked)
        except BaseException:
            got.file.close()
            raise
        return Answer(got.content_type or media_type, time.monotonic() - began, got.size, got.file)

    def _asked(
        self,
        text: str,
        media_type: str,
        dataset: Dataset | None = None,
        seconds: float | None = None,
        max_bytes: int | None = None,
        is_gone: Callable[[], bool] | None = None,
    ) -> _Asked:
        patience = self.options.timeout_s if seconds is None else seconds
        most = self.options.max_bytes if max_bytes is None else max_bytes
        return _Asked(
            text,
            outline(text),
            media_type,
            self.dataset if dataset is None else dataset,
            time.monotonic() + patience,
            most,
            None,
            is_gone,
            patience,
        )

    def _send(self, asked: _Asked, text: str | None = None, media_type: str = "") -> Exchange:
        """Ask for what is asked, or for another text in its place."""
        fields = [] if asked.outline.has_dataset else asked.dataset.fields()
        wanted = Wanted(
            self.url,
            asked.text if text is None else text,
            media_type or asked.media_type,
            max(0.05, round(asked.ends - time.monotonic(), 3)),
            asked.max_bytes,
            self.options.access,
            fields,
            asked.is_gone,
            asked.patience,
        )
        got = ask(wanted, self.options, self._pause)
        self._headers = dict(got.headers)
        if state := got.headers.get("x-sql-state"):
            got.file.close()
            told = got.headers.get("x-sql-message", "")
            raise LimitError(
                f"{self.url} gave a part of the answer only ({state} {told}). Nothing of it is "
                "used. Ask for less, or have its limit of time raised.",
                status=504,
            )
        return got

    def _check_type(self, got: Exchange, media_type: str) -> None:
        given = got.content_type.partition(";")[0].strip().lower()
        if given and given != media_type and given not in _SAME.get(media_type, ()):
            raise no_endpoint(self.url, f"it sends {given} where {media_type} was asked for")

    def _whole_table(self, asked: _Asked, got: Exchange) -> Exchange:
        """Return the answer where it is whole, else one that is joined from pages."""
        stated = got.headers.get(_MAX_ROWS, "")
        if asked.max_rows is None and not stated and got.size < _FEWEST:
            return got
        try:
            rows = count_rows(got.file, asked.media_type)
        except ValueError as error:
            raise no_endpoint(self.url, f"what it sends is no table ({error})") from error
        self._check_rows(asked, rows)
        cap = int(stated) if stated.isdigit() else None
        if rows == asked.outline.limit or not self._is_cut(asked, rows, cap):
            return got
        got.file.close()
        document = self._by_pages(asked, cap or rows)
        data = as_format(document, asked.media_type)
        if len(data) > asked.max_bytes:
            raise too_large(f"is larger than {asked.max_bytes / 2**20:g} MiB")
        headers = {**got.headers, "content-type": asked.media_type}
        return Exchange(headers, io.BytesIO(data), len(data), got.seconds)

    def _check_rows(self, asked: _Asked, rows: int) -> None:
        if asked.max_rows is not None and rows > asked.max_rows:
            raise too_large(f"has more than {asked.max_rows:,} rows")

    def _is_cut(self, asked: _Asked, rows: int, cap: int | None) -> bool:
        """Whether there are more rows; a round number of them may be a cap that nobody tells."""
        if cap is not None:
            return rows >= cap
        if rows < _FEWEST or all(rows % number for number in _ROUND):
            return False
        return bool(self._page(asked, self._columns(asked), 1, rows))

    def _by_pages(self, asked: _Asked, size: int) -> dict[str, Any]:
        """Return all rows, in pages of ``size``, checked against their counts."""
        if not asked.outline.can_be_paged:
            raise self._capped(size)
        columns = self._columns(asked)
        pages = list(self._pages(asked, columns, size))
        document = joined(columns, pages)
        self._check_pages(asked, columns, document["results"]["bindings"])
        return document

    def _pages(self, asked: _Asked, columns: list[str], size: int) -> Iterator[list[Any]]:
        rows = 0
        while page := self._page(asked, columns, size, rows):
            rows += len(page)
            self._check_rows(asked, rows)
            yield page
            # A server may give fewer than it gave before; it has no more when it gives none.
            if asked.outline.limit is not None and rows >= asked.outline.limit:
                return

    def _page(self, asked: _Asked, columns: list[str], size: int, offset: int) -> list[Any]:
        text = page_text(asked.outline, columns, size, offset, self.dialect.nested_pages)
        return list(self._rows(asked, text)["results"]["bindings"])

    def _columns(self, asked: _Asked) -> list[str]:
        names = self._rows(asked, names_text(asked.outline))["head"]["vars"]
        return [str(name) for name in names]

    def _rows(self, asked: _Asked, text: str) -> dict[str, Any]:
        try:
            return read_rows(self._send(asked, text, JSON_RESULTS).read())
        except ValueError as error:
            raise no_endpoint(self.url, f"what it sends is no table ({error})") from error

    def _check_pages(self, asked: _Asked, columns: list[str], rows: list[Any]) -> None:
        """Refuse pages that do not make up the answer: the data changed, or the order did."""
        different = len({json.dumps(row, sort_keys=True) for row in rows})
        for distinct, have in ((False, len(rows)), (True, different)):
            text = count_text(asked.outline, columns, distinct)
            counted = self._rows(asked, text)["results"]["bindings"]
            number = int(counted[0]["rows"]["value"])
            if number != have:
                raise LimitError(
                    f"{self.url} gave {have:,} {'different ' if distinct else ''}rows in pages, "
                    f"and counts {number:,}. Nothing of it is used: the data may have changed "
                    "meanwhile. Ask again.",
                    status=502,
                )

    def _check_graph(self, asked: _Asked) -> None:
        """Refuse a graph that the server has cut: it tells so for the rows it is made of."""
        text = solutions_text(asked.outline)
        got = self._send(asked, text, "text/csv")
        with got.file:
            stated = got.headers.get(_MAX_ROWS, "")
        if stated.isdigit() and asked.outline.limit != int(stated):
            raise self._capped(int(stated))

    def _capped(self, rows: int) -> LimitError:
        return LimitError(
            f"{self.url} gives {rows:,} rows at most, and this answer has more. Nothing of it is "
            f"used. Ask for it in parts: ORDER BY with LIMIT and OFFSET, or by key ({BY_KEY}).",
            status=413,
        )
