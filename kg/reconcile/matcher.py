"""Names and whole affiliations matched with a directory of organisations.

A text fetches the names of which it has nearly every word; where they stand in it, what stands
beside them, and which places are named decide how well each fits. Nothing is matched where
nothing fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kg.reconcile.directory import Directory
from kg.reconcile.evidence import features, place_of, relate
from kg.reconcile.places import place_key
from kg.reconcile.scoring import ACCEPT, reasons, score, zone_of
from kg.reconcile.spans import Finding, Reading, best_span, keep_best, rank, read_text
from kg.reconcile.whole import is_whole
from kg.reconcile.words import read_words

__all__ = ["Candidate", "Query", "findings_of", "match"]

_LEAST = 0.68  # share of a name's rarity that a text must have
_BATCH = 512  # texts whose names are fetched at a time
_MOST = 24  # names of a text that are looked at closely
_CLOSEST = 12  # organisations of a text that are scored
_NAMESAKES = 12  # organisations of one name that are looked at
_LONGEST = 2_000  # characters of a text that are read
_Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Query:
    """A name or an affiliation, with the country (ISO 3166) and the city where they are known."""

    text: str
    country: str | None = None
    city: str | None = None


@dataclass(frozen=True)
class Candidate:
    """An organisation that a text may mean. ``score`` is from 0 to 1; ``zone`` one of ZONES.

    ``whole`` says that the text is a name of it and nothing more.
    """

    id: str
    name: str
    country: str | None
    city: str | None
    score: float
    zone: str
    reasons: tuple[str, ...]
    whole: bool = False


def match(
    directory: Directory, queries: Sequence[Query | str], limit: int = 5
) -> list[list[Candidate]]:
    """Return the candidates of each text, the best first.

    Parameters
    ----------
    directory:
        The organisations to choose from.
    queries:
        Names or affiliations: "Dept. of Physics, Univ. of X, City, Country".
    limit:
        How many candidates a text gets at most; those in the zone ``reject`` are among them.
    """
    return [
        [_candidate(finding, directory) for finding in found[:limit]]
        for found in findings_of(directory, queries)
    ]


def _candidate(finding: Finding, directory: Directory) -> Candidate:
    own = directory.organisations[finding.organisation]
    return Candidate(
        own.id,
        own.name,
        own.country,
        own.city_name,
        round(finding.score, 4),
        zone_of(finding.score),
        reasons(finding, directory),
        finding.whole,
    )


def findings_of(directory: Directory, queries: Sequence[Query | str]) -> Iterator[list[Finding]]:
    """Yield the scored findings of each text, the best first."""
    asked = [Query(q) if isinstance(q, str) else q for q in queries]
    for start in range(0, len(asked), _BATCH):
        readings = [_read(directory, query) for query in asked[start : start + _BATCH]]
        names = _fetch(directory, readings)
        groups = [_find(directory, r, n) for r, n in zip(readings, names, strict=True)]
        score(groups, directory)
        for reading, group in zip(readings, groups, strict=True):
            # Only the best can be taken.
            if group and group[0].score >= ACCEPT:
                group[0].whole = is_whole(reading, group[0], directory)
        yield from groups


def _read(directory: Directory, query: Query) -> Reading:
    country = query.country.upper() if query.country else None
    city = place_key(query.city) if query.city else ()
    return read_text(directory, read_words(query.text[:_LONGEST]), country, city)


def _fetch(directory: Directory, readings: Sequence[Reading]) -> list[list[int]]:
    """Return, for each text, the numbers of the names of which it has nearly every word."""
    vocabulary = len(directory.vocabulary)
    pairs = [
        (number * vocabulary + word, max(sure for _, sure in found))
        for number, reading in enumerate(readings)
        for word, found in reading.meanings.items()
    ]
    if not pairs:
        return [[] for _ in readings]
    pairs.sort()
    keys = np.array([key for key, _ in pairs], dtype=np.int64)
    sures = np.array([sure for _, sure in pairs])
    texts, words = np.divmod(keys, vocabulary)
    rows, at = _spread(directory.file_start[words], directory.file_start[words + 1])
    texts, names = texts[rows], directory.filed[at]
    # Every word of every name fetched, looked up among those of its text.
    rows, at = _spread(directory.name_start[names], directory.name_start[names + 1])
    wanted = texts[rows] * vocabulary + directory.name_words[at]
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    rarity = directory.name_rarity[at]
    found = np.where(keys[place] == wanted, sures[place], 0.0) * rarity
    got = np.bincount(rows, found, minlength=len(names))
    total = np.bincount(rows, rarity, minlength=len(names))
    kept = got >= _LEAST * total
    value = (2 * total - 3 * got)[kept]
    fetched: list[list[tuple[float, int]]] = [[] for _ in readings]
    for text, name, v in zip(
        texts[kept].tolist(), names[kept].tolist(), value.tolist(), strict=True
    ):
        fetched[text].append((v, name))
    return [[name for _, name in sorted(group)[:_MOST]] for group in fetched]


def _spread(starts: _Numbers, ends: _Numbers) -> tuple[_Numbers, _Numbers]:
    """Return all numbers of the ranges, each with the number of its range before it."""
    lengths = ends - starts
    rows = np.repeat(np.arange(len(lengths)), lengths)
    offsets = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return rows, np.repeat(starts, lengths) + offsets


def _find(directory: Directory, reading: Reading, names: Sequence[int]) -> list[Finding]:
    """Return the findings of a text with their features, one an organisation."""
    found: list[Finding] = []
    for number in names:
        finding = best_span(reading, directory.names[number], directory)
        if finding is not None and finding.missing <= 1 - _LEAST:
            found += _bearers(finding, reading, directory)
    findings = sorted(keep_best(found), key=rank, reverse=True)[:_CLOSEST]
    for finding in findings:
        finding.values = features(reading, finding, directory)
    relate(findings, reading, directory)
    return findings


def _bearers(finding: Finding, reading: Reading, directory: Directory) -> list[Finding]:
    """Return a finding for each organisation of the name that is nearly as well placed as any."""
    placed = []
    for bearer in finding.name.bearers:
        place = place_of(reading, finding, directory.organisations[bearer])
        placed.append((sum(place), bearer, place))
    best = max(value for value, _, _ in placed)
    found: list[Finding] = []
    for value, bearer, place in placed:
        if value >= best - 1 and len(found) < _NAMESAKES:
            one = finding if len(placed) == 1 else copy(finding)
            one.organisation, one.place = bearer, place
            one.namesakes = sum(other >= value for other, _, _ in placed)
            found.append(one)
    return found
