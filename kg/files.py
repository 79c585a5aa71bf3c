"""Files: where the shipped folders are, how outside files are read, how ours are written."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import InputError

__all__ = [
    "CsvRecords",
    "parse_csv",
    "read_csv",
    "read_utf8",
    "sha256",
    "shipped_folder",
    "write_atomically",
]

_PACKAGE = Path(__file__).resolve().parent
_CELL_LIMIT = 10_000_000  # characters; the csv module's own limit of 131,072 refuses real texts


def shipped_folder(name: str) -> Path:
    """Return the folder ``ontology``, ``queries`` or ``data`` that came with the package.

    A wheel carries it inside the package; a checkout has it beside the package.
    """
    inside = _PACKAGE / "_shipped" / name
    return inside if inside.exists() else _PACKAGE.parent / name


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_utf8(path: Path) -> str:
    """Return a text file's content, without a byte order mark.

    Raises
    ------
    InputError
        The file is missing, or is not UTF-8; then with line and column of the first bad byte.
    """
    try:
        # The codec utf-8-sig would count the places of errors from behind the mark.
        raw = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}. Check the path.") from error
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        raise InputError(
            f"{path}, line {line}, byte {column}: found the byte 0x{raw[error.start]:02X}, which "
            "is not UTF-8. Accepted: text in UTF-8. Save the file as 'CSV UTF-8' and load it again."
        ) from error


@dataclass(frozen=True)
class CsvRecords:
    """A CSV file as text: ``header`` and ``rows`` of ``(row number, cells)``.

    Rows are numbered as a spreadsheet shows them: the header is row 1. A quoted line break
    does not start a new row. Rows without any content are left out.
    """

    path: Path
    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_csv(path: Path) -> CsvRecords:
    """Read a comma-separated file in UTF-8.

    Raises
    ------
    InputError
        The file is empty, not UTF-8, or not readable as CSV; the message gives the place.
    """
    return parse_csv(read_utf8(path), path)


def parse_csv(text: str, path: Path, delimiter: str = ",", skipped: int = 0) -> CsvRecords:
    """Take delimited text apart; ``skipped`` lines stood before it.

    Raises
    ------
    InputError
        As :func:`read_csv`.
    """
    if not text.strip():
        raise InputError(
            f"{path}: the file is empty. Accepted: a header row with the table's columns, "
            "then one row a record. A table without records keeps its header row."
        )
    csv.field_size_limit(_CELL_LIMIT)
    # Not splitlines(): it also ends a line at U+0085, U+2028 and others that a cell may hold.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records = list(_numbered(reader, path, skipped))
    header = [cell.strip() for cell in records[0][1]]
    return CsvRecords(path, header, [r for r in records[1:] if any(c.strip() for c in r[1])])


def _numbered(
    reader: Iterator[list[str]], path: Path, skipped: int
) -> Iterator[tuple[int, list[str]]]:
    row = skipped
    try:
        for row, cells in enumerate(reader, start=skipped + 1):
            if "\0" in "".join(cells):
                raise InputError(f"{path}, row {row}: found a NUL character. Remove it.")
            yield row, cells
    except csv.Error as error:
        raise InputError(
            f"{path}, row {row + 1}: {error}. Accepted: cells separated by commas; a cell with a "
            'comma, a quote or a line break stands in "double quotes", a quote inside is doubled.'
        ) from error
