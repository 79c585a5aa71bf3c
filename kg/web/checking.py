"""Checking a steward's files: the page with its form and report, and the call for programs.

Nothing of a file is kept: it is read in a child with limits, and what was found goes back with
the answer, its downloads included.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from kg.checking import ANSWERS, CheckLimits, Question, ask
from kg.checking.asking import Checked
from kg.errors import InputError, KgError
from kg.settings import CheckSettings
from kg.store.guard import RefusedError
from kg.store.workers import MIB
from kg.tables import FORMATS
from kg.web import headers
from kg.web.accepted import said_accepted
from kg.web.formats import HTML
from kg.web.problems import status_of
from kg.web.rates import Turnstile
from kg.web.service import service
from kg.web.stewards import tables_of
from kg.web.uploads import refuse_other_sites, sent_files

__all__ = ["TYPES", "blueprint"]

blueprint = Blueprint("checking", __name__)

TYPES: Mapping[str, tuple[str, str]] = {
    "json": ("application/json", "report.json"),
    "csv": ("text/csv; charset=utf-8", "report.csv"),
    "refused": ("application/zip", "refused.zip"),
}
"""Answer → its media type and the name that it is saved under."""

_PER_GROUP = 20  # cells of a kind that the page shows


@blueprint.record
def _prepare(state: Any) -> None:
    app: Flask = state.app
    settings: CheckSettings = app.extensions["rihla"].settings.check
    app.extensions["rihla.check"] = Turnstile(settings.per_minute, patience=settings.seconds)


@blueprint.get("/check")
def form() -> Response:
    """Show the form for files to check."""
    tag = headers.etag(service().release.id, "check", str(_settings()))
    return headers.revalidated(_page(), tag)


@blueprint.post("/check")
def report() -> Response:
    """Check the files of the form; show the report, or send the one file that was asked for."""
    try:
        answer = _question("answer", "page")
        checked = _checked(answer)
    except (KgError, HTTPException) as error:
        status = status_of(error) if isinstance(error, KgError) else error.code
        page = _page(error=error if isinstance(error, KgError) else error.description)
        page.status_code = status or HTTPStatus.INTERNAL_SERVER_ERROR
        if after := getattr(error, "retry_after", None):
            page.headers["Retry-After"] = str(after)
        return _unkept(page)
    if answer.answer != "page":
        return _sent(checked, answer.answer)
    return _unkept(_page(checked=checked, files=_enclosed(checked), groups=_groups(checked)))


@blueprint.post("/api/check")
def call() -> Response:
    """Check files for a program: ``format`` json (default), csv or refused."""
    question = _question("format", "json")
    if question.answer == "page":
        raise InputError(f"format: found 'page'. Accepted: {', '.join(TYPES)}.")
    return _sent(_checked(question), question.answer)


def _settings() -> CheckSettings:
    return service().settings.check


def _question(name: str, usual: str) -> Question:
    """Return what is asked, from the address and the form."""
    settings = _settings()
    if not settings.uploads:
        raise RefusedError("This server checks no files. Run kg check where they are.")
    refuse_other_sites()
    # read only now: what is not for this view is refused at the size of a query
    request.max_content_length = settings.max_mib * MIB
    given = {**request.args.to_dict(), **request.form.to_dict()}
    return Question(
        given.get(name) or usual, given.get("table") or None, given.get("dates") or None
    ).checked(tables_of(service().release.path))


def _checked(question: Question) -> Checked:
    files = sent_files()
    settings, served = _settings(), service()
    turnstile: Turnstile = current_app.extensions["rihla.check"]
    with turnstile.passed(request.remote_addr or ""):
        return ask(
            files,
            question,
            tables_of(served.release.path),
            served.base,
            served.release,
            CheckLimits(settings.seconds, settings.memory_mib * MIB),
        )


def _sent(checked: Checked, answer: str) -> Response:
    media_type, name = TYPES[answer]
    response = Response(checked.parts[answer], content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Rihla-Release"] = service().release.id
    return _unkept(response)


def _page(**found: Any) -> Response:
    text = render_template(
        "check.html",
        said_accepted=said_accepted,
        limits=_settings(),
        tables=sorted(tables_of(service().release.path).tables),
        endings=list(FORMATS),
        answers=ANSWERS[1:],
        given=request.form if request.method == "POST" and "error" not in found else {},
        **found,
    )
    return Response(text, mimetype=HTML.media_type)


def _enclosed(checked: Checked) -> dict[str, tuple[str, str]]:
    """Return the files of a report as addresses that hold them whole, with their names."""
    return {
        answer: (
            f"data:{media_type.partition(';')[0]};base64,"
            + base64.b64encode(checked.parts[answer]).decode(),
            name,
        )
        for answer, (media_type, name) in TYPES.items()
        if answer in checked.parts
    }


def _groups(checked: Checked) -> list[dict[str, Any]]:
    """Return the kinds of faults with the first cells of each."""
    groups = []
    for severity, table, column, rule, count in checked.summary["groups"]:
        key = (severity, table, column, rule)
        own = [
            p
            for p in checked.summary["problems"]
            if (p["severity"], p["table"], p["column"], p["rule"]) == key
        ]
        groups.append({"severity": severity, "table": table, "column": column, "rule": rule,
                       "count": count, "problems": own[:_PER_GROUP]})  # fmt: skip
    return groups


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
