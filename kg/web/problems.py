"""What can go wrong over HTTP: one registry, one handler, one shape of error.

Machines get ``application/problem+json`` (RFC 9457), people a page; both say the same.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    json,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import HTTPException, InternalServerError

from kg.errors import GoneError, InputError, KgError, LimitError, NotFoundError, QueryError
from kg.language import LANGUAGES, RIGHT_TO_LEFT, isolated, marked, spoken
from kg.store.guard import RefusedError
from kg.web import headers
from kg.web.language import language

__all__ = ["PROBLEMS", "Problem", "blueprint", "problem_text", "query_id", "register", "status_of"]

blueprint = Blueprint("problems", __name__)

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """One kind of problem: what it means, and what to do about it."""

    slug: str
    title: str
    meaning: str
    hint: str


PROBLEMS: dict[int, Problem] = {
    400: Problem(
        "bad-request",
        "The request cannot be understood",
        "The query is not valid SPARQL, a parameter is unknown or badly formed, or the text nests "
        "too deeply. The message gives line and column where they are known.",
        "Mend the place that the message names. The form at /sparql and the examples on the home "
        "page show queries that run.",
    ),
    403: Problem(
        "refused",
        "This is never done here",
        "Updates and requests to other servers (SERVICE) are refused, whoever asks, and so are "
        "files to check that another site's page sends.",
        "Ask a SELECT, ASK, CONSTRUCT or DESCRIBE query without SERVICE. The graph changes by "
        "releases only.",
    ),
    404: Problem(
        "not-found",
        "There is no such thing here",
        "No page, named query, measure or thing of the graph has this address.",
        "Start from the home page, or look the thing up with a query.",
    ),
    405: Problem(
        "method-not-allowed",
        "This method is not allowed here",
        "The address exists, and answers other methods only; the Allow header lists them.",
        "Use GET; the SPARQL endpoint takes POST as well.",
    ),
    406: Problem(
        "not-acceptable",
        "There is no such format of this answer",
        "The Accept header or ?format= asks for something that this answer cannot be written as.",
        "SELECT and ASK: json, xml, csv, tsv. SELECT also: parquet, arrow. CONSTRUCT and DESCRIBE: "
        "ttl, nt, rdf, jsonld.",
    ),
    410: Problem(
        "gone",
        "This was removed on purpose",
        "The graph once held something under this name. It was removed for good, and nothing of it "
        "is kept.",
        "Delete links and copies that you have of it.",
    ),
    413: Problem(
        "too-large",
        "Too large",
        "The request, the answer, or the memory that the query needs is above the limit. Nothing "
        "is cut off: an answer is complete, or there is none.",
        "Ask for less (LIMIT, fewer variables, a filter), or page by key.",
    ),
    415: Problem(
        "unsupported-media-type",
        "The body has a type that is not taken",
        "A POST to the SPARQL endpoint holds a form or a query, in UTF-8; one to /api/check a "
        "form with files, or one file.",
        "Send Content-Type: application/sparql-query, or application/x-www-form-urlencoded.",
    ),
    429: Problem(
        "too-many",
        "Too many queries at a time",
        "As many queries of yours as one client may have are running or waiting, or you have "
        "files checked more often than a minute allows.",
        "Wait for one to end; the Retry-After header says how long.",
    ),
    431: Problem(
        "header-too-large",
        "The header is too large",
        "The address or the header fields are longer than is read.",
        "Send long queries in the body of a POST.",
    ),
    500: Problem(
        "server-error",
        "Something went wrong here",
        "The query made the engine stop, or the server has a fault. Other requests are not "
        "affected.",
        "Ask in simpler queries; if it stays, report it with the address and the time.",
    ),
    502: Problem(
        "bad-gateway",
        "The endpoint behind this server did not answer",
        "This server passes queries on to another one, which is away, refuses, or breaks off.",
        "Try again later. Nothing was cut off: there is no answer.",
    ),
    503: Problem(
        "busy",
        "Busy",
        "All query workers are taken and enough queries wait already.",
        "Try again after the seconds in the Retry-After header.",
    ),
    504: Problem(
        "time-limit",
        "The query took too long",
        "It was stopped at the limit of time. Nothing was cut off: there is no answer.",
        "Start from the most selective pattern, avoid pairs of everything with everything, or "
        "take the network calls, which are made for counting pairs.",
    ),
}
"""Kinds of problems by HTTP status."""


@blueprint.get("/problems")
def explained() -> Response:
    """Explain the kinds of errors: the ``type`` of a problem document leads here."""
    text = render_template("problems.html", problems=PROBLEMS)
    return headers.revalidated(Response(text, mimetype="text/html"), headers.etag(text))


def query_id() -> str:
    """Return the name of this request, which stands in its answer and in the log."""
    if "query_id" not in g:
        g.query_id = secrets.token_hex(6)
    return str(g.query_id)


def register(app: Flask) -> None:
    """Make the application answer every error in the one shape."""
    app.after_request(_named)
    app.register_error_handler(KgError, _handle_own)
    app.register_error_handler(HTTPException, _handle_http)


def _named(response: Response) -> Response:
    response.headers["X-Query-Id"] = query_id()
    return response


def _handle_own(error: KgError) -> Response:
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        current_app.logger.warning("%s %s: %s", query_id(), type(error).__name__, error)
    response = _respond(status, error.told, _more(error, _language()))
    if isinstance(error, LimitError) and error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def status_of(error: KgError) -> int:
    """Return the HTTP status that says what kind of error this is."""
    if isinstance(error, LimitError | RefusedError):
        return error.status
    if isinstance(error, GoneError):
        return HTTPStatus.GONE
    if isinstance(error, NotFoundError):
        return HTTPStatus.NOT_FOUND
    if isinstance(error, QueryError | InputError):
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _more(error: KgError, code: str) -> dict[str, Any]:
    """Return what an error says beside its message: a place, candidates, its own hint."""
    if isinstance(error, GoneError) and error.hint:
        return {"hint": spoken(error.hint, code)}
    if not isinstance(error, QueryError):
        return {}
    known = error.line is not None and error.column is not None
    place = {"line": error.line, "column": error.column} if known else {}
    found = [candidate._asdict() for candidate in error.candidates]
    return {**place, "candidates": found} if found else place


def _handle_http(error: HTTPException) -> Response:
    if isinstance(error, InternalServerError):
        # Flask has written the trace to the log; a stranger gets no part of it.
        detail = marked("The server met a fault of its own.")
    else:
        # werkzeug's own descriptions speak of URLs and proxies; ours say what is the matter here
        own = error.description if error.description != type(error).description else None
        detail = own or _problem(error.code or 500).meaning
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    response = _respond(status, detail, {})
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _respond(status: int, detail: str, more: dict[str, Any]) -> Response:
    problem, code = _problem(status), _language()
    document: dict[str, Any] = {
        "type": url_for("problems.explained", _anchor=problem.slug, _external=True),
        "title": spoken(problem.title, code),
        "status": status,
        "detail": spoken(detail, code),
        "hint": spoken(problem.hint, code),
        **more,
        "query_id": query_id(),
    }
    if _wants_page():
        if code in RIGHT_TO_LEFT:
            document["detail"] = spoken(isolated(detail), code)
        page = render_template("error.html", problem=document)
        return _uncached(Response(page, status, mimetype="text/html"))
    text = json.dumps(document, ensure_ascii=False)
    response = _uncached(Response(text, status, mimetype=MEDIA_TYPE))
    response.headers["Content-Language"] = code
    response.vary.add("Accept-Language")
    return response


def _language() -> str:
    """Return the language of the address; without one, for a program, the one that it accepts."""
    if language() != "en" or _wants_page():
        return language()
    return request.accept_languages.best_match(list(LANGUAGES), "en")


def problem_text(status: int, detail: str) -> tuple[int, str, bytes]:
    """Return status, media type and body for a request that never became one.

    There is no address to build links with, and no page for it: no browser sends such a thing.
    """
    problem = _problem(status)
    document = {
        "type": f"/problems#{problem.slug}",
        "title": problem.title,
        "status": status,
        "detail": detail,
        "hint": problem.hint,
        "query_id": secrets.token_hex(6),
    }
    return status, MEDIA_TYPE, json.dumps(document, ensure_ascii=False).encode()


def _problem(status: int) -> Problem:
    return PROBLEMS.get(status) or PROBLEMS[400 if status < 500 else 500]


def _wants_page() -> bool:
    """Tell browsers, which name text/html, from programs, which do not or prefer something else."""
    offered = [MEDIA_TYPE, "application/json", "text/html"]
    names_html = any(value == "text/html" for value, _ in request.accept_mimetypes)
    return names_html and request.accept_mimetypes.best_match(offered) == "text/html"


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response
