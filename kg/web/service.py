"""What the pages and endpoints share: one release, its workers, and the calls they make."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from flask import current_app, g, request

from kg.analysis.graph import Graph
from kg.analysis.naming import names_in
from kg.analysis.report import Report
from kg.analysis.result import Result
from kg.description import dataset_iri
from kg.latest import Latest
from kg.network import Network
from kg.network.layout import Layout
from kg.queries import INTERNAL_GROUPS, NamedQuery, bind, catalogue, get_query, origin
from kg.settings import Settings
from kg.store.begun import Begun
from kg.store.columnar import ColumnAnswers, is_marked
from kg.store.guard import QueryShape
from kg.store.indexed import IndexAnswers
from kg.store.pooled import PooledStore
from kg.store.release import Release
from kg.store.remote.pool import RemotePool
from kg.store.workers import MIB, Answer, WorkerPool
from kg.terms import DEFAULT_BASE
from kg.tombstones import Tombstones
from kg.web.answers import Answers, Flight, is_repeatable, key_of
from kg.web.bindings import Rows, rows_from_json
from kg.web.columnar import TSV, WRITERS, columnar
from kg.web.handed import handed

__all__ = ["Pool", "Service", "service"]

JSON = "application/sparql-results+json"
TABLE_BYTES = 16 * MIB
NAMED_PATIENCE = 3  # times the limit for strangers' queries

Pool = WorkerPool | RemotePool
"""What runs queries: processes of ours, or an endpoint elsewhere."""


@dataclass
class Service:
    """One release being served: everything that strangers ask runs in the workers of ``pool``.

    ``columns`` answers named queries without a worker; ``tombstones`` gives those of the project
    as they are now; ``index`` answers small queries; ``answers`` keeps what was answered,
    ``analyses``, ``layouts`` and ``reports`` the last of what takes long, ``kept`` what many pages
    ask alike; ``opened`` is for
    :class:`kg.web.current.Current`, which made this.
    """

    settings: Settings
    release: Release
    pool: Pool
    tombstones: Callable[[], Tombstones] = Tombstones
    opened: object = None
    columns: ColumnAnswers | None = None
    index: IndexAnswers | None = None
    answers: Answers = field(default_factory=Answers)
    analyses: Latest[Result] = field(default_factory=lambda: Latest(32), repr=False)
    layouts: Latest[tuple[Network, Network, Layout]] = field(
        default_factory=lambda: Latest(12), repr=False
    )
    reports: Latest[Report] = field(default_factory=lambda: Latest(4), repr=False)
    kept: Latest[Any] = field(default_factory=lambda: Latest(64), repr=False)
    _labels: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    _terms: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)

    @property
    def is_ours(self) -> bool:
        """Whether ``kg build`` made the release: then there are questions, networks and pages."""
        return "ontology" in self.release.manifest

    @property
    def base(self) -> str:
        """The IRI that the names of things begin with."""
        return self.settings.project.base

    @property
    def dataset(self) -> str:
        """The IRI of the dataset that is served."""
        return dataset_iri(self.base)

    def iri_of(self, kind: str, key: str) -> str:
        """Return the name of a thing: of ours, or of a concept that came with the ontology."""
        namespace = self.graph.prefixes.get(kind, "")
        return f"{namespace if namespace.endswith(f'/{kind}/') else f'{self.base}{kind}/'}{key}"

    def place_of(self, iri: str) -> tuple[str, str] | None:
        """Return kind and key of a thing that has a page here."""
        for base in (self.base, DEFAULT_BASE):
            kind, _, key = iri.removeprefix(base).partition("/")
            if kind and key and self.iri_of(kind, key) == iri:
                return kind, key
        return None

    def labels(self, code: str) -> dict[str, str]:
        """Return thing → its label in a language, of those that have one."""
        if code not in self._labels:
            self._labels[code] = names_in(self.graph.columns("names"), code)
        return self._labels[code]

    def term_names(self, code: str) -> dict[str, str]:
        """Return IRI → name in a language, of the classes and properties that have one."""
        if code not in self._terms:
            found = self.rows("pages/term-names", language=code).records()
            pairs = [(r["term"], r["name"]) for r in found]
            self._terms[code] = {term.text: name.text for term, name in pairs if term and name}
        return self._terms[code]

    @cached_property
    def graph(self) -> Graph:
        """The release as analysts know it, with its queries run by the workers."""
        store = PooledStore(self.run_table, self.release.id)
        return Graph(store, self.release, self.settings.analyse)

    @cached_property
    def questions(self) -> Mapping[str, list[NamedQuery]]:
        """The named queries for people, by group."""
        groups: dict[str, list[NamedQuery]] = {}
        for query in catalogue().values():
            if query.group not in INTERNAL_GROUPS:
                groups.setdefault(query.group, []).append(query)
        return groups

    def is_forgotten(self, iri: str) -> bool:
        """Return whether this was the name of a person who was forgotten."""
        return self.tombstones().holds(iri.lower())

    def bound(self, query_id: str, values: Mapping[str, object]) -> str:
        """Return the SPARQL text of a named query with its parameters filled in."""
        graph = self.graph
        return bind(get_query(query_id), values, graph.resolve, graph.prefixes, graph.usual)

    def run(
        self,
        sparql: str,
        media_type: str,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        shape: QueryShape | None = None,
        timeout_s: float | None = None,
        max_bytes: int | None = None,
        text_is_ours: bool = False,
    ) -> Answer:
        """Answer a query for the client of this request; see :meth:`WorkerPool.run`.

        Columns are made here, from what the worker gives as TSV. What was answered before is
        answered from memory. With ``text_is_ours`` the header of the text is believed.
        """
        base, client = request.base_url, request.remote_addr
        is_gone = request.environ.get("rihla.is_gone")

        def run() -> Answer:
            if taken is not None:
                return taken[0].finish(is_gone)
            if not (default_graphs or named_graphs):
                small = self.from_index(sparql, media_type, max_bytes)
                if small:
                    return small
            counts = is_marked(sparql) if text_is_ours else self.is_for_tables(sparql)
            if counts and not (default_graphs or named_graphs):
                counted = self._counted(sparql, media_type, timeout_s, max_bytes)
                if counted:
                    return counted
            answer = self.pool.run(
                sparql,
                TSV if media_type in WRITERS else media_type,
                default_graphs=default_graphs,
                named_graphs=named_graphs,
                base=base,
                client=client,
                is_gone=is_gone,
                shape=shape,
                timeout_s=timeout_s,
                max_bytes=max_bytes,
            )
            return columnar(answer, media_type) if media_type in WRITERS else answer

        taken: tuple[Begun, Flight] | None = None
        if (shape and shape.calls_out) or not is_repeatable(sparql):
            return run()
        # Our own texts hold whole IRIs only: one answer serves the page in all languages.
        within = "" if text_is_ours else base
        key = key_of(sparql, media_type, default_graphs, named_graphs, within)
        patience = 2 * (timeout_s or self.pool.limits.timeout_s)
        begun = handed()
        taken = begun.take(key) if begun is not None else None
        answer = self.answers.answer(
            key,
            run,
            client=client,
            is_gone=is_gone,
            patience_s=patience,
            flight=taken[1] if taken is not None else None,
        )
        # An answer that was kept may be larger than this one may be.
        return run() if max_bytes is not None and answer.size > max_bytes else answer

    def from_index(
        self, sparql: str, media_type: str, max_bytes: int | None = None
    ) -> Answer | None:
        """Answer a small query at once; None where it is none, or the index not whole."""
        if self.index is None or media_type != JSON:
            return None
        began = time.perf_counter()
        data = self.index.answer(sparql)
        if data is None or (max_bytes is not None and len(data) > max_bytes):
            return None
        return Answer(JSON, time.perf_counter() - began, len(data), io.BytesIO(data))

    def is_for_tables(self, sparql: str) -> bool:
        """Whether the tables answer what a stranger sends: the text of a named query of theirs.

        Its own header counts for nothing.
        """
        return self.columns is not None and is_marked(origin(sparql))

    def _counted(
        self,
        sparql: str,
        media_type: str,
        timeout_s: float | None,
        max_bytes: int | None,
    ) -> Answer | None:
        """Answer a named query from the tables; None where they cannot."""
        if self.columns is None:
            return None
        limits = self.pool.limits
        began = time.monotonic()
        data = self.columns.answer(
            sparql,
            TSV if media_type in WRITERS else media_type,
            seconds=timeout_s or limits.timeout_s,
            max_rows=limits.max_rows,
            max_bytes=limits.max_bytes if max_bytes is None else max_bytes,
            client=request.remote_addr,
            is_gone=request.environ.get("rihla.is_gone"),
        )
        if data is None:
            return None
        kind = TSV if media_type in WRITERS else media_type
        answer = Answer(kind, time.monotonic() - began, len(data), io.BytesIO(data))
        return columnar(answer, media_type) if media_type in WRITERS else answer

    def run_named(self, sparql: str, media_type: str, max_bytes: int | None = None) -> Answer:
        """Answer a bound named query: its text is ours, so it gets more time than a stranger's."""
        patience = self.pool.limits.timeout_s * NAMED_PATIENCE
        return self.run(
            sparql, media_type, timeout_s=patience, max_bytes=max_bytes, text_is_ours=True
        )

    def run_table(self, sparql: str, media_type: str) -> Answer:
        """Answer a bound named query that becomes rows in this process."""
        return self.run_named(sparql, media_type, self.table_bytes)

    @property
    def table_bytes(self) -> int:
        """How large an answer may be that is taken apart here: it takes ten times the memory."""
        return min(TABLE_BYTES, self.pool.limits.max_bytes)

    def rows(self, query_id: str, **values: object) -> Rows:
        """Answer a named query with terms as they are: IRI or text, language, datatype."""
        with self.run_table(self.bound(query_id, values), JSON) as answer:
            return rows_from_json(answer.read())

    def rows_of(
        self,
        sparql: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Rows:
        """Answer SPARQL text with terms as they are."""
        with self.run(
            sparql,
            JSON,
            default_graphs=default_graphs,
            named_graphs=named_graphs,
            max_bytes=self.table_bytes,
        ) as answer:
            return rows_from_json(answer.read())

    def holds(self, query_id: str, **values: object) -> bool:
        """Answer a named ASK query."""
        with self.run_named(self.bound(query_id, values), JSON) as answer:
            return bool(json.loads(answer.read())["boolean"])


def service() -> Service:
    """Return the release that this request began with, to its end."""
    held = g._get_current_object()  # pages ask this a thousand times, and a proxy is slow
    found = held.get("rihla")
    if found is None:
        begun = handed()
        known = begun.take_service() if begun is not None else None
        found = held.rihla = known or current_app.extensions["rihla"].enter()
    return cast("Service", found)
