"""Some rows of a file are changed, and no byte of the others."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import polars as pl
import pytest

from kg.errors import InputError
from kg.ontology import Ontology
from kg.tables.editing import edit_table
from kg.tables.reading import read_table

KNOWN = ["id", "name", "note"]
ROWS = 'id;name;note\r\n1;"One, ""x""";a\r\n2;Two;"b\r\nc"\r\n\r\n3 ; Three;d\r\n4;Four;e'


def edited(path: Path, text: str | bytes, edits: dict[int, dict[str, str | None] | None]) -> bytes:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    edit_table(path, edits, KNOWN)
    return path.read_bytes()


def test_a_row_goes_and_a_cell_changes(tmp_path: Path) -> None:
    found = edited(tmp_path / "t.csv", ROWS, {3: None, 6: {"name": "Te;st", "note": None}})
    assert found.decode() == ('id;name;note\r\n1;"One, ""x""";a\r\n\r\n3 ; Three;d\r\n4;"Te;st";')


def test_rows_are_numbered_as_they_are_read(tmp_path: Path, ontology: Ontology) -> None:
    path = tmp_path / "people.csv"
    path.write_text('id,name,consent\na,"A\nB",published\n\nb,B C,published\nc,C,published\n')
    schema = ontology.schema.tables["people"]
    frame = read_table(path, "s", schema).frame
    row = frame.filter(pl.col("id") == "b")["_row"].item()
    edit_table(path, {row: None}, schema.by_name)
    assert read_table(path, "s", schema).frame["id"].to_list() == ["a", "c"]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("cp1256", b""),
    ],
)
def test_the_encoding_stays(tmp_path: Path, encoding: str, mark: bytes) -> None:
    lines = ["id,name,note", *(f"{n},تدريب على تحليل البيانات في الجامعة,ب" for n in range(9))]
    raw = mark + "\n".join(lines).encode(encoding)
    left = mark + "\n".join([*lines[:4], *lines[5:]]).encode(encoding)
    assert edited(tmp_path / "t.csv", raw, {5: None}) == left


def test_a_line_that_states_the_delimiter_stays(tmp_path: Path) -> None:
    assert edited(tmp_path / "t.csv", "sep=|\nid|name\n1|a\n2|b\n", {3: None}) == (
        b"sep=|\nid|name\n2|b\n"
    )


def test_json_lines(tmp_path: Path) -> None:
    text = '{"id":"1","name":["a","b"]}\n\n{"id":"2",  "name":"x"}\n{"id":"3","name":"y"}\n'
    edits: dict[int, dict[str, str | None] | None] = {1: {"name": "b"}, 4: None}
    found = edited(tmp_path / "t.jsonl", text, edits).decode()
    first, _, third, rest = found.split("\n", 3)
    assert json.loads(first) == {"id": "1", "name": ["b"]}
    assert third == '{"id":"2",  "name":"x"}'
    assert rest == ""


def test_what_cannot_be_read_is_left(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"id,name\n1,\x81\x8d\x8f\xff\x00\n")
    with pytest.raises(InputError):
        edit_table(path, {2: None}, KNOWN)
    assert path.read_bytes() == b"id,name\n1,\x81\x8d\x8f\xff\x00\n"
    assert list(tmp_path.iterdir()) == [path]
