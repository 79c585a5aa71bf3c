"""What the pages and endpoints share: one release, its workers, and the calls they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from flask import current_app, request

from kg.analysis.graph import Graph
from kg.queries import NamedQuery, Resolver, bind, catalogue, entity_resolver, get_query
from kg.queries import INTERNAL_GROUPS
from kg.settings import Settings
from kg.store.pooled import PooledStore
from kg.store.release import Release
from kg.store.workers import Answer, WorkerPool
from kg.web.bindings import Rows, rows_from_json

__all__ = ["Service", "client_gone", "service"]

JSON = "application/sparql-results+json"


@dataclass
class Service:
    """One release being served.

    ``graph`` answers what columns answer (networks); queries go through ``pool``.
    """

    settings: Settings
    release: Release
    pool: WorkerPool
    graph: Graph
    _kept: dict[str, Rows] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The IRI that the names of things begin with."""
        return self.settings.project.base

    @cached_property
    def store(self) -> PooledStore:
        """The release behind the interface that named queries know."""
        return PooledStore(self.pool, self.release.id)

    @cached_property
    def resolver(self) -> Resolver:
        """Finds the thing that a key or a name means."""
        return entity_resolver(self.store)

    @cached_property
    def questions(self) -> Mapping[str, list[NamedQuery]]:
        """The named queries for people, by group."""
        groups: dict[str, list[NamedQuery]] = {}
        for query in catalogue().values():
            if query.group not in INTERNAL_GROUPS:
                groups.setdefault(query.group, []).append(query)
        return groups

    def bound(self, query_id: str, values: Mapping[str, object]) -> str:
        """Return the SPARQL text of a named query with its parameters filled in."""
        return bind(get_query(query_id), values, self.resolver)

    def run(self, sparql: str, media_type: str, **dataset: Sequence[str]) -> Answer:
        """Answer a query for the client of this request."""
        return self.pool.run(
            sparql,
            media_type,
            client=request.remote_addr,
            is_gone=client_gone(request.environ),
            **cast("dict[str, Any]", dataset),
        )

    def rows(self, query_id: str, **values: object) -> Rows:
        """Answer a named query with terms as they are: IRI or text, language, datatype."""
        return self.rows_of(self.bound(query_id, values))

    def rows_of(self, sparql: str) -> Rows:
        """Answer SPARQL text with terms as they are."""
        with self.run(sparql, JSON) as answer:
            return rows_from_json(answer.read())

    def kept_rows(self, query_id: str) -> Rows:
        """Answer a named query without parameters once for this release."""
        if query_id not in self._kept:
            self._kept[query_id] = self.rows(query_id)
        return self._kept[query_id]


def service() -> Service:
    """Return the service of the application that handles this request."""
    return cast("Service", current_app.extensions["rihla"])


def client_gone(environ: Mapping[str, Any]) -> Any:
    """Return the server's test whether the client has hung up, where the server has one."""
    return environ.get("waitress.client_disconnected")
