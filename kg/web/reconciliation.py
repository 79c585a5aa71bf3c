"""Reconciliation for OpenRefine and others: the W3C Reconciliation Service API, version 0.2.

https://reconciliation-api.github.io/specs/0.2/ is the specification. JSONP is not offered: any
page may read the answers (CORS).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
from flask import Blueprint, Response, json, jsonify, render_template, request, url_for

from kg.errors import NotFoundError, QueryError
from kg.reconcile.entities import KINDS, Entities, Entity, Hit, iri_end
from kg.terms import DEFAULT_BASE, VOCABULARY_BASE
from kg.web import headers
from kg.web.service import service

__all__ = ["PROPERTIES", "blueprint"]

blueprint = Blueprint("reconciliation", __name__, url_prefix="/reconcile")

MOST_QUERIES = 100
MOST_IDS = 1_000
MOST_CHARACTERS = 2_000
MOST_CANDIDATES = 50
_PREVIEW = {"width": 430, "height": 260}
PROPERTIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "name": ("Name", KINDS),
    "alias": ("Other names", KINDS),
    "acronym": ("Acronyms", ("Organisation",)),
    "country": ("Country", ("Organisation",)),
    "city": ("City", ("Organisation",)),
    "url": ("Website", ("Organisation",)),
    "part_of": ("Part of", ("Organisation",)),
    "ror": ("ROR id", ("Organisation",)),
    "orcid": ("ORCID iD", ("Person",)),
    "wikidata": ("Wikidata item", ("Organisation", "Country")),
    "iso2": ("ISO 3166 code, two letters", ("Country",)),
    "iso3": ("ISO 3166 code, three letters", ("Country",)),
    "broader": ("Broader topic", ("Topic",)),
}
"""What can be fetched of a thing: property → its name and the kinds that have it."""
_LABELS = {"Organisation": "Organisation", "Person": "Person", "Topic": "Topic",
           "Country": "Country"}  # fmt: skip


_READING = threading.Lock()  # two first requests read once


@lru_cache(maxsize=2)
def _read(names: Path, details: Path) -> Entities:
    return Entities(pl.read_parquet(names), pl.read_parquet(details))


def entities() -> Entities:
    """Return the things of the release that is served, by name; read once for each release.

    Raises
    ------
    NotFoundError
        The release was built by a version that kept no such tables.
    """
    release = service().release
    paths = release.columns("names"), release.columns("details")
    if not all(path.exists() for path in paths):
        raise NotFoundError(
            "This release lacks the flat tables that reconciliation reads. Build it anew with "
            "'kg build --force'."
        )
    with _READING:
        return _read(*paths)


@blueprint.route("", methods=["GET", "POST"], strict_slashes=False)
def endpoint() -> Response:
    """Answer queries, extend data, or describe the service where nothing is asked."""
    if "callback" in request.values:
        raise QueryError("callback: JSONP is not offered. Ask without it: CORS allows any page.")
    if "extend" in request.values:
        return _answer(_extended(_document("extend", dict)))
    if "queries" in request.values:
        return _answer(_batch(_document("queries", dict)))
    if "query" in request.values:
        text = request.values["query"]
        asked = _document("query", dict) if text.lstrip().startswith("{") else {"query": text}
        return _answer({"result": _results(asked, "query")})
    return _answer(manifest())


def manifest() -> dict[str, Any]:
    """Return what the service is and offers."""
    here = url_for("reconciliation.endpoint", _external=True).rstrip("/")
    served = service()
    page = url_for("data.page", kind="KIND", key="KEY", _external=True)
    offered = {
        what: {
            "service_url": here,
            "service_path": f"/suggest/{what}",
            "flyout_service_path": f"/flyout/{what}?id=${{id}}",
        }
        for what in ("entity", "type", "property")
    }
    return {
        "versions": ["0.2"],
        "name": served.release.manifest["title"],
        "identifierSpace": served.base,
        "schemaSpace": VOCABULARY_BASE,
        "documentation": "https://w3id.org/rihla/ontology",
        "defaultTypes": [_type(kind) for kind in KINDS],
        "view": {"url": page.replace("KIND/KEY", "{{id}}")},
        "preview": {**_PREVIEW, "url": f"{here}/preview?id={{{{id}}}}"},
        "suggest": offered,
        "extend": {
            "propose_properties": {"service_url": here, "service_path": "/properties"},
            "property_settings": [],
        },
        "batchSize": MOST_QUERIES,
    }


def _batch(queries: Mapping[str, Any]) -> dict[str, Any]:
    if len(queries) > MOST_QUERIES:
        raise QueryError(
            f"queries: found {len(queries)} queries. Accepted: {MOST_QUERIES} at a time."
        )
    return {key: {"result": _results(asked, key)} for key, asked in queries.items()}


def _results(asked: Any, where: str) -> list[dict[str, Any]]:
    if not isinstance(asked, dict):
        raise QueryError(f"{where}: found {str(asked)[:80]!r}. Accepted: an object with query.")
    properties = _asked_properties(asked.get("properties", []), where)
    text = asked.get("query", "") or properties.get("name", "")
    if not isinstance(text, str) or not text or len(text) > MOST_CHARACTERS:
        raise QueryError(
            f"{where}: query: found {str(text)[:80]!r}. Accepted: a text of 1 to "
            f"{MOST_CHARACTERS:,} characters."
        )
    hits = entities().look_up(
        text,
        _kinds(asked.get("type", []), where),
        _limit(asked.get("limit", 5), where),
        properties.get("country"),
        properties.get("city"),
    )
    return [_candidate(hit) for hit in hits if not service().is_forgotten(hit.entity.iri)]


def _asked_properties(given: Any, where: str) -> dict[str, str]:
    """Return the first value of each property as text; those that are not known are left out."""
    if not isinstance(given, list) or not all(isinstance(p, dict) and "pid" in p for p in given):
        raise QueryError(f"{where}: properties: Accepted: a list of objects with pid and v.")
    found = {}
    for entry in given:
        value = entry.get("v")
        first = value[0] if isinstance(value, list) and value else value
        text = first.get("id", first.get("name")) if isinstance(first, dict) else first
        if isinstance(text, str) and text.strip():
            found[str(entry["pid"])] = text
    return found


def _kinds(given: Any, where: str) -> list[str]:
    wanted = [given] if isinstance(given, str) else given
    if not isinstance(wanted, list):
        raise QueryError(f"{where}: type: Accepted: {', '.join(KINDS)}, one or a list.")
    kinds = [iri_end(str(w.get("id") if isinstance(w, dict) else w)) for w in wanted if w]
    for kind in kinds:
        if kind not in KINDS:
            raise QueryError(f"{where}: type: found {kind!r}. Accepted: {', '.join(KINDS)}.")
    return kinds


def _limit(given: Any, where: str) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= MOST_CANDIDATES:
        raise QueryError(
            f"{where}: limit: found {str(given)[:20]!r}. Accepted: a whole number from 1 to "
            f"{MOST_CANDIDATES}."
        )
    return given


def _candidate(hit: Hit) -> dict[str, Any]:
    return {
        "id": id_of(hit.entity.iri),
        "name": hit.entity.name,
        "description": "; ".join((_description(hit.entity), *hit.reasons)).lstrip("; "),
        "type": [_type(hit.entity.kind)],
        "score": hit.score,
        "match": hit.match,
    }


def id_of(iri: str) -> str:
    """Return the id of a thing: its IRI without the identifier space, where it is in that."""
    return iri.removeprefix(service().base)


def _entity(text: str) -> Entity:
    """Return the thing with an id, which may be the whole IRI."""
    known = entities().by_iri
    for iri in (text, f"{service().base}{text}", f"{DEFAULT_BASE}{text}"):
        if iri in known and not service().is_forgotten(iri):
            return known[iri]
    raise NotFoundError(f"id: found {text[:200]!r}. Accepted: the id of a thing of this release.")


def _type(kind: str) -> dict[str, str]:
    return {"id": kind, "name": _LABELS[kind]}


def _description(entity: Entity) -> str:
    city = next(iter(entity.fields.get("city", ())), "")
    country = _name_of(next(iter(entity.fields.get("country", ())), ""))
    return ", ".join(part for part in (city, country) if part)


def _name_of(iri: str) -> str:
    found = entities().by_iri.get(iri)
    return found.name if found else iri


@blueprint.get("/suggest/<what>")
def suggest(what: str) -> Response:
    """Complete the name of an entity, a type or a property."""
    prefix = request.args.get("prefix", "").strip()
    if not prefix or len(prefix) > MOST_CHARACTERS:
        raise QueryError("prefix: Accepted: the beginning of a name.")
    if what == "entity":
        kinds = _kinds([t for t in request.args.get("type", "").split(",") if t], "suggest")
        found = entities().starting_with(prefix, kinds, 10)
        shown = [entity for entity in found if not service().is_forgotten(entity.iri)]
        return _answer({"result": [_suggestion(entity) for entity in shown]})
    folded = prefix.lower()
    if what == "type":
        kinds = [k for k in KINDS if folded in k.lower()]
        return _answer({"result": [_type(kind) for kind in kinds]})
    if what == "property":
        properties = [
            {"id": pid, "name": name}
            for pid, (name, _) in PROPERTIES.items()
            if folded in name.lower() or folded in pid
        ]
        return _answer({"result": properties})
    raise NotFoundError(f"There is no {what!r}. Accepted: entity, type, property.")


def _suggestion(entity: Entity) -> dict[str, Any]:
    return {
        "id": id_of(entity.iri),
        "name": entity.name,
        "description": _description(entity),
        "notable": [_type(entity.kind)],
    }


@blueprint.get("/flyout/<what>")
def flyout(what: str) -> Response:
    """Say in a little HTML what an entity, a type or a property is."""
    asked = request.args.get("id", "")
    if what == "entity":
        html = _preview(asked)
    elif what == "type" and asked in KINDS:
        html = f"<p>{_LABELS[asked]}: {quote(VOCABULARY_BASE, safe=':/#')}{asked}</p>"
    elif what == "property" and asked in PROPERTIES:
        name, kinds = PROPERTIES[asked]
        html = f"<p>{name} ({', '.join(kinds)})</p>"
    else:
        raise NotFoundError(f"There is no {what} with the id {asked[:80]!r}.")
    return _answer({"id": asked, "html": html})


@blueprint.get("/preview")
def preview() -> Response:
    """Show a thing in the small window that clients open over a candidate."""
    response = Response(_preview(request.args.get("id", "")), mimetype="text/html")
    # Clients show it in a frame of their own page; there is nothing in it to click on but a link.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors *"
    )
    return response


def _preview(asked: str) -> str:
    entity = _entity(asked)
    place = service().place_of(entity.iri)
    facts = [
        (PROPERTIES[name][0], [_name_of(value) for value in values][:5])
        for name, values in entity.fields.items()
        if name in PROPERTIES
    ]
    others = list(dict.fromkeys(name for name, _ in entity.names if name != entity.name))
    return render_template(
        "preview.html",
        entity=entity,
        facts=facts,
        others=others[:8],
        page=url_for("data.page", kind=place[0], key=place[1], _external=True) if place else None,
    )


@blueprint.get("/properties")
def properties() -> Response:
    """Propose what can be fetched of the things of a type."""
    asked = request.args.get("type", "")
    kinds = _kinds(asked, "properties") if asked else list(KINDS)
    limit = request.args.get("limit", "")
    offered = [
        {"id": pid, "name": name}
        for pid, (name, owners) in PROPERTIES.items()
        if set(owners) & set(kinds)
    ]
    kept = offered[: int(limit)] if limit.isascii() and limit.isdigit() else offered
    return _answer({"type": asked, "properties": kept, **({"limit": len(kept)} if limit else {})})


def _extended(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of properties for each id; an id that is not known has none."""
    ids, wanted = asked.get("ids"), asked.get("properties")
    if not isinstance(ids, list) or not isinstance(wanted, list) or len(ids) > MOST_IDS:
        raise QueryError(f"extend: Accepted: ids (a list, at most {MOST_IDS:,}) and properties.")
    pids = [p.get("id") if isinstance(p, dict) else None for p in wanted]
    for pid in pids:
        if pid not in PROPERTIES:
            raise QueryError(
                f"extend: properties: found {pid!r}. Accepted: {', '.join(PROPERTIES)}."
            )
    known = [str(pid) for pid in pids]
    return {
        "meta": [{"id": pid, "name": PROPERTIES[pid][0]} for pid in known],
        "rows": {str(key): {pid: _cells(str(key), pid) for pid in known} for key in ids},
    }


