"""What the confined child costs: each source of a project read in this process and in the child.

Usage: python benchmarks/confined_reading.py PROJECT_FILE

Prints, for each source, the seconds of the source's module alone, the seconds with the child
(fork, limits, the tables back through memory), their ratio, and the child's bytes of tables.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from kg.ontology import load_ontology
from kg.settings import load_settings
from kg.sources import SOURCES, read_source
from kg.sources.gathering import gather
from kg.sources.inputs import find_inputs

RUNS = 3


def main(project: str) -> None:
    settings = load_settings(Path(project))
    schema = load_ontology(settings.ontology).schema
    read_source(settings.sources[0], schema, settings.load)  # the process that forks is there
    print("source seconds_here seconds_child ratio table_bytes")
    for source in settings.sources:
        here, child, size = [], [], 0
        for _ in range(RUNS):
            start = time.perf_counter()
            with tempfile.TemporaryDirectory() as scratch:
                inputs = find_inputs(source, settings.load)
                path = gather(inputs, Path(scratch), source.kind == "ror").path
                found = SOURCES[source.kind](replace(source, path=path), schema)
                size = sum(table.frame.estimated_size() for table in found.tables)
            here.append(time.perf_counter() - start)
            start = time.perf_counter()
            read_source(source, schema, settings.load)
            child.append(time.perf_counter() - start)
        best, confined = min(here), min(child)
        print(source.id, f"{best:.3f} {confined:.3f} {confined / best:.2f}", size)


if __name__ == "__main__":
    main(sys.argv[1])
