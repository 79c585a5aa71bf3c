"""The engine: a release's tables, opened read-only, asked in SPARQL."""

from __future__ import annotations

import json
import re
import tempfile
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from kg.errors import ReleaseError
from kg.store.base import JSON_RESULTS
from kg.store.columnar.compiling import Compiled, compiled, constants_of
from kg.store.columnar.paths import Tables
from kg.store.columnar.results import document, integer, term, written
from kg.store.columnar.syntax import parse
from kg.store.columnar.values import FIRST_INTEGER, XSD, Term, UnsupportedError, quoted
from kg.store.columnar.watching import Watch, stopping
from kg.store.columnar.writing import VERSION
from kg.store.explain import out_of_memory, too_large

__all__ = ["ColumnEngine"]

_KEPT_TERMS = 200_000
_AT_A_TIME = 50_000  # rows
_MIB = 2**20
_WHOLE = re.compile(r"-?[0-9]{1,18}")


class ColumnEngine:
    """Answers SELECT queries over the tables of one release.

    Parameters
    ----------
    path:
        The file of :class:`kg.store.columnar.writing.TripleTables`.
    memory:
        How many bytes the engine may use; what sorting and joining need beyond that goes to the
        folder for temporary files, as much again at most.
    threads:
        How many work on one query.

    Raises
    ------
    ReleaseError
        The file is none, or is of another version.
    """

    def __init__(self, path: Path, memory: int = 2048 * _MIB, threads: int = 2) -> None:
        options: dict[str, Any] = {
            "memory_limit": f"{memory // 1024}KiB",
            "threads": threads,
            "autoload_known_extensions": False,
            "autoinstall_known_extensions": False,
        }
        try:
            self._database = duckdb.connect(str(path), read_only=True, config=options)
            for setting in _settings(self._database, memory):
                self._database.execute(f"SET {setting}")
            self._tables = self._read_tables()
            found = self._database.execute("SELECT version FROM about").fetchone()
        except duckdb.Error as error:
            raise ReleaseError(
                f"{path}: the release's tables cannot be opened ({error}). Build again with "
                "'kg build'."
            ) from error
        if found is None or found[0] != VERSION:
            raise ReleaseError(f"{path}: the tables are of another version. Build with 'kg build'.")
        self.memory = memory
        self._is_closing = threading.Event()
        self._running = 0
        self._lock = threading.Lock()
        self._terms: OrderedDict[int, str] = OrderedDict()
        self._numbers: dict[Term, int | None] = {}

    def close(self) -> None:
        """Stop what runs, and let go of the file when it has stopped."""
        with self._lock:
            self._is_closing.set()
            is_idle = not self._running
        if is_idle:
            self._database.close()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor: the file stays open while anybody has one."""
        with self._lock:
            if self._is_closing.is_set():
                raise stopping()
            self._running += 1
        try:
            with self._database.cursor() as cursor:
                yield cursor
        except duckdb.OutOfMemoryException as error:
            raise out_of_memory(self.memory) from error
        finally:
            with self._lock:
                self._running -= 1
                is_last = self._is_closing.is_set() and not self._running
            if is_last:
                self._database.close()

    def _read_tables(self) -> Tables:
        properties = self._database.execute(
            "SELECT iri, source, subjects, types FROM properties"
        ).fetchall()
        classes = self._database.execute(
            "SELECT text, source, subjects FROM classes JOIN terms USING (id)"
        ).fetchall()
        return Tables(
            {iri: (source, subjects, types) for iri, source, subjects, types in properties},
            {iri: (source, subjects) for iri, source, subjects in classes},
        )

    def sql(self, sparql: str) -> str:
        """Return the SQL that a query is answered by: for those who look into it."""
        tree = parse(sparql)
        return compiled(tree, self._tables, self._known(constants_of(tree))).sql

    def document(
        self, sparql: str, seconds: float | None = None, max_rows: int | None = None
    ) -> dict[str, Any]:
        """Return :meth:`answer` as the data that its JSON stands for."""
        return dict(json.loads(self.answer(sparql, seconds=seconds, max_rows=max_rows)))

    def answer(
        self,
        sparql: str,
        media_type: str = JSON_RESULTS,
        *,
        seconds: float | None = None,
        max_rows: int | None = None,
        max_bytes: int | None = None,
        is_gone: Callable[[], bool] | None = None,
    ) -> bytes:
        """Return the answer to a SELECT query in a media type of tables.

        Raises
        ------
        UnsupportedError
            The query says something that is not known here.
        LimitError
            It took longer than ``seconds``, more memory than there is, has more rows than
            ``max_rows`` or more bytes than ``max_bytes``, or ``is_gone()`` became true.
        """
        tree = parse(sparql)
        with self._cursor() as cursor:
            found = compiled(tree, self._tables, self._known(constants_of(tree)))
            with Watch(cursor, seconds, is_gone, self._is_closing) as watch:
                rows = _fetched(cursor, found.sql, watch, max_rows)
                pieces = (self._objects(some, found) for some in rows)
                return document(list(found.columns), pieces, media_type, max_bytes)

    def _objects(self, rows: Sequence[tuple[Any, ...]], found: Compiled) -> Iterator[str]:
        """Yield rows as the objects that they are in SPARQL's JSON."""
        kinds = list(enumerate(found.columns.items()))
        numbers = [place for place, (_, kind) in kinds if kind == "term"]
        terms = self._described({row[i] for row in rows for i in numbers}, found.unknown)
        fields = [(place, f"{json.dumps(name)}:", kind) for place, (name, kind) in kinds]
        for row in rows:
            cells = [
                name + (terms[cell] if kind == "term" else written(cell, kind))
                for place, name, kind in fields
                if (cell := row[place]) is not None
            ]
            yield f"{{{','.join(cells)}}}"

    def _known(self, constants: Iterable[Term]) -> dict[Term, int]:
        """Return the numbers of the constants that the data has."""
        asked = set(constants)
        with self._lock:
            wanted = [one for one in asked if one not in self._numbers]
        found: dict[Term, int | None] = dict.fromkeys(wanted)
        for one in wanted:
            if one.datatype == f"{XSD}integer" and _WHOLE.fullmatch(one.text):
                found[one] = FIRST_INTEGER + int(one.text)
        left = {one for one in wanted if found[one] is None}
        if left:
            texts = sorted({one.text for one in left})
            rows = self._database.cursor().execute(
                "SELECT id, kind, text, language, datatype FROM terms WHERE text IN "
                f"({', '.join('?' * len(texts))})", texts,
            ).fetchall()  # fmt: skip
            for number, kind, text, language, datatype in rows:
                one = Term("iri" if kind == 1 else "literal", text, language, datatype)
                if one in left and kind:
                    found[one] = number
        with self._lock:
            if len(self._numbers) > _KEPT_TERMS:
                self._numbers.clear()
            self._numbers.update(found)
            return {t: n for t in asked if (n := self._numbers.get(t, found.get(t))) is not None}

    def _described(self, numbers: set[int | None], unknown: dict[int, Term]) -> dict[int, str]:
        """Return the terms of numbers as SPARQL's JSON has them."""
        asked = {number for number in numbers if number is not None}
        made = {n: integer(n - FIRST_INTEGER) for n in asked if n > FIRST_INTEGER // 2}
        made |= {n: term(*unknown[n]) for n in asked if n < 0}
        with self._lock:
            for number in asked:
                if number in self._terms:
                    made[number] = self._terms[number]
        left = sorted(asked - made.keys())
        if left:
            rows = self._database.cursor().execute(
                "SELECT id, kind, text, language, datatype FROM terms JOIN "
                "(SELECT unnest(?::BIGINT[]) AS id) USING (id)", [left],
            ).fetchall()  # fmt: skip
            kinds = ("bnode", "iri", "literal")
            fresh = {row[0]: term(kinds[row[1]], *row[2:]) for row in rows}
            made |= fresh
            with self._lock:
                self._terms.update(fresh)
                while len(self._terms) > _KEPT_TERMS:
                    self._terms.popitem(last=False)
        return made


def _settings(database: duckdb.DuckDBPyConnection, memory: int) -> Iterator[str]:
    """Yield what is set when the file is open, in order.

    Within a process a file is opened once, for all who open it: the first one sets it.
    """
    if database.execute("SELECT current_setting('lock_configuration')").fetchone() == (True,):
        return
    # Made when it is needed, and removed by the database; the release's folder is not ours.
    folder = Path(tempfile.gettempdir(), f"kg-tables-{uuid.uuid4().hex}")
    yield f"temp_directory = {quoted(str(folder))}"
    yield f"max_temp_directory_size = '{memory // 1024}KiB'"
    # The SQL is made here; should a text get into it, it reaches no file and no network.
    yield "enable_external_access = false"
    yield "lock_configuration = true"


def _fetched(
    cursor: duckdb.DuckDBPyConnection, sql: str, watch: Watch, max_rows: int | None
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows of a statement, some at a time."""
    count = 0
    try:
        cursor.execute(sql)
        while rows := cursor.fetchmany(_AT_A_TIME):
            count += len(rows)
            if max_rows is not None and count > max_rows:
                raise too_large(f"has more than {max_rows:,} rows")
            watch.check()
            yield rows
    except duckdb.InterruptException:
        watch.check()
        raise
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:  # a number too large for it, or a fault of the compiler
        raise UnsupportedError(f"what the database refuses ({error})") from error
