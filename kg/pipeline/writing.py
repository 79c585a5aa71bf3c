"""Write the statements of a release: dump, store, tables and index, all in one pass."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.errors import ReleaseError
from kg.pipeline.ordered import OrderedQuads, Part
from kg.store.columnar import TripleTables
from kg.store.indexed import TripleIndex

__all__ = ["Written", "write_statements"]

_GZIP_LEVEL = 3  # twice as fast as the default for a tenth more bytes
_BATCH_BYTES = 50_000_000  # text that the engine loads at a time: some half million lines
_LOADERS = 2  # batches that it loads at the same time


@dataclass(frozen=True)
class Written:
    """What was written: the SHA-256 of the dump's text, the distinct triples."""

    digest: str
    triples: int


def write_statements(quads: OrderedQuads, workspace: Path) -> Written:
    """Write ``data.nq.gz``, ``store``, ``columns/triples.duckdb`` and ``columns/triples.index``.

    The dump holds sorted lines and no time stamp. The store also holds each triple once in its
    default graph: the engine's own union of named graphs gives a triple that two of them state
    twice, so that it would count twice. The tables and the index hold these triples too.

    Raises
    ------
    ReleaseError
        The engine refuses a statement.
    """
    columns = workspace / "columns"
    columns.mkdir(exist_ok=True)
    with (
        _DumpWriter(workspace / "data.nq.gz") as dump,
        ThreadPoolExecutor(1) as side,
        _StoreWriter(workspace) as store,
    ):
        tables = side.submit(TripleTables, quads.terms, quads.positions, workspace)
        index = side.submit(TripleIndex, quads.terms, quads.positions)

        def put(part: Part) -> None:
            dump.put(part.text)
            tables.result().add(part.ranks)
            index.result().add(part.ranks)

        triples = 0
        waiting: Future[None] | None = None
        # While one part is packed and loaded the next is made; no more than that one waits.
        for part in quads.parts():
            triples += len(part.ranks["s"])
            store.add(part)
            if waiting:
                waiting.result()
            waiting = side.submit(put, part)
        finished = [
            side.submit(lambda: tables.result().finish(columns / "triples.duckdb")),
            side.submit(lambda: index.result().finish(columns / "triples.index")),
        ]
        store.finish()
        if waiting:
            waiting.result()
        for each in finished:
            each.result()
    return Written(dump.digest.hexdigest(), triples)


class _DumpWriter:
    """Packs the text of a dump, and hashes it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._packed = gzip.GzipFile("", "wb", _GZIP_LEVEL, self._file, mtime=0)
        self.digest = hashlib.sha256()

    def __enter__(self) -> _DumpWriter:
        return self

    def __exit__(self, *_: object) -> None:
        with self._file:
            self._packed.close()

    def put(self, text: bytes) -> None:
        self.digest.update(text)
        self._packed.write(text)


class _StoreWriter:
    """Fills a new store in batches, several at the same time: one is parsed, another sorted.

    A quad and its triple in the default graph come close together, since the engine keeps each
    text once in a batch. Whatever has blank nodes is one batch: the engine gives them other names
    in each.
    """

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._folder = workspace / "writing"
        self._store = ox.Store(str(self._folder))
        self._threads = ThreadPoolExecutor(_LOADERS)
        self._loading: set[Future[None]] = set()
        self._batch: list[bytes] = []
        self._size = 0
        self._anonymous: list[bytes] = []

    def __enter__(self) -> _StoreWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()

    def add(self, part: Part) -> None:
        """Take in quads, and the triples that they state for the first time."""
        self._anonymous += part.anonymous
        self._batch += part.named
        self._size += sum(map(len, part.named))
        if self._size >= _BATCH_BYTES:
            self._hand_over()

    def finish(self) -> None:
        """Load the rest and leave the store where readers open it."""
        self._batch += self._anonymous
        self._hand_over()
        self._await(0)
        _seal(self._store, self._workspace)
        del self._store
        shutil.rmtree(self._folder)

    def _hand_over(self) -> None:
        """Let the engine load what has come, once it has room for it."""
        self._await(_LOADERS - 1)
        self._loading.add(self._threads.submit(_load, self._store, b"".join(self._batch)))
        self._batch, self._size = [], 0

    def _await(self, most: int) -> None:
        """Wait until no more than so many batches are loading; raise what any of them raised."""
        while len(self._loading) > most:
            done, self._loading = wait(self._loading, return_when=FIRST_COMPLETED)
            for loaded in done:
                loaded.result()


def _load(store: ox.Store, text: bytes) -> None:
    try:
        store.bulk_load(text, ox.RdfFormat.N_QUADS)
    except SyntaxError as error:
        raise ReleaseError(
            f"The engine refuses a statement of the build: {error}. Nothing is published. "
            "Please report this with the project file."
        ) from error


def _seal(store: ox.Store, workspace: Path) -> None:
    """Copy the store to where readers open it: without a writer's log, by hard links."""
    store.optimize()
    store.flush()
    store.backup(str(workspace / "store"))
