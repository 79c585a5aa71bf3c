"""What templates need: links to things, short names, readable numbers."""

from __future__ import annotations

import hashlib
import re
import shlex
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from jinja2 import pass_context
from markupsafe import Markup

from kg.language import isolated, words
from kg.web.language import gettext
from kg.web.service import service
from kg.web.shown import address_of, cell, graph_name, native, number, short_name, term

__all__ = [
    "address_of",
    "bibtex",
    "body_of",
    "named",
    "native",
    "number",
    "register",
    "short_name",
    "words",
]

PLURALS = {
    "Country": "countries",
    "Organisation": "organisations",
    "Outcome": "outcomes",
    "Participation": "participations",
    "Person": "people",
    "Training": "trainings",
}


def register(app: Flask) -> None:
    """Give templates their filters and globals."""
    app.jinja_env.filters["address"] = address_of
    app.jinja_env.filters["short"] = short_name
    app.jinja_env.filters["words"] = words
    app.jinja_env.filters["named"] = _named
    app.jinja_env.filters["number"] = number
    app.jinja_env.filters["shell"] = shlex.quote
    app.jinja_env.filters["bibtex"] = bibtex
    app.jinja_env.filters["sparql_body"] = body_of
    app.jinja_env.globals["PLURALS"] = PLURALS
    app.jinja_env.globals["home"] = _home
    app.jinja_env.globals["native"] = native
    app.jinja_env.globals["shown_graph"] = graph_name
    app.jinja_env.globals["shown_term"] = term
    app.jinja_env.globals["shown_cell"] = cell
    app.jinja_env.globals["isolated"] = isolated
    app.jinja_env.globals["ltr"] = _left_to_right
    app.jinja_env.globals["stylesheet"] = _stylesheet
    app.context_processor(_site)
    app.url_defaults(_versioned)


def _site() -> dict[str, object]:
    ours = service().is_ours
    return {"site": service().settings.project.title, "release": service().release, "ours": ours}


def _home() -> str:
    return url_for("pages.home" if service().is_ours else "sparql.endpoint")


def named(name: str) -> str:
    """Return a column's, group's or kind's name as words in the language of the page."""
    return gettext(words(name))


@pass_context
def _named(_context: object, name: str) -> str:
    """Return the same in a template, at each rendering: Jinja would work out a constant once."""
    return named(name)


def _left_to_right(text: str) -> Markup:
    """Return what is read from left to right in every language: an id, an address, a date."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(text)


def bibtex(text: str) -> str:
    """Return a text as a field of BibTeX takes it: in one line, without what is a command there."""
    plain = "".join(c for c in " ".join(text.split()) if c not in "{}\\\u2068\u2069")
    return re.sub(r"([#$%&_])", r"\\\1", plain) if not plain.startswith("http") else plain


def body_of(text: str) -> str:
    """Return the text of a query file without the lines of its header."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip()


@lru_cache(maxsize=256)
def _version(filename: str) -> str:
    file = Path(__file__).parent / "static" / filename
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "0"


def _versioned(endpoint: str, values: dict[str, Any]) -> None:
    """Let the address of a file change with its content, so that it may be kept forever."""
    if endpoint == "static" and "v" not in values:
        values["v"] = _version(values["filename"])


def _stylesheet() -> str:
    return url_for("static", filename="rihla.css")
