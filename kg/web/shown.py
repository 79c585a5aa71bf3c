"""Terms as pages show them: names, addresses, short forms.

A page holds up to a thousand terms. What they have in common (the language, the labels, how the
address of a page begins and ends) is worked out once a request.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

from flask import g, url_for
from markupsafe import Markup, escape

from kg.language import words
from kg.terms import VOCABULARY_BASE
from kg.web.bindings import Term
from kg.web.codes import in_words
from kg.web.language import gettext, language
from kg.web.service import Service, service

__all__ = ["address_of", "cell", "graph_name", "native", "number", "short_name", "term"]

_MARK = "rihla~mark"  # stands for what changes from address to address; quoting leaves it
_SAFE = "!$&'()*+,/:;=@"  # as werkzeug's converters leave them
_LONGEST = 48  # characters of an address that are shown
_WHOLE = re.compile(r"[+-]?\d+")
_GRAPHS_WITHOUT_PAGE = ("derived", "inferred", "provenance", "schemes", "vocabulary")


class _Reader:
    """What the links and names on the page that is being made have in common."""

    def __init__(self, served: Service, code: str, seen: object, pinned: str | None) -> None:
        self.of, self.seen, self.pinned = served, seen, pinned
        ours = served.is_ours and code != "en"
        self.labels = served.labels(code) if ours else {}
        self.words = served.term_names(code) if ours else {}
        self.page = url_for("data.page", kind=_MARK, key=_MARK).split(_MARK)
        self.term = url_for("vocabulary.term", language=code, name=_MARK).split(_MARK)


def _reader() -> _Reader:
    """Return the reader of this request; made anew where it changes its release or its bloc."""
    served, held = service(), g._get_current_object()
    kept: _Reader | None = held.get("reader")
    chosen, pinned = held.get("chosen_bloc"), held.get("pinned")
    if kept is not None and kept.of is served and kept.seen is chosen and kept.pinned == pinned:
        return kept
    held.reader = made = _Reader(served, language(), chosen, pinned)
    return made


def address_of(iri: str) -> str | None:
    """Return where a link on a name leads: our own page, the term's entry, the web, or nowhere."""
    place = service().place_of(iri)
    if place:
        before, between, after = _reader().page
        kind, key = (quote(part, safe=_SAFE) for part in place)
        return f"{before}{kind}{between}{key}{after}"
    if iri.startswith(VOCABULARY_BASE):
        name = iri.removeprefix(VOCABULARY_BASE)
        before, after = _reader().term
        return f"{before}{quote(name, safe=_SAFE)}{after}" if name else None
    return iri if iri.startswith(("https://", "http://")) else None


def short_name(iri: str) -> str:
    """Return an IRI as people write it: with a prefix, or without our base."""
    served = service()
    for namespace, prefix in _namespaces(tuple(served.graph.prefixes.items())):
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri.removeprefix(served.base)


@lru_cache(maxsize=16)
def _namespaces(prefixes: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return (namespace, prefix), the longest first."""
    return tuple(sorted(((n, p) for p, n in prefixes), key=lambda entry: -len(entry[0])))


def native(iri: str) -> str | None:
    """Return what a thing is called in the language of the page; None: as in the answer."""
    reader = _reader()
    return reader.labels.get(iri) or reader.words.get(iri)


def number(text: str) -> str:
    """Return a number with four significant digits, six from 1,000 on; whole ones stay whole."""
    try:
        value = float(text)
    except ValueError:
        return text
    if _WHOLE.fullmatch(text):
        return text
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:.6g}"


def term(value: Term | None, label: Term | None = None) -> Markup:
    """Return a term of an answer: a name links to its page, text keeps its language and direction.

    Parameters
    ----------
    value:
        None is shown as missing.
    label:
        What the answer calls it, where it is a thing.
    """
    if value is None:
        return Markup('<span class="missing" title="{}">–</span>').format(gettext("no value"))
    if value.is_iri:
        return _thing(value.text, label)
    text = escape(value.text)
    if value.kind == "bnode":
        return Markup(f'<span class="missing">_:{text}</span>')  # noqa: S704 - escaped
    if value.is_number:
        way = ' dir="ltr"' if value.text.startswith("-") else ""  # the sign stays before it
        return Markup(f'<span title="{text}"{way}>{escape(number(value.text))}</span>')  # noqa: S704
    return Markup(_text(text, value.language))  # noqa: S704 - escaped


def cell(column: str, value: Term | None, label: Term | None = None) -> Markup:
    """Return the term in a column of a table; code words are said in the language of the page."""
    return term(in_words(column, value), label)


def _thing(iri: str, label: Term | None) -> Markup:
    target, own = address_of(iri), native(iri)
    shown = escape(own or (label.text if label else _brief(short_name(iri))))
    if not target:
        return Markup(f'<span class="iri">{shown}</span>')  # noqa: S704 - escaped
    tongue = "" if own or not label or not label.language else f' lang="{escape(label.language)}"'
    bare = "" if own or label else f' class="iri" title="{escape(iri)}"'
    made = f'<a href="{escape(target)}" dir="auto"{tongue}{bare}>{shown}</a>'
    return Markup(made)  # noqa: S704 - escaped


def _brief(name: str) -> str:
    """Return a long address of the web as its host and its end; the link holds it whole."""
    if len(name) <= _LONGEST or not name.startswith(("https://", "http://")):
        return name
    host, _, path = name.partition("://")[2].partition("/")
    end = path.rstrip("/").rpartition("/")[2]
    return f"{host}/…/{end}" if len(end) <= _LONGEST else f"{host}/…{end[-_LONGEST:]}"


def _text(text: str, tongue: str | None) -> str:
    if not tongue:
        return f"<bdi>{text}</bdi>"
    code = escape(tongue)
    tag = "" if tongue == language() else f' <span class="tag">{code}</span>'
    return f'<bdi lang="{code}">{text}</bdi>{tag}'


def graph_name(graph: Term) -> Markup:
    """Return the graph that states something: a load has a page that says what was read."""
    name = short_name(graph.text).removeprefix("graph/")
    target = None if name in _GRAPHS_WITHOUT_PAGE else address_of(graph.text)
    if target is None:
        return Markup('<span title="{}">{}</span>').format(graph.text, gettext(words(name)))
    return Markup('<a href="{}">{}</a>').format(target, name)
