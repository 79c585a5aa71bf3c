"""Render the pages: the same content for static files and for the web application.

A page is a piece of HTML with its title and language; whoever shows it puts a head and a foot
around it. All links are relative, so the pages may stand anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kg.errors import NotFoundError
from kg.folding import folded
from kg.ontology.docs.diagram import all_classes, neighbourhood
from kg.ontology.docs.model import Documentation, Expression, Ref, in_language
from kg.ontology.docs.tables import accepted
from kg.ontology.docs.words import DIRECTIONS, LANGUAGES, say, subject_name

__all__ = [
    "Links",
    "Page",
    "environment",
    "file_name",
    "overview_page",
    "scheme_page",
    "search_index",
    "static_folder",
    "term_page",
]

_HERE = Path(__file__).parent
_PHRASED = {"and", "or"}
_CHAIN = Markup(" ∘ ")


@dataclass(frozen=True)
class Page:
    """One page: ``content`` is what stands in ``<main>``."""

    title: str
    language: str
    content: Markup

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return DIRECTIONS[self.language]


@dataclass(frozen=True)
class Links:
    """Where the parts of the documentation stand, seen from one page.

    ``up`` leads from the page to the root of the documentation and is empty or ends in a slash;
    ``ending`` is that of pages and ``index`` the name of a folder's own page, both empty on a
    server; ``data`` leads from the root to the folder of the data files. ``switch`` tells whether a
    page offers the other languages; a site around it may do that itself.
    """

    language: str
    up: str = ""
    ending: str = ""
    index: str = ""
    data: str = ""
    switch: bool = True

    def to(self, language: str) -> Links:
        """Return the links as the pages in another language have them."""
        return replace(self, language=language)

    def overview(self, anchor: str = "") -> str:
        """Return the address of the overview, or of a term's entry on it."""
        return f"{self.up}{self.language}/{self.index}" + (f"#{quote(anchor)}" if anchor else "")

    def page(self, kind: str, name: str, anchor: str = "") -> str:
        """Return the address of a page of the kind ``term`` or ``scheme``."""
        end = f"#{quote(anchor)}" if anchor else ""
        return f"{self.up}{self.language}/{kind}/{quote(name, safe='')}{self.ending}{end}"

    def file(self, suffix: str) -> str:
        """Return the address of the ontology as data."""
        return f"{self.up}{self.data}ontology.{suffix}"

    def asset(self, name: str) -> str:
        """Return the address of a style sheet or script of the documentation."""
        return f"{self.up}assets/{name}"

    def search(self) -> str:
        """Return the address of the index for searching."""
        return f"{self.up}{self.language}/search.json"


def overview_page(docs: Documentation, links: Links) -> Page:
    """Return the overview: counts, diagrams, search, all terms by subject, the schemes."""
    view = _View(docs, links)
    centre = docs.centre
    return view.page(
        "overview.html",
        in_language(docs.titles, links.language) or say("ontology", links.language),
        lambda there: there.overview(),
        around=neighbourhood(docs, centre, links.language, view.href) if centre else None,
        centre=centre,
        diagram=all_classes(docs, links.language, view.href),
    )


def term_page(docs: Documentation, name: str, links: Links) -> Page:
    """Return the page of a class or property.

    Raises
    ------
    NotFoundError
        The ontology has no term of this name.
    """
    if name not in docs.terms:
        raise NotFoundError(
            f"The ontology has no term {name!r}. The overview lists all of them by subject."
        )
    view = _View(docs, links)
    term = docs.terms[name]
    around = neighbourhood(docs, term, links.language, view.href) if term.kind == "class" else None
    return view.page(
        "term.html",
        term.ref.label(links.language),
        lambda there: there.page("term", view.file_name(name)),
        term=term,
        around=around,
    )


def scheme_page(docs: Documentation, key: str, links: Links) -> Page:
    """Return the page of a concept scheme, its concepts as a tree.

    Raises
    ------
    NotFoundError
        The ontology has no scheme of this key.
    """
    if key not in docs.schemes:
        names = ", ".join(docs.schemes) or "none"
        raise NotFoundError(f"The ontology has no concept scheme {key!r}. It has: {names}.")
    view = _View(docs, links)
    scheme = docs.schemes[key]
    return view.page(
        "scheme.html",
        scheme.ref.label(links.language),
        lambda there: there.page("scheme", key),
        scheme=scheme,
    )


