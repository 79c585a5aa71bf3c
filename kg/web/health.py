"""Whether the server lives, and whether it answers."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from kg.errors import KgError
from kg.web.bindings import rows_from_json
from kg.web.service import JSON, service

__all__ = ["blueprint"]

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """Say that the process answers; touches neither store nor workers."""
    return _uncached({"status": "ok"}, 200)


@blueprint.get("/readyz")
def ready() -> Response:
    """Ask a worker for one triple: 200 with the release when it answers, else 503."""
    try:
        # Not from memory: this asks whether the workers answer.
        with service().pool.run(service().bound("pages/any-statement", {}), JSON) as answer:
            found = rows_from_json(answer.read())
    except KgError as error:
        return _uncached({"status": "not ready", "detail": str(error)}, 503)
    state = {"status": "ready" if len(found) else "empty", "release": service().release.id}
    return _uncached(state, 200 if len(found) else 503)


def _uncached(document: dict[str, str], status: int) -> Response:
    response = jsonify(document)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
