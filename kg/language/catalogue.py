"""The catalogues: ``translations/<language>/*.po`` (gettext, one file a part of the project)."""

from __future__ import annotations

import gettext as library
import io
from functools import lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

__all__ = ["FOLDER", "LANGUAGES", "RIGHT_TO_LEFT", "TRANSLATED", "message", "plural"]

LANGUAGES = {"en": "English", "ar": "العربية", "fr": "Français"}
"""Code → how its speakers call it; texts are written in the first."""

TRANSLATED = tuple(LANGUAGES)[1:]
RIGHT_TO_LEFT = ("ar",)
FOLDER = Path(__file__).parent / "translations"


def message(text: str, code: str) -> str:
    """Return a text in a language; English where it has no translation."""
    return text if code == "en" or not text else _catalogue(code).gettext(text)


def plural(one: str, many: str, num: int, code: str) -> str:
    """Return the form of a text that fits a number of things."""
    if code == "en":
        return one if num == 1 else many
    return _catalogue(code).ngettext(one, many, num)


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> library.NullTranslations:
    """Return all texts of a language: those of every file, one falling back on the next."""
    found = library.NullTranslations()
    for file in sorted((FOLDER / code).glob("*.po")):
        with file.open("rb") as text:
            catalogue = read_po(text, locale=code, abort_invalid=True)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        translations = library.GNUTranslations(compiled)
        translations.add_fallback(found)
        found = translations
    return found
