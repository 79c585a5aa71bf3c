"""How answers leave: in one piece when small, from their memory file when large."""

from __future__ import annotations

from flask import Response

from kg.store.workers import Answer
from kg.web import headers
from kg.web.answers import KeptAnswer
from kg.web.encoding import IN_ONE_PIECE, FileResponse, KeptResponse
from kg.web.formats import Format
from kg.web.service import service

__all__ = ["not_modified", "send_answer", "send_text"]


def send_answer(answer: Answer, chosen: Format, tag: str | None) -> Response:
    """Return an answer of the workers with its length; without a tag nobody may keep it."""
    response: Response
    if isinstance(answer, KeptAnswer):
        response = KeptResponse(answer.kept)
        response.headers["X-Cache"] = answer.how
    elif answer.size <= IN_ONE_PIECE:
        with answer:
            response = Response(answer.read())
    else:
        response = FileResponse(answer.file, answer.size)
    hit = isinstance(answer, KeptAnswer) and answer.how == "hit"
    took = "cache;desc=hit" if hit else f"query;dur={answer.seconds * 1000:.1f}"
    response.headers["Server-Timing"] = took
    return _marked(response, chosen.content_type, tag)


def send_text(text: str | bytes, content_type: str, tag: str) -> Response:
    """Return text that this release determines."""
    return _marked(Response(text), content_type, tag)


def not_modified(tag: str) -> Response:
    """Tell the client that what it has still holds."""
    response = Response(status=304)
    response.headers["X-Rihla-Release"] = service().release.id
    return headers.revalidated(response, tag)


def _marked(response: Response, content_type: str, tag: str | None) -> Response:
    response.headers["Content-Type"] = content_type
    response.headers["X-Rihla-Release"] = service().release.id
    if tag is None:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Accept")
        return response
    return headers.revalidated(response, tag)
