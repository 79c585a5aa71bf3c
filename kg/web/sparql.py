"""The SPARQL endpoint: the SPARQL 1.1 Protocol for queries, and a form for people."""

from __future__ import annotations

import time
from collections.abc import Sequence

from flask import Blueprint, Response, jsonify, render_template, request
from markupsafe import Markup
from werkzeug.datastructures import MIMEAccept

from kg.catalogue import EXAMPLES
from kg.errors import KgError, LimitError, NotFoundError, QueryError
from kg.language import tell
from kg.queries import INTERNAL_GROUPS, NamedQuery, catalogue, get_query
from kg.store.guard import QueryShape, inspect_query
from kg.web import headers
from kg.web.answers import is_repeatable
from kg.web.bindings import Rows
from kg.web.description import send_service
from kg.web.formats import (
    FORMATS,
    HTML,
    Format,
    Kind,
    by_name,
    kind_of,
    negotiate,
    of_form,
    of_kind,
)
from kg.web.language import LANGUAGES
from kg.web.pinning import pin
from kg.web.problems import status_of
from kg.web.protocol import FORM_BODY, QUERY_BODY, Asked, read_request
from kg.web.render import body_of
from kg.web.sending import not_modified, send_answer
from kg.web.service import service
from kg.web.views import drawn, views_of
from kg.web.vocabulary import terms_of_vocabulary

__all__ = ["blueprint", "examples", "format_of", "prefers_page"]

blueprint = Blueprint("sparql", __name__)

SHOWN_ROWS = 1_000
SHOWN_CHARACTERS = 100_000
_FIRST_EXAMPLE = "pages/example-trainings"
_TABLE = "table"
_GENERAL_EXAMPLES = ("pages/example-classes", "pages/example-graphs")


@blueprint.get("/api/completion")
def completion() -> Response:
    """Send what an editor completes: prefixes, classes, properties, in the language ``lang``."""
    wanted = request.args.get("lang", "en")
    if wanted not in LANGUAGES:
        raise QueryError(
            tell(
                "%(key)s: found %(value)s. Accepted: %(accepted)s.",
                key="lang",
                value=repr(wanted[:40]),
                accepted=", ".join(LANGUAGES),
            )
        )
    tag = headers.etag(service().release.id, "completion", wanted)
    if headers.is_known(tag):
        return not_modified(tag)
    kinds = terms_of_vocabulary(wanted) if service().is_ours else {}
    known = {"prefixes": service().graph.prefixes, "classes": [], "properties": [], **kinds}
    return headers.revalidated(jsonify({"release": service().release.id, **known}), tag)


@blueprint.route("/sparql", methods=["GET", "POST"])
@blueprint.route("/sparql.<suffix>", methods=["GET", "POST"])
def endpoint(suffix: str | None = None) -> Response:
    """Answer a query; without one show the form to people, and the service to machines."""
    if suffix is not None and suffix not in FORMATS:
        names = ", ".join(f".{name}" for name in FORMATS)
        raise NotFoundError(
            tell(
                "There is no answer as .%(suffix)s. Accepted: %(names)s.",
                suffix=suffix[:40],
                names=names,
            )
        )
    asked = read_request(suffix)
    if asked.release:
        pin(asked.release)
    if asked.is_empty:
        return _without_query(asked)
    text = asked.queries[0]
    if _wants_page(asked):
        return _page(asked, text)
    shape = inspect_query(text, service().pool.limits.guard)
    chosen = format_of(request.accept_mimetypes, asked.format, of_form(shape.form))
    lasting = is_repeatable(text) and not shape.calls_out
    tag = _tag(asked, text, chosen) if lasting else None
    if tag and headers.is_known(tag):
        return not_modified(tag)
    return _answer(asked, text, shape, chosen, tag)


def _tag(asked: Asked, text: str, chosen: Format) -> str:
    return headers.etag(
        service().release.id, text, chosen.name, asked.default_graphs, asked.named_graphs
    )


def _answer(
    asked: Asked, text: str, shape: QueryShape, chosen: Format, tag: str | None
) -> Response:
    answer = service().run(
        text,
        chosen.media_type,
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
        shape=shape,
    )
    return send_answer(answer, chosen, tag)


