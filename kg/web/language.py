"""The language of a page: ``/ar/…`` and ``/fr/…`` are the pages in Arabic and French.

Texts are written in English and looked up in the catalogues of :mod:`kg.language`. A text without
a translation stays English.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from flask import Flask, g, has_request_context, request

from kg import language as words
from kg.language import LANGUAGES, RIGHT_TO_LEFT, TRANSLATED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = [
    "FOR_PROGRAMS",
    "LANGUAGES",
    "Multilingual",
    "gettext",
    "in_language",
    "language",
    "ngettext",
    "register",
    "said",
    "speaking",
    "told",
    "whole",
]

_KEPT_ADDRESSES = 8_192
_KEY, _ROOT = "rihla.language", "rihla.root"
# Programs ask these: they are the same in every language, and one address serves all caches.
FOR_PROGRAMS = (
    "/api/", "/data/", "/dataset", "/files", "/graphs", "/healthz", "/metrics", "/readyz",
    "/static/", "/templates/", "/.well-known/",
)  # fmt: skip
"""How the addresses for programs begin: they have no language, and no bloc is chosen for them."""

_FOR_PEOPLE = ("/api/search",)  # it completes what people type, with names in their language


class Multilingual(Flask):
    """An application whose addresses keep the language of the page that they stand on.

    Full addresses (``_external=True``) are for programs and citations: they name no language.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._addresses: dict[Hashable, str] = {}

    def url_for(self, endpoint: str, **values: Any) -> str:
        """Return the address of an endpoint, in the language of the request.

        Every page has the same thirty links around it, so the latest addresses are kept.
        """
        key = _determined(endpoint, values)
        if key is None:
            return self._built(endpoint, **values)
        found = self._addresses.get(key)
        if found is None:
            if len(self._addresses) >= _KEPT_ADDRESSES:
                self._addresses.clear()
            found = self._addresses[key] = self._built(endpoint, **values)
        return found

    def _built(self, endpoint: str, **values: Any) -> str:
        built = super().url_for(endpoint, **values)
        plain = without_language(built)
        path = plain.removeprefix(_root())
        for_people = not path.startswith(FOR_PROGRAMS) or path.startswith(_FOR_PEOPLE)
        return built if for_people and not values.get("_external") else plain


def _determined(endpoint: str, values: Mapping[str, Any]) -> Hashable | None:
    """Return all that an address depends on; None for one that is built each time.

    That is the endpoint, its values, where the page stands, and what each of its links carries.
    """
    if endpoint.startswith(".") or "_external" in values or not has_request_context():
        return None
    held = g._get_current_object()
    chosen = held.get("chosen_bloc")
    # Not by the truth of the choice: the whole world is none, and yet it is carried.
    carries = chosen is not None and chosen.explicit and chosen.query
    carried = tuple(chosen.query.items()) if carries else ()
    place = request.environ.get("SCRIPT_NAME"), request.environ.get(_KEY), held.get("pinned")
    key = (endpoint, *values.items(), None, *place, *carried)
    try:
        hash(key)
    except TypeError:
        return None  # a list among the values
    return key


def register(app: Flask) -> None:
    """Serve the translated pages, and give templates what they need to speak."""
    app.wsgi_app = _Prefixes(app.wsgi_app)  # type: ignore[assignment, method-assign]
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install: Callable[..., None] = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]
    install(_message, _plural, newstyle=True)
    app.jinja_env.filters["whole"] = whole
    app.jinja_env.globals.update(
        LANGUAGES=LANGUAGES, in_language=in_language, language=language, said=said, told=told
    )
    app.jinja_env.globals["direction"] = lambda: "rtl" if language() in RIGHT_TO_LEFT else "ltr"


class _Prefixes:
    """Takes the language off the path, as a part of where the application is mounted."""

    def __init__(self, inner: WSGIApplication) -> None:
        self._inner = inner

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        first, slash, rest = path.removeprefix("/").partition("/")
        if first in TRANSLATED and not slash:
            place = f"{environ.get('SCRIPT_NAME', '')}/{first}/"
            start("308 Permanent Redirect", [("Location", place), ("Content-Length", "0")])
            return [b""]
        if first in TRANSLATED:
            environ[_KEY] = first
            environ[_ROOT] = environ.get("SCRIPT_NAME", "")
            environ["SCRIPT_NAME"] = f"{environ[_ROOT]}/{first}"
            environ["PATH_INFO"] = f"/{rest}"
        return self._inner(environ, start)


def language() -> str:
    """Return the language of the page that is being made: en, ar or fr."""
    if has_request_context():
        return str(request.environ.get(_KEY, "en"))
    return words.language()


def without_language(address: str) -> str:
    """Return an address of this request without the language in it."""
    prefix = f"/{language()}"
    if prefix == "/en":
        return address
    parts = urlsplit(address)
    path = _root() + parts.path.removeprefix(_root()).removeprefix(prefix)
    return parts._replace(path=path).geturl()


def _root() -> str:
    """Return where the application is mounted, without the language."""
    if not has_request_context():
        return ""
    return str(request.environ.get(_ROOT, request.environ.get("SCRIPT_NAME", "")))


def in_language(code: str) -> str:
    """Return the address of this page in another language."""
    query, path = request.query_string.decode("latin-1"), request.path
    named = (request.view_args or {}).get("language")  # the ontology's pages have it further on
    if named in LANGUAGES:
        path = path.replace(f"/{named}/", f"/{code}/", 1)
    prefix = "" if code == "en" else f"/{code}"
    return f"{_root()}{prefix}{quote(path)}" + (f"?{query}" if query else "")


def gettext(message: str, **values: object) -> str:
    """Return a text in the language of the page, with ``%(name)s`` filled in."""
    return _message(message) % values


def said(text: str) -> str:
    """Return a message, or a text that comes from elsewhere, in the language of the page."""
    return words.spoken(text, language())


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Return the text that fits a number of things; ``%(num)s`` is the number."""
    return _plural(one, many, num) % {"num": whole(num), **values}


def told(texts: Mapping[str, str], default: str = "") -> str:
    """Return the text of language → text that this page's reader understands best."""
    return texts.get(language()) or texts.get("en") or default or next(iter(texts.values()), "")


def whole(number: float) -> str:
    """Return a whole number with its thousands marked as the language does, in Latin digits."""
    return words.whole(number, language())


def speaking() -> AbstractContextManager[None]:
    """Let what is drawn or written inside speak the language of the page."""
    return words.speaking(language())


def _message(message: str) -> str:
    return words.message(message, language())


def _plural(one: str, many: str, num: int) -> str:
    return words.plural(one, many, num, language())
