"""Delimited text: which encoding, which delimiter.

The delimiter is the one under which the header shows the most names of columns that the table
has: a header of known names leaves nothing to guess.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable
from pathlib import Path

import chardet
import polars as pl

from kg.errors import InputError
from kg.files import CELL_LIMIT, parse_csv, read_utf8
from kg.tables.records import FrameRows, Records

__all__ = ["decode", "find_delimiter", "read_delimited"]

_DELIMITERS = (",", ";", "\t")
_STATED = re.compile(r"sep=(.)\r?\n")  # Excel's own line before the header
_LARGE = 100_000  # characters from which the quick reader is worth its start
_MOST_COLUMNS = 5_000
_SAMPLE = 200_000  # bytes that the encoding is found out from
# What the detector may answer for a steward's file; anything else is refused as not UTF-8.
_LEGACY = ("cp125", "iso8859")
# The detector cannot tell these apart in a short text, and what people save is the last.
_WESTERN = {"iso8859-1": "cp1252", "iso8859-15": "cp1252"}


def read_delimited(path: Path, known: Iterable[str], encoding: str | None) -> list[Records]:
    """Read CSV or TSV, in any usual encoding, with comma, semicolon or tab.

    Raises
    ------
    InputError
        The encoding is unknown, the file empty, or a row is not well formed.
    """
    text, notes = decode(path, encoding)
    delimiter, start = find_delimiter(text, known)
    text, stated = text[start:], start > 0
    frame = _plain_frame(text, delimiter, skipped=int(stated))
    if frame is not None:
        header = [name for name in frame.columns if name != "_row"]
        return [Records(header, FrameRows(frame), None, notes, frame)]
    records = parse_csv(text, path, delimiter, skipped=int(stated))
    return [Records(records.header, records.rows, None, notes)]


def find_delimiter(text: str, known: Iterable[str]) -> tuple[str, int]:
    """Return the delimiter of a text, and where the header begins: behind Excel's ``sep=`` line."""
    stated = _STATED.match(text)
    return (stated[1], stated.end()) if stated else (_delimiter(text, set(known)), 0)


def _plain_frame(text: str, delimiter: str, skipped: int) -> pl.DataFrame | None:
    """Read text that is well formed beyond doubt at once; None where it has to be read slowly.

    That is so where every line is a whole record with as many cells as the header, and no cell
    holds a line break. What is wrong in any other file, the slow reader says with its place.
    """
    if len(text) < _LARGE or "\0" in text or "\r" in text.replace("\r\n", ""):
        return None
    lines = pl.Series([text.replace("\r\n", "\n").removesuffix("\n")]).str.split("\n").explode()
    width = len(next(csv.reader([lines[0]], delimiter=delimiter)))
    # Beyond any real table: the slow reader says what is wrong.
    if width > _MOST_COLUMNS or (lines.str.len_bytes() > CELL_LIMIT).any():
        return None
    header = [name.strip() for name in next(csv.reader([lines[0]], delimiter=delimiter))]
    if len(set(header)) < width or "_row" in header or not _are_records(lines, delimiter, width):
        return None
    frame = pl.read_csv(
        text.encode(),
        separator=delimiter,
        infer_schema=False,
        has_header=False,
        skip_rows=1,
        new_columns=header,
    )
    if frame.height != len(lines) - 1:
        return None
    numbered = frame.with_row_index("_row", offset=skipped + 2).cast({"_row": pl.UInt32})
    if lines[1:].str.contains(rf'[^\s"{re.escape(delimiter)}]').all():
        return numbered
    filled = pl.exclude("_row").fill_null("").str.strip_chars() != ""
    return numbered.filter(pl.any_horizontal(filled))


def _are_records(lines: pl.Series, delimiter: str, width: int) -> bool:
    """Return whether each line is a whole record of ``width`` cells."""
    quoted = lines.str.contains('"', literal=True)
    plain = lines.filter(~quoted)
    if (plain.str.count_matches(delimiter, literal=True) != width - 1).any():
        return False
    mark = re.escape(delimiter)
    cell = rf'(?:[^"{mark}]*|"(?:[^"]|"")*")'
    whole = rf"^{cell}(?:{mark}{cell}){{{width - 1}}}$"
    return bool(lines.filter(quoted).str.contains(whole).all())


def _delimiter(text: str, known: set[str]) -> str:
    line = re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0]

    def matches(delimiter: str) -> int:
        return len(known & {cell.strip().strip('"') for cell in line.split(delimiter)})

    return max(_DELIMITERS, key=matches)


def decode(path: Path, encoding: str | None = None) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return a file's text, and what there is to say about its encoding.

    A byte order mark decides, then UTF-8 where it fits, then the detector.

    Raises
    ------
    InputError
        It is in no encoding that is accepted; with line and byte.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}. Check the path.") from error
    if encoding is not None:
        return _stated(raw, path, encoding), ()
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _stated(raw, path, "utf-16"), ()
    try:
        return raw.removeprefix(codecs.BOM_UTF8).decode(), ()
    except UnicodeDecodeError:
        found = _guess(raw)
    if found is None:
        return read_utf8(path), ()  # raises, with the place of the first bad byte
    return raw.decode(found), ((found, _doubt(found)),)


def _doubt(found: str) -> str:
    return f"UTF-8, or the source's option encoding; the file is not UTF-8 and was read as {found}"


def _stated(raw: bytes, path: Path, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except (LookupError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: cannot be read as {encoding}: {error}. Accepted: the name of the encoding "
            "in which the file was saved, such as utf-8 or windows-1256."
        ) from error


def _guess(raw: bytes) -> str | None:
    """Return the legacy encoding that the bytes are probably in, if they fit it wholly."""
    lines = [line for line in raw.split(b"\n") if not line.isascii()]
    if b"\0" in raw:
        return None
    try:
        detected = chardet.detect(b"\n".join(lines)[:_SAMPLE])["encoding"] or "utf-8"
        found = codecs.lookup(detected).name
        found = _WESTERN.get(found, found)
        raw.decode(found)
    except (LookupError, UnicodeDecodeError):
        return None
    return found if found.startswith(_LEGACY) else None
