"""Cells to quads: terms as N-Quads writes them, and what each kind of column becomes."""

from __future__ import annotations

import polars as pl
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.mapping import literal_term, map_lines, map_tables
from kg.quads import QUAD
from kg.reconcile import ResolvedTable
from kg.schema import Column, TableSchema
from kg.tables import check_table, table_from_records

XSD = "http://www.w3.org/2001/XMLSchema#"
O = "https://example.org/o#"  # noqa: E741 - as short as a prefix
CLASSES = {"workshop": O + "Workshop"}


def literal(name: str, *datatypes: str, **rest: object) -> Column:
    kinds = tuple(XSD + d for d in datatypes)
    return Column(name, O + name, "literal", datatypes=kinds, **rest)  # type: ignore[arg-type]


ID = literal("id", "string")


def resolved(
    rows: list[dict[str, str | None]],
    *columns: Column,
    source: str = "own",
    references: dict[str, list[tuple[int, str]]] | None = None,
    kept: list[int] | None = None,
) -> ResolvedTable:
    """Return rows as reconciliation leaves them; the n-th has the IRI https://example.org/n."""
    schema = TableSchema("things", O + "Thing", (ID, *columns), ("thing/{id}",))
    given_table = table_from_records(rows, source, schema, "things.csv")
    checked = check_table(
        given_table, schema, {c.name: CLASSES for c in columns if c.kind == "class"}
    )
    assert not checked.problems
    numbers = list(range(len(rows))) if kept is None else kept
    subjects = pl.DataFrame(
        {"_id": numbers, "iri": [f"https://example.org/{i}" for i in numbers]},
        schema={"_id": pl.UInt32, "iri": pl.String},
    )
    frames = {
        name: pl.DataFrame(pairs, schema={"_id": pl.UInt32, "iri": pl.String}, orient="row")
        for name, pairs in (references or {}).items()
    }
    return ResolvedTable(checked, subjects, frames, (), frozenset(), 0)


def triples(table: ResolvedTable) -> set[tuple[str, str, str]]:
    quads = map_tables([table], {"own": "https://example.org/graph"})
    assert set(quads["g"]) <= {"<https://example.org/graph>"}
    return set(quads.select("s", "p", "o").iter_rows())


def objects(column: Column, cell: str, **rest: object) -> list[str]:
    """Return the objects that one cell gives, sorted."""
    made = triples(resolved([{"id": "a", column.name: cell}], column, **rest))  # type: ignore[arg-type]
    return sorted(o for _, p, o in made if p == f"<{column.path}>")


# Terms


def term(text: str, **rest: object) -> str:
    frame = pl.DataFrame({"v": [text]}, schema={"v": pl.String})
    return str(frame.select(literal_term(pl.col("v"), **rest)).item())  # type: ignore[arg-type]


def parsed(written: str) -> ox.Literal:
    line = f"<https://e.org/s> <https://e.org/p> {written} .".encode()
    (triple,) = ox.parse(line, format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(triple.object, ox.Literal)
    return triple.object


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", '"plain"'),
        ('a "quote"', r'"a \"quote\""'),
        ("back\\slash", r'"back\\slash"'),
        ("line\nend", r'"line\nend"'),
        ("carriage\rreturn", r'"carriage\rreturn"'),
        ("tab\tstop", r'"tab\tstop"'),
        ("\b\f\x0b\x01\x7f", r'"\b\f\u000B\u0001\u007F"'),
        ("\\n", r'"\\n"'),
        ("😀", '"😀"'),
        ("\u202eright to left\u202c", '"\u202eright to left\u202c"'),
        ("تدريب", '"تدريب"'),
        ("\u2028\x85", '"\u2028\x85"'),
        ("<script>", '"<script>"'),
        ("", '""'),
    ],
)
def test_a_literal_is_escaped_as_canonical_n_quads_asks(text: str, written: str) -> None:
    # RDF Dataset Canonicalization (W3C 2024), section 5, canonical form of N-Quads
    assert term(text) == written
    assert parsed(written).value == text


@given(st.text())
def test_any_text_comes_back_from_the_engine_as_it_was(text: str) -> None:
    assert parsed(term(text)).value == text


@given(st.text(alphabet="\\\"\n\r\t'@^<>|;,é😀\u202e\x00\x1f\x7f\ufffe"))
def test_text_made_of_special_characters_comes_back_too(text: str) -> None:
    assert parsed(term(text)).value == text
    assert "\n" not in term(text)


def test_a_literal_is_written_as_the_engine_itself_writes_it() -> None:
    text = "".join(map(chr, range(1, 0x100)))
    assert term(text) == str(ox.Literal(text))


def test_datatype_and_language() -> None:
    assert term("5", datatype=XSD + "integer") == f'"5"^^<{XSD}integer>'
    assert term("5", datatype=XSD + "string") == '"5"'
    assert term("cinq", language=pl.lit("fr")) == '"cinq"@fr'
    assert term("five", language=pl.lit(None, dtype=pl.String)) == '"five"'


