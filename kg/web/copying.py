"""Whether a page is made for a copy as files, where no server answers.

Such a page says in place what takes a server: it shows no form that nobody would answer, and it
answers at once what a served page asks when it is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, has_request_context, request

from kg.web.language import LANGUAGES

__all__ = ["KEY", "Copy", "copying", "register"]

KEY = "rihla.copy"
"""Where a request's environment says so."""


@dataclass(frozen=True)
class Copy:
    """What is copied.

    Attributes
    ----------
    languages:
        The languages of the copy.
    formats:
        Endings of the data files in it.
    address:
        Where it will be; empty where nobody said.
    """

    languages: tuple[str, ...]
    formats: tuple[str, ...]
    address: str = ""


def copying() -> Copy | None:
    """Return what is being copied; None where a server answers."""
    found = request.environ.get(KEY) if has_request_context() else None
    return found if isinstance(found, Copy) else None


def register(app: Flask) -> None:
    """Tell templates."""
    app.jinja_env.globals.update(copying=copying, tongues=_tongues)


def _tongues() -> Mapping[str, str]:
    """Return code → name of the languages that pages are to be had in."""
    copy = copying()
    return {c: n for c, n in LANGUAGES.items() if copy is None or c in copy.languages}
