"""Loading, side by side in one run: rows to quads. benchmarks/building.py has the whole build.

A synthetic world's tables by ours (which also reads, checks every cell and resolves
every reference), by morph-kgc with an RML mapping that is written from the same shapes, and by a
plain loop of csv and rdflib. All three must make the same triples. Columns whose cells RML cannot
take apart (several values, a language behind the text) are left out for all.

    python benchmarks/loading.py --participations 100000 --morph /path/to/venv/bin/python
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from world import write_world

from kg.files import shipped_folder
from kg.ontology import load_ontology
from kg.pipeline.load import load_sources
from kg.schema import Column, TableSchema
from kg.settings import load_settings
from kg.sources import get_ready
from kg.terms import DEFAULT_BASE

_MAPPED = (
    "organisations",
    "people",
    "series",
    "trainings",
    "participations",
    "outcomes",
    "attributions",
)
_LEFT_OUT = {"organisations": ["alias"], "trainings": ["topic"]}
_XSD = "http://www.w3.org/2001/XMLSchema#"
_KEY = {"attributions": "{outcome}-{training}"}
_SEGMENT = {
    "Organisation": "organisation", "Person": "person", "TrainingSeries": "series",
    "Training": "training", "Country": "country", "Role": "role", "Method": "method",
    "Outcome": "outcome", "EvidenceGrade": "grade", "Participation": "participation",
    "Attribution": "attribution",
}  # fmt: skip


# The mapping that all share, read from the shapes


def template(target: str, key: str = "{id}") -> str:
    return f"{DEFAULT_BASE}{_SEGMENT[target.rpartition('#')[2]]}/{key}"


def used_columns(path: Path, table: TableSchema) -> list[Column]:
    with path.open(encoding="utf-8") as stream:
        header = next(csv.reader(stream))
    return [table.by_name[name] for name in header]


def term_map(column: Column) -> tuple[str, str]:
    """Return how a cell becomes a term: its kind (iri, literal, a datatype) and its template."""
    cell = "{" + column.name + "}"
    if column.kind == "class":
        return "iri", "https://w3id.org/rihla/ontology#" + cell
    if column.kind == "reference":
        return "iri", template(str(column.target), cell)
    if column.kind == "iri":
        return "iri", cell
    if column.kind == "literal" and column.partial_date:
        return _XSD + "date", cell
    plain = column.kind == "text" or column.datatypes[0] == _XSD + "string"
    return ("literal" if plain else column.datatypes[0]), cell


# Engines; each writes N-Triples and returns nothing


def by_kg(world: Path, out: Path) -> None:
    settings = load_settings(world / "rihla.toml")
    get_ready()
    schema = load_ontology(settings.ontology).schema
    loaded = load_sources(settings, schema)
    with out.open("wb") as stream:
        stream.writelines(loaded.lines())


def by_rdflib(world: Path, out: Path) -> None:
    from rdflib import RDF, Graph, Literal, URIRef

    schema = load_ontology(shipped_folder("ontology")).schema
    graph = Graph()
    for name in _MAPPED:
        table = schema.tables[name]
        path = world / "tables" / f"{name}.csv"
        columns = [(c.name, URIRef(c.path), *term_map(c)) for c in used_columns(path, table)]
        subject_template = template(table.target, _KEY.get(name, "{id}"))
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                subject = URIRef(subject_template.format_map(row))
                if not any(c.kind == "class" for c in table.columns):
                    graph.add((subject, RDF.type, URIRef(table.target)))
                for column, predicate, kind, cell in columns:
                    if not row[column]:
                        continue
                    text = cell.format_map(row)
                    if kind == "iri":
                        graph.add((subject, predicate, URIRef(text)))
                    elif kind == "literal":
                        graph.add((subject, predicate, Literal(text)))
                    else:
                        graph.add((subject, predicate, Literal(text, datatype=URIRef(kind))))
    graph.serialize(out, format="nt", encoding="utf-8")


def by_morph(world: Path, out: Path, python: str) -> None:
    """Run morph-kgc as its own process, in the environment where it is installed."""
    mapping = world / "mapping.ttl"
    mapping.write_text("\n".join(rml(world)), encoding="utf-8")
    config = world / "morph.ini"
    config.write_text(
        f"[CONFIGURATION]\noutput_file: {out}\noutput_format: N-TRIPLES\nlogging_level: WARNING\n"
        f"[tables]\nmappings: {mapping}\n",
        encoding="utf-8",
    )
    subprocess.run([python, "-m", "morph_kgc", str(config)], check=True)


def rml(world: Path) -> Iterator[str]:
    yield "@prefix rr: <http://www.w3.org/ns/r2rml#> ."
    yield "@prefix rml: <http://semweb.mmlab.be/ns/rml#> ."
    yield "@prefix ql: <http://semweb.mmlab.be/ns/ql#> ."
    schema = load_ontology(shipped_folder("ontology")).schema
    for name in _MAPPED:
        table = schema.tables[name]
        path = world / "tables" / f"{name}.csv"
        source = f'rml:source "{path}" ; rml:referenceFormulation ql:CSV'
        yield f"<#{name}> rml:logicalSource [ {source} ] ;"
        key = template(table.target, _KEY.get(name, "{id}"))
        # A row whose own column names its class gets that one only.
        named = any(c.kind == "class" for c in table.columns)
        cls = "" if named else f" ; rr:class <{table.target}>"
        yield f'  rr:subjectMap [ rr:template "{key}"{cls} ]'
        for column in used_columns(path, table):
            value = f"rr:objectMap [ {object_map(column)} ]"
            yield f"  ; rr:predicateObjectMap [ rr:predicate <{column.path}> ; {value} ]"
        yield "  ."


def object_map(column: Column) -> str:
    kind, cell = term_map(column)
    if kind == "iri":
        whole = cell == "{" + column.name + "}"
        return (
            f'rml:reference "{column.name}" ; rr:termType rr:IRI'
            if whole
            else f'rr:template "{cell}"'
        )
    datatype = "" if kind == "literal" else f" ; rr:datatype <{kind}>"
    return f'rml:reference "{column.name}"{datatype}'


# Measuring


def run(*arguments: str) -> dict[str, float]:
    """Run this script's own work in a fresh process, and return what it says of itself."""
    answer = subprocess.run(
        [sys.executable, __file__, *arguments], check=True, capture_output=True, text=True
    )
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def work(name: str, world: Path, out: Path, python: str | None) -> None:
    """Do one engine's work, and print its seconds and peak memory."""
    start = time.perf_counter()
    if name == "morph-kgc":
        by_morph(world, out, str(python))
    else:
        {"kg": by_kg, "rdflib": by_rdflib}[name](world, out)
    seconds = time.perf_counter() - start
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(json.dumps({"seconds": seconds, "gb": peak / 1e6}))


