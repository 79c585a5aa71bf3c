"""From evidence to a score between 0 and 1, its zone, and the reasons in words.

The score is a logistic model over the features and products of two of them, less what rivals
for the same words score. ``weights.csv`` has its weights; ``benchmarks/reconciliation.py --fit``
makes them anew.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kg.reconcile.directory import Directory
from kg.reconcile.evidence import FEATURES
from kg.reconcile.spans import Finding

__all__ = ["ACCEPT", "REVIEW", "ZONES", "reasons", "score", "strengths", "zone_of"]

ACCEPT = 0.6
"""From this score on a match is taken without asking."""
REVIEW = 0.15
"""Below this score a candidate is not shown."""
ZONES = ("accept", "review", "reject")

_FILE = Path(__file__).with_name("weights.csv")
_SURE_OF_RIVALS = 30.0  # exponents beyond it overflow
_FEW_LETTERS = 4
_MOST_ALONE = ACCEPT - 0.01  # what an acronym of few letters scores without anything else
_CLEAR = 0.02  # share of a name's weight that may be unsure before it is said
_Array = npt.NDArray[np.float64]

# A feature's value above the bound is said in these words.
_WORDS = {
    "a word missing": (0, "a word of its name is missing"),
    "order": (0, "the words stand in another order"),
    "across words": (0, "its name runs over a comma"),
    "a word between": (0, "other words stand inside its name"),
    "words before": (0.3, "other words stand before its name"),
    "words after": (0.3, "other words stand after its name"),
    "unit of": (0, "its name may be that of a department"),
    "of after": (0, "its name goes on"),
    "acronym in small letters": (0, "an acronym in small letters"),
    "namesakes": (0.5, "others of the same name are as likely"),
    "generic": (0.8, "many have such a name"),
    "parent named": (0, "the organisation that it is part of is named too"),
    "child named": (0, "a part of it is named too"),
    "inside another": (0.5, "its name is part of another one's"),
    "another before": (0, "another organisation is named before it"),
    "domain": (0, "an address of its web domain"),
    "also by acronym": (0, "named by name and by acronym"),
}


def zone_of(score: float) -> str:
    """Return ``accept``, ``review`` or ``reject``."""
    if score >= ACCEPT:
        return "accept"
    return "review" if score >= REVIEW else "reject"


@cache
def _weights() -> tuple[_Array, _Array, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the weights of the features, and those of products with both factors' places."""
    place = {name: i for i, name in enumerate(FEATURES)}
    single = np.zeros(len(FEATURES))
    products: list[tuple[int, int, float]] = []
    with _FILE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["second"]:
                products.append((place[row["first"]], place[row["second"]], float(row["weight"])))
            else:
                single[place[row["first"]]] = float(row["weight"])
    first, second, weight = zip(*products, strict=True)
    return single, np.array(weight), np.array(first), np.array(second)


def strengths(values: _Array) -> _Array:
    """Return the log-odds of findings, one a row of features, before rivals are weighed."""
    single, product, first, second = _weights()
    result: _Array = values @ single + (values[:, first] * values[:, second]) @ product
    return result


def score(groups: Sequence[list[Finding]], directory: Directory) -> None:
    """Set the score of all findings of each text, and put the best first."""
    flat = [finding for group in groups for finding in group]
    if not flat:
        return
    odds = strengths(np.array([f.values for f in flat])).tolist()
    start = 0
    for group in groups:
        own = odds[start : start + len(group)]
        start += len(group)
        raised = [float(np.exp(min(z, _SURE_OF_RIVALS))) for z in own]
        for number, finding in enumerate(group):
            rivals = sum(
                raised[other]
                for other, rival in enumerate(group)
                if other != number and _are_rivals(finding, rival, directory)
            )
            value = 1 / (1 + float(np.exp(-own[number])) * (1 + rivals))
            finding.score = min(value, _MOST_ALONE) if _is_bare_acronym(finding) else value
        group.sort(key=lambda f: (-f.score, directory.organisations[f.organisation].id))


def _is_bare_acronym(finding: Finding) -> bool:
    """Return whether a few letters are all there is: registers are never complete for those."""
    if not finding.name.acronym or finding.acronym_too or max(finding.place) > 0:
        return False
    return len(finding.name.text.strip()) <= _FEW_LETTERS


def _are_rivals(one: Finding, other: Finding, directory: Directory) -> bool:
    """Return whether two claim the same words, and neither is part of the other."""
    if one.places.isdisjoint(other.places):
        return False
    first, second = one.organisation, other.organisation
    return second not in directory.ancestors(first) and first not in directory.ancestors(second)


def reasons(finding: Finding, directory: Directory) -> tuple[str, ...]:
    """Return what speaks for and against a finding, the name it was found by first."""
    own = directory.organisations[finding.organisation]
    values = dict(zip(FEATURES, finding.values, strict=True))
    kind = "acronym" if finding.name.acronym else "name"
    sure = "" if finding.unsure <= _CLEAR else ", as abbreviated or misspelt"
    said = [f"{kind} “{finding.name.text}”{sure}"]
    said += _of_place(values, own.country, own.city_name)
    if _is_bare_acronym(finding):
        said.append("a few letters and nothing else")
    said += [words for name, (bound, words) in _WORDS.items() if values[name] > bound]
    return tuple(said)


def _of_place(values: dict[str, float], country: str | None, city: str | None) -> list[str]:
    said = []
    if values["country agrees"]:
        said.append(f"the country agrees ({country})")
    elif values["country differs"]:
        said.append(f"another country is named than {country}")
    else:
        said.append("no country is named")
    if values["city agrees"]:
        said.append(f"the city agrees ({city})")
    elif values["city differs"]:
        said.append(f"another city is named than {city}")
    return said
