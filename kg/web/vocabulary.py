"""The ontology, for people, editors and machines; and the description of the dataset."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from kg.errors import QueryError
from kg.language import tell
from kg.ontology import load_ontology
from kg.ontology.completion import Completions
from kg.ontology.docs import Documentation, read_documentation
from kg.ontology.docs.pages import (
    Links,
    Page,
    overview_page,
    scheme_page,
    search_index,
    static_folder,
    term_page,
)
from kg.provenance import GraphNames
from kg.web import headers
from kg.web.dataset import send_dataset
from kg.web.formats import HTML, Format, Kind, by_name, negotiate, of_kind
from kg.web.language import language as page_language
from kg.web.sending import not_modified, send_answer, send_text
from kg.web.service import service

__all__ = ["blueprint", "terms_of_vocabulary"]

blueprint = Blueprint("vocabulary", __name__)

DATA = ("ttl", "rdf", "jsonld", "nt")
"""The suffixes of ``/ontology``."""

SHOWN_TERMS = 20
_LANGUAGE = "<any(en, ar, fr):language>"
# The search is a script of ours, which loads its index; everything else is as on other pages.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ASSETS = {
    "ontology.css": "text/css; charset=utf-8",
    "ontology.js": "text/javascript; charset=utf-8",
}


@dataclass
class _Shelf:
    """The documentation of the release's ontology, read when it is first asked for."""

    folder: Path

    @cached_property
    def docs(self) -> Documentation:
        return read_documentation(load_ontology(self.folder))

    @cached_property
    def completions(self) -> Completions:
        return Completions(self.docs)


_lock = Lock()


def _shelf() -> _Shelf:
    """Return the documentation: of the copy in the release, else of the project's folder."""
    with _lock:
        kept = service().release.path / "ontology"
        folder = kept if (kept / "rihla.ttl").is_file() else service().settings.ontology
        known: _Shelf | None = current_app.extensions.get("rihla-ontology")
        if known is None or known.folder != folder:  # another release came
            shelf = _Shelf(folder)
            _ = shelf.completions  # under the lock, so that it is read once
            current_app.extensions["rihla-ontology"] = shelf
        found: _Shelf = current_app.extensions["rihla-ontology"]
        return found


@blueprint.get("/ontology")
def ontology() -> Response:
    """Show the overview to people, and send the vocabulary as RDF to machines."""
    chosen = _chosen([HTML, *of_kind(Kind.GRAPH)])
    if chosen is HTML:
        links = Links(page_language(), up="ontology/", data="../", switch=False)
        return _shown(overview_page(_shelf().docs, links), links)
    return _data(chosen)


@blueprint.get("/ontology/")
def ontology_folder() -> AnyResponse:
    """Lead to the overview."""
    return redirect(url_for("vocabulary.ontology"), 308)


@blueprint.get("/ontology.<suffix>")
def ontology_data(suffix: str) -> Response:
    """Send the vocabulary as RDF: ttl, rdf, jsonld, nt."""
    if suffix not in DATA:
        raise NotFound(f"There is no /ontology.{suffix}. Accepted: {', '.join(DATA)}.")
    return _data(by_name(suffix, of_kind(Kind.GRAPH)))


@blueprint.get(f"/ontology/{_LANGUAGE}/")
def overview(language: str) -> Response:
    """Show the overview in a language."""
    links = Links(language, up="../", data="../", switch=False)
    return _shown(overview_page(_shelf().docs, links), links)


@blueprint.get(f"/ontology/{_LANGUAGE}/term/<name>")
def term(language: str, name: str) -> Response:
    """Show a class or property."""
    links = Links(language, up="../../", data="../", switch=False)
    return _shown(term_page(_shelf().docs, name, links), links)


@blueprint.get(f"/ontology/{_LANGUAGE}/scheme/<key>")
def scheme(language: str, key: str) -> Response:
    """Show a concept scheme as a tree."""
    links = Links(language, up="../../", data="../", switch=False)
    return _shown(scheme_page(_shelf().docs, key, links), links)


