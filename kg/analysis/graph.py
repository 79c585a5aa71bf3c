"""``kg.open()``: one object for a release on disk or an endpoint elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property, partial
from pathlib import Path

import polars as pl

from kg.analysis.analyses import ANALYSES
from kg.analysis.base import World
from kg.analysis.blocs import WORLD, with_country_sets
from kg.analysis.filters import resolve_filters
from kg.analysis.lookup import Lookup
from kg.analysis.parameters import read_parameters
from kg.analysis.result import Result
from kg.analysis.running import run_analysis
from kg.columns import COLUMN_QUERIES, PulledColumns, pull_columns
from kg.endpoint import connect
from kg.errors import NotFoundError
from kg.language import tell
from kg.latest import Latest
from kg.network import Columns, Filters, Network, project, select
from kg.queries import (
    Resolver,
    bind,
    catalogue,
    entity_iri,
    get_query,
)
from kg.results import ResultTable
from kg.search import SearchIndex
from kg.settings import AnalyseSettings, ProjectSettings, load_settings
from kg.store import (
    EmbeddedStore,
    Release,
    Store,
    current_release,
    open_release,
)
from kg.store.lease import Lease, hold
from kg.store.release import MANIFEST
from kg.store.remote import RemoteOptions
from kg.terms import DEFAULT_BASE, VOCABULARY_BASE, prefixes_for

__all__ = ["Graph", "open"]

_TURTLE = "text/turtle"
_MOST_WORLDS = 4  # selections that are kept: some ten MB each for a hundred thousand participations
_PROLOGUE = r"(?:PREFIX\s+\S*\s*|BASE\s*)<[^>]*>\s*|#[^\n]*\n\s*"
_GRAPH_FORM = re.compile(rf"(?is)^\s*(?:{_PROLOGUE})*(CONSTRUCT|DESCRIBE)\b")


def open(location: str | Path | None = None, *, options: RemoteOptions | None = None) -> Graph:
    """Open a graph.

    Parameters
    ----------
    location:
        None: the current release of the project in this folder (or ``RIHLA_PROJECT``). A path:
        a project file, its folder, or the folder of one release. A URL: a SPARQL endpoint.
    options:
        How an endpoint is asked; None takes it from the environment, see docs/remote.md.

    Raises
    ------
    SettingsError, ReleaseError
        There is no project, or nothing was built yet; or the endpoint does not answer.

    Examples
    --------
    >>> import kg
    >>> graph = kg.open()  # doctest: +SKIP
    >>> graph.query("people/learned-method", method="python-programming")  # doctest: +SKIP
    """
    if isinstance(location, str) and location.startswith(("http://", "https://")):
        found = connect(location, options)
        return Graph(found.store, base=found.base)
    path = None if location is None else Path(location)
    if path is not None and (path / MANIFEST).is_file():
        return Graph.of_release(open_release(path.resolve()))
    settings = load_settings(path)
    return Graph.of_release(current_release(settings.project.releases), settings.analyse)


class Graph:
    """A graph that can be asked.

    Parameters
    ----------
    store:
        What answers.
    release:
        The release that the store serves, where it is on this disk.
    policy:
        Below which data analyses give no number; the usual thresholds where None.
    base:
        The IRI that the names of things begin with, where there is no release that says so.
    """

    def __init__(
        self,
        store: Store,
        release: Release | None = None,
        policy: AnalyseSettings | None = None,
        base: str = DEFAULT_BASE,
    ) -> None:
        self.store = store
        self.release = release
        self.base = release.manifest["base"] if release else base
        self._lease: Lease | None = None  # keeps the release from being pruned while this is used
        self.policy = policy or AnalyseSettings()
        self._lookup = Lookup(store, lambda: self._columns, kept=release is not None)
        self._worlds: Latest[World] = Latest(_MOST_WORLDS)

    @classmethod
    def of_release(cls, release: Release, policy: AnalyseSettings | None = None) -> Graph:
        """Return the graph of a release, answered in this process."""
        lease = hold(release)
        graph = cls(EmbeddedStore(release.store, release.id, release.triples), release, policy)
        graph._lease = lease
        return graph

    def __repr__(self) -> str:
        return f"Graph({self.store.release_id!r})"

    def __getattr__(self, name: str) -> Callable[..., Result]:
        # graph.flow_matrix(…) is graph.analyse("flow-matrix", …); see ANALYSES.
        analysis = name.replace("_", "-")
        if analysis not in ANALYSES:
            raise AttributeError(f"Graph has no attribute {name!r}")
        return partial(self.analyse, analysis)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *(name.replace("-", "_") for name in ANALYSES)})

    @staticmethod
    def queries() -> ResultTable:
        """Return the catalogue: id, question and parameters of each named query."""
        rows = [
            (query.id, query.question["en"], ", ".join(query.parameters))
            for query in catalogue().values()
        ]
        return ResultTable(("query", "question", "parameters"), rows)

    @property
    def default_bloc(self) -> str:
        """The key of the bloc that counts where nobody names one; ``world`` means none."""
        manifest = self.release.manifest if self.release else {}
        return str(manifest.get("default_bloc") or ProjectSettings.default_bloc)

    @property
    def usual(self) -> Mapping[str, str]:
        """What a parameter of a query means where nothing is given: class IRI → value."""
        key = self.default_bloc
        return {f"{VOCABULARY_BASE}Bloc": "any" if key == WORLD else f"bloc:{key}"}

    def query(self, query_id: str, /, **parameters: object) -> ResultTable:
        """Answer a named query.

        Parameters
        ----------
        query_id:
            Such as ``people/learned-method``; :meth:`queries` lists all.
        parameters:
            By the names in the query's header. A thing is meant by its IRI, CURIE, key, code or
            name; a list gives several values of which any may hold.

        Returns
        -------
        ResultTable
            ``meta`` holds release, query, parameters and the SPARQL that ran.

        Raises
        ------
        NotFoundError
            There is no such query.
        QueryError
            A parameter is unknown, missing or badly formed.
        """
        query = get_query(query_id)
        text = bind(query, parameters, self.resolve, self.prefixes, self.usual)
        answer = self.store.table(text)
        meta = {
            "release": self.store.release_id,
            "query": query_id,
            "parameters": dict(parameters),
            "sparql": text,
        }
        return ResultTable(answer.columns, answer.rows, meta)

    def sparql(self, text: str) -> ResultTable | str:
        """Answer any SPARQL query: SELECT and ASK as a table, CONSTRUCT and DESCRIBE as Turtle."""
        if _GRAPH_FORM.match(text):
            return self.store.serialise(text, _TURTLE).decode()
        return self.store.table(text)

    @property
    def resolve(self) -> Resolver:
        """A function from a key, code or name, and a class IRI, to the IRI of the thing meant."""
        return self._lookup.resolve

    def iri(self, text: str, target: str | None = None) -> str:
        """Return the IRI of the thing that an IRI, CURIE, key, code or name means.

        ``target`` is the IRI of its class, where that is known.
        """
        return entity_iri(text, target, self.resolve, self.prefixes) or text

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """What the prefixes of CURIEs stand for; things of a release stand under its base."""
        return prefixes_for(self.base)

    @cached_property
    def _columns(self) -> Mapping[str, pl.DataFrame]:
        if self.release is None:
            return PulledColumns(self.store)
        folder = self.release.path / "columns"
        kept = {path.stem: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
        # A release of an earlier version lacks the tables that came later: its store has them.
        later = [name for name in COLUMN_QUERIES if name not in kept]
        return kept | pull_columns(self.store, later)

    @property
    def names(self) -> SearchIndex:
        """The index of all names: made when it is first asked for, once however many ask."""
        return self._lookup.names

    def search(
        self,
        text: str,
        kinds: Sequence[str] = (),
        language: str = "en",
        limit: int = 20,
    ) -> ResultTable:
        """Find things by any of their names or codes, in any script.

        Parameters
        ----------
        text:
            Words or beginnings of words, in any order; misspelt ones where nothing fits.
        kinds:
            Such as ``organisation`` or ``topic``: see :data:`kg.search.KINDS`; none means all.
        language:
            In which the labels are wanted: ``en``, ``ar`` or ``fr``.
        limit:
            How many rows at most.

        Returns
        -------
        ResultTable
            ``entity kind label matched trainings``, the likeliest first; ``matched`` is the name
            that fitted where it is not the label.

        Raises
        ------
        QueryError
            A kind is unknown.
        """
        return self._lookup.search(text, kinds, language, limit)

    def columns(self, name: str) -> pl.DataFrame:
        """Return one of the flat tables that analyses read; kg.columns.COLUMNS lists them."""
        if name not in self._columns:
            raise NotFoundError(
                tell(
                    "There is no flat table %(name)s. Accepted: %(accepted)s.",
                    name=repr(name),
                    accepted=", ".join(self._columns),
                )
            )
        return self._columns[name]

    def network(
        self,
        projection: str = "partnership",
        *,
        level: str | None = None,
        weight: str | None = None,
        roles: str | Sequence[str] | None = None,
        isolates: bool = False,
        loops: bool = False,
        **filters: object,
    ) -> Network:
        """Return a network of this graph.

        Parameters
        ----------
        projection, level, weight, roles, isolates, loops:
            See :func:`kg.network.project`; docs/networks.md explains each.
        filters:
            ``sector``, ``topic``, ``method``, ``programme``, ``series``, ``format``, ``held_in``,
            ``country``, ``bloc`` by key, code, name or IRI; ``years=(2012, 2020)``; ``within``.
            ``bloc="countries:QA,TR"`` takes a set of countries for a bloc.

        Raises
        ------
        QueryError
            A name or a value is not known; the message says what is accepted.
        """
        resolved = resolve_filters(filters, self.resolve, self.prefixes)
        return project(
            with_country_sets(self._columns, resolved.get("bloc")),
            projection,
            level=level,
            weight=weight,
            roles=roles,
            isolates=isolates,
            loops=loops,
            meta={"release": self.store.release_id},
            **resolved,
        )

    @staticmethod
    def analyses() -> ResultTable:
        """Return the analyses: name, title and own parameters of each."""
        rows = [(name, a.title, ", ".join(a.parameters)) for name, a in ANALYSES.items()]
        return ResultTable(("analysis", "title", "parameters"), rows)

    def analyse(self, name: str, /, **parameters: object) -> Result:
        """Answer an analysis; ``graph.flow_matrix(…)`` is short for ``analyse("flow-matrix", …)``.

        Parameters
        ----------
        name:
            Such as ``balance``; :meth:`analyses` lists all, docs/analyses.md explains each.
        parameters:
            Its own, the filters of :meth:`network`, and ``top``.

        Raises
        ------
        NotFoundError
            There is no such analysis.
        QueryError
            A parameter is unknown or not accepted.
        RefusedAnalysisError
            The data behind it is below the project's thresholds.
        """
        if name not in ANALYSES:
            close = get_close_matches(name, ANALYSES, n=1)
            hint = tell(" Close: %(close)s.", close=close[0]) if close else ""
            accepted = ", ".join(ANALYSES)
            raise NotFoundError(
                tell(
                    "There is no analysis %(name)s.%(hint)s Accepted: %(accepted)s.",
                    name=repr(name),
                    hint=hint,
                    accepted=accepted,
                )
            )
        analysis = ANALYSES[name]
        values, filters = read_parameters(name, analysis, parameters, self.resolve, self.prefixes)
        meta = {"release": self.store.release_id, **self._matches()}
        columns = with_country_sets(self._columns, filters.get("bloc"))
        world = self._world(columns, filters)
        return run_analysis(name, analysis, columns, values, filters, self.policy, meta, world)

    def _world(self, columns: Columns, filters: Filters) -> World:
        """Return what the filters select; pages ask many questions of the same selection."""
        return self._worlds.made(
            repr(sorted(filters.items())),
            lambda: World(columns, select(columns, **filters), self.policy),
        )

    def _matches(self) -> dict[str, object]:
        """Return how many organisations have no stable identifier, and of these found by name."""
        matches = self.release.manifest.get("matches") if self.release else None
        return {"unmatched_names": dict(matches)} if matches else {}