def format_of(accepted: MIMEAccept, named: str | None, choices: Sequence[Format]) -> Format:
    """Return the format that is named, or that suits an Accept header best.

    Raises
    ------
    QueryError, NotAcceptable
        There is no such format, or not of such an answer.
    """
    return by_name(named, choices) if named else negotiate(accepted, choices)


def prefers_page(accepted: MIMEAccept, named: str | None) -> bool:
    """Whether an answer is wanted as a page: whoever lists text/html first, as a browser does."""
    if named:
        return named.lower() in (HTML.name, HTML.media_type)
    machine = of_kind(Kind.TABLE) + of_kind(Kind.GRAPH)
    offered = [*(f.media_type for f in machine), HTML.media_type]
    return bool(accepted) and accepted.best_match(offered) == HTML.media_type


def _wants_page(asked: Asked) -> bool:
    return prefers_page(request.accept_mimetypes, asked.format)


def _without_query(asked: Asked) -> Response:
    people = _wants_page(asked)
    if request.method == "POST" or (asked.queries and not people):
        raise QueryError(
            tell(
                "There is no query. Send GET /sparql?query=…, or POST it as %(query_body)s or "
                "%(form_body)s.",
                query_body=QUERY_BODY,
                form_body=FORM_BODY,
            )
        )
    if not people:
        return send_service(asked.format)
    return headers.revalidated(
        Response(_form(_example_text(), None), mimetype=HTML.media_type),
        headers.etag(service().release.id, "form", request.args.get("example", "")),
    )


def examples() -> list[NamedQuery]:
    """Return the queries that the form offers; to a foreign graph those that suit any."""
    found = [query for query in catalogue().values() if query.id.startswith(EXAMPLES)]
    return found if service().is_ours else [q for q in found if q.id in _GENERAL_EXAMPLES]


def _example_text() -> str:
    """Return the text that the form begins with: the example that the address names."""
    wanted = request.args.get("example", "")
    if "/" in wanted and service().is_ours and wanted.partition("/")[0] not in INTERNAL_GROUPS:
        return body_of(get_query(wanted).text)
    first = _FIRST_EXAMPLE if service().is_ours else _GENERAL_EXAMPLES[0]
    return body_of(get_query(f"{EXAMPLES}{wanted}" if wanted else first).text)


def _page(asked: Asked, text: str) -> Response:
    """Answer for people: the form again, with rows, a graph's text, or what went wrong below."""
    began = time.perf_counter()
    try:
        shape = inspect_query(text, service().pool.limits.guard)
        if kind_of(shape.form) is Kind.GRAPH:
            graph = _graph_text(asked, text, shape)
            page = _form(text, shape, graph=graph, seconds=time.perf_counter() - began)
        else:
            rows = _rows(asked, text)
            page = _form(text, shape, rows=rows, seconds=time.perf_counter() - began)
    except KgError as error:
        page, status = _form(text, None, error=error), status_of(error)
        response = Response(page, status, mimetype=HTML.media_type)
        if isinstance(error, LimitError) and error.retry_after:
            response.headers["Retry-After"] = str(error.retry_after)
        return response
    response = Response(page, mimetype=HTML.media_type)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept")
    return response


def _rows(asked: Asked, text: str) -> Rows:
    return service().rows_of(
        text, default_graphs=asked.default_graphs, named_graphs=asked.named_graphs
    )


def _graph_text(asked: Asked, text: str, shape: QueryShape) -> str:
    answer = service().run(
        text,
        "text/turtle",
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
        shape=shape,
    )
    with answer:
        return answer.read().decode()


def _form(
    text: str,
    shape: QueryShape | None,
    *,
    rows: Rows | None = None,
    graph: str | None = None,
    error: KgError | None = None,
    seconds: float = 0.0,
) -> str:
    choices = of_form(shape.form) if shape else []
    view = request.args.get("view") or _TABLE
    drawing = drawn(rows, view) if rows is not None and view != _TABLE else Markup("")
    return render_template(
        "sparql.html",
        text=text,
        rows=rows,
        graph=graph,
        error=error,
        formats=choices,
        examples=examples(),
        limits=service().pool.limits,
        shown=SHOWN_ROWS,
        shown_characters=SHOWN_CHARACTERS,
        seconds=seconds,
        view=view,
        views=[_TABLE, *views_of(rows)] if rows else [],
        drawing=drawing,
        topics=service().questions if service().is_ours else {},
    )
