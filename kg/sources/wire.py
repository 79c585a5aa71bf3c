"""Tables on their way out of the confined child: JSON, then one Arrow IPC block a table.

No pickle: what the child writes may be the work of a hostile file, and unpickling runs code.
"""

from __future__ import annotations

import io
import json
import struct
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from kg.sources.base import SourceTables
from kg.tables import InputTable, Problem

__all__ = ["read_tables", "write_tables"]

_LENGTH = struct.Struct("!Q")


def write_tables(found: SourceTables, output: BinaryIO) -> None:
    """Write tables and the paths of their files."""
    head = {
        "files": [str(path) for path in found.files],
        "tables": [_head(table) for table in found.tables],
    }
    _write_block(json.dumps(head).encode(), output)
    for table in found.tables:
        block = io.BytesIO()
        table.frame.write_ipc(block)
        _write_block(block.getbuffer(), output)


def read_tables(stream: BinaryIO) -> SourceTables:
    """Read what :func:`write_tables` wrote."""
    head = json.loads(_read_block(stream))
    tables = [_table(entry, stream) for entry in head["tables"]]
    return SourceTables(tuple(tables), tuple(Path(name) for name in head["files"]))


def _head(table: InputTable) -> dict[str, Any]:
    plain = {f.name: getattr(table, f.name) for f in fields(table) if f.name != "frame"}
    return {**plain, "notes": [tuple(vars(note).values()) for note in table.notes]}


def _table(entry: dict[str, Any], stream: BinaryIO) -> InputTable:
    frame = pl.read_ipc(io.BytesIO(_read_block(stream)))
    notes = tuple(Problem(*note) for note in entry["notes"])
    return InputTable(**{**entry, "frame": frame, "notes": notes})


def _write_block(block: bytes | memoryview, output: BinaryIO) -> None:
    output.write(_LENGTH.pack(len(block)))
    output.write(block)


def _read_block(stream: BinaryIO) -> bytes:
    return stream.read(_LENGTH.unpack(stream.read(_LENGTH.size))[0])
