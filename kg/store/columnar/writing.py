"""A release's triples as tables of numbers: one for each property and each class, in one file.

The triples come from what is written into the store, while it is written, so that nothing is read
back from there. The file is DuckDB's, which reads files of its earlier versions.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from kg.store.columnar.numbering import number_terms
from kg.store.columnar.values import FIRST_INTEGER, XSD

__all__ = ["VERSION", "TripleTables"]

VERSION = 1
"""Of the tables' form: an engine asks the store where a file has another one."""

_MEMORY = "2GB"
_FREQUENT = 20_000  # triples: a property or class with more has a table of its own
_LARGE = 500_000  # triples
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_NUMBERS = ", ".join(f"'{XSD}{name}'" for name in ("integer", "decimal", "double", "float"))


class TripleTables:
    """The tables in the making.

    Parameters
    ----------
    terms:
        The terms of all triples (others may be among them), each once, sorted by code point.
    positions:
        For ``s``, ``p`` and ``o`` where in ``terms`` the terms of the column are, in their order.
    workspace:
        A folder for what is needed meanwhile: some 50 bytes a triple.
    """

    def __init__(
        self, terms: pl.Series, positions: Mapping[str, np.ndarray], workspace: Path
    ) -> None:
        self._folder = workspace / "triples"
        self._folder.mkdir()
        self._total = 0
        self._parts = 0
        used = np.zeros(len(terms), dtype=bool)
        used[positions["s"]] = used[positions["o"]] = True
        numbers = np.empty(len(terms), dtype=np.int64)
        numbers[used], dictionary = number_terms(terms.filter(pl.Series(used)))
        self._write("terms", dictionary)
        properties = terms.gather(positions["p"]).alias("term")
        named = np.arange(1, len(properties) + 1)
        self._write("named", pl.DataFrame({"term": properties, "p": named}))
        self._numbers = {
            "s": numbers[positions["s"]], "p": named, "o": numbers[positions["o"]]
        }  # fmt: skip

    def add(self, ranks: Mapping[str, np.ndarray]) -> None:
        """Take in triples, none of which came before: each term as its rank in its column."""
        numbers = {name: own[ranks[name]] for name, own in self._numbers.items()}
        self._write(f"triples-{self._parts}", pl.DataFrame(numbers))
        self._parts += 1
        self._total += len(numbers["s"])

    def _write(self, name: str, rows: pl.DataFrame) -> None:
        rows.write_parquet(self._folder / f"{name}.parquet", compression="lz4")

    def finish(self, target: Path) -> None:
        """Write the tables into a file, which must not be there yet."""
        with duckdb.connect() as database:
            database.execute(f"SET memory_limit = '{_MEMORY}'")
            database.execute(f"SET temp_directory = '{self._folder}'")
            # A block for each column of each table: small ones keep small graphs small.
            block = 262_144 if self._total > _LARGE else 16_384
            database.execute(f"ATTACH '{target}' AS made (BLOCK_SIZE {block})")
            database.execute("USE made")
            database.execute("BEGIN")  # as one: each table by itself would wait for the disk
            self._fill(database)
            database.execute("COMMIT")
            database.execute("USE memory")
            database.execute("DETACH made")
        shutil.rmtree(self._folder)

    def _fill(self, database: duckdb.DuckDBPyConnection) -> None:
        for kind, name, columns in (
            ("TABLE", "terms", "*"), ("TEMP TABLE", "named", "term, p"),
        ):  # fmt: skip
            path = self._folder / f"{name}.parquet"
            database.execute(
                f"CREATE {kind} {name} AS SELECT {columns} FROM read_parquet('{path}')"
            )
        parts = self._folder / "triples-*.parquet"
        # In the order of the properties, so that each of their tables is read off in one piece.
        database.execute(
            f"""CREATE TEMP TABLE triples AS SELECT s, p, o FROM read_parquet('{parts}')
            ORDER BY p, s, o"""
        )
        _write_properties(database)
        _write_labels(database)
        about = [VERSION, self._total]
        database.execute("CREATE TABLE about AS SELECT ? AS version, ? AS triples", about)