def triples(path: Path) -> pl.Series:
    """Return the distinct lines of a file of N-Triples, sorted."""
    frame = pl.read_csv(
        path, has_header=False, separator="\x01", quote_char=None, new_columns=["l"]
    )
    found = frame["l"].str.replace(r"\s*\.$", "").unique().sort()
    return found.filter(~found.str.starts_with(f"<{DEFAULT_BASE}country/"))


def compare_mapping(folder: Path, world: Path, python: str | None) -> None:
    engines = ["kg", "rdflib", *(["morph-kgc"] if python else [])]
    found: dict[str, dict[str, float]] = {}
    for name in engines:
        out = folder / f"{name}.nt"
        found[name] = run(
            "--engine",
            name,
            "--world",
            str(world),
            "--out",
            str(out),
            *(["--morph", python] if python else []),
        )
    ours = triples(folder / "kg.nt")
    print(f"\nRows to quads, {len(ours):,} triples")
    for name, figures in found.items():
        other = triples(folder / f"{name}.nt")
        missing, more = len(set(ours) - set(other)), len(set(other) - set(ours))
        ratio = figures["seconds"] / found["kg"]["seconds"]
        print(
            f"  {name:10} {figures['seconds']:8.2f} s {ratio:6.1f} × {figures['gb']:6.2f} GB   "
            f"{missing} missing, {more} besides"
        )


def world_for_mapping(folder: Path, count: int, seed: int) -> Path:
    """Write a world without the columns that RML cannot take apart."""
    world = folder / "mapping"
    write_world(world, count, seed)
    for name, left_out in _LEFT_OUT.items():
        path = world / "tables" / f"{name}.csv"
        pl.read_csv(path, infer_schema=False).drop(left_out).write_csv(path)
    text = (world / "rihla.toml").read_text(encoding="utf-8")
    # Ours needs the countries' table to know that a country exists; the others take any code.
    only = ", ".join(f'"{name}"' for name in ("countries", *_MAPPED))
    (world / "rihla.toml").write_text(text + f"only = [{only}]\n", encoding="utf-8")
    return world


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--participations", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--morph", help="the Python of an environment with morph-kgc")
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    parser.add_argument("--world", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.engine:
        work(given.engine, given.world, given.out, given.morph)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world = world_for_mapping(folder, given.participations, given.seed)
        compare_mapping(folder, world, given.morph)


if __name__ == "__main__":
    main()
