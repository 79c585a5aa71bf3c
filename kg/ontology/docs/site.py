"""Write the documentation as static files that any host can serve."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.ontology.docs.model import Documentation
from kg.ontology.docs.pages import (
    Links,
    Page,
    environment,
    file_name,
    overview_page,
    scheme_page,
    search_index,
    static_folder,
    term_page,
)
from kg.ontology.docs.reading import read_documentation
from kg.ontology.docs.words import LANGUAGES, say
from kg.ontology.files import Ontology
from kg.terms import PREFIXES

__all__ = ["DATA_FORMATS", "serialised", "write_site"]

DATA_FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
"""The formats of the ontology as data, by the file's ending."""

_FIRST = next(iter(LANGUAGES))


def write_site(ontology: Ontology, into: Path, stylesheet: Path) -> list[Path]:
    """Write all pages, the search indexes, the assets and the ontology as data.

    ``stylesheet`` is the style sheet that gives colours and type; it is copied. Files that stand
    in the folder already are overwritten, others are left alone. ``index.html`` is the overview
    in English: there the fragment of each term's IRI is an anchor.

    Returns
    -------
    list of Path
        The files that were written, pages first.
    """
    docs = read_documentation(ontology)
    written = [_write(into / path, text) for path, text in _texts(docs)]
    assets = into / "assets"
    assets.mkdir(parents=True, exist_ok=True)
    sources = (stylesheet, *sorted(static_folder().iterdir()))
    written += [Path(shutil.copyfile(source, assets / source.name)) for source in sources]
    for suffix in DATA_FORMATS:
        path = into / f"ontology.{suffix}"
        path.write_bytes(serialised(ontology, suffix))
        written.append(path)
    return written


def serialised(ontology: Ontology, suffix: str) -> bytes:
    """Return vocabulary and shapes as data; the same content gives the same bytes."""
    lines = (ontology.vocabulary + ontology.shapes).serialize(format="nt", encoding="utf-8")
    dataset = ox.Dataset(ox.parse(lines, format=ox.RdfFormat.N_TRIPLES))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    triples = sorted((quad.triple for quad in dataset), key=str)
    raw = ox.serialize(triples, format=DATA_FORMATS[suffix], prefixes=PREFIXES)
    return raw or b""


def _texts(docs: Documentation) -> Iterator[tuple[str, str]]:
    """Yield the path and content of every text file."""
    root = Links(_FIRST, ending=".html", index="index.html")
    yield "index.html", _whole(docs, overview_page(docs, root), root)
    for language in LANGUAGES:
        top = Links(language, "../", ".html", "index.html")
        deep = Links(language, "../../", ".html", "index.html")
        yield f"{language}/index.html", _whole(docs, overview_page(docs, top), top)
        yield f"{language}/search.json", search_index(docs, language, top)
        for key in docs.schemes:
            path = deep.page("scheme", key).removeprefix("../../")
            yield path, _whole(docs, scheme_page(docs, key, deep), deep)
        for name in docs.terms:
            path = f"{language}/term/{file_name(docs, deep, name)}.html"
            yield path, _whole(docs, term_page(docs, name, deep), deep)


def _whole(docs: Documentation, page: Page, links: Links) -> str:
    """Put head and foot around a page."""
    return (
        environment()
        .get_template("layout.html")
        .render(
            page=page,
            links=links,
            docs=docs,
            ontology=say("ontology", page.language),
            skip=say("skip", page.language),
        )
    )


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
