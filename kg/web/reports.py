"""Reports about a bloc, a country or an institution: the page that offers one, and its files."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, url_for

from kg.analysis.report import Report, as_html, as_markdown, in_words
from kg.errors import KgError, LimitError, NotFoundError
from kg.language import speaking, tell
from kg.web import headers
from kg.web.analyse import asked_language
from kg.web.formats import HTML
from kg.web.language import language
from kg.web.panels import reference
from kg.web.profiles.things import Thing, thing_at
from kg.web.report_desk import Desk, Order
from kg.web.sending import not_modified, send_text
from kg.web.service import service
from kg.web.uploads import refuse_other_sites

__all__ = ["FORMS", "REPORTED", "blueprint"]

blueprint = Blueprint("reports", __name__)

REPORTED: Mapping[str, str] = {
    "bloc": "bloc",
    "country": "country",
    "organisation": "institution",
}
"""Kind of a profile → what a report about it is called."""

blueprint.app_context_processor(lambda: {"reported": REPORTED})

_PATIENCE_S = 5  # how long a program waits for a report
_RETRY_S = 5
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # of the files in an archive: the same report is the same bytes


@blueprint.get("/report/<kind>/<path:key>")
def page(kind: str, key: str) -> Response:
    """Offer the report about a thing: to be ordered, how far it is, or to be read."""
    thing = _thing(kind, key)
    found = _desk().found(service(), thing.iri)
    text = render_template(
        "report.html",
        thing=thing,
        report=in_words(found, _names(language())) if isinstance(found, Report) else None,
        order=found if isinstance(found, Order) else None,
        error=found if isinstance(found, KgError) else None,
        addresses={suffix: _address(thing, suffix) for suffix in FORMS},
        command=f"kg analyse report --{REPORTED[thing.kind.name]} {reference(thing.iri)}",
    )
    response = Response(text, mimetype=HTML.media_type)
    response.headers["Cache-Control"] = "no-store"  # what is kept today may be gone tomorrow
    return response


@blueprint.post("/report/<kind>/<path:key>")
def order(kind: str, key: str) -> Response:
    """Order the report about a thing, and lead to its page."""
    refuse_other_sites()
    thing = _thing(kind, key)
    if not isinstance(_desk().found(service(), thing.iri), Report):
        _order(thing)
    return redirect(url_for("reports.page", kind=kind, key=key), 303)  # type: ignore[return-value]


@blueprint.get("/api/report/<kind>/<path:key_and_suffix>")
def file(kind: str, key_and_suffix: str) -> Response:
    """Send a report as ``html`` (one file that loads nothing) or ``zip`` (Markdown and drawings).

    ``language``: of its words and of the names of things. One that is not made yet is ordered; the
    answer is 503 with ``Retry-After`` until it is there.
    """
    key, _, suffix = key_and_suffix.rpartition(".")
    if suffix not in FORMS or not key:
        raise NotFoundError(
            tell("The address ends in no known format. Accepted: %(names)s.", names=_suffixes())
        )
    thing, code = _thing(kind, key), asked_language()
    tag = headers.etag(service().release.id, str(service().graph.policy), thing.iri, suffix, code)
    if headers.is_known(tag):
        return not_modified(tag)
    report = in_words(_made(thing), _names(code))
    with speaking(code):
        return FORMS[suffix](report, tag)


def _thing(kind: str, key: str) -> Thing:
    thing = thing_at(kind, key)
    if thing.kind.name not in REPORTED:
        raise NotFoundError(
            tell(
                "There are reports about a %(kinds)s; %(thing)s is none.",
                kinds=", ".join(REPORTED.values()),
                thing=thing.label,
            )
        )
    return thing


def _desk() -> Desk:
    desk: Desk = current_app.extensions["rihla.reports"]
    return desk


def _order(thing: Thing) -> Order:
    kind = REPORTED[thing.kind.name]
    return _desk().order(service(), kind, thing.iri, reference(thing.iri))


def _made(thing: Thing) -> Report:
    """Return a report, after a while at most.

    Raises
    ------
    KgError
        It is not there yet (LimitError), or cannot be made.
    """
    found = _desk().found(service(), thing.iri)
    if not isinstance(found, Report):
        waited = _order(thing)
        waited.ended.wait(_PATIENCE_S)
        found = _desk().found(service(), thing.iri)
    if isinstance(found, Report):
        return found
    if isinstance(found, KgError):
        raise found
    done, of = (found.done, found.of) if found else (0, 0)
    raise LimitError(
        tell(
            "The report is being made: %(done)s of %(of)s analyses are answered. Ask again.",
            done=done,
            of=of,
        ),
        retry_after=_RETRY_S,
    )


def _names(code: str) -> Mapping[str, str]:
    return {} if code == "en" else service().labels(code)


def _address(thing: Thing, suffix: str) -> str:
    spoken: dict[str, Any] = {} if language() == "en" else {"language": language()}
    kind, key = thing.place
    return url_for("reports.file", kind=kind, key_and_suffix=f"{key}.{suffix}", **spoken)


def _suffixes() -> str:
    return ", ".join(f".{suffix}" for suffix in FORMS)


def _page_of(report: Report, tag: str) -> Response:
    """Send the one file: the browser may use the style that stands in it, and nothing else."""
    text = as_html(report)
    allowed = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
        for style in _STYLE.findall(text)
    )
    response = send_text(text, HTML.content_type, tag)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {allowed}; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    return response


def _archive_of(report: Report, tag: str) -> Response:
    text, drawings = as_markdown(report, "report_files")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("report.md", _LONG_AGO), text.encode(),
                         zipfile.ZIP_DEFLATED)  # fmt: skip
        for name, svg in drawings.items():
            entry = zipfile.ZipInfo(f"report_files/{name}", _LONG_AGO)
            archive.writestr(entry, svg.encode(), zipfile.ZIP_DEFLATED)
    response = send_text(buffer.getvalue(), "application/zip", tag)
    response.headers.set("Content-Disposition", "attachment", filename="report.zip")
    return response


FORMS: Mapping[str, Callable[[Report, str], Response]] = {"html": _page_of, "zip": _archive_of}
"""Suffix of an address → how the report is sent."""
