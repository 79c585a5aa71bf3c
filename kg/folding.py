"""Fold names, so that they are found however they are typed: case, accents, Arabic spelling."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["folded"]

# What decomposition leaves apart: letters that people type for one another.
_ALIKE = str.maketrans(
    {
        "ٱ": "ا",  # alef with wasla; the other alefs lose their marks by decomposition
        "ى": "ي",
        "ی": "ي",  # Persian ya
        "ک": "ك",
        "ة": "ه",
        "ـ": "",  # tatweel only stretches
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "’": "'",
    }
)


def folded(text: str) -> str:
    """Return a text in the form in which names are compared.

    Small letters without accents; Arabic without vowel signs, with one form of alef, ya and ta
    marbuta; hyphens, underscores and runs of blanks as one blank.

    Examples
    --------
    >>> folded("Évaluation  auto-déclarée")
    'evaluation auto declaree'
    >>> folded("الأَدِلَّة") == folded("الادله")
    True
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in apart if unicodedata.category(c) != "Mn")
    return re.sub(r"[\s_\-‐-―]+", " ", bare.translate(_ALIKE)).strip()
