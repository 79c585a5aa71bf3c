"""The whole build against the engine's bare bulk_load of the same statements, side by side.

For each size a synthetic world is written and built by ``kg build``: reading, checks,
reconciliation by identifiers, mapping, inference, flat tables, partnerships, store, dump,
checksums, verification. Then the engine alone loads what the release holds: its quads, and these
with the union of their graphs that a release also keeps. Rounds alternate. Of each the least
wall time, processor time and peak memory are printed, and the build's time by step.

    python benchmarks/building.py --participations 30000 300000 --rounds 2
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from world import write_world

from kg.store.release import Release, current_release

_LOAD = """
import sys, pyoxigraph as ox
store = ox.Store(sys.argv[2])
store.bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_QUADS)
store.flush()
"""


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds of wall and of processor time, peak memory in GB."""

    wall: float
    processor: float
    peak: float

    def least(self, other: Cost | None) -> Cost:
        """Return the lesser of each figure."""
        if other is None:
            return self
        return Cost(*(min(a, b) for a, b in zip(vars(self).values(), vars(other).values(),
                                                strict=True)))  # fmt: skip


def cost_of(command: Sequence[str]) -> Cost:
    """Run a program to its end and say what it took."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise SystemExit(f"{' '.join(command)} failed: {os.waitstatus_to_exitcode(status)}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6)


def unpack(release: Release, into: Path, union: bool) -> None:
    """Write a release's quads as text; with ``union`` each triple once more, without a graph."""
    before = b""
    text: IO[bytes]
    with into.open("wb") as out:
        packed = subprocess.Popen(["gzip", "-dc", str(release.dump)], stdout=subprocess.PIPE)
        assert packed.stdout is not None
        with packed.stdout as text:
            for line in text:
                out.write(line)
                triple = line[: line.rindex(b" <")] if union else b""
                if triple != before:
                    out.write(triple + b" .\n")
                    before = triple
        if packed.wait():
            raise SystemExit(f"{release.dump} cannot be unpacked")


def load(folder: Path, source: Path) -> Cost:
    """Load a file into a store that is thrown away."""
    target = folder / "bare"
    cost = cost_of([sys.executable, "-c", _LOAD, str(source), str(target)])
    shutil.rmtree(target)
    return cost


def measure(folder: Path, participations: int, seed: int, rounds: int) -> None:
    """Build one world and load what it holds, and print both."""
    world = folder / "world"
    write_world(world, participations, seed)
    command = [sys.executable, "-m", "kg", "build", "--force", "--project"]
    project = str(world / "rihla.toml")
    best: dict[str, Cost] = {}
    for _ in range(rounds):
        best["kg build"] = cost_of([*command, project]).least(best.get("kg build"))
        release = current_release(world / "releases")
        for name, union in (("bulk_load, quads", False), ("bulk_load, quads and union", True)):
            source = folder / "statements.nq"
            unpack(release, source, union)
            best[name] = load(folder, source).least(best.get(name))
            source.unlink()
    report(participations, release, best)


def report(participations: int, release: Release, best: dict[str, Cost]) -> None:
    """Print what was measured, as times of the bare loads too."""
    quads, triples = release.manifest["quads"], release.manifest["triples"]
    print(f"\n{participations:,} participations: {quads:,} quads, {quads + triples:,} statements")
    print(f"  load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print("  steps of the last build, wall seconds")
    for step, seconds in release.manifest["seconds"].items():
        print(f"    {step:28} {seconds:9.2f}")
    build = best["kg build"]
    print(f"  {'':30} {'wall':>9} {'processor':>10} {'peak':>8}   build / this: wall, processor")
    for name, cost in best.items():
        print(
            f"  {name:30} {cost.wall:7.2f} s {cost.processor:8.2f} s {cost.peak:5.2f} GB   "
            f"{build.wall / cost.wall:5.2f} × {build.processor / cost.processor:5.2f} ×"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--participations", type=int, nargs="+", default=[30_000, 300_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to write; needs room for the stores")
    given = parser.parse_args()
    for count in given.participations:
        with tempfile.TemporaryDirectory(dir=given.folder) as name:
            measure(Path(name), count, given.seed, given.rounds)


if __name__ == "__main__":
    main()
