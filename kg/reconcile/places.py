"""Which countries and cities a text names, and where in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from babel import Locale

from kg.reconcile.words import Words, read_keys
from kg.tables.countries import country_code

__all__ = ["Gazetteer", "Mention"]

_LONGEST = 5  # words of a place's name
_LANGUAGES = ("en", "fr", "es", "de", "pt", "it", "ar", "ru", "tr", "id", "pl", "nl")
_MORE = {
    "GB": "uk|u k|great britain|england|scotland|wales|northern ireland|united kingdom",
    "US": "usa|u s a|u s|united states of america|us of america|etats unis",
    "CN": "pr china|p r china|prc|people s republic of china|peoples republic of china|r p china",
    "KR": "korea|south korea|republic of korea|s korea|rok",
    "RU": "russia|russian federation",
    "IR": "iran|ir iran|islamic republic of iran",
    "TW": "taiwan|taiwan roc|roc|republic of china",
    "CZ": "czech republic|czechia",
    "AE": "uae|u a e",
    "SA": "ksa|saudi arabia|kingdom of saudi arabia",
    "VN": "vietnam|viet nam",
    "TR": "turkey|turkiye",
    "NL": "the netherlands|netherlands|holland|nederland",
    "MK": "macedonia",
    "CI": "ivory coast|cote d ivoire",
    "BR": "brasil",
    "HK": "hong kong|hongkong",
    "MO": "macau|macao",
    "CD": "dr congo|drc",
    "PS": "palestine",
    "GE": "georgia",
}
_FORMER = {
    "ussr|urss|soviet union|u s s r": "RU UA BY UZ KZ GE AZ LT MD LV KG TJ AM TM EE",
    "yugoslavia|jugoslavia|yougoslavie": "RS HR SI BA ME MK XK",
    "czechoslovakia|tchecoslovaquie": "CZ SK",
    "gdr|ddr|g d r|d d r|frg|f r g|west germany|brd|federal republic of germany": "DE",
}
# Names of a state that are no country's; those of one word that are also a person's are left out.
_STATES = {
    "US": "alabama alaska arizona arkansas california colorado connecticut delaware florida "
    "georgia hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland "
    "massachusetts michigan minnesota mississippi missouri montana nebraska nevada ohio "
    "oklahoma oregon pennsylvania tennessee texas utah vermont wisconsin wyoming calif mass penn",
    "CA": "ontario quebec alberta manitoba saskatchewan ont",
    "AU": "queensland tasmania qld vic nsw",
}
_STATES_OF_SEVERAL_WORDS = {
    "US": "new york|new jersey|new mexico|new hampshire|north carolina|south carolina|rhode island|"
    "north dakota|south dakota|west virginia|district of columbia|washington dc",
    "CA": "british columbia|nova scotia|new brunswick",
    "AU": "new south wales|western australia|south australia",
}
# After a comma and in capitals only.
_CODES = {
    "US": "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH "
    "NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC",
    "CA": "ON BC QC AB MB SK NS NB",
    "AU": "NSW QLD ACT VIC",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A place at words ``start`` to ``end`` (exclusive); ``codes`` are the countries it may be in.

    ``alone`` says that it is all of its segment, but for numbers and postcodes.
    """

    start: int
    end: int
    codes: frozenset[str]
    city: str | None
    alone: bool


class Gazetteer:
    """Finds the names of countries, of some states, and of the cities that it is given.

    Parameters
    ----------
    cities:
        Pairs of city and ISO 3166 code, as the organisations have them.
    """

    def __init__(self, cities: Iterable[tuple[str, str]]) -> None:
        found: dict[tuple[str, ...], set[str]] = {}
        for city, code in cities:
            key = place_key(city)
            if key:
                found.setdefault(key, set()).add(code)
        self._countries = _country_names()
        self._codes = {
            code.lower(): country for country, codes in _CODES.items() for code in codes.split()
        }
        self._cities = {k: frozenset(v) for k, v in found.items()}
        self._first = {key[0] for key in (*self._countries, *self._cities)}

    def mentions(self, words: Words) -> tuple[list[Mention], list[Mention]]:
        """Return the countries and the cities that a text names; the longest name wins."""
        countries: list[Mention] = []
        cities: list[Mention] = []
        keys, place = words.keys, 0
        while place < len(keys):
            taken = place + 1
            if keys[place] in self._first:
                for end in range(min(place + _LONGEST, len(keys)), place, -1):
                    key = tuple(keys[place:end])
                    codes, located = self._countries.get(key), self._cities.get(key)
                    if codes or located:
                        alone = _is_alone(words, place, end)
                        if codes:
                            countries.append(Mention(place, end, codes, None, alone))
                        if located:
                            name = " ".join(key)
                            cities.append(Mention(place, end, located, name, alone))
                        taken = end
                        break
            elif self._is_state_code(words, place):
                code = frozenset({self._codes[keys[place]]})
                countries.append(Mention(place, place + 1, code, None, alone=True))
            place = taken
        return countries, cities

    def _is_state_code(self, words: Words, place: int) -> bool:
        if not words.upper[place] or words.keys[place] not in self._codes:
            return False
        return place > 0 and words.segments[place] != words.segments[place - 1]


@cache
def place_key(name: str) -> tuple[str, ...]:
    """Return the words by which a place is found."""
    return tuple(read_keys(name))


def _is_alone(words: Words, start: int, end: int) -> bool:
    segment = words.segments[start]
    if words.segments[end - 1] != segment:
        return False
    for step, place in ((-1, start - 1), (1, end)):
        while 0 <= place < len(words.keys) and words.segments[place] == segment:
            if not any(c.isdigit() for c in words.keys[place]) and len(words.keys[place]) > 1:
                return False
            place += step
    return True


@cache
def _country_names() -> Mapping[tuple[str, ...], frozenset[str]]:
    found: dict[tuple[str, ...], set[str]] = {}

    def add(names: Iterable[str], code: str) -> None:
        for name in names:
            found.setdefault(place_key(name), set()).add(code)

    for code in _country_codes():
        add(_names_of(code), code)
    for code, names in _MORE.items():
        add(names.split("|"), code)
    for code, names in _STATES.items():
        add(names.split(), code)
    for code, names in _STATES_OF_SEVERAL_WORDS.items():
        add(names.split("|"), code)
    for former, codes in _FORMER.items():
        for code in codes.split():
            add(former.split("|"), code)
    found.pop((), None)
    return {key: frozenset(codes) for key, codes in found.items()}


def _country_codes() -> list[str]:
    names = Locale("en").territories
    return [c for c, name in names.items() if len(c) == 2 and country_code(name) == c]


def _names_of(code: str) -> Sequence[str]:
    names = (Locale(language).territories.get(code) for language in _LANGUAGES)
    return [name for name in names if name]
