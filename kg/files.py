"""Files: where the shipped folders are, how outside files are read, how ours are written."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kg.errors import InputError

__all__ = [
    "CELL_LIMIT",
    "CsvRecords",
    "parse_csv",
    "parse_json",
    "parse_yaml",
    "read_csv",
    "read_utf8",
    "sha256",
    "shipped_folder",
    "write_atomically",
]

_PACKAGE = Path(__file__).resolve().parent
_YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CELL_LIMIT = 10_000_000
"""Characters that a cell may have; the csv module's own limit of 131,072 refuses real texts."""


def shipped_folder(name: str) -> Path:
    """Return the folder ``ontology``, ``queries`` or ``data`` that came with the package.

    A wheel carries it inside the package; a checkout has it beside the package.
    """
    inside = _PACKAGE / "_shipped" / name
    return inside if inside.exists() else _PACKAGE.parent / name


def parse_yaml(text: str) -> Any:
    """Return what a text of ours says in YAML, by the parser in C where there is one.

    For outside files see :mod:`kg.sources.yaml_files`.

    Raises
    ------
    yaml.YAMLError
        It is no YAML.
    """
    return yaml.load(text, Loader=_YAML_LOADER)  # noqa: S506 - both loaders are the safe ones


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


_SURROGATE = re.compile(r"(?i)\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])|(?<!\\ud[89ab]..)\\ud[c-f]")


def parse_json(text: str, path: Path, line: int = 1) -> Any:
    """Take JSON apart that begins on ``line`` of a file.

    Raises
    ------
    InputError
        It is no JSON, nests too deeply, or holds what no text or number can be: a lone
        surrogate, NaN, a number beyond all limits.
    """
    try:
        found = json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as error:
        place = f"line {line + error.lineno - 1}, column {error.colno}"
        raise InputError(f"{path}, {place}: is not JSON: {error.msg}.") from error
    except RecursionError as error:
        raise InputError(
            f"{path}, line {line}: is nested too deeply. Accepted: a few levels."
        ) from error
    except ValueError as error:
        raise InputError(
            f"{path}, line {line}: found a number that is none: {error}. Accepted: finite numbers; "
            "what is unknown is null."
        ) from error
    if "\\ud" in text or "\\uD" in text:
        _refuse_surrogates(found, text, path, line)
    return found


def _no_number(name: str) -> None:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(text[:40])
    return number


def _refuse_surrogates(found: Any, text: str, path: Path, line: int) -> None:
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        first = _SURROGATE.search(text)
        number = line + text.count("\n", 0, first.start() if first else 0)
        raise InputError(
            f"{path}, line {number}: found a lone surrogate (half of a character). Accepted: whole "
            "characters. Write the file again in UTF-8."
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
    csv.field_size_limit(CELL_LIMIT)
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
