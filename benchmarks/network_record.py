"""What was measured so far, a line for each engine and measure, so that a later run goes on.

Part of networks.py.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

__all__ = ["Record", "Timing"]


@dataclass
class Timing:
    """What one engine took for one measure.

    Attributes
    ----------
    how:
        "exact"; "sample", told from the work of some sources; "over", killed after so many
        seconds; "failed"; "none", as the library does not offer it.
    ours:
        What ours took in the same run, side by side; and likewise ``ours_how``.
    load:
        Of the machine, over the last minute, when the measurement ended.
    """

    graph: str
    measure: str
    engine: str
    how: str
    seconds: float = 0.0
    ours: float = 0.0
    ours_how: str = ""
    peak: float = 0.0
    load: float = 0.0
    said: str = ""


class Record:
    """A folder with a line for each measurement, its result, and the graphs."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._lines = folder, folder / "timings.jsonl"
        self._known: dict[tuple[str, str, str], Timing] = {}
        if self._lines.exists():
            for line in self._lines.read_text(encoding="utf-8").splitlines():
                self._take(Timing(**json.loads(line)))

    def _take(self, timing: Timing) -> None:
        """Keep the last one of each engine and measure."""
        self._known[timing.graph, timing.measure, timing.engine] = timing

    def add(self, timing: Timing) -> None:
        """Keep a measurement, here and in the file."""
        timing.load = round(os.getloadavg()[0], 1)
        self._take(timing)
        with self._lines.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(timing)) + "\n")

    def get(self, graph: str, measure: str, engine: str) -> Timing | None:
        """Return what is known of a measure by an engine."""
        return self._known.get((graph, measure, engine))

    def of(self, graph: str) -> list[Timing]:
        """Return all that is known of a graph."""
        return [timing for timing in self._known.values() if timing.graph == graph]

    def result(self, graph: str, measure: str, engine: str) -> np.ndarray | None:
        """Return the scores that an engine found, in the form that compares."""
        path = result_path(self.folder, graph, measure, engine)
        timing = self.get(graph, measure, engine)
        return np.load(path) if timing and timing.how == "exact" and path.exists() else None

    def matrix(self, graph: str, kind: str = "partnership") -> Any:
        """Return the matrix of a graph that was projected before."""
        return sp.csr_array(sp.load_npz(self.folder / f"{graph}-{kind}.npz"))


def result_path(folder: Path, graph: str, measure: str, engine: str) -> Path:
    """Return where the scores of an engine are kept."""
    return folder / f"{graph}-{measure}-{engine}.npy".replace(", ", "-")
