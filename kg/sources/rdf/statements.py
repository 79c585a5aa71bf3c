"""The statements of an RDF file, each with the line on which it ends.

The parser is given one line at a time, so that whatever it yields stands on the line that it was
given last.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, cast

import pyoxigraph as ox

from kg.errors import InputError

__all__ = ["FORMATS", "Place", "Statement", "Term", "statements"]

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".json": ox.RdfFormat.JSON_LD,
}
"""The format of an RDF file, by its ending."""

Term = ox.NamedNode | ox.BlankNode | ox.Literal
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_BOM = b"\xef\xbb\xbf"
_DEEPEST = 100  # brackets open at a time in JSON-LD; the parser's own recursion ends later
_MOST_OPEN = 10_000  # brackets or elements open at a time: far beyond any real file


class Statement(NamedTuple):
    """A triple; ``line`` counts from 1."""

    subject: ox.NamedNode | ox.BlankNode
    predicate: str
    object: Term
    line: int


@dataclass(frozen=True)
class Place:
    """What relative IRIs stand under, and patterns of the graphs that are taken (none: all)."""

    base: str | None = None
    graphs: tuple[str, ...] = ()

    def takes(self, graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> bool:
        """Return whether statements of a graph are wanted."""
        name = "default" if isinstance(graph, ox.DefaultGraph) else graph.value
        return not self.graphs or any(fnmatchcase(name, pattern) for pattern in self.graphs)


class _Lines(io.RawIOBase):
    """Gives a file out one line at a time, and knows which it was."""

    def __init__(self, stream: BinaryIO, path: Path, is_xml: bool) -> None:
        self._stream = stream
        self._path = path
        self._is_xml = is_xml
        self._whole = True  # the last piece ended its line
        self._open = 0
        self.line = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.readline(size)
        if piece and self._whole:
            self.line += 1
        if self.line == 1:
            piece = piece.removeprefix(_BOM)
        self._whole = piece.endswith(b"\n")
        self._refuse(piece)
        return piece

    def _refuse(self, piece: bytes) -> None:
        where = f"{self._path}, line {self.line}"
        if b"\0" in piece:
            raise InputError(f"{where}: found a NUL character. Accepted: text in UTF-8.")
        if self._is_xml and _DOCTYPE.search(piece):
            raise InputError(
                f"{where}: found a <!DOCTYPE>, whose entities can make a small file endless. "
                "Accepted: RDF/XML without it. Convert the file to Turtle."
            )
        self._open = max(0, self._open + (_elements(piece) if self._is_xml else _brackets(piece)))
        if self._open > _MOST_OPEN:
            raise InputError(
                f"{where}: is nested deeper than {_MOST_OPEN} levels. Accepted: RDF as its "
                "publisher offers it."
            )


def _elements(piece: bytes) -> int:
    """Return about how many elements are open after some XML, more than before it."""
    closed = 2 * piece.count(b"</") + piece.count(b"/>")
    return piece.count(b"<") - closed - piece.count(b"<!") - piece.count(b"<?")


def _brackets(piece: bytes) -> int:
    """Return about how many brackets are open after some Turtle, more than before it."""
    return sum(map(piece.count, (b"[", b"(", b"<<"))) - sum(map(piece.count, (b"]", b")", b">>")))


def statements(path: Path, place: Place) -> Iterator[Statement]:
    """Yield the statements of a file.

    Raises
    ------
    InputError
        The ending is unknown, or the file is not of its format; with line and column.
    """
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise InputError(
            f"{path}: found the ending {path.suffix!r}. Accepted: {', '.join(FORMATS)}."
        )
    sys.audit("kg.read", str(path))
    with path.open("rb") as stream:
        if form == ox.RdfFormat.JSON_LD:
            _check_depth(stream, path)
        lines = _Lines(stream, path, form == ox.RdfFormat.RDF_XML)
        yield from _parsed(lines, path, form, place)


def _parsed(lines: _Lines, path: Path, form: ox.RdfFormat, place: Place) -> Iterator[Statement]:
    try:
        for quad in ox.parse(cast("IO[bytes]", lines), form, base_iri=place.base):
            if isinstance(quad.object, ox.Triple):
                raise InputError(
                    f"{path}, line {lines.line}: found a triple as a value. Accepted: IRIs, blank "
                    "nodes and literals."
                )
            if place.takes(quad.graph_name):
                yield Statement(quad.subject, quad.predicate.value, quad.object, lines.line)
    except SyntaxError as error:
        raise _no_rdf(error, path, lines.line) from error
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}, line {lines.line}: cannot be read: {error}.") from error


def _no_rdf(error: SyntaxError, path: Path, line: int) -> InputError:
    said = re.sub(r"^Parser error [^:]*: ", "", error.msg)
    said = re.sub(r" \(line \d+\)$", "", said).rstrip(".")
    if "LoadDocumentCallback" in said:
        return InputError(
            f"{path}, line {line}: names a context at another place, and nothing is fetched while "
            "a file is read. Accepted: JSON-LD whose context is written out in the file."
        )
    place = f"line {error.lineno or line}" + (f", column {error.offset}" if error.offset else "")
    return InputError(
        f"{path}, {place}: is no {path.suffix[1:]}: {said}. Accepted: well-formed RDF in UTF-8, of "
        "the format that the ending names."
    )


def _check_depth(stream: BinaryIO, path: Path) -> None:
    """Refuse JSON that nests deeper than any RDF does: the parser would overflow its stack."""
    depth, in_text = 0, False
    for number, line in enumerate(stream, start=1):
        for token in re.finditer(rb'\\.|"|[\[{]|[\]}]', line):
            sign = token.group()
            if sign == b'"':
                in_text = not in_text
            elif not in_text and len(sign) == 1:
                depth += 1 if sign in b"[{" else -1
            if depth > _DEEPEST:
                raise InputError(
                    f"{path}, line {number}: is nested deeper than {_DEEPEST} levels. Accepted: "
                    "JSON-LD as its publisher offers it."
                )
    stream.seek(0)