def _cells(key: str, pid: str) -> list[dict[str, Any]]:
    try:
        entity = _entity(key)
    except NotFoundError:
        return []
    if pid == "name":
        return [{"str": entity.name}]
    if pid in ("alias", "acronym"):
        own = [n for n, kind in entity.names if (kind == "acronym") == (pid == "acronym")]
        return [{"str": name} for name in dict.fromkeys(own) if name != entity.name]
    known = entities().by_iri
    return [
        {"id": id_of(value), "name": known[value].name} if value in known else {"str": value}
        for value in entity.fields.get(pid, ())
    ]


def _document(name: str, kind: type) -> Any:
    """Return a parameter's JSON."""
    try:
        found = json.loads(request.values[name])
    except (ValueError, RecursionError) as error:
        raise QueryError(f"{name}: is not JSON: {error}. Accepted: an object.") from error
    if not isinstance(found, kind):
        raise QueryError(f"{name}: found {str(found)[:80]!r}. Accepted: a JSON object.")
    return found


def _answer(document: Mapping[str, Any] | Sequence[Any]) -> Response:
    response = jsonify(document)
    response.headers["X-Rihla-Release"] = service().release.id
    if request.method == "POST":
        return response
    tag = headers.etag(service().release.id, response.get_data(as_text=True))
    return headers.revalidated(response, tag)
