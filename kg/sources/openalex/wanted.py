"""Which works a project wants: OpenAlex has 250 million, a graph of training a few thousand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kg.errors import SettingsError
from kg.settings import SourceSettings
from kg.sources.base import check_options

__all__ = ["Wanted", "bare", "wanted"]

_OPTIONS = ("people", "organisations", "works", "trainings", "grade", "all", "coauthors")
_PREFIX = re.compile(r"^https?://(?:www\.)?(?:dx\.)?(?:openalex|orcid|ror|doi)\.org/|^doi:", re.I)
_FORMS = {
    "people": (
        r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9x]|a[0-9]+",
        "ORCID iDs, or A… of OpenAlex",
    ),
    "organisations": (r"0[0-9a-z]{8}|i[0-9]+", "ROR ids, or I… of OpenAlex"),
    "works": (r"10\.[0-9]{4,9}/\S+|w[0-9]+", "DOIs, or W… of OpenAlex"),
}


@dataclass(frozen=True)
class Wanted:
    """Identifiers in small letters, without web address.

    ``trainings`` gives the training that a work came from; ``grade`` says how well that is known.
    ``mentioned`` finds any identifier in a line's bytes, so that the lines of others need not be
    parsed; it is None where all works are wanted.
    """

    people: frozenset[str]
    organisations: frozenset[str]
    works: frozenset[str]
    trainings: Mapping[str, str]
    grade: str | None
    coauthors: bool
    mentioned: re.Pattern[bytes] | None

    @property
    def everything(self) -> bool:
        """Whether all works are wanted."""
        return self.mentioned is None


def bare(identifier: str | None) -> str:
    """Return an identifier in small letters without its web address; none is empty.

    >>> bare("https://orcid.org/0000-0002-1694-233X"), bare("https://openalex.org/W1"), bare(None)
    ('0000-0002-1694-233x', 'w1', '')
    """
    return _PREFIX.sub("", (identifier or "").strip()).lower()


def wanted(settings: SourceSettings) -> Wanted:
    """Read the options.

    Raises
    ------
    SettingsError
        An identifier has no known form, or nothing says which works are wanted.
    """
    options = check_options(settings, _OPTIONS)
    trainings = _trainings(settings, options)
    found = {name: _identifiers(settings, name, options.get(name, [])) for name in _FORMS}
    works = found["works"] | trainings.keys()
    every = [*found["people"], *found["organisations"], *works]
    if not every and not options.get("all"):
        raise SettingsError(
            f"[[source]] {settings.id}: nothing says which works are wanted. Give people, "
            "organisations, works or trainings by their identifiers, or all = true."
        )
    return Wanted(
        people=found["people"],
        organisations=found["organisations"],
        works=frozenset(works),
        trainings=trainings,
        grade=options.get("grade"),
        coauthors=bool(options.get("coauthors")),
        mentioned=None if options.get("all") else _mentioned(every),
    )


def _mentioned(identifiers: Iterable[str]) -> re.Pattern[bytes]:
    """Return a pattern for any of the identifiers, as JSON may write them."""
    known = sorted(set(identifiers), reverse=True)
    if not all(re.fullmatch(r"[!#-.0-;=?-\[\]-~/]+", i) for i in known):
        return re.compile(b"")  # a character that JSON may write in several ways: parse each line
    pattern = b"|".join(re.escape(i.encode()).replace(b"/", rb"\\?/") for i in known)
    return re.compile(pattern, re.IGNORECASE)


def _identifiers(settings: SourceSettings, name: str, values: Iterable[Any]) -> frozenset[str]:
    form, accepted = _FORMS[name]
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise SettingsError(f"[[source]] {settings.id}: {name} is no list. Accepted: {accepted}.")
    found = {bare(str(value)) for value in values}
    for value in sorted(found):
        if not re.fullmatch(form, value):
            raise SettingsError(
                f"[[source]] {settings.id}: {name} has {value!r}. Accepted: {accepted}."
            )
    return frozenset(found)


def _trainings(settings: SourceSettings, options: Mapping[str, Any]) -> dict[str, str]:
    given = options.get("trainings", {})
    if not isinstance(given, Mapping):
        raise SettingsError(
            f"[[source]] {settings.id}: trainings is no table. Accepted: a line for each work, "
            'such as "10.5281/zenodo.3332807" = "2013-03-24-kaust".'
        )
    if given and not options.get("grade"):
        raise SettingsError(
            f"[[source]] {settings.id}: trainings needs grade. Accepted: the key of an evidence "
            "grade, such as acknowledged where the works name the training."
        )
    _identifiers(settings, "works", given)
    return {bare(work): str(training) for work, training in given.items()}
