"""What a report says: which analyses, with which parameters, and what came of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any, cast

from kg.analysis.analyses import ANALYSES
from kg.analysis.base import Chart
from kg.analysis.filters import LEVEL_CLASSES
from kg.analysis.graph import Graph
from kg.analysis.naming import LABELLED, names_in, renamed
from kg.analysis.result import Result
from kg.errors import KgError, QueryError
from kg.language import Told, tell, words
from kg.results import Value

__all__ = ["SUBJECTS", "Report", "Section", "gather", "in_words"]

SUBJECTS = ("bloc", "country", "institution")
"""What a report can be about."""

_KEY = re.compile(r"[\w.-]+")
_PLACES = 2  # fewer make no map
_BARS = 2  # one alone compares nothing
_ROWS = 14  # rows of a table that are shown; the rest is one call away


@dataclass(frozen=True)
class _Plan:
    """One analysis of a report.

    ``given`` are its parameters; ``ends`` the columns one of which must be of the subject, where
    nothing is filtered: an analysis knows no filter for an institution, and a place in a network
    is a place in all of it (of what is linked with one country, that country is the middle);
    ``columns`` those that are shown where all are too many; ``order`` the columns by which the
    rows are shown where their own order tells little in a dozen rows, downwards where a minus
    stands before; ``of_subject`` that the analysis is told its subject and needs no filter.
    """

    analysis: str
    given: Mapping[str, object] = field(default_factory=dict)
    ends: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    of_subject: bool = False


@dataclass(frozen=True)
class Section:
    """One analysis of a report: its result, or the reason why there is none."""

    analysis: str
    title: str
    given: Mapping[str, object]
    result: Result | None
    refusal: str = ""
    order: tuple[str, ...] = ()
    narrowed: bool = False
    chosen: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """The name of the section inside the document."""
        return f"{self.analysis}-{'-'.join(str(v) for v in self.given.values())}".replace(" ", "-")

    @property
    def command(self) -> str:
        """The command that gives the whole table."""
        options = (_option(key, value) for key, value in self.given.items())
        return " ".join(["kg analyse", self.analysis, *options])

    @property
    def shown(self) -> Result | None:
        """The first rows, without the IRIs of things whose labels stand beside them."""
        if self.result is None:
            return None
        named = {c.removesuffix("_label") for c in self.result.columns if c.endswith("_label")}
        if "label" in self.result.columns:
            named |= set(LABELLED)
        named |= {"latitude", "longitude"}
        if set(self.result.column("group") if "group" in self.result.columns else []) == {"total"}:
            named |= {"group", "group_label"}
        kept = [c for c in self.chosen or self.result.columns if c not in named]
        table = replace(self.result, rows=self._ordered()[:_ROWS]).select(kept)
        return replace(self.result, columns=table.columns, rows=table.rows)

    def _ordered(self) -> list[tuple[Value, ...]]:
        assert self.result is not None  # it is asked for its rows
        rows = list(self.result.rows)
        for name in reversed(self.order):
            place = self.result.columns.index(name.removeprefix("-"))
            known = [row for row in rows if row[place] is not None]
            known.sort(key=itemgetter(place), reverse=name.startswith("-"))
            rows = known + [row for row in rows if row[place] is None]
        return rows

    def heading(self, column: str) -> str:
        """Return what a column is called in the table: by what it holds, not by its name."""
        assert self.result is not None  # it is asked for its columns
        if column == "label":
            column = next((c for c in LABELLED if c in self.result.columns), column)
        column = column.removesuffix("_label")
        holds = {"node": "level", "group": "by", "value": "of"}.get(column, "")
        kind = self.result.parameters.get(holds)
        return kind if isinstance(kind, str) and kind not in ("all", "total") else column

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Its drawings: the usual one, and every map; none without a value, or of one alone."""
        if self.result is None:
            return ()
        one = {c: len(set(self.result.column(c.x))) < _PLACES for c in self.result.charts}
        every = [c for c in self.result.charts if not (c.kind == "map" and one[c])]
        least = {c: _BARS if c.kind in ("bars", "dots") else 1 for c in every}
        values = {c: sum(v is not None for v in self.result.column(c.y)) for c in every}
        drawn = [c for c in every if values[c] >= least[c]]
        return tuple(c for n, c in enumerate(drawn) if n == 0 or c.placed or c.kind == "map")