def search_index(docs: Documentation, language: str, links: Links) -> str:
    """Return the index for searching, as JSON.

    A list of ``[label, short name, kind, address, keys]``; addresses are relative to the root of
    the documentation, keys are folded labels in all languages and names, parted by bars.
    """
    found = [r for r in docs.refs.values() if r.kind != "outside"]
    others = {
        concept.ref.iri: [text for _, text in concept.alternatives]
        for scheme in docs.schemes.values()
        for concept in scheme.concepts()
    }
    at_root = replace(links, up="", language=language)
    view = _View(docs, at_root)
    entries = [
        [
            ref.label(language),
            ref.curie,
            say(ref.kind, language),
            view.href(ref),
            _keys([*ref.labels.values(), ref.curie, ref.name, *others.get(ref.iri, ())]),
        ]
        for ref in found
    ]
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":"))


def _keys(names: list[str]) -> str:
    return "|".join(sorted({folded(name) for name in names}))


def static_folder() -> Path:
    """Return the folder of the documentation's style sheet and script."""
    return _HERE / "static"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the templates; whatever a label holds is escaped."""
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def file_name(docs: Documentation, links: Links, name: str) -> str:
    """Return the name of a term's page.

    A file's name must not differ from another's by case alone: ``organisation`` beside
    ``Organisation`` becomes ``organisation-property``. On a server they stay as they are.
    """
    first = next(n for n in docs.terms if n.lower() == name.lower())
    return f"{name}-property" if links.ending and name != first else name


class _View:
    """What the templates of one page in one language ask for."""

    def __init__(self, docs: Documentation, links: Links) -> None:
        self.docs, self.links, self.language = docs, links, links.language

    def page(self, template: str, title: str, own: Callable[[Links], str], **parts: object) -> Page:
        """Render a template; ``own`` gives the page's address for a language."""
        content = (
            environment()
            .get_template(template)
            .render(
                docs=self.docs,
                lang=self.language,
                direction=DIRECTIONS[self.language],
                links=self.links,
                others=[(code, name, own(self.links.to(code))) for code, name in LANGUAGES.items()],
                w=self._word,
                text=partial(in_language, language=self.language),
                link=self.link,
                said=self.said,
                href=self.href,
                accepted=partial(accepted, self.docs, self.link, self.language),
                subject=self.subject,
                title=title,
                **parts,
            )
        )
        return Page(title, self.language, Markup(content))  # noqa: S704 - our own templates, escaped

    def href(self, ref: Ref) -> str | None:
        """Return where a name leads: a page of ours, the web, or nowhere."""
        if ref.kind == "concept":
            return self.links.page("scheme", ref.scheme, ref.name)
        if ref.kind == "scheme":
            return self.links.page("scheme", ref.name)
        if ref.kind != "outside":
            return self.links.page("term", self.file_name(ref.name))
        return ref.iri if ref.iri.startswith(("https://", "http://")) else None

    def file_name(self, name: str) -> str:
        """Return the name of a term's page."""
        return file_name(self.docs, self.links, name)

    def link(self, ref: Ref, label: str = "") -> Markup:
        """Return a name as a link; terms of other vocabularies stand as code."""
        shown: str | Markup = label or ref.label(self.language)
        if ref.kind == "outside" and not ref.labels and not label:
            shown = Markup('<code dir="ltr">{}</code>').format(shown)
        target = self.href(ref)
        if target is None:
            return Markup("<bdi>{}</bdi>").format(shown)
        return Markup('<a href="{}" title="{}"><bdi>{}</bdi></a>').format(target, ref.curie, shown)

    def said(self, what: Ref | Expression | str) -> Markup:
        """Return a class expression or chain in words, its names as links."""
        if isinstance(what, Ref):
            return self.link(what)
        if isinstance(what, str):
            return Markup("<bdi>{}</bdi>").format(what)
        if what.form == "chain":
            steps = [self._step(p) for p in what.parts]
            return Markup('<span class="chain" dir="ltr">{}</span>').format(_CHAIN.join(steps))
        parts = [self.said(p) for p in what.parts]
        if what.form in _PHRASED:
            return Markup(f" {say(what.form, self.language)} ").join(parts)  # noqa: S704 - our word
        return Markup(say(what.form, self.language)).format(*parts)  # noqa: S704 - our words

    def subject(self, name: str) -> str:
        """Return a subject's heading."""
        return subject_name(name, self.docs.subject_labels(name), self.language)

    def _step(self, part: Ref | Expression | str) -> Markup:
        if isinstance(part, Ref):
            return Markup("<code>{}</code>").format(self.link(part, part.name or part.curie))
        return self.said(part)

    def _word(self, key: str, *parts: object) -> Markup:
        """Return a word of the pages; what fills it is escaped."""
        text = Markup(say(key, self.language))  # noqa: S704 - our words
        return text.format(*parts) if parts else text
