"""Assemble: from what is asserted to the files of a release: infer, derive, write.

A build assembles what its sources say; whatever has asserted quads in hand can do the same.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyoxigraph as ox

from kg.description import description_quads
from kg.errors import ReleaseError
from kg.ontology import Ontology
from kg.pipeline.columns import COMPUTED, Facts
from kg.pipeline.derive import inferred_quads, partnership_quads
from kg.pipeline.ordered import OrderedQuads
from kg.pipeline.rules import apply_rules
from kg.pipeline.writing import write_statements
from kg.provenance import GraphNames
from kg.quads import term

__all__ = ["Assembly", "Clock", "assemble"]

# What documents a release is the ontology as it was; its own releases and checks are not read.
_LEFT_OUT = shutil.ignore_patterns("releases", "checks", "w3id", ".*")


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
    with clock.step("rules"):
        quads = pl.concat([quads, apply_rules(quads, ontology, names)])
    with clock.step("columns and partnerships"):
        columns = _write_columns(quads, workspace)
        quads = pl.concat([quads, partnership_quads(columns, names, partnerships)])
        del columns
        quads = pl.concat([quads, description_quads(quads, names)])
        figures = _figures(quads, base)
    with clock.step("write"):
        shutil.copytree(ontology.folder, workspace / "ontology", ignore=_LEFT_OUT)
        ordered = OrderedQuads(quads)
        del quads
        written = write_statements(ordered, workspace)
    figures |= {"triples": written.triples, "dump": written.digest}
    return Assembly(workspace, figures, written.digest, len(ordered) + written.triples)


def _write_columns(quads: pl.DataFrame, workspace: Path) -> dict[str, pl.DataFrame]:
    folder = workspace / "columns"
    folder.mkdir()
    facts = Facts(quads)
    columns = {name: table(facts) for name, table in COMPUTED.items()}
    for name, frame in columns.items():
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd")
    return columns


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
