"""What programs can ask: a page about every call, and the same as an OpenAPI document."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request

from kg.web import headers
from kg.web.formats import HTML
from kg.web.openapi import Call, all_calls, document
from kg.web.sending import not_modified, send_text
from kg.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("api_docs", __name__)


@blueprint.get("/api/openapi.json")
def openapi() -> Response:
    """Send the OpenAPI 3.1 document of every call."""
    tag = headers.etag(service().release.id, "openapi", request.url_root)
    if headers.is_known(tag):
        return not_modified(tag)
    title = service().settings.project.title
    found = document(all_calls(), title, request.url_root.rstrip("/"), service().release.id)
    return send_text(json.dumps(found, ensure_ascii=False), "application/json", tag)


@blueprint.get("/api")
def page() -> Response:
    """Show every call with its parameters, formats, an example, and how curl asks it."""
    tag = headers.etag(service().release.id, "api", request.url_root, request.full_path)
    if headers.is_known(tag):
        return not_modified(tag)
    groups: dict[str, list[Call]] = {}
    for call in all_calls():
        groups.setdefault(call.group, []).append(call)
    root = request.host_url.rstrip("/")
    text = render_template("api.html", groups=groups, root=root)
    return headers.revalidated(Response(text, mimetype=HTML.media_type), tag)
