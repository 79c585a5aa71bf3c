"""Rows as Parquet and Arrow: a column a variable, typed where all its values are of one type.

As in CSV, an IRI is its text and a language is left out. A column becomes numbers, truth values
or dates when all its values have one datatype that these hold; otherwise it is text.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Mapping

import polars as pl

from kg.store.base import WHOLE_NUMBERS, XSD
from kg.store.workers import Answer

__all__ = ["ARROW", "PARQUET", "TSV", "WRITERS", "columnar", "frame_of"]

PARQUET = "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.file"
TSV = "text/tab-separated-values"

WRITERS: Mapping[str, Callable[[pl.DataFrame, io.BufferedRandom], object]] = {
    PARQUET: lambda frame, file: frame.write_parquet(file, compression="zstd"),
    ARROW: lambda frame, file: frame.write_ipc(file, compression="zstd"),
}
"""Media types of columns → how a frame is written."""

_BARE = {
    "integer": r"^[+-]?[0-9]+$",
    "decimal": r"^[+-]?[0-9]*\.[0-9]+$",
    "double": r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+$",
    "boolean": r"^(?:true|false)$",
}
_LITERAL = (
    r'(?s)^"(?P<text>(?:[^"\\]|\\.)*)"(?:@(?P<language>[A-Za-z0-9-]+)|\^\^<(?P<datatype>[^>]*)>)?$'
)
_ESCAPES = {r"\\": "\\", r"\"": '"', r"\n": "\n", r"\r": "\r", r"\t": "\t", r"\b": "\b"} | {
    r"\f": "\f"
}
_TYPES: dict[str, pl.DataType] = {
    **{XSD + name: pl.Int64() for name in WHOLE_NUMBERS},
    XSD + "decimal": pl.Float64(),
    XSD + "double": pl.Float64(),
    XSD + "float": pl.Float64(),
}
_one_at_a_time = threading.Semaphore(1)  # a frame takes some times the memory of its text


def columnar(answer: Answer, media_type: str) -> Answer:
    """Turn an answer in TSV into one of :data:`WRITERS`, and let go of it."""
    file = os.fdopen(os.memfd_create("columns"), "w+b")
    with _one_at_a_time, answer:
        WRITERS[media_type](frame_of(answer.read()), file)
    file.flush()
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return Answer(media_type, answer.seconds, size, file)


def frame_of(document: bytes) -> pl.DataFrame:
    """Return the frame of a SPARQL 1.1 TSV document."""
    head, _, body = document.partition(b"\n")
    names = [name.removeprefix("?") for name in head.decode().split("\t") if name]
    if not names:
        return pl.DataFrame()
    # An unbound cell of a single column is an empty line, which a reader of CSV may leave out:
    # so each line ends with a cell more.
    padded = body.replace(b"\n", b"\t.\n")
    frame = (
        pl.read_csv(
            io.BytesIO(padded),
            separator="\t",
            quote_char=None,
            has_header=False,
            schema={**dict.fromkeys(names, pl.String), "\0end": pl.String},
        )
        if body
        else pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    )
    return pl.DataFrame([_typed(frame[name]) for name in names])


def _typed(column: pl.Series) -> pl.Series:
    """Return a column of terms as values."""
    literal = column.str.extract_groups(_LITERAL).struct.unnest()
    datatype = _datatypes(column, literal)
    text = (
        literal["text"]
        .str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
        .fill_null(column.str.extract(r"(?s)^<([^<].*)>$"))
        .fill_null(column)
        .alias(column.name)
    )
    kinds = datatype.filter(column.is_not_null()).unique().to_list()
    return _cast(text, kinds[0]) if len(kinds) == 1 and kinds[0] else text


def _datatypes(column: pl.Series, literal: pl.DataFrame) -> pl.Series:
    """Return the datatype's IRI of each cell; null for IRIs, blank nodes and tagged texts."""
    found = literal["datatype"]
    for name, pattern in _BARE.items():
        bare = column.str.contains(pattern).fill_null(value=False)
        found = pl.select(pl.when(bare).then(pl.lit(XSD + name)).otherwise(found)).to_series()
    return found


def _cast(text: pl.Series, datatype: str) -> pl.Series:
    """Return text as what its datatype says, or as it is where a value does not fit."""
    try:
        if datatype in _TYPES:
            return text.cast(_TYPES[datatype], strict=True)
        if datatype == XSD + "boolean":
            return text.is_in(["true", "1"]) if text.null_count() == 0 else _truth(text)
        if datatype == XSD + "date":
            return text.str.to_date("%Y-%m-%d", strict=True)
    except (pl.exceptions.InvalidOperationError, pl.exceptions.ComputeError):
        return text
    return text


def _truth(text: pl.Series) -> pl.Series:
    known = text.is_in(["true", "1"])
    return pl.select(pl.when(text.is_not_null()).then(known)).to_series().alias(text.name)