@dataclass(frozen=True)
class Report:
    """A report: its subject, the release, its numbers in one row, and its sections in order.

    The ``narrowed`` of a section says that it tells the subject's rows of a table of everybody.
    """

    subject: str
    kind: str
    iri: str
    release: str
    title: str
    sections: Sequence[Section]
    profile: Result | None = None

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the subject has to do with trainings: name of a column → number."""
        records = self.profile.to_records() if self.profile else []
        said = {k: v for record in records for k, v in record.items() if v is not None}
        return {k: v for k, v in said.items() if not k.startswith("subject")}

    @property
    def common(self) -> Sequence[str]:
        """The caveats of most sections: they are told once."""
        results = [s.result for s in self.sections if s.result]
        told = Counter(caveat for result in results for caveat in set(result.caveats))
        often = {text for text, times in told.items() if times > len(results) / 2}
        everyone = [c for result in results for c in result.caveats if c in often]
        return list(dict.fromkeys(everyone))

    def caveats(self, section: Section) -> Sequence[str]:
        """Return the caveats of a section that are its own."""
        common = set(self.common)
        return [c for c in section.result.caveats if c not in common] if section.result else []

    @property
    def coverage(self) -> Mapping[str, Any]:
        """What all of it rests on."""
        results = [section.result for section in self.sections if section.result]
        return results[0].coverage if results else {}


_NODE = ("node",)
_SUGGESTED = ("rank", "label", "combined", "common_neighbours", "brings", "evidence", "against")
_PARTS = ("group_label", "trainings", "learned", "taught", "hosted", "organised", "funded")
_OTHERS = ("group_label", "trainings", "learned", "taught", "share", "first_year", "last_year")
_TOPICS = ("group_label", "trainings", "learned", "taught", "share", "quotient")
_RANKS = _Plan(
    "rank-intervals",
    {"measure": "strength", "weight": "newman", "level": "institution", "samples": 100},
    _NODE,
)
_BOTH: tuple[_Plan, ...] = (
    _Plan("coverage", of_subject=True),
    _Plan("trends", columns=("year", "trainings", "low", "high", "learners", "educators")),
    _Plan("trends", {"by": "sector"}, order=("-year", "-trainings", "group_label")),
    _Plan("balance", {"level": "country"}),
    _Plan("gap-map", {"of": "sector"}),
    _Plan("flow-matrix", {"level": "country"}),
    _Plan("partners", {"level": "country"}),
    _Plan("dependence", {"level": "country"}),
    _Plan("rank-intervals", {"measure": "betweenness", "level": "country"}, _NODE),
    _RANKS,
    _Plan("edge-significance", {"level": "country"}),
    _Plan("centrality-significance", {"measure": "betweenness", "level": "country"}, _NODE),
    _Plan("arrivals", {"level": "country", "of": "method"}, order=("-year", "value_label")),
    _Plan("survival", {"level": "country", "of": "method", "event": "teaching"}),
    _Plan("stalled", {"level": "country", "of": "method"}),
    _Plan("spreaders", {"level": "country", "of": "method"}),
    _Plan("diversity", {"of": "country"}),
    _Plan("outcome-association", {"measure": "shannon", "of": "country"}),
    _Plan("regularity"),
    _Plan("retention"),
    _Plan("transitions", {"by": "sector"}),
    _Plan("specialisation", {"level": "country", "of": "topic"}),
)

_PLANS: Mapping[str, tuple[_Plan, ...]] = {
    "bloc": (
        *_BOTH,
        _Plan("robustness", {"measure": "degree", "level": "country", "within": True}),
        _Plan("bloc-shares", {"by": "year"}),
        _Plan("recommend-evaluation", {"level": "country"}),
        _Plan("recommend-evaluation", {"level": "institution"}),
    ),
    "country": (
        *_BOTH,
        _Plan("balance", {"level": "institution"}),
        _Plan("recommend", {"level": "country"}, columns=_SUGGESTED),
    ),
    "institution": (
        _Plan("coverage", of_subject=True),
        _Plan("breakdown", {"by": "year"}, columns=_PARTS, of_subject=True),
        _Plan("breakdown", {"by": "country", "who": "others"}, columns=_OTHERS, of_subject=True),
        _Plan("breakdown", {"by": "topic"}, columns=_TOPICS, of_subject=True),
        _Plan("balance", {"level": "institution"}, _NODE),
        _Plan("balance", {"level": "institution", "by": "year"}, _NODE),
        _Plan("flow-matrix", {"level": "institution"}, ("source", "target")),
        _Plan("dependence", {"level": "institution"}, _NODE),
        _RANKS,
        _Plan("edge-significance", {"level": "institution"}, ("source", "target")),
        _Plan("centrality-significance", {"measure": "degree", "level": "institution"}, _NODE),
        _Plan(
            "arrivals",
            {"level": "institution", "of": "method"},
            ("node", "source"),
            order=("-year", "value_label"),
        ),
        _Plan("spreaders", {"level": "institution", "of": "method"}, _NODE),
        _Plan("specialisation", {"level": "institution", "of": "topic"}, _NODE),
        _Plan("recommend", {"level": "institution"}, columns=_SUGGESTED),
    ),
}
"""Kind of subject → the analyses of its report, in order."""


def gather(
    graph: Graph,
    kind: str,
    subject: str,
    language: str = "en",
    *,
    ask: Ask | None = None,
    begun: Progress = lambda _done, _of: None,
) -> Report:
    """Run all analyses of a report.

    Parameters
    ----------
    graph:
        The graph to ask.
    kind:
        One of :data:`SUBJECTS`.
    subject:
        The bloc, country or institution, by key, code, name or IRI.
    language:
        Of the names of things, where the data have them.
    ask:
        Answers an analysis; ``graph.analyse`` where None.
    begun:
        Told before each analysis how many are done, of how many; what it raises ends the report.

    Raises
    ------
    QueryError
        The subject means nothing, or more than one thing. An analysis that has no answer is
        no error: its section says why.
    """
    if kind not in SUBJECTS:
        raise QueryError(f"A report is about {', '.join(SUBJECTS)}; found {kind!r}.")
    about = _About(graph, kind, subject, graph.iri(subject, LEVEL_CLASSES[kind]))
    ask, plans, sections = ask or graph.analyse, _PLANS[kind], []
    for done, plan in enumerate(plans):
        begun(done, len(plans))
        sections.append(_section(ask, plan, about))
    entities = graph.columns("entities")
    names = entities.filter(entities["entity"] == about.iri)["label"].to_list()
    title = str(names[0]) if names and names[0] else about.iri
    profile = _profile(ask, about.iri)
    found = Report(subject, kind, about.iri, graph.store.release_id, title, sections, profile)
    native = {} if language == "en" else names_in(graph.columns("names"), language)
    return in_words(found, native)


Ask = Callable[..., Result]
Progress = Callable[[int, int], None]


def in_words(report: Report, names: Mapping[str, str]) -> Report:
    """Return a report whose things are called as in ``names``; others keep their label."""
    sections = [
        replace(section, result=renamed(section.result, names)) if section.result else section
        for section in report.sections
    ]
    return replace(report, title=names.get(report.iri, report.title), sections=sections)


def _profile(ask: Ask, iri: str) -> Result | None:
    try:
        return ask("profile", subject=iri)
    except KgError:
        return None  # the sections say what is too little


@dataclass(frozen=True)
class _About:
    """What a report is about, and where its nodes are found."""

    graph: Graph
    kind: str
    subject: str
    iri: str

    @property
    def name(self) -> str:
        """How calls name it whatever its kind: its key may be that of something else as well."""
        for prefix, base in self.graph.prefixes.items():
            key = self.iri.removeprefix(base)
            if key != self.iri and _KEY.fullmatch(key):
                return f"{prefix}:{key}"
        return self.iri

    def nodes(self, level: str) -> set[object]:
        """Return its nodes at a level: of a bloc those of whoever was a member at some time."""
        if self.kind == "institution":
            return {self.iri}
        countries = {self.iri}
        if self.kind == "bloc":
            members = self.graph.columns("bloc_members")
            countries = set(members.filter(members["bloc"] == self.iri)["country"].to_list())
        if level == "country":
            return set(countries)
        entities = self.graph.columns("entities")
        there = entities.filter(
            (entities["kind"] == "organisation") & entities["country"].is_in(list(countries))
        )
        return set(there["entity"].to_list())


def _section(ask: Ask, plan: _Plan, about: _About) -> Section:
    given: dict[str, object] = dict(plan.given)
    if plan.of_subject:
        given["subject"] = about.name
    elif plan.analysis == "recommend":
        given["node"] = about.subject
    elif not plan.ends:
        given[about.kind] = about.subject
    title: str = Told(ANALYSES[plan.analysis].title)
    if "by" in plan.given:
        by = Told(words(str(plan.given["by"])))
        title = tell("%(title)s, by %(group)s", title=title, group=by)
    elif plan.given.get("level") == "institution" and about.kind != "institution":
        title = tell("%(title)s, institutions", title=title)
    try:
        result = ask(plan.analysis, **given)
    except KgError as error:
        return Section(plan.analysis, title, given, None, error.told)
    if plan.ends:
        result = _narrowed(result, plan.ends, about.nodes(str(plan.given["level"])))
    if not result.rows:
        reason = result.reason or tell("No row tells of it.")
        return Section(plan.analysis, title, given, None, reason)
    narrowed = bool(plan.ends)
    return Section(
        plan.analysis, title, given, result,
        order=plan.order, narrowed=narrowed, chosen=plan.columns,
    )  # fmt: skip


def _narrowed(result: Result, ends: Sequence[str], nodes: set[object]) -> Result:
    """Keep the rows that tell of some nodes; their numbers stay those of all."""
    places = [result.columns.index(end) for end in ends]
    rows = [row for row in result.rows if any(row[place] in nodes for place in places)]
    empty = {}
    for name, told in cast("dict[str, Any]", result.meta["empty_cells"]).items():
        cells = sum(row[result.columns.index(name)] is None for row in rows)
        if cells:
            empty[name] = {**told, "cells": cells}
    # how many cells were withheld is known of all rows only
    meta = {**result.meta, "empty_cells": empty, "withheld_cells": 0}
    return replace(result, rows=rows, meta=meta)


def _option(key: str, value: object) -> str:
    name = f"--{key.replace('_', '-')}"
    if value is True:
        return name
    return f'{name} "{value}"' if " " in str(value) else f"{name} {value}"
