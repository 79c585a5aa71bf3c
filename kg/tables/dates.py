"""Dates as people write them, read by strict rules: what is ambiguous is asked, not guessed.

Month names come from CLDR (Babel) in English, Arabic and French, the Hijri calendar is Umm
al-Qura's (hijridate), serial numbers are those of spreadsheets (days since 1899-12-30).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from babel import Locale
from hijridate import Hijri

__all__ = ["DateReading", "read_date"]

_SEPARATED = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})")
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?$")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.0+)?")
_ERA = re.compile(r"\s*(?:\b[Aa]\.?[Hh]\.?|(?<=\d)\s*[Hh]|هـ?)\s*$")
_NOISE = {"de", "du", "le", "la", "of", "the", "من", "في"}
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|ère)")
_EPOCH = dt.date(1899, 12, 30)
_HIJRI_YEARS = range(1343, 1501)  # those of the tables of Umm al-Qura
_YEAR_DIGITS = 4
_HIJRI_MONTHS = (
    ("muharram", "محرم", "المحرم"),
    ("safar", "صفر"),
    ("rabi al awwal", "rabi i", "ربيع الاول"),
    ("rabi al thani", "rabi ii", "ربيع الثاني", "ربيع الاخر"),
    ("jumada al ula", "jumada i", "جمادي الاولي", "جمادي الاول"),
    ("jumada al akhirah", "jumada ii", "جمادي الاخره", "جمادي الثانيه"),
    ("rajab", "رجب"),
    ("shaban", "sha ban", "شعبان"),
    ("ramadan", "رمضان"),
    ("shawwal", "شوال"),
    ("dhu al qadah", "dhul qadah", "ذو القعده", "ذي القعده"),
    ("dhu al hijjah", "dhul hijjah", "ذو الحجه", "ذي الحجه"),
)
# Names of Gregorian months in the Levant and the Maghreb, which CLDR's "ar" does not have.
_OTHER_ARABIC = (
    ("كانون الثاني", "جانفي"),
    ("شباط", "فيفري"),
    ("اذار",),
    ("نيسان", "افريل"),
    ("ايار", "ماي"),
    ("حزيران", "جوان"),
    ("تموز", "جويليه"),
    ("اب", "اوت"),
    ("ايلول",),
    ("تشرين الاول",),
    ("تشرين الثاني",),
    ("كانون الاول",),
)


@dataclass(frozen=True)
class DateReading:
    """How a text was read: a date, month or year as XSD writes it, or a question.

    ``note`` says from what it was converted; ``hint`` gives the readings of an ambiguous text.
    ``dated`` says that the text is a date in its own right, of another calendar.
    """

    value: str | None
    note: str | None = None
    hint: str | None = None
    dated: bool = False


def read_date(text: str, order: str | None = None) -> DateReading | None:
    """Read a date, month or year; None where no rule fits.

    ``order`` is ``day-first``, ``month-first`` or None. Digits are ASCII already.

    >>> read_date("3 avril 2019").value
    '2019-04-03'
    >>> read_date("03/04/2019").hint
    '2019-04-03 or 2019-03-04'
    >>> read_date("28 رجب 1440 هـ").value
    '2019-04-04'
    """
    bare = _MIDNIGHT.sub("", " ".join(text.split()))
    if _SERIAL.fullmatch(bare):
        day = _EPOCH + dt.timedelta(days=int(float(bare)))
        return DateReading(day.isoformat(), f"the serial number of {day.isoformat()}")
    era = _ERA.search(bare)
    bare = bare[: era.start()] if era else bare
    return _with_names(bare, era) or _in_numbers(bare, era, order)


def _in_numbers(bare: str, era: object, order: str | None) -> DateReading | None:
    month = _MONTH_YEAR.fullmatch(bare)
    if month and not era:
        return _plain(int(month[2]), int(month[1]))
    parts = _SEPARATED.fullmatch(bare)
    if not parts:
        return None
    first, middle, last = parts[1], int(parts[3]), parts[4]
    if len(first) == _YEAR_DIGITS and len(last) <= 2:
        return _dated(int(first), middle, int(last), era)
    if len(last) != _YEAR_DIGITS or len(first) > 2:
        return None
    if era:
        return _dated(int(last), middle, int(first), era)
    return _of_two_orders(int(last), int(first), middle, order)


def _of_two_orders(year: int, first: int, second: int, order: str | None) -> DateReading | None:
    day_first, month_first = _plain(year, second, first), _plain(year, first, second)
    if order:
        return day_first if order == "day-first" else month_first
    if day_first and month_first and day_first != month_first:
        return DateReading(None, hint=f"{day_first.value} or {month_first.value}")
    return day_first or month_first


def _with_names(bare: str, era: object) -> DateReading | None:
    tokens = [t for t in re.split(r"[ ,/.\-]+", _folded(_ORDINAL.sub(r"\1", bare))) if t]
    numbers = [t for t in tokens if t.isdecimal()]
    name = " ".join(t for t in tokens if not t.isdecimal() and t not in _NOISE)
    years = [int(t) for t in numbers if len(t) == _YEAR_DIGITS]
    days = [int(t) for t in numbers if len(t) <= 2]
    if len(years) != 1 or len(years) + len(days) != len(numbers) or len(days) > 1 or not name:
        return None
    day = days[0] if days else None
    if name in _hijri_months():
        return _dated(years[0], _hijri_months()[name], day, era=True)
    number = _months().get(name)
    return _plain(years[0], number, day) if number and not era else None


def _dated(year: int, month: int, day: int | None, era: object) -> DateReading | None:
    return _hijri(year, month, day) if era else _plain(year, month, day)


def _plain(year: int, month: int, day: int | None = None) -> DateReading | None:
    try:
        found = dt.date(year, month, day or 1)
    except ValueError:
        return None
    return DateReading(found.isoformat() if day else found.isoformat()[:7])


def _hijri(year: int, month: int, day: int | None) -> DateReading | None:
    # A Hijri month lies in two Gregorian ones: without a day there is no honest answer.
    if year not in _HIJRI_YEARS or day is None:
        return None
    try:
        found = Hijri(year, month, day).to_gregorian().isoformat()
    except (ValueError, OverflowError):
        return None
    note = f"the Hijri date {year}-{month:02}-{day:02}, {found}"
    return DateReading(found, note, dated=True)


@cache
def _months() -> dict[str, int]:
    names: dict[str, int] = {}
    for language in ("en", "fr", "ar"):
        months = Locale(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                names |= {
                    _folded(name).strip(". "): number
                    for number, name in months[context][width].items()
                }
    names |= {name: n for n, group in enumerate(_OTHER_ARABIC, start=1) for name in group}
    return names | {"sept": 9}


@cache
def _hijri_months() -> dict[str, int]:
    return {_folded(n): i for i, group in enumerate(_HIJRI_MONTHS, start=1) for n in group}


def _folded(text: str) -> str:
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)
    )
    return bare.replace("ى", "ي").replace("ة", "ه").replace("'", " ").replace("’", " ").strip()
