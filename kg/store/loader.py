"""Any RDF file as a store, made in a child process that has no sockets.

A file from elsewhere may make the parser abort, so that it is parsed where that hurts nobody.
"""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from kg.confined.limits import NETWORK, forbid
from kg.errors import InputError

__all__ = ["FORMATS", "MOST_INDEXED", "Loaded", "count_store", "load_file"]

MOST_INDEXED = 2_000_000
"""Triples of data that get an index, which takes up to as long as the load itself."""

FORMATS: dict[str, ox.RdfFormat] = {
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".n3": ox.RdfFormat.N3,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
"""Suffixes of RDF files, each also with ``.gz`` behind it."""

_XML = {".rdf", ".owl", ".xml"}
_LOOKED_AT = 64 * 1024  # bytes at the beginning of an XML file in which a DTD would stand


@dataclass(frozen=True)
class Loaded:
    """What a store holds: triples of the default graph, and of each named graph by its IRI."""

    triples: int
    graphs: dict[str, int]


def load_file(path: Path, store: Path, index: Path | None = None) -> Loaded:
    """Load an RDF file into a new store that can then be opened read-only.

    The default graph of the store is the union of all graphs in the file, each triple once.
    ``index`` is where an index of that graph is written, where it has no more than
    :data:`MOST_INDEXED` triples.

    Raises
    ------
    InputError
        The file is missing, of an unknown kind, malformed (with line and column), or makes the
        parser stop.
    """
    _form(path)
    if not path.is_file():
        raise InputError(f"{path}: there is no such file. Check the path.")
    child = subprocess.run(  # noqa: S603 - our own module, paths as arguments
        [sys.executable, "-m", "kg.store.loader", str(path), str(store), str(index or "")],
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode == 0:
        return Loaded(**json.loads(child.stdout))
    if child.returncode == 1 and child.stdout:
        raise InputError(f"{path}: {child.stdout.strip()}")
    cause = (
        signal.Signals(-child.returncode).name
        if child.returncode < 0
        else f"exit code {child.returncode}"
    )
    raise InputError(
        f"{path}: the parser stopped ({cause}). Such a file nests very deeply or needs more "
        "memory than there is."
    )


def count_store(store: ox.Store) -> Loaded:
    """Count what a store holds."""
    graphs = {}
    for name in store.named_graphs():
        graphs[str(getattr(name, "value", name))] = _length(store, name)
    default = _length(store, ox.DefaultGraph())
    return Loaded(default or sum(graphs.values()), graphs)


def _length(store: ox.Store, graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> int:
    return sum(1 for _ in store.quads_for_pattern(None, None, None, graph))


def _form(path: Path) -> ox.RdfFormat:
    suffixes = [s.lower() for s in path.suffixes if s.lower() != ".gz"]
    if not suffixes or suffixes[-1] not in FORMATS:
        raise InputError(
            f"{path}: its name ends in no known kind of RDF. Accepted: {', '.join(FORMATS)}, "
            "each also with .gz, and the folder of a store."
        )
    return FORMATS[suffixes[-1]]


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path)) if path.suffix.lower() == ".gz" else path.open("rb")


def _load(path: Path, target: Path, index: str = "") -> Loaded:
    """Fill a store from a file; runs in the child."""
    form = _form(path)
    if form == ox.RdfFormat.RDF_XML:
        with _opened(path) as stream:
            if b"<!DOCTYPE" in stream.read(_LOOKED_AT):
                raise ValueError("it has a document type declaration, which is refused in RDF/XML")
    writing = target.with_name(f"{target.name}.writing")
    store = ox.Store(str(writing))
    with _opened(path) as stream:
        store.bulk_load(stream, format=form, base_iri=path.resolve().as_uri())
    counted = count_store(store)
    if len(counted.graphs) > 1 or (counted.graphs and _has_default(store)):
        # The engine's own union gives a triple that two graphs state twice.
        store.bulk_extend(_without_graph(store))
        counted = count_store(store)
    store.optimize()
    store.flush()
    store.backup(str(target))
    if index and counted.triples <= MOST_INDEXED:
        _index(store, Path(index))
    return counted


def _index(store: ox.Store, target: Path) -> None:
    # Only here: what else is loaded needs neither.
    from kg.store.indexed import write_index

    graphs = list(store.named_graphs())
    # One graph alone has no copy in the default graph: the engine takes it for the union.
    is_whole = _has_default(store) or not graphs
    write_index(store, ox.DefaultGraph() if is_whole else graphs[0], target)


def _has_default(store: ox.Store) -> bool:
    """Whether a triple stands in the default graph itself."""
    return any(True for _ in store.quads_for_pattern(None, None, None, ox.DefaultGraph()))


def _without_graph(store: ox.Store) -> Iterator[ox.Quad]:
    for quad in store:
        if not isinstance(quad.graph_name, ox.DefaultGraph):
            yield ox.Quad(quad.subject, quad.predicate, quad.object)


def main(path: str, target: str, index: str = "") -> int:
    """Load, and print what there is now as JSON, or what is wrong."""
    forbid(NETWORK)
    try:
        print(json.dumps(vars(_load(Path(path), Path(target), index))))  # noqa: T201 - for the parent
    except (SyntaxError, ValueError, OSError, EOFError) as error:
        print(error)  # noqa: T201 - for the parent
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
