"""The OpenAPI 3.1 document of all calls."""

from __future__ import annotations

from typing import Any

import kg
from kg.web.openapi import parameters as p
from kg.web.openapi.calls import Call
from kg.web.problems import MEDIA_TYPE, PROBLEMS

__all__ = ["document"]

_ALWAYS = (405, 410, 413, 429, 431, 500, 503, 504)
"""What any call may answer with, beside its own."""

_TEXTS = {"type": "object", "additionalProperties": True}
_SCHEMAS: dict[str, Any] = {
    "Object": {"type": "object"},
    "Table": {
        "type": "object",
        "required": ["columns", "rows", "meta"],
        "properties": {
            "columns": {"type": "array", "items": {"type": "string"}},
            "rows": {"type": "array", "items": _TEXTS},
            "meta": {
                "type": "object",
                "required": ["release"],
                "properties": {"release": {"type": "string"}},
            },
        },
    },
    "Bindings": {
        "type": "object",
        "required": ["head"],
        "properties": {
            "head": {"type": "object"},
            "results": {
                "type": "object",
                "required": ["bindings"],
                "properties": {"bindings": {"type": "array", "items": _TEXTS}},
            },
            "boolean": {"type": "boolean"},
        },
    },
    "Candidate": {
        "type": "object",
        "required": ["label", "type", "iri"],
        "properties": {name: {"type": "string"} for name in ("label", "type", "iri")},
    },
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail", "hint", "query_id"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "hint": {"type": "string"},
            "query_id": {"type": "string"},
            "line": {"type": "integer"},
            "column": {"type": "integer"},
            "candidates": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/Candidate"},
            },
        },
    },
}


def document(calls: list[Call], title: str, address: str, release: str) -> dict[str, Any]:
    """Return the OpenAPI document.

    Parameters
    ----------
    calls:
        From :func:`kg.web.openapi.all_calls`.
    title, address, release:
        The project's name, where its server is, and the release that is served.
    """
    paths: dict[str, Any] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method] = _operation(call)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": kg.__version__,
            "summary": "An open knowledge graph of international research training.",
            "description": (
                f"Answers are of release {release}. Each names its permanent address "
                "(Link: rel=bookmark), which is the same address with release=<id>."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": address}],
        "externalDocs": {"url": f"{address}/api"},
        "tags": [{"name": name} for name in dict.fromkeys(call.group for call in calls)],
        "paths": paths,
        "components": {"schemas": _SCHEMAS},
    }


def _operation(call: Call) -> dict[str, Any]:
    release = p.query("release", {"type": "string"}, "Answer from this release, while it is kept.")
    stated = {
        "operationId": call.id,
        "tags": [call.group],
        "summary": call.title,
        "description": call.description or call.title,
        "parameters": [*call.parameters, *([release] if call.pinned else [])],
        "responses": _responses(call),
    }
    if call.body:
        content = {kind: {"schema": schema} for kind, schema in call.body.items()}
        stated["requestBody"] = {"required": True, "content": content}
    return stated


def _responses(call: Call) -> dict[str, Any]:
    content = {
        kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}} if schema else {}
        for kind, schema in call.answers.items()
    }
    found: dict[str, Any] = {"200": {"description": "The answer.", "content": content}}
    found["304"] = {"description": "What the client holds is still right."}
    wrong = {
        MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
        "text/html": {},
    }
    for status in sorted({*call.statuses, *_ALWAYS, *((404,) if call.pinned else ())}):
        found[str(status)] = {"description": PROBLEMS[status].title, "content": wrong}
    return found