def _write_properties(database: duckdb.DuckDBPyConnection) -> None:
    """Write what properties and classes there are, and tables of the frequent ones.

    ``source`` is where the pairs of a property are, or the things of a class: a table of its
    own, or a part of the one that holds all rare properties.
    """
    database.execute(
        f"""CREATE TEMP TABLE kinds AS SELECT id, CASE kind WHEN 0 THEN 'B' WHEN 1 THEN 'I'
        ELSE CASE WHEN datatype IN ({_NUMBERS}) THEN 'M' ELSE 'L' END END AS letter FROM terms"""
    )
    database.execute(
        f"""CREATE TABLE properties AS SELECT any_value(term)[2:-2] AS iri, p AS number,
          CASE WHEN count(*) >= {_FREQUENT} OR any_value(term) = '<{_TYPE}>' THEN 'p' || p
          ELSE '(SELECT s, o FROM rare WHERE p = ' || p || ')' END AS source, count(*) AS triples,
          string_agg(DISTINCT CASE WHEN o > {FIRST_INTEGER // 2} THEN 'N' ELSE a.letter END, '')
          AS types, string_agg(DISTINCT b.letter, '') AS subjects
        FROM triples JOIN named USING (p) LEFT JOIN kinds a ON a.id = o JOIN kinds b ON b.id = s
        GROUP BY p ORDER BY p"""
    )
    database.execute(
        """CREATE TABLE rare AS SELECT t.p, s, o FROM triples t JOIN properties ON number = t.p
        WHERE source LIKE '(%' ORDER BY t.p, s, o"""
    )
    types = None
    frequent = "SELECT iri, number, source FROM properties WHERE source NOT LIKE '(%'"
    for iri, number, source in database.execute(frequent).fetchall():
        order, types = ("o, s", source) if iri == _TYPE else ("s, o", types)
        database.execute(
            f"CREATE TABLE {source} AS SELECT s, o FROM triples WHERE p = ? ORDER BY {order}",
            [number],
        )
    _write_classes(database, types or "(SELECT s, o FROM rare WHERE false)")


def _write_classes(database: duckdb.DuckDBPyConnection, types: str) -> None:
    database.execute(
        f"""CREATE TABLE classes AS SELECT o AS id, CASE WHEN count(*) >= {_FREQUENT}
          THEN 'c' || o ELSE '(SELECT s FROM {types} WHERE o = ' || o || ')' END AS source,
        count(*) AS things, string_agg(DISTINCT letter, '') AS subjects
        FROM {types} AS t JOIN kinds ON kinds.id = t.s GROUP BY o ORDER BY o"""
    )
    frequent = "SELECT id, source FROM classes WHERE source NOT LIKE '(%'"
    for number, source in database.execute(frequent).fetchall():
        database.execute(
            f"CREATE TABLE {source} AS SELECT s FROM {types} WHERE o = ? ORDER BY s", [number]
        )


def _write_labels(database: duckdb.DuckDBPyConnection) -> None:
    """Write the label that named queries choose: the English or plain one, else the first."""
    found = database.execute("SELECT source FROM properties WHERE iri = ?", [_LABEL]).fetchone()
    if found is None:
        database.execute("CREATE TABLE labels (s BIGINT, o BIGINT)")
        return
    database.execute(
        f"""CREATE TABLE labels AS SELECT s, o FROM (
          SELECT s, o, rank() OVER (PARTITION BY s ORDER BY CASE language WHEN 'en' THEN ''
            ELSE language END || ' ' || text) AS place
          FROM {found[0]} AS named JOIN terms ON id = o WHERE kind = 2)
        WHERE place = 1 ORDER BY s, o"""
    )
