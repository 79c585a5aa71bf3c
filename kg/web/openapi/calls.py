"""The calls themselves: each address that programs ask, with parameters, formats and an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from kg.analysis.analyses import ANALYSES
from kg.analysis.base import COMMON, Analysis
from kg.network import ALL_MEASURES, MEASURES, PROJECTIONS
from kg.network.picture import COLOURS
from kg.queries import NamedQuery
from kg.search import KINDS
from kg.web.analyse import SUFFIXES
from kg.web.checking import TYPES
from kg.web.formats import FORMATS, Kind, of_kind
from kg.web.language import LANGUAGES, said, told
from kg.web.language import gettext as _
from kg.web.network_api import ALL, ASKED, DRAWN, NETWORK_TYPES, NODE_TABLES, SHAPE
from kg.web.openapi import parameters as p
from kg.web.protocol import FORM_BODY, QUERY_BODY
from kg.web.query_api import TABLES
from kg.web.reports import FORMS, REPORTED
from kg.web.search import MOST
from kg.web.service import service
from kg.web.stewards import FILES, OF_BUILD, tables_of
from kg.web.uploads import BODIES, FORM

__all__ = ["Call", "all_calls"]

_EXAMPLE = (
    "SELECT ?class (COUNT(*) AS ?n) WHERE { ?thing a ?class } GROUP BY ?class ORDER BY DESC(?n)"
)
_PLAIN_JSON = {"application/json": "Object"}
_ROWS_JSON = {"application/json": "Table"}


@dataclass(frozen=True)
class Call:
    """One address.

    ``path`` is a template of OpenAPI, ``answers`` media type → name of its schema ("" for none),
    ``body`` the same for what is sent. ``example`` is an address that answers, without the host.
    ``pinned`` tells whether it takes ``release``.
    """

    id: str
    group: str
    path: str
    title: str
    answers: Mapping[str, str]
    description: str = ""
    parameters: list[dict[str, Any]] = field(default_factory=list)
    method: str = "get"
    body: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    example: str = ""
    pinned: bool = True
    statuses: tuple[int, ...] = (400,)


def all_calls() -> list[Call]:
    """Return every call, in the language of the request."""
    parts = [_sparql()]
    if service().is_ours:
        parts = [
            _queries(),
            _networks(),
            _analyses(),
            _reports(),
            _search(),
            *parts,
            _reconciliation(),
            _checking(),
            _quality(),
        ]
    return [call for part in (*parts, _data(), _server()) for call in part]


def _queries() -> Iterator[Call]:
    group = _("Named queries")
    yield Call(
        "queries", group, "/api/queries", _("The catalogue of named queries"), _PLAIN_JSON,
        example="/api/queries", statuses=(),
    )  # fmt: skip
    yield Call(
        "query", group, "/api/queries/{group}/{name}", _("One query with its SPARQL text"),
        _PLAIN_JSON, parameters=[p.path("group"), p.path("name")],
        example="/api/queries/programmes/overview", statuses=(404,),
    )  # fmt: skip
    for found in service().questions.values():
        for query in found:
            yield _query(query, group)


def _query(query: NamedQuery, group: str) -> Call:
    tables = {f.media_type: _ROWS.get(f.name, "") for f in TABLES.values()}
    needed = {q.name: q.example for q in query.parameters.values() if q.required}
    most = service().pool.limits.max_rows
    return Call(
        f"query-{query.id.replace('/', '-')}",
        group,
        f"/api/queries/{query.id}.{{format}}",
        told(query.title, query.id),
        {**_ROWS_JSON, **tables, QUERY_BODY: ""},
        told(query.question),
        [
            p.path("format", [*TABLES, "json", "rq"]),
            *map(p.of_query, query.parameters.values()),
            p.whole("limit", _("Rows of a page"), 1, most),
            p.whole("offset", _("Rows before the page")),
        ],
        example=_address(f"/api/queries/{query.id}.json", {**needed, "limit": "10"}),
        statuses=(400, 404),
    )


def _networks() -> Iterator[Call]:
    group = _("Networks")
    shared = [*p.filters(("level", "weight", "roles", "isolates", "loops")), *p.filters()]
    projection, asked = p.path("projection", list(PROJECTIONS)), _asked()
    yield Call(
        "networks", group, "/api/network", _("Projections, measures, levels and filters"),
        _PLAIN_JSON, example="/api/network", statuses=(),
    )  # fmt: skip
    yield Call(
        "network", group, "/api/network/{projection}.{format}", _("A network: nodes and ties"),
        {kind.partition(";")[0]: "" for kind in NETWORK_TYPES.values()},
        parameters=[
            projection,
            p.path("format", list(NETWORK_TYPES)),
            *shared,
            *[asked.get(name) or p.query(name) for name in (*SHAPE, *DRAWN)],
            p.query("language", {"type": "string", "enum": list(LANGUAGES)}),
            p.flag("themed", _("Dark ground in dark mode.")),
        ],
        example="/api/network/partnership.csv", statuses=(400, 404),
    )  # fmt: skip
    yield Call(
        "network-layout", group, "/api/network/{projection}/layout.json",
        _("A network to draw: nodes with their places"), _PLAIN_JSON,
        parameters=[
            projection, *shared,
            *[asked.get(name) or p.query(name) for name in (*SHAPE, "size")],
            p.query("language", {"type": "string", "enum": list(LANGUAGES)}),
        ],
        example="/api/network/partnership/layout.json", statuses=(400, 404),
    )  # fmt: skip
    yield Call(
        "network-measure", group, "/api/network/{projection}/{measure}.{format}",
        _("Nodes by a measure, ties, summary, a path, evidence"),
        {**_ROWS_JSON, "text/csv": ""},
        parameters=[
            projection, p.path("measure", [*ALL_MEASURES, ALL, *NODE_TABLES]),
            p.path("format", ["csv", "json"]), *shared,
            *[asked.get(name) or p.query(name) for name in ASKED],
        ],
        example="/api/network/partnership/degree.json?top=10", statuses=(400, 404),
    )  # fmt: skip


def _asked() -> Mapping[str, dict[str, Any]]:
    """Return what is asked of measures, but for plain texts."""
    return {
        "top": p.whole("top", "Rows to keep.", 1),
        "normalised": p.flag("normalised", "Divide by the largest possible score."),
        "sample": p.whole("sample", "Sources to estimate from.", 1),
        "seed": p.whole("seed", "Of the sample."),
        "slices": p.whole("slices", "Periods to look at.", 1),
        "step": p.whole("step", "Years from one period to the next.", 1),
        "threshold": p.query("threshold", {"type": "number"}, "Of the backbone."),
        "min_weight": p.query("min_weight", {"type": "number"}, "Keep ties of at least so much."),
        "size": p.query("size", {"type": "string", "enum": list(MEASURES)}, "What sizes a node."),
        "colour": p.query(
            "colour", {"type": "string", "enum": list(COLOURS)}, "What colours a node."
        ),
        "groups": p.query("groups", None, "What grouped measures group nodes by."),
        "backbone": p.query("backbone", None, "Keep the ties that stand out, by this method."),
        "source": p.query("source", None, "Where a path begins: name, code, key or IRI."),
        "target": p.query("target", None, "Where a path ends."),
    }


def _analyses() -> Iterator[Call]:
    group = _("Analyses")
    yield Call(
        "analyses", group, "/api/analyse", _("The analyses with their parameters and columns"),
        _PLAIN_JSON, example="/api/analyse", statuses=(),
    )  # fmt: skip
    yield Call(
        "analysis-drawing", group, "/api/analyse/{analysis}/{kind}.svg",
        _("An analysis drawn in another way"), {"image/svg+xml": ""},
        parameters=[
            p.path("analysis", list(ANALYSES)), p.path("kind"), *p.filters(), _language()
        ],
        example="/api/analyse/flow-matrix/heatmap.svg", statuses=(400, 404),
    )  # fmt: skip
    for name, analysis in ANALYSES.items():
        yield _analysis(name, analysis, group)


def _analysis(name: str, analysis: Analysis, group: str) -> Call:
    suffixes = [s for s in SUFFIXES if s != "svg" or analysis.chart]
    own = {**analysis.parameters, **COMMON}
    return Call(
        f"analyse-{name}",
        group,
        f"/api/analyse/{name}.{{format}}",
        said(analysis.title),
        {SUFFIXES[s][0].partition(";")[0]: "Table" if s == "json" else "" for s in suffixes},
        said(analysis.definition),
        [
            p.path("format", suffixes),
            *[p.of_analysis(key, parameter) for key, parameter in own.items()],
            *p.filters(analysis.filters),
            _language(),
        ],
        example=_address(f"/api/analyse/{name}.json", analysis.example),
        statuses=(400, 404),
    )


def _reports() -> Iterator[Call]:
    yield Call(
        "report", _("Analyses"), "/api/report/{kind}/{key}.{format}",
        _("A report: all analyses of a bloc, a country or an institution"),
        {"text/html": "", "application/zip": ""},
        _("One HTML file that loads nothing, or Markdown with its drawings. One that is not made "
          "yet is ordered: 503 with Retry-After until it is there."),
        [p.path("kind", list(REPORTED)), p.path("key"), p.path("format", list(FORMS)),
         _language()],
        example="/api/report/bloc/oic.html", statuses=(400, 404),
    )  # fmt: skip


def _language() -> dict[str, Any]:
    return p.query("language", {"type": "string", "enum": list(LANGUAGES), "default": "en"})


def _search() -> Iterator[Call]:
    group = _("Names")
    language = {"type": "string", "enum": list(LANGUAGES), "default": "en"}
    yield Call(
        "search", group, "/api/search", _("Things by name or code, the likeliest first"),
        _PLAIN_JSON,
        parameters=[
            p.query("q", {"type": "string", "maxLength": 200}, _("Words or their beginnings")),
            p.several("kind", {"type": "string", "enum": list(KINDS)}),
            p.query("language", language), p.whole("limit", "", 1, MOST),
        ],
        example="/api/search?q=python&limit=5",
    )  # fmt: skip
    yield Call(
        "terms", group, "/api/terms", _("Classes, properties and concepts by their beginning"),
        _PLAIN_JSON,
        parameters=[
            p.query("text"), p.query("lang", language), p.whole("limit", "", 1, 200),
        ],
        example="/api/terms?text=train&lang=en",
    )  # fmt: skip
    yield Call(
        "completion", group, "/api/completion", _("What an editor completes: prefixes and terms"),
        _PLAIN_JSON, example="/api/completion", statuses=(),
    )  # fmt: skip


_ROWS = {"json": "Bindings", "srj": "Bindings"}


def _sparql() -> Iterator[Call]:
    group = "SPARQL"
    rows = {f.media_type: _ROWS.get(f.name, "") for f in of_kind(Kind.TABLE, Kind.COLUMNS)}
    answers = rows | {f.media_type: "" for f in of_kind(Kind.GRAPH)} | {"text/html": ""}
    graphs = [
        p.several("default-graph-uri", {"type": "string", "format": "iri"}),
        p.several("named-graph-uri", {"type": "string", "format": "iri"}),
    ]
    kind = p.query("format", {"type": "string", "enum": list(FORMATS)})
    statuses = (400, 403, 406, 413)
    yield Call(
        "sparql", group, "/sparql", _("A query; without one the service description"), answers,
        parameters=[p.query("query"), *graphs, kind],
        example=f"/sparql?query={quote(_EXAMPLE)}&format=csv", statuses=statuses,
    )  # fmt: skip
    form = {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}
    yield Call(
        "sparql-post", group, "/sparql", _("A query in the body"), answers,
        parameters=[*graphs, kind], method="post",
        body={FORM_BODY: form, QUERY_BODY: {"type": "string"}}, statuses=(*statuses, 415),
    )  # fmt: skip
    yield Call(
        "graphs", group, "/graphs", _("A whole graph, or the union of all"),
        {f.media_type: "" for f in of_kind(Kind.GRAPH)},
        parameters=[
            p.query("default", {"type": "string", "enum": [""]}),
            p.query("graph", {"type": "string", "format": "iri"}),
            p.query("format", {"type": "string", "enum": [f.name for f in of_kind(Kind.GRAPH)]}),
        ],
        example="/graphs?default&format=nt", statuses=(400, 404, 406, 413),
    )  # fmt: skip


def _data() -> Iterator[Call]:
    group = _("Things and files")
    kinds = of_kind(Kind.GRAPH)
    yield Call(
        "data", group, "/data/{kind}/{key}.{format}", _("The statements about a thing"),
        {f.media_type: "" for f in kinds},
        parameters=[p.path("kind"), p.path("key"), p.path("format", [f.name for f in kinds])],
        example="/data/country/ZA.ttl", statuses=(400, 404, 410),
    )  # fmt: skip
    yield Call(
        "files", group, "/files", _("The files of the release, with SHA-256"), _PLAIN_JSON,
        example="/files", statuses=(),
    )  # fmt: skip
    yield Call(
        "dataset", group, "/.well-known/void", _("The dataset described in VoID and DCAT"),
        {f.media_type: "" for f in kinds} | {"text/html": ""},
        example="/.well-known/void", statuses=(400, 406),
    )  # fmt: skip


def _reconciliation() -> Iterator[Call]:
    queries = {"type": "object", "properties": {"queries": {"type": "string"}}}
    yield Call(
        "reconcile", _("Names"), "/reconcile", _("The W3C Reconciliation Service, for OpenRefine"),
        _PLAIN_JSON, parameters=[p.query("queries"), p.query("extend")],
        example="/reconcile", pinned=False,
    )  # fmt: skip
    yield Call(
        "reconcile-post", _("Names"), "/reconcile", _("The same, with queries in a form"),
        _PLAIN_JSON, method="post", body={FORM_BODY: queries}, pinned=False, statuses=(400, 413),
    )  # fmt: skip


def _checking() -> Iterator[Call]:
    names = sorted(tables_of(service().release.path).tables)
    asked = {
        "table": {"type": "string", "enum": names},
        "dates": {"type": "string", "enum": ["day-first", "month-first"]},
        "format": {"type": "string", "enum": list(TYPES), "default": "json"},
    }
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    form = {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "array", "items": file}, **asked},
    }
    yield Call(
        "check", _("Stewards"), "/api/check", _("Tables of stewards checked, nothing stored"),
        {**_PLAIN_JSON, "text/csv": "", "application/zip": ""},
        _("A file is the whole body; the address names it or its table"),
        [*(p.query(name, schema) for name, schema in asked.items()), p.query("name")],
        method="post", body={FORM: form, **{kind: {"type": "string"} for kind in BODIES}},
        statuses=(400, 403, 404, 413, 415, 429, 503, 504),
    )  # fmt: skip


def _quality() -> Iterator[Call]:
    group = _("Stewards")
    answers = {kind.partition(";")[0]: "" for kind in FILES.values()} | _ROWS_JSON
    yield Call(
        "quality", group, "/api/quality/{what}.{format}",
        _("Rules that cells of the build broke, and institutions that matched no known one"),
        answers, parameters=[p.path("what", list(OF_BUILD)), p.path("format", list(FILES))],
        example="/api/quality/problems.csv", statuses=(404,),
    )  # fmt: skip
    yield Call(
        "releases", group, "/api/releases.{format}",
        _("The releases that are kept; with old and new, what changed between them"),
        answers,
        parameters=[p.path("format", list(FILES)), p.query("old"), p.query("new")],
        example="/api/releases.json", pinned=False, statuses=(404, 503),
    )  # fmt: skip


def _server() -> Iterator[Call]:
    group = _("The server")
    yield Call(
        "openapi", group, "/api/openapi.json", _("This description, as OpenAPI 3.1"), _PLAIN_JSON,
        example="/api/openapi.json", statuses=(),
    )  # fmt: skip
    yield Call(
        "healthz", group, "/healthz", _("Whether the process lives"), _PLAIN_JSON,
        example="/healthz", pinned=False, statuses=(),
    )  # fmt: skip
    yield Call(
        "readyz", group, "/readyz", _("Whether it answers, and from which release"), _PLAIN_JSON,
        example="/readyz", pinned=False, statuses=(503,),
    )  # fmt: skip
    yield Call(
        "metrics", group, "/metrics", _("Figures for Prometheus"), {"text/plain": ""},
        example="/metrics", pinned=False, statuses=(404,),
    )  # fmt: skip


def _address(place: str, values: Mapping[str, Any]) -> str:
    query = urlencode(dict(values), doseq=True, safe=":")
    return place + (f"?{query}" if query else "")
