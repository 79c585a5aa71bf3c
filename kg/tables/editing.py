"""Changing some rows of a table's file and nothing else of it: not a byte of any other row."""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.files import CELL_LIMIT, parse_json
from kg.schema import SEPARATOR
from kg.tables.delimited import decode, find_delimiter

__all__ = ["EDITABLE", "Edits", "edit_table"]

Edits = Mapping[int, Mapping[str, str | None] | None]
"""By row number: the new cells by column (None: empty), or None where the row is to go."""

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


def edit_table(
    path: Path, edits: Edits, known: Iterable[str] = (), encoding: str | None = None
) -> None:
    """Change rows of a CSV, TSV or JSON Lines file, in its own encoding, whole or not at all.

    Parameters
    ----------
    path:
        The file; :data:`EDITABLE` lists the endings.
    edits:
        What to change; rows are numbered as the readers of tables number them.
    known, encoding:
        Names of columns that the table has, and the encoding where it is stated: as for reading.

    Raises
    ------
    InputError
        The file is in no known encoding.
    OSError
        It cannot be written; it is then as it was.
    """
    raw = path.read_bytes()
    mark = next((m for m in _MARKS if raw.startswith(m)), b"")
    text, notes = decode(path, encoding)
    name = encoding or (notes[0][0] if notes else _MARKS.get(mark, "utf-8"))
    changed = "".join(EDITABLE[path.suffix.lower()](text.removeprefix("\ufeff"), edits, known))
    # An encoding that is called utf-16 or utf-8-sig writes its mark itself.
    own_mark = b"" if name.lower().replace("_", "-") in ("utf-16", "utf-8-sig") else mark
    _replace(path, own_mark + changed.encode(name))


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(path.stat().st_mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _edited_delimited(text: str, edits: Edits, known: Iterable[str]) -> Iterator[str]:
    delimiter, start = find_delimiter(text, known)
    yield text[:start]
    lines = list(io.StringIO(text[start:], newline=""))
    csv.field_size_limit(CELL_LIMIT)
    reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
    header: list[str] = []
    end = 0
    for number, cells in enumerate(reader, start=1 + (start > 0)):
        own, end = lines[end : reader.line_num], reader.line_num
        if not header:
            header = [cell.strip() for cell in cells]
        elif number in edits:
            yield _record(cells, header, edits[number], own[-1], delimiter)
            continue
        yield from own


def _record(
    cells: list[str],
    header: list[str],
    new: Mapping[str, str | None] | None,
    last_line: str,
    delimiter: str,
) -> str:
    if new is None:
        return ""
    row = [*cells, *[""] * (len(header) - len(cells))]
    for column, value in new.items():
        row[header.index(column)] = value or ""
    line_end = last_line[len(last_line.rstrip("\r\n")) :]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=line_end).writerow(row)
    return buffer.getvalue()


def _edited_lines(text: str, edits: Edits, known: Iterable[str]) -> Iterator[str]:
    del known
    for number, line in enumerate(text.split("\n"), start=1):
        end = "\n" if number <= text.count("\n") else ""
        new = edits.get(number, {})
        if new is None:
            continue
        yield (_object(line, new) if new else line) + end


def _object(line: str, new: Mapping[str, str | None]) -> str:
    found: dict[str, Any] = parse_json(line, Path("line"))
    for column, value in new.items():
        listed = isinstance(found.get(column), list)
        parts = value.split(SEPARATOR) if value and listed else []
        found[column] = parts if listed else value
    return json.dumps(found, ensure_ascii=False)


EDITABLE: dict[str, Callable[[str, Edits, Iterable[str]], Iterator[str]]] = {
    ".csv": _edited_delimited,
    ".tsv": _edited_delimited,
    ".jsonl": _edited_lines,
}
"""How files are changed, by ending."""
