from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.files import read_csv, read_utf8, sha256, shipped_folder, write_atomically


def written(folder: Path, content: bytes | str) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", ["ontology", "queries", "data"])
def test_the_shipped_folders_are_there(name: str) -> None:
    assert any(shipped_folder(name).iterdir())


def test_the_checksum_is_sha_256(tmp_path: Path) -> None:
    # FIPS 180-2, appendix B.1
    assert sha256(written(tmp_path, "abc")) == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_the_checksum_of_a_large_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    content = bytes(range(256)) * 5000
    assert sha256(written(tmp_path, content)) == hashlib.sha256(content).hexdigest()


def test_writing_leaves_the_new_text_and_nothing_else(tmp_path: Path) -> None:
    path = written(tmp_path, "old")
    write_atomically(path, "ناجح\n")
    assert path.read_bytes() == "ناجح\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_writing_that_fails_leaves_the_old_text_and_nothing_else(tmp_path: Path) -> None:
    path = written(tmp_path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "\ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_byte_order_mark_is_not_read(tmp_path: Path) -> None:
    assert read_utf8(written(tmp_path, b"\xef\xbb\xbfid\n")) == "id\n"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["without mark", "with mark"])
def test_the_first_byte_that_is_not_utf8_is_located(tmp_path: Path, mark: bytes) -> None:
    # "Muñoz" in Latin-1: the byte 0xF1 is the fifth of line 2.
    with pytest.raises(InputError, match="line 2, byte 5: found the byte 0xF1"):
        read_utf8(written(tmp_path, mark + b"id,name\na,Mu\xf1oz\n"))


def test_utf16_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 1, byte 1: found the byte 0xFF"):
        read_utf8(written(tmp_path, "id,name\n".encode("utf-16")))


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_path_that_is_no_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_utf8(tmp_path / name)


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    records = read_csv(written(tmp_path, 'id,name\na,"two\nlines"\n\n,\nb,last\n'))
    assert records.header == ["id", "name"]
    assert records.rows == [(2, ["a", "two\nlines"]), (5, ["b", "last"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(tmp_path: Path, end: str) -> None:
    records = read_csv(written(tmp_path, f"id,name{end}a,b{end}c,d{end}"))
    assert records.rows == [(2, ["a", "b"]), (3, ["c", "d"])]


@pytest.mark.parametrize("character", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_what_only_unicode_calls_a_line_end_stays_in_its_cell(
    tmp_path: Path, character: str
) -> None:
    records = read_csv(written(tmp_path, f"id,name\na,one{character}two\n"))
    assert records.rows == [(2, ["a", f"one{character}two"])]


def test_spaces_around_a_header_are_no_part_of_it(tmp_path: Path) -> None:
    assert read_csv(written(tmp_path, " id , name\n")).header == ["id", "name"]


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    assert read_csv(written(tmp_path, "id,name\n")).rows == []


def test_a_long_cell_is_read_whole(tmp_path: Path) -> None:
    records = read_csv(written(tmp_path, f"id\n{'x' * 200_000}\n"))
    assert len(records.rows[0][1][0]) == 200_000


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff"], ids=["nothing", "blank", "mark"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match="the file is empty"):
        read_csv(written(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('id,name\na,"open\n', "row 2"),
        ('id,name\na,b\nc,"x"y\n', "row 3"),
        ("id,name\na,b\0c\n", "row 2: found a NUL character"),
    ],
    ids=["open quote", "text after a quote", "NUL"],
)
def test_what_is_no_csv_is_located(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_csv(written(tmp_path, content))
