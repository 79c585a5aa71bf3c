"""Countries by name: CLDR's names in English, Arabic and French, and usual other names.

Only a name that means one country is read; nothing is matched by resemblance.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from babel import Locale

__all__ = ["ambiguous_countries", "country_code", "is_country_code"]

_NO_COUNTRY = {"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"}
_ALIASES = {
    "AE": ("uae", "emirates"),
    "BN": ("brunei darussalam",),
    "CD": ("dr congo", "drc", "democratic republic of the congo", "congo kinshasa"),
    "CG": ("republic of the congo", "congo brazzaville"),
    "CI": ("ivory coast", "cote d ivoire"),
    "CV": ("cape verde",),
    "CZ": ("czech republic", "republique tcheque"),
    "GB": ("uk", "great britain", "england", "scotland", "wales", "northern ireland"),
    "GR": ("el", "hellas"),
    "HK": ("hong kong",),
    "IR": ("islamic republic of iran", "iran islamic republic of"),
    "KG": ("kyrgyz republic",),
    "KP": ("dprk", "democratic people s republic of korea"),
    "KR": ("republic of korea", "korea republic of"),
    "LA": ("lao pdr",),
    "MD": ("republic of moldova",),
    "MK": ("macedonia", "fyrom"),
    "MM": ("burma",),
    "NL": ("holland",),
    "PS": ("palestine", "state of palestine", "فلسطين"),
    "RU": ("russian federation",),
    "SA": ("ksa", "saudi", "kingdom of saudi arabia", "السعوديه"),
    "SY": ("syrian arab republic",),
    "SZ": ("swaziland",),
    "TL": ("east timor",),
    "TR": ("turkey", "turkiye", "تركيا"),
    "TZ": ("united republic of tanzania",),
    "US": ("usa", "united states of america", "etats unis d amerique"),
    "VA": ("holy see",),
    "VN": ("viet nam",),
}
_AMBIGUOUS = {
    "congo": ("CD", "CG"),
    "korea": ("KP", "KR"),
    "corée": ("KP", "KR"),
    "الكونغو": ("CD", "CG"),
    "كوريا": ("KP", "KR"),
    "saint martin": ("MF", "SX"),
    "virgin islands": ("VG", "VI"),
}


def country_code(name: str) -> str | None:
    """Return the ISO 3166 code of the one country that a name means.

    >>> country_code("Côte d’Ivoire"), country_code("النيجر"), country_code("Congo")
    ('CI', 'NE', None)
    """
    return _codes().get(_folded(name))


def is_country_code(text: str) -> bool:
    """Return whether a text is the two-letter code of a country, in capitals.

    >>> is_country_code("XK"), is_country_code("ZZ"), is_country_code("EU")
    (True, False, False)
    """
    return text in _code_set()


def ambiguous_countries() -> dict[str, str]:
    """Return names in small letters that mean several countries, with what is accepted."""
    names = Locale("en").territories
    return {
        name: "a country by code or full name: "
        + " or ".join(f"{code} ({names[code]})" for code in codes)
        for name, codes in _AMBIGUOUS.items()
    }


@cache
def _codes() -> dict[str, str]:
    meanings: dict[str, set[str]] = {}
    for language in ("en", "ar", "fr"):
        for code, name in Locale(language).territories.items():
            if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRY:
                meanings.setdefault(_folded(name), set()).add(code)
    for code, names in _ALIASES.items():
        for name in names:
            meanings.setdefault(_folded(name), set()).add(code)
    for name in _AMBIGUOUS:
        meanings.pop(_folded(name), None)
    return {name: next(iter(codes)) for name, codes in meanings.items() if len(codes) == 1}


@cache
def _code_set() -> frozenset[str]:
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if re.fullmatch("[A-Z]{2}", code)) - _NO_COUNTRY


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    bare = bare.replace("ى", "ي").replace("ة", "ه").replace("&", " and ")
    return " ".join(re.sub(r"[^\w]+", " ", bare).split()).removeprefix("the ")
