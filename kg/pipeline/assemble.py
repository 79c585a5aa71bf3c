"""Assemble: from what is asserted to the files of a release: infer, store, derive, write.

A build assembles what its sources say; whatever has asserted quads in hand can do the same.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyoxigraph as ox

from kg.columns import COLUMN_QUERIES, pull_columns
from kg.description import description_quads
from kg.errors import ReleaseError
from kg.ontology import Ontology
from kg.pipeline.columns import COMPUTED, Facts
from kg.pipeline.derive import apply_rules, inferred_quads, partnership_quads
from kg.provenance import GraphNames
from kg.quads import lines, sorted_lines, term
from kg.store.embedded import EmbeddedStore

__all__ = ["Assembly", "Clock", "assemble"]

# What documents a release is the ontology as it was; its own releases and checks are not read.
_LEFT_OUT = shutil.ignore_patterns("releases", "checks", "w3id", ".*")
_GZIP_LEVEL = 3  # twice as fast as the default for a tenth more bytes


@dataclass
class Clock:
    """Seconds by step, in the order in which the steps ran."""

    progress: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Announce a step and time it."""
        self.progress(name)
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


@dataclass(frozen=True)
class Assembly:
    """The files of a release, but for the report and the manifest.

    ``figures`` is what the manifest says of them; ``statements`` the number that the store has to
    hold: every quad, and each triple once in the default graph.
    """

    workspace: Path
    figures: dict[str, object]
    digest: str
    statements: int

    def verify(self) -> None:
        """Read the store back; the engine dropping or merging a quad must not go unseen.

        Raises
        ------
        ReleaseError
            It does not hold what was written.
        """
        stored = len(ox.Store.read_only(str(self.workspace / "store")))
        if stored != self.statements:
            raise ReleaseError(
                f"The build wrote {self.statements} statements and the store holds {stored}: it is "
                "not published. Please report this with the project file."
            )


def assemble(
    asserted: pl.DataFrame,
    ontology: Ontology,
    base: str,
    partnerships: int,
    workspace: Path,
    clock: Clock,
) -> Assembly:
    """Write store, columns, dump and ontology of what is asserted and what follows from it.

    Parameters
    ----------
    asserted:
        Quads of the sources, of provenance, ontology and catalogue.
    ontology, base:
        What things follow by, and what their IRIs begin with.
    partnerships:
        How many of the strongest become resources.
    workspace:
        An empty folder.
    clock:
        Gets the steps ``infer`` to ``write``.
    """
    names = GraphNames(base)
    # What an earlier release held was counted then; it is counted anew.
    asserted = asserted.filter(pl.col("g") != term(f"<{names.description}>"))
    with clock.step("infer"):
        quads = pl.concat([asserted, inferred_quads(asserted, ontology, names)])
    store = ox.Store(str(workspace / "writing"))
    with clock.step("store"):
        _load(store, quads, workspace)
    with clock.step("rules"):
        quads = _grow(quads, apply_rules(store, ontology, names), store, workspace)
    with clock.step("columns and partnerships"):
        columns = _write_columns(store, quads, workspace)
        derived = partnership_quads(columns, names, partnerships)
        described = description_quads(pl.concat([quads, derived]), names)
        quads = _grow(quads, pl.concat([derived, described]), store, workspace)
    with clock.step("write"):
        digest = _write_dump(quads, workspace / "data.nq.gz")
        _seal(store, workspace)
        del store
        shutil.rmtree(workspace / "writing")
        shutil.copytree(ontology.folder, workspace / "ontology", ignore=_LEFT_OUT)
    # As a lazy count: a quarter of the processor time of DataFrame.n_unique on the same rows.
    triples = quads.lazy().select("s", "p", "o").unique().select(pl.len()).collect().item()
    figures = _figures(quads, base) | {"triples": triples, "dump": digest}
    return Assembly(workspace, figures, digest, quads.height + triples)


def _load(store: ox.Store, quads: pl.DataFrame, workspace: Path) -> None:
    """Load quads, and each triple once into the default graph.

    The engine's own union of named graphs gives a triple that two of them state twice, so that
    it would count twice; a default graph that holds the union does not.
    """
    # Through a file: the engine parses in parallel, and the lines are out of memory by then.
    path = workspace / "quads.nq"
    _write_lines(quads, path)
    store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
    path.unlink()


def _write_lines(quads: pl.DataFrame, path: Path) -> None:
    with path.open("wb") as stream:
        stream.writelines(lines(quads))
        stream.writelines(lines(quads.select("s", "p", "o").unique()))


def _grow(
    quads: pl.DataFrame, added: pl.DataFrame, store: ox.Store, workspace: Path
) -> pl.DataFrame:
    if not added.height:
        return quads
    _load(store, added, workspace)
    return pl.concat([quads, added])


def _write_dump(quads: pl.DataFrame, path: Path) -> str:
    """Write the canonical dump: sorted lines, no time stamp. Return the SHA-256 of the text."""
    digest = hashlib.sha256()

    def put(part: bytes) -> None:
        digest.update(part)
        packed.write(part)

    with (
        path.open("wb") as stream,
        gzip.GzipFile("", "wb", _GZIP_LEVEL, stream, mtime=0) as packed,
        ThreadPoolExecutor(1) as writer,
    ):
        waiting: Future[None] | None = None
        # While one part is packed the next is made, and no more than that one waits.
        for part in sorted_lines(quads):
            if waiting:
                waiting.result()
            waiting = writer.submit(put, part)
        if waiting:
            waiting.result()
    return digest.hexdigest()


def _write_columns(
    store: ox.Store, quads: pl.DataFrame, workspace: Path
) -> dict[str, pl.DataFrame]:
    folder = workspace / "columns"
    folder.mkdir()
    facts = Facts(quads)
    columns = {name: table(facts) for name, table in COMPUTED.items()}
    asked = [name for name in COLUMN_QUERIES if name not in COMPUTED]
    columns |= pull_columns(EmbeddedStore.over(store, "build"), asked)
    for name, frame in columns.items():
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd")
    return columns


def _seal(store: ox.Store, workspace: Path) -> None:
    """Copy the store to where readers open it: a backup is compact and has no writer's log."""
    store.optimize()
    store.flush()
    store.backup(str(workspace / "store"))


def _figures(quads: pl.DataFrame, base: str) -> dict[str, object]:
    graphs = quads.group_by(pl.col("g").cast(pl.String)).len().sort("g")
    return {
        "quads": quads.height,
        "graphs": {str(g).strip("<>"): n for g, n in graphs.iter_rows()},
        "classes": _class_counts(quads, base),
    }


def _class_counts(quads: pl.DataFrame, base: str) -> dict[str, int]:
    """Return how many things each class of the vocabulary has, asserted or inferred."""
    types = quads.filter(
        (pl.col("p") == "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>")
        & pl.col("o").cat.starts_with("<https://w3id.org/rihla/ontology#")
        & pl.col("s").cat.starts_with(f"<{base}")
    )
    counts = (
        types.group_by("o")
        .agg(pl.col("s").n_unique().alias("n"))
        .with_columns(pl.col("o").cast(pl.String))
        .sort("n", "o", descending=[True, False])
    )
    return {str(o).strip("<>").rpartition("#")[2]: int(n) for o, n in counts.iter_rows()}