# Columns


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="|")))
def test_any_text_in_a_cell_is_in_its_quad(text: str) -> None:
    normal = pl.Series([text]).str.normalize("NFC").str.strip_chars().item()
    found = [parsed(o).value for o in objects(literal("x", "string"), text)]
    assert found == ([normal] if normal else [])


@pytest.mark.parametrize(
    ("column", "cell", "written"),
    [
        (literal("x", "string"), "a", ['"a"']),
        (literal("x", "integer"), "007", [f'"7"^^<{XSD}integer>']),
        (literal("x", "positiveInteger"), "7", [f'"7"^^<{XSD}positiveInteger>']),
        (literal("x", "date", "gYearMonth", "gYear"), "2019", [f'"2019"^^<{XSD}gYear>']),
        (literal("x", "date", "gYearMonth", "gYear"), "2019-01", [f'"2019-01"^^<{XSD}gYearMonth>']),
        (literal("x", "date", "gYearMonth", "gYear"), "2019-01-28", [f'"2019-01-28"^^<{XSD}date>']),
        (literal("x", "string", separator="|"), "b|a|b", ['"a"', '"b"']),
        (literal("x", "string", scheme="ror"), "https://ror.org/03yrm5c26", ['"03yrm5c26"']),
        (Column("x", O + "x", "literal", language="ar"), "نص", ['"نص"@ar']),
        (Column("x", O + "x", "text", separator="|"), "a@en|a@fr|a", ['"a"', '"a"@en', '"a"@fr']),
        (Column("x", O + "x", "iri"), "https://e.org/%20", ["<https://e.org/%20>"]),
        (literal("x", "string"), "", []),
    ],
)  # fmt: skip
def test_each_kind_of_column_has_its_terms(column: Column, cell: str, written: list[str]) -> None:
    assert objects(column, cell) == written


def test_every_row_has_a_class() -> None:
    kind = Column("format", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "class")
    made = triples(resolved([{"id": "a", "format": "Workshop"}, {"id": "b"}], kind))
    types = {(s, o) for s, p, o in made if p.endswith("#type>")}
    assert types == {
        ("<https://example.org/0>", f"<{O}Workshop>"), ("<https://example.org/1>", f"<{O}Thing>"),
    }  # fmt: skip


def test_a_reference_leads_to_its_thing() -> None:
    column = Column("x", O + "x", "reference", target=O + "Thing", separator="|")
    references = {"x": [(0, "https://e.org/t1"), (0, "https://e.org/t2")]}
    assert objects(column, "t1|t2", references=references) == [
        "<https://e.org/t1>", "<https://e.org/t2>",
    ]  # fmt: skip


def test_a_reference_that_was_not_resolved_states_nothing() -> None:
    column = Column("x", O + "x", "reference", target=O + "Thing")
    assert objects(column, "t1") == []


def test_an_inverse_path_turns_the_triple_around() -> None:
    column = Column("host", O + "hosts", "reference", target=O + "Thing", inverse=True)
    made = triples(
        resolved([{"id": "a", "host": "t"}], column, references={"host": [(0, "https://e.org/t")]})
    )
    assert ("<https://e.org/t>", f"<{O}hosts>", "<https://example.org/0>") in made


def test_a_row_that_was_refused_states_nothing() -> None:
    made = triples(resolved([{"id": "a"}, {"id": "b"}], kept=[1]))
    assert {s for s, *_ in made} == {"<https://example.org/1>"}


# Quads


def test_quads_are_unique() -> None:
    rows: list[dict[str, str | None]] = [{"id": "b"}, {"id": "a"}]
    graphs = {"own": "https://e.org/g2", "other": "https://e.org/g1"}
    quads = map_tables([resolved(rows), resolved(rows), resolved(rows, source="other")], graphs)
    keys = list(quads.select("g", "s", "p", "o").iter_rows())
    assert len(keys) == len(set(keys)) == quads.height
    assert len(keys) == 2 * 2 * 2  # graphs, rows, statements


def test_no_tables_give_no_quads() -> None:
    assert map_tables([], {}).schema == QUAD


def test_lines_are_the_quads_as_text() -> None:
    rows = [{"id": "a", "label": 'x@en|"y"\n'}, {"id": "b", "label": None}, {"id": "c"}]
    columns = (
        Column("label", O + "label", "text", separator="|"),
        Column("part_of", O + "hasPart", "reference", inverse=True, target=O + "Thing"),
    )
    links = {"part_of": [(0, "https://example.org/9"), (1, "https://example.org/9")]}
    table = resolved(rows, *columns, references=links, kept=[0, 1])
    graphs = {"own": "https://example.org/graph"}
    found = b"".join(map_lines([table], graphs)).decode().splitlines()
    wanted = [f"{s} {p} {o} {g} ." for s, p, o, g in map_tables([table], graphs).iter_rows()]
    assert sorted(found) == sorted(wanted)
    assert len(list(ox.parse("\n".join(found), format=ox.RdfFormat.N_QUADS))) == len(wanted) == 8
    triples_only = b"".join(map_lines([table])).decode().splitlines()
    assert sorted(f"{line[:-1]}<{graphs['own']}> ." for line in triples_only) == sorted(found)
