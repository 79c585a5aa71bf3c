"""The engine: a release's tables, opened read-only, asked in SPARQL."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from kg.errors import LimitError, ReleaseError
from kg.store.columnar.compiling import compiled, constants_of
from kg.store.columnar.patterns import Tables
from kg.store.columnar.syntax import parse
from kg.store.columnar.values import FIRST_INTEGER, XSD, Term
from kg.store.columnar.writing import VERSION
from kg.store.explain import too_large

__all__ = ["ColumnEngine"]

_KEPT_TERMS = 200_000
_ONE = 10**18
_WHOLE = re.compile(r"-?[0-9]{1,18}")


class ColumnEngine:
    """Answers SELECT queries over the tables of one release.

    Parameters
    ----------
    path:
        The file of :class:`kg.store.columnar.writing.TripleTables`.
    memory:
        How much the engine may use, as ``2GB``; what needs more is written to disk beside it.
    threads:
        How many work on one query.

    Raises
    ------
    ReleaseError
        The file is none, or is of another version.
    """

    def __init__(self, path: Path, memory: str = "2GB", threads: int = 2) -> None:
        options: dict[str, Any] = {
            "memory_limit": memory,
            "threads": threads,
            # The SQL is made here; should a text get into it, it reaches no file and no network.
            "enable_external_access": False,
            "autoload_known_extensions": False,
            "autoinstall_known_extensions": False,
            "lock_configuration": True,
        }
        try:
            self._database = duckdb.connect(str(path), read_only=True, config=options)
            self._tables = self._read_tables()
            found = self._database.execute("SELECT version FROM about").fetchone()
        except duckdb.Error as error:
            raise ReleaseError(
                f"{path}: the release's tables cannot be opened ({error}). Build again with "
                "'kg build'."
            ) from error
        if found is None or found[0] != VERSION:
            raise ReleaseError(f"{path}: the tables are of another version. Build with 'kg build'.")
        self._lock = threading.Lock()
        self._terms: OrderedDict[int, dict[str, str]] = OrderedDict()
        self._numbers: dict[Term, int | None] = {}

    def close(self) -> None:
        """Let go of the file."""
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
        """Return the answer to a SELECT query as a SPARQL 1.1 Query Results JSON document.

        Raises
        ------
        UnsupportedError
            The query says something that is not known here.
        LimitError
            It took longer than ``seconds``, more memory than there is, or has more rows than
            ``max_rows``.
        """
        tree = parse(sparql)
        found = compiled(tree, self._tables, self._known(constants_of(tree)))
        rows = self._rows(found.sql, seconds, max_rows)
        names, kinds = list(found.columns), list(found.columns.values())
        numbers = [i for i, kind in enumerate(kinds) if kind == "term"]
        terms = self._described({row[i] for row in rows for i in numbers}, found.unknown)
        bindings = [
            {
                name: terms[cell] if kind == "term" else _written(cell, kind)
                for name, kind, cell in zip(names, kinds, row, strict=True)
                if cell is not None
            }
            for row in rows
        ]
        return {"head": {"vars": names}, "results": {"bindings": bindings}}

    def _rows(self, sql: str, seconds: float | None, max_rows: int | None) -> list[tuple[Any, ...]]:
        cursor = self._database.cursor()
        timer = threading.Timer(seconds, cursor.interrupt) if seconds is not None else None
        if timer:
            timer.start()
        try:
            cursor.execute(sql)
            if max_rows is None:
                return cursor.fetchall()
            rows = cursor.fetchmany(max_rows + 1)
            if len(rows) > max_rows:
                raise too_large(f"has more than {max_rows:,} rows")
            return rows
        except duckdb.InterruptException as error:
            raise LimitError(
                f"The query was stopped after {seconds:g} seconds. Ask for less: fewer years, one "
                "country, one sector.",
                status=504,
            ) from error
        except duckdb.OutOfMemoryException as error:
            raise LimitError(
                "The query needs more memory than it may have. Ask for less.", status=503
            ) from error
        finally:
            if timer:
                timer.cancel()
            cursor.close()

    def _known(self, constants: Iterable[Term]) -> dict[Term, int]:
        """Return the numbers of the constants that the data has."""
        asked = set(constants)
        with self._lock:
            wanted = [term for term in asked if term not in self._numbers]
        found: dict[Term, int | None] = dict.fromkeys(wanted)
        for term in wanted:
            if term.datatype == f"{XSD}integer" and _WHOLE.fullmatch(term.text):
                found[term] = FIRST_INTEGER + int(term.text)
        left = {term for term in wanted if found[term] is None}
        if left:
            texts = sorted({term.text for term in left})
            rows = self._database.cursor().execute(
                "SELECT id, kind, text, language, datatype FROM terms WHERE text IN "
                f"({', '.join('?' * len(texts))})", texts,
            ).fetchall()  # fmt: skip
            for number, kind, text, language, datatype in rows:
                term = Term("iri" if kind == 1 else "literal", text, language, datatype)
                if term in left and kind:
                    found[term] = number
        with self._lock:
            if len(self._numbers) > _KEPT_TERMS:
                self._numbers.clear()
            self._numbers.update(found)
            return {t: n for t in asked if (n := self._numbers.get(t, found.get(t))) is not None}

    def _described(
        self, numbers: set[int | None], unknown: dict[int, Term]
    ) -> dict[int, dict[str, str]]:
        """Return the terms of numbers as SPARQL's JSON has them."""
        numbers.discard(None)
        asked = {number for number in numbers if number is not None}
        made = {n: _integer(n - FIRST_INTEGER) for n in asked if n > FIRST_INTEGER // 2}
        made |= {n: _literal_or_iri(*unknown[n]) for n in asked if n < 0}
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
            fresh = {row[0]: _literal_or_iri(kinds[row[1]], *row[2:]) for row in rows}
            made |= fresh
            with self._lock:
                self._terms.update(fresh)
                while len(self._terms) > _KEPT_TERMS:
                    self._terms.popitem(last=False)
        return made


def _literal_or_iri(kind: str, text: str, language: str, datatype: str) -> dict[str, str]:
    if kind != "literal":
        return {"type": {"iri": "uri"}.get(kind, kind), "value": text}
    made = {"type": "literal", "value": text}
    if language:
        made["xml:lang"] = language
    elif datatype:
        made["datatype"] = datatype
    return made


def _integer(number: int) -> dict[str, str]:
    return {"type": "literal", "value": str(number), "datatype": f"{XSD}integer"}


def _written(cell: Any, kind: str) -> dict[str, str]:
    if kind == "int":
        return _integer(cell)
    if kind == "dec":
        return {"type": "literal", "value": _decimal(cell), "datatype": f"{XSD}decimal"}
    if kind == "bool":
        text = "true" if cell else "false"
        return {"type": "literal", "value": text, "datatype": f"{XSD}boolean"}
    return {"type": "uri" if kind == "iri" else "literal", "value": cell}


def _decimal(scaled: int) -> str:
    """Write a decimal as the engine of the store does: without zeros at its end."""
    sign, (whole, rest) = "-" * (scaled < 0), divmod(abs(int(scaled)), _ONE)
    return f"{sign}{whole}.{rest:018}".rstrip("0").rstrip(".")
