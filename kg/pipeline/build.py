"""Build: one release from one project file, whole or not at all."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyoxigraph as ox

from kg import __version__
from kg.catalogue import catalogue_quads
from kg.columns import COLUMN_QUERIES, pull_columns
from kg.errors import ReleaseError
from kg.files import write_atomically
from kg.ontology import Ontology, load_ontology
from kg.pipeline.columns import COMPUTED, Facts
from kg.pipeline.derive import apply_rules, inferred_quads, ontology_quads, partnership_quads
from kg.pipeline.load import Loaded, load_sources, refuse_excess
from kg.pipeline.releases import (
    building,
    free_name,
    is_whole,
    prune,
    publish,
    write_manifest,
)
from kg.pipeline.report import report_csv
from kg.provenance import GraphNames, describe_loads
from kg.quads import lines, sorted_lines
from kg.queries import catalogue
from kg.results import ResultTable
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
from kg.store.release import Release, current_release

__all__ = ["STEPS", "BuildResult", "build"]

STEPS = (
    "ontology",
    "load",
    "map",
    "infer",
    "store",
    "rules",
    "columns and partnerships",
    "write",
    "verify and switch",
)
"""The steps of a build, in order; ``progress`` is called with each, and with details between."""

Progress = Callable[[str], None]
# What documents a release is the ontology as it was; its own releases and checks are not read.
_LEFT_OUT = shutil.ignore_patterns("releases", "checks", "w3id", ".*")
_GZIP_LEVEL = 3  # twice as fast as the default for a tenth more bytes


@dataclass
class _Clock:
    """Seconds by step, in the order in which the steps ran."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Announce a step and time it."""
        self.progress(name)
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


@dataclass(frozen=True)
class BuildResult:
    """What a build did. ``changed`` is false where the inputs were those of the served release.

    ``counts`` has rows read, kept, refused, merged by source and table; ``classes`` the asserted
    resources by class; ``seconds`` the time by step.
    """

    release: Release
    changed: bool
    counts: ResultTable
    classes: ResultTable
    seconds: Mapping[str, float]
    loaded: Loaded | None = None


def build(
    settings: Settings,
    progress: Progress = lambda _: None,
    force: bool = False,
    strict: bool = False,
) -> BuildResult:
    """Build a release from a project and switch to it.

    Parameters
    ----------
    settings:
        The project file.
    progress:
        Called with the name of each step when it begins.
    force:
        Build even where nothing that goes in has changed.
    strict:
        Stop at the first refused or doubtful cell.

    Raises
    ------
    InputError
        A file cannot be taken in, or more rows are refused than a source allows. The report
        stands in ``last-build-report.csv`` in the release folder; nothing else has changed.
    ReleaseError
        The release cannot be written, or what was written does not read back whole.
    """
    clock = _Clock(progress)
    folder = settings.project.releases
    with building(folder) as workspace:
        with clock.step("ontology"):
            ontology = load_ontology(settings.ontology)
            schema = ontology.schema
        with clock.step("load"):
            loaded = load_sources(settings, schema, progress)
        write_atomically(folder / "last-build-report.csv", report_csv(loaded.problems))
        refuse_excess(loaded, strict, settings.load)
        inputs = _fingerprint(settings, ontology, loaded)
        served = _served(folder)
        same = served is not None and served.manifest.get("inputs") == inputs and not force
        # A release that was damaged since is built again.
        if served and same and is_whole(served.path):
            return _unchanged(served, loaded, clock)
        release = _write(settings, ontology, loaded, workspace, clock, inputs)
    return BuildResult(
        release,
        True,
        loaded.counts(),
        _classes(release),
        clock.seconds,
        loaded,
    )


def _unchanged(served: Release, loaded: Loaded, clock: _Clock) -> BuildResult:
    return BuildResult(served, False, loaded.counts(), _classes(served), clock.seconds, loaded)


def _classes(release: Release) -> ResultTable:
    rows = [(name, count) for name, count in release.manifest["classes"].items()]
    return ResultTable(("class", "resources"), rows)


def _served(folder: Path) -> Release | None:
    try:
        return current_release(folder)
    except ReleaseError:
        return None


