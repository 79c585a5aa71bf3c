"""What a SPARQL endpoint elsewhere holds: its default graph, its release, its base IRI.

The default graph of a release is the union of its named graphs, each triple once. Servers differ:
of some the default graph is that union, of others it is a graph of its own, and Virtuoso's holds a
triple as often as graphs state it. So it is found out once, and every query is told which graphs
it is about.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kg.columns import COLUMN_QUERIES, pull_columns
from kg.errors import QueryError, ReleaseError
from kg.queries import bind, get_query
from kg.results import ResultTable
from kg.store.release import Release
from kg.store.remote import Dataset, RemoteOptions, RemoteStore
from kg.store.remote.options import AUTO, SERVERS_OWN, UNION
from kg.terms import DEFAULT_BASE, VOCABULARY_BASE

__all__ = [
    "Endpoint",
    "Record",
    "RecordedGraph",
    "connect",
    "read_record",
    "release_of",
    "state_of",
]

_RELEASE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})-[0-9a-f]{8}$")
_RELEASE_HEADER = "x-rihla-release"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RecordedGraph:
    """A graph as a record has it; ``digest`` is None where its content is not known to be whole."""

    triples: int
    digest: str | None = None


@dataclass(frozen=True)
class Record:
    """What ``kg push`` wrote about the release that it loaded into a server.

    Attributes
    ----------
    graph:
        The named graph that the record stands in.
    release, title, base, built:
        As in the release's manifest.
    complete:
        When the whole release was there; None while it is not.
    named, default, old:
        Graphs by name: those of the release, the one that holds the union of all (or none), and
        those that an earlier push left behind.
    """

    graph: str
    release: str
    title: str
    base: str
    built: str
    complete: str | None
    named: Mapping[str, RecordedGraph] = field(default_factory=dict)
    default: Mapping[str, RecordedGraph] = field(default_factory=dict)
    old: Mapping[str, RecordedGraph] = field(default_factory=dict)

    @property
    def everything(self) -> dict[str, RecordedGraph]:
        """All graphs of it."""
        return {**self.named, **self.default, **self.old}

    @property
    def dataset(self) -> Dataset:
        """The graphs that queries are about."""
        named = tuple(sorted(self.named))
        return Dataset(tuple(self.default) or named, named)


@dataclass(frozen=True)
class Endpoint:
    """An endpoint, asked once what it is.

    Attributes
    ----------
    store:
        Asks it, about the right graphs.
    base:
        The IRI that the names of things begin with.
    ontology:
        The version of our vocabulary that it holds; None where it holds another's data.
    record:
        What ``kg push`` wrote there; None where something else filled it.
    state:
        The release that it says it serves; None where it says nothing.
    """

    store: RemoteStore
    base: str
    ontology: str | None
    record: Record | None
    state: str | None


def connect(url: str, options: RemoteOptions | None = None) -> Endpoint:
    """Return an endpoint whose queries are about the union of its graphs.

    Raises
    ------
    SettingsError, ReleaseError, LimitError
        The address is none, or does not answer; the server wants to know who asks.
    """
    store = RemoteStore(url, options)
    record = read_record(store)
    store.dataset = _dataset(store, record)
    about = _ask(store, "endpoint/about")
    version, base = (about.column(name) for name in ("version", "base"))
    state = state_of(store, record)
    store.named = state
    return Endpoint(
        store=store,
        base=record.base if record else str(base[0] or DEFAULT_BASE) if base else DEFAULT_BASE,
        ontology=str(version[0]) if version and version[0] is not None else None,
        record=record,
        state=state,
    )


def read_record(store: RemoteStore) -> Record | None:
    """Return what ``kg push`` wrote, looked for in all graphs; None where it wrote nothing.

    Raises
    ------
    ReleaseError
        Several releases were pushed to this server, so that it is not clear which is meant.
    """
    try:
        found = store.table(bind(get_query("endpoint/record"), {}))
    except QueryError as error:
        _log.info("%s: no record of a release can be read: %s", store.url, error)
        return None
    rows = found.to_records()
    records = sorted({str(row["record"]) for row in rows})
    if not rows:
        return None
    if len(records) > 1:
        raise ReleaseError(
            f"{store.url} holds {len(records)} records of releases: {', '.join(records[:5])}. "
            "Set RIHLA_SPARQL_DEFAULT_GRAPH to the graphs that are meant."
        )
    first = rows[0]
    graphs: dict[str, dict[str, RecordedGraph]] = {"named": {}, "default": {}, "old": {}}
    for row in rows:
        digest = None if row["digest"] is None else str(row["digest"])
        graphs[str(row["role"])][str(row["graph"])] = RecordedGraph(
            int(str(row["triples"])), digest
        )
    return Record(
        graph=records[0],
        release=str(first["release"]),
        title=str(first["title"]),
        base=str(first["base"]),
        built=str(first["built"]),
        complete=None if first["complete"] is None else str(first["complete"]),
        **graphs,
    )


def state_of(store: RemoteStore, record: Record | None = None) -> str | None:
    """Return the release that an endpoint says it serves, None where it says nothing.

    Raises
    ------
    ReleaseError
        A push is under way, or ended before all was there.
    """
    if record is not None:
        if record.complete is None:
            raise ReleaseError(
                f"{store.url} holds only a part of release {record.release}: a 'kg push' is under "
                "way, or ended early. Wait for it, or run it again: it goes on where it ended."
            )
        return record.release
    return store.headers.get(_RELEASE_HEADER)


def _dataset(store: RemoteStore, record: Record | None) -> Dataset:
    """Return the graphs that queries are to be about, as the options say or as it turns out."""
    wanted = store.options.default_graph.strip()
    if wanted == SERVERS_OWN:
        return Dataset()
    if wanted == AUTO:
        return _found(store, record)
    if wanted != UNION:
        return Dataset(tuple(wanted.split()), _graphs(store))
    graphs = _graphs(store)
    return Dataset(graphs, graphs)


def _found(store: RemoteStore, record: Record | None) -> Dataset:
    if record is not None:
        return record.dataset
    some = _ask(store, "endpoint/a-statement").to_records()
    if not some:
        return Dataset()  # no named graphs: the default graph is all there is
    statement = {name: some[0][name] for name in ("subject", "property", "value")}
    if _ask(store, "endpoint/states", **statement).rows[0][0]:
        return Dataset()
    graphs = _graphs(store)
    _log.info(
        "%s: its default graph is not the union of its %d named graphs; each query names them.",
        store.url,
        len(graphs),
    )
    return Dataset(graphs, graphs)


def _graphs(store: RemoteStore) -> tuple[str, ...]:
    return tuple(sorted(str(row[0]) for row in _ask(store, "endpoint/graphs").rows))


def _ask(store: RemoteStore, query_id: str, **values: object) -> ResultTable:
    return store.table(bind(get_query(query_id), values))


def release_of(
    endpoint: Endpoint, folder: Path, tell: Callable[[str], None] = _log.info
) -> Release:
    """Return what stands for a release on disk: its manifest, and its flat tables in ``folder``.

    Parameters
    ----------
    endpoint:
        From :func:`connect`.
    folder:
        Where the flat tables are written to, as a release keeps them.
    tell:
        Is told of each table, which may take long.

    Raises
    ------
    KgError
        The endpoint does not answer one of the questions.
    """
    store = endpoint.store
    if endpoint.ontology is not None:
        (folder / "columns").mkdir(parents=True, exist_ok=True)
        for name in COLUMN_QUERIES:
            table = pull_columns(store, [name])[name]
            table.write_parquet(folder / "columns" / f"{name}.parquet")
            tell(f"{store.url}: {table.height:,} rows of the flat table {name}")
    return Release(store.release_id, folder, manifest_of(endpoint))


def manifest_of(endpoint: Endpoint) -> dict[str, Any]:
    """Return the manifest of what an endpoint holds, as far as it can be asked for."""
    record, store = endpoint.record, endpoint.store
    graphs = {n: g.triples for n, g in record.named.items()} if record else _counted(store)
    union = next(iter(record.default.values()), None) if record else None
    manifest: dict[str, Any] = {
        "id": store.release_id,
        "title": record.title if record else urlsplit(store.url).hostname,
        "base": endpoint.base,
        "files": {},
        "graphs": graphs,
        "quads": sum(graphs.values()),
        "triples": union.triples if union else _total(store),
        "classes": _classes(store),
        "source": store.url,
    }
    if built := record.built if record else _day_of(endpoint.state):
        manifest["built"] = built
    if endpoint.ontology is not None:
        manifest["ontology"] = endpoint.ontology
        manifest["sources"] = _sources(store)
    return manifest


def _sources(store: RemoteStore) -> list[dict[str, Any]]:
    """Return the sources as a manifest has them: id, title, licence, day, rows read and kept."""
    found = [
        {name: value if value is None or isinstance(value, int) else str(value)
         for name, value in row.items()}
        for row in _ask(store, "endpoint/sources").to_records()
    ]  # fmt: skip
    return sorted(found, key=lambda row: (row["id"], str(row["retrieved"])))


def _day_of(state: str | None) -> str | None:
    """Return the day of a build, with which the name of a release of ours begins."""
    found = _RELEASE.match(state or "")
    return found[1] if found else None


def _counted(store: RemoteStore) -> dict[str, int]:
    found = _ask(store, "pages/example-graphs")
    return {str(graph): int(str(number)) for graph, number in found.rows}


def _total(store: RemoteStore) -> int:
    return int(str(_ask(store, "endpoint/total").rows[0][0]))


def _classes(store: RemoteStore) -> dict[str, int]:
    """Return the numbers of things of our classes, as the description states them."""
    rows: Sequence[tuple[object, ...]] = _ask(store, "endpoint/classes").rows
    counts = {str(kind): int(str(number)) for kind, number in rows}
    ours = {
        kind.removeprefix(VOCABULARY_BASE): number
        for kind, number in counts.items()
        if kind.startswith(VOCABULARY_BASE)
    }
    return dict(sorted(ours.items(), key=lambda entry: (-entry[1], entry[0])))
