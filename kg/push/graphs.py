"""The graphs of a release as files of triples, with their digests, made from its dump."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kg.errors import ReleaseError
from kg.store.release import Release

__all__ = ["GraphFile", "batches", "split_dump"]

_BATCH_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class GraphFile:
    """One graph: its triples as N-Triples in a file, how many, and the SHA-256 of the file."""

    name: str
    path: Path
    triples: int
    digest: str


class _Writer:
    """Writes triples and keeps count and digest."""

    def __init__(self, name: str, path: Path, file: IO[bytes]) -> None:
        self.name, self.path, self._file = name, path, file
        self._triples, self._digest = 0, hashlib.sha256()

    def write(self, triple: bytes) -> None:
        self._file.write(triple)
        self._digest.update(triple)
        self._triples += 1

    def done(self) -> GraphFile:
        return GraphFile(self.name, self.path, self._triples, self._digest.hexdigest())


def split_dump(release: Release, folder: Path, union: str | None) -> list[GraphFile]:
    """Write each named graph of a release into a file of its own.

    Parameters
    ----------
    release:
        The release.
    folder:
        Where the files are written to.
    union:
        The name of a further graph, of all triples, each once; None for none.

    Returns
    -------
    list of GraphFile
        Sorted by name, the union last.

    Raises
    ------
    ReleaseError
        The dump is missing or damaged, or holds fewer quads than its manifest says.
    """
    made: dict[bytes, _Writer] = {}
    with ExitStack() as files:

        def writer(name: bytes) -> _Writer:
            path = folder / f"{len(made):05}.nt"
            return _Writer(name.decode(), path, files.enter_context(path.open("wb")))

        whole = None
        if union:
            path = folder / "union.nt"
            whole = _Writer(union, path, files.enter_context(path.open("wb")))
        quads, previous = 0, b""
        for triple, graph in _quads(release):
            quads += 1
            if graph not in made:
                made[graph] = writer(graph)
            made[graph].write(triple)
            # The dump is sorted, so that a triple of several graphs stands in lines that follow.
            if whole and triple != previous:
                whole.write(triple)
            previous = triple
    if quads != release.manifest["quads"]:
        raise ReleaseError(
            f"{release.dump} holds {quads:,} quads, its manifest says "
            f"{release.manifest['quads']:,}. Verify it with 'kg check --release'."
        )
    graphs = sorted((each.done() for each in made.values()), key=lambda graph: graph.name)
    return [*graphs, whole.done()] if whole else graphs


def _quads(release: Release) -> Iterator[tuple[bytes, bytes]]:
    """Yield each quad as a line of N-Triples and the name of its graph."""
    try:
        with gzip.open(release.dump, "rb") as lines:
            for line in lines:
                triple, _, graph = line.rstrip(b"\n").removesuffix(b" .").rpartition(b" ")
                if not (triple and graph.startswith(b"<") and graph.endswith(b">")):
                    raise ReleaseError(f"{release.dump}: a line is no quad: {line[:80]!r}.")
                yield triple + b" .\n", graph[1:-1]
    except (OSError, EOFError) as error:
        raise ReleaseError(
            f"{release.dump} cannot be read ({error}). Verify the release with "
            "'kg check --release'."
        ) from error


def batches(graph: GraphFile, most: int = _BATCH_BYTES) -> Iterator[tuple[bytes, int]]:
    """Yield a graph's triples in pieces of about ``most`` bytes, with the number of triples each.

    Triples with blank nodes all stand in the first piece, however large: in the next request their
    names would mean other nodes.
    """
    with graph.path.open("rb") as lines:
        first = [line for line in lines if _has_blank(line)]
    size, piece = sum(map(len, first)), first
    with graph.path.open("rb") as lines:
        for line in lines:
            if _has_blank(line):
                continue
            if piece and size + len(line) > most:
                yield b"".join(piece), len(piece)
                size, piece = 0, []
            piece.append(line)
            size += len(line)
    yield b"".join(piece), len(piece)


def _has_blank(line: bytes) -> bool:
    """Whether subject or object is a blank node; a text that looks like one does no harm."""
    return line.startswith(b"_:") or b" _:" in line