@blueprint.get(f"/ontology/{_LANGUAGE}/search.json")
def search(language: str) -> Response:
    """Send the index that the overview's search loads."""
    text = search_index(_shelf().docs, language, Links(language))
    return _sent(text, "application/json")


@blueprint.get("/ontology/assets/<name>")
def asset(name: str) -> Response:
    """Send the style sheet or the script of the ontology's pages."""
    if name not in _ASSETS:
        raise NotFound(f"There is no file {name!r} here.")
    return _sent((static_folder() / name).read_text(encoding="utf-8"), _ASSETS[name])


@blueprint.get("/api/terms")
def terms() -> Response:
    """Complete a text to classes, properties and concepts, best first.

    Parameters: ``text``, ``lang`` (en, ar or fr) and ``limit`` (1 to 200).
    """
    text, language = request.args.get("text", ""), request.args.get("lang", "en")
    found = _shelf().completions.find(text, language, _limit())
    tag = headers.etag(service().release.id, "terms", found.to_json())
    if headers.is_known(tag):
        return not_modified(tag)
    meta = {"release": service().release.id, **found.meta}
    return headers.revalidated(jsonify({**meta, "terms": found.to_records()}), tag)


def terms_of_vocabulary(code: str) -> dict[str, list[dict[str, object]]]:
    """Return ``classes`` and ``properties`` of the ontology, the most used ones first.

    Each has ``iri``, ``label`` and ``uses``: the things of a class, the statements of a property,
    as the release describes itself.
    """
    docs, uses = _shelf().docs, _uses()
    found: dict[str, list[dict[str, object]]] = {"classes": [], "properties": []}
    refs = [term.ref for term in docs.terms.values() if not term.deprecated]
    for ref in sorted([*refs, *docs.outside], key=lambda ref: ref.iri):
        local = ref.curie.rpartition(":")[2]
        # what other vocabularies define is told by its spelling
        is_class = ref.kind == "class" or (ref.kind == "outside" and local[:1].isupper())
        entry: dict[str, object] = {
            "iri": ref.iri, "label": ref.label(code), "uses": uses.get(ref.iri, 0)
        }  # fmt: skip
        found["classes" if is_class else "properties"].append(entry)
    for entries in found.values():
        entries.sort(key=lambda entry: -uses.get(str(entry["iri"]), 0))
    return found


def _uses() -> dict[str, int]:
    """Return class or property → how often it is used."""
    rows = service().rows("pages/term-counts").records()
    pairs = [(row["term"], row["uses"]) for row in rows]
    return {term.text: int(uses.text) for term, uses in pairs if term and uses}


@blueprint.get("/.well-known/void")
@blueprint.get("/dataset")
def void() -> Response:
    """Describe the dataset: statistics by class and property, sources, files, endpoint."""
    return send_dataset()


def _chosen(choices: list[Format]) -> Format:
    wanted = request.args.get("format")
    return by_name(wanted, choices) if wanted else negotiate(request.accept_mimetypes, choices)


def _data(chosen: Format) -> Response:
    """Send the release's vocabulary graph."""
    tag = headers.etag(service().release.id, "ontology", chosen.name)
    if headers.is_known(tag):
        return not_modified(tag)
    graph = GraphNames(service().base).vocabulary
    sparql = service().bound("pages/graph", {"graph": graph})
    return send_answer(service().run(sparql, chosen.media_type), chosen, tag)


def _shown(page: Page, links: Links) -> Response:
    """Put the site's head and foot around a page of the documentation."""
    text = render_template("ontology.html", page=page, links=links, formats=of_kind(Kind.GRAPH))
    response = _sent(text, f"{HTML.media_type}; charset=utf-8")
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _sent(text: str, content_type: str) -> Response:
    tag = headers.etag(service().release.id, text)
    return not_modified(tag) if headers.is_known(tag) else send_text(text, content_type, tag)


def _limit() -> int:
    text = request.args.get("limit", str(SHOWN_TERMS))
    try:
        return int(text)
    except ValueError as error:
        raise QueryError(
            tell(
                "%(key)s: found %(value)s. Accepted: a whole number.", key="limit", value=repr(text)
            )
        ) from error