def _fingerprint(settings: Settings, ontology: Ontology, loaded: Loaded) -> str:
    """Return a SHA-256 over everything that decides what a release holds."""
    parts = [
        __version__,
        ontology.fingerprint,
        repr((settings.project.title, settings.project.base, settings.project.default_bloc)),
        repr(settings.build),
        *(query.text for query in catalogue().values()),
        *(repr((load.source, load.content)) for load in loaded.loads),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _write(
    settings: Settings,
    ontology: Ontology,
    loaded: Loaded,
    workspace: Path,
    clock: _Clock,
    inputs: str,
) -> Release:
    names = GraphNames(settings.project.base)
    with clock.step("map"):
        data = loaded.quads(names)
        provenance = describe_loads(loaded.loads, names, ontology.version)
        own = [ontology_quads(ontology, names), catalogue_quads(names)]
        asserted = pl.concat([data, provenance, *own])
    with clock.step("infer"):
        quads = pl.concat([asserted, inferred_quads(asserted, ontology, names)])
    store = ox.Store(str(workspace / "writing"))
    with clock.step("store"):
        _load(store, quads, workspace)
    with clock.step("rules"):
        quads = _grow(quads, apply_rules(store, ontology, names), store, workspace)
    with clock.step("columns and partnerships"):
        columns = _write_columns(store, quads, workspace)
        derived = partnership_quads(columns, names, settings.build.partnerships)
        quads = _grow(quads, derived, store, workspace)
    with clock.step("write"):
        digest = _write_dump(quads, workspace / "data.nq.gz")
        _seal(store, workspace)
        del store
        shutil.rmtree(workspace / "writing")
        write_atomically(workspace / "report.csv", report_csv(loaded.problems))
        shutil.copytree(ontology.folder, workspace / "ontology", ignore=_LEFT_OUT)
    with clock.step("verify and switch"):
        built = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        wanted = f"{built[:10]}-{digest[:8]}"
        release_id = free_name(settings.project.releases, wanted, inputs)
        triples = quads.select("s", "p", "o").n_unique()
        manifest = _manifest(settings, ontology, loaded, quads) | {
            "id": release_id,
            "triples": triples,
            "built": built,
            "dump": digest,
            "inputs": inputs,
            "seconds": clock.seconds,
        }
        write_manifest(workspace, manifest)
        _verify_counts(workspace, quads.height + triples)
        release = publish(workspace, release_id, settings.project.releases)
        prune(settings.project.releases, settings.build.keep)
    return release


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


def _manifest(
    settings: Settings, ontology: Ontology, loaded: Loaded, quads: pl.DataFrame
) -> dict[str, object]:
    graphs = quads.group_by(pl.col("g").cast(pl.String)).len().sort("g")
    return {
        "title": settings.project.title,
        "base": settings.project.base,
        "default_bloc": settings.project.default_bloc,
        "software": __version__,
        "ontology": ontology.version,
        "suppress_below": settings.build.suppress_below,
        "suppressed_groups": loaded.suppressed,
        "quads": quads.height,
        "graphs": {str(g).strip("<>"): n for g, n in graphs.iter_rows()},
        "classes": _class_counts(quads, settings.project.base),
        "matches": vars(loaded.matches),
        "sources": [_source_entry(loaded, i) for i in range(len(loaded.loads))],
        "problems": {
            severity: sum(p.severity == severity for p in loaded.problems)
            for severity in ("error", "warning")
        },
    }


def _source_entry(loaded: Loaded, position: int) -> dict[str, object]:
    load = loaded.loads[position]
    return {
        "id": load.source.id,
        "kind": load.source.kind,
        "title": load.source.title,
        "licence": load.source.licence,
        "homepage": load.source.homepage,
        "attribution": load.source.attribution,
        "retrieved": load.source.retrieved.isoformat(),
        "content": load.content,
        "read": load.read,
        "kept": load.kept,
        "refused": load.refused,
        "merged": load.merged,
        "files": [vars(file) for file in load.files],
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


def _verify_counts(workspace: Path, expected: int) -> None:
    """Read the sealed store back; the engine dropping or merging a quad must not go unseen."""
    stored = len(ox.Store.read_only(str(workspace / "store")))
    if stored != expected:
        raise ReleaseError(
            f"The build wrote {expected} statements and the store holds {stored}: it is not "
            "published. Please report this with the project file."
        )
