"""A release's triples as tables of numbers: one for each property and each class, in one file.

Terms are numbered in an order of their own: blank nodes, IRIs and literals, each by its text; an
integer literal is its own number (:data:`kg.store.columnar.values.FIRST_INTEGER`), so that years
and counts need no look-up. The file is DuckDB's, which reads files of its earlier versions.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pyoxigraph as ox

from kg.store.columnar.values import FIRST_INTEGER, XSD

__all__ = ["VERSION", "write_triples"]

VERSION = 1
"""Of the tables' form: an engine asks the store where a file has another one."""

_MEMORY = "2GB"
_FREQUENT = 20_000  # triples: a property or class with more has a table of its own
_LARGE = 100_000_000  # bytes of triples as text
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_INTEGER = f"datatype = '{XSD}integer' AND regexp_full_match(text, '-?[0-9]{{1,18}}')"
_NUMBERS = ", ".join(f"'{XSD}{name}'" for name in ("integer", "decimal", "double", "float"))
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_SHORT = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


def write_triples(store: Path, target: Path, workspace: Path) -> int:
    """Write the default graph of a store as tables, and return its triples.

    Parameters
    ----------
    store:
        A folder of the engine's; it is opened read-only.
    target:
        The file, which must not be there yet.
    workspace:
        A folder for what is needed meanwhile: some 150 bytes a triple.
    """
    scratch = workspace / "triples"
    scratch.mkdir()
    try:
        lines = scratch / "lines.nt"
        opened = ox.Store.read_only(str(store))
        opened.dump(str(lines), ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
        del opened
        with duckdb.connect() as database:
            database.execute(f"SET memory_limit = '{_MEMORY}'")
            database.execute(f"SET temp_directory = '{scratch}'")
            # A block for each column of each table: small ones keep small graphs small.
            block = 262_144 if lines.stat().st_size > _LARGE else 16_384
            database.execute(f"ATTACH '{target}' AS made (BLOCK_SIZE {block})")
            database.execute("USE made")
            database.execute("BEGIN")  # as one: each table by itself would wait for the disk
            total = _fill(database, lines)
            database.execute("COMMIT")
            database.execute("USE memory")
            database.execute("DETACH made")
            return total
    finally:
        shutil.rmtree(scratch)


def _fill(database: duckdb.DuckDBPyConnection, lines: Path) -> int:
    database.execute(
        r"""CREATE TEMP TABLE lines AS
        SELECT split_part(line, ' ', 1) AS s, split_part(line, ' ', 2) AS p,
          regexp_extract(line, '(?s)^[^ ]+ [^ ]+ (.*) \.$', 1) AS o
        FROM read_csv(?, columns = {'line': 'VARCHAR'}, header = false, delim = '\x01', quote = '',
             escape = '', auto_detect = false, max_line_size = 100000000)""",
        [str(lines)],
    )
    _number_terms(database)
    database.execute(
        """CREATE TEMP TABLE named AS SELECT p AS term, row_number() OVER (ORDER BY p) AS p
        FROM (SELECT DISTINCT p FROM lines)"""
    )
    # In the order of the properties, so that each of their tables is read off in one piece.
    database.execute(
        """CREATE TEMP TABLE triples AS SELECT a.id AS s, n.p, b.id AS o FROM lines l
        JOIN named n ON n.term = l.p JOIN numbers a ON a.term = l.s JOIN numbers b ON b.term = l.o
        ORDER BY n.p, a.id, b.id"""
    )
    database.execute("DROP TABLE lines")
    total = _count(database, "SELECT count(*) FROM triples")
    _write_properties(database)
    _write_labels(database)
    database.execute("CREATE TABLE about AS SELECT ? AS version, ? AS triples", [VERSION, total])
    return total


def _count(database: duckdb.DuckDBPyConnection, sql: str) -> int:
    found = database.execute(sql).fetchone()
    assert found is not None  # a count has a row
    return int(found[0])


def _number_terms(database: duckdb.DuckDBPyConnection) -> None:
    database.execute(
        r"""CREATE TEMP TABLE parts AS
        SELECT term, CASE WHEN term[1] = '_' THEN 0 WHEN term[1] = '<' THEN 1 ELSE 2 END AS kind,
          CASE kind WHEN 0 THEN term[3:] WHEN 1 THEN term[2:-2] ELSE text END AS text,
          CASE WHEN kind = 2 THEN language ELSE '' END AS language,
          CASE WHEN kind = 2 THEN datatype ELSE '' END AS datatype
        FROM (SELECT term, unnest(regexp_extract(term,
                '(?s)^"(.*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?$',
                ['text', 'language', 'datatype']))
              FROM (SELECT s AS term FROM lines UNION SELECT o FROM lines))"""
    )
    escaped = database.execute(r"SELECT term, text FROM parts WHERE contains(text, '\')").fetchall()
    if escaped:
        plain = [(_ESCAPE.sub(_unescaped, text), term) for term, text in escaped]
        database.executemany("UPDATE parts SET text = ? WHERE term = ?", plain)
    database.execute(
        f"""CREATE TEMP TABLE numbers AS
        SELECT term, {FIRST_INTEGER} + CAST(text AS BIGINT) AS id FROM parts WHERE {_INTEGER}
        UNION ALL SELECT term, row_number() OVER (ORDER BY kind, text, language, datatype) AS id
        FROM parts WHERE NOT ({_INTEGER})"""
    )
    database.execute(
        f"""CREATE TABLE terms AS SELECT id, kind::TINYINT AS kind, text, language, datatype
        FROM parts JOIN numbers USING (term) WHERE id < {FIRST_INTEGER // 2} ORDER BY id"""
    )
    database.execute("DROP TABLE parts")


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _SHORT.get(match[3], match[3])


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
