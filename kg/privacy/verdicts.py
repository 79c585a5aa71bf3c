"""Who is named, who is counted, who is left out; docs/decisions/0009 says why so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from kg.privacy.people import People
from kg.tombstones import Tombstones

__all__ = ["REFUSALS", "Verdicts", "judge"]

REFUSALS = ("refused", "withdrawn")
"""The values of consent that keep a person from being named anywhere."""

_CONSENTED = "consented"


@dataclass(frozen=True)
class Verdicts:
    """``unnamed`` are the numbers of people who are not named; ``forgotten`` some of them.

    ``forgotten_keys`` are keys in cells whose person has no row here any more.
    """

    unnamed: frozenset[int]
    forgotten: frozenset[int]
    forgotten_keys: frozenset[str]


def judge(people: People, rules: Mapping[str, str], tombstones: Tombstones) -> Verdicts:
    """Decide about every person; ``rules`` gives each source's publish rule.

    A refusal in any source counts everywhere, also for a namesake with a training or an
    organisation in common. Else consent names a person, given in a source that may name.
    Else the strictest rule of all sources with a row about the person decides.
    """
    rows = people.rows.with_columns(rule=pl.col("source").replace_strict(rules))
    consented = (pl.col("consent") == _CONSENTED) & (pl.col("rule") != "groups")
    judged = rows.group_by("who").agg(
        refused=pl.col("consent").is_in(REFUSALS).any(),
        consented=consented.any(),
        strict=(pl.col("rule") != "named").any(),
    )
    refused = _with_namesakes(people, judged.filter("refused")["who"])
    strict = judged.filter(pl.col("strict") & ~pl.col("consented"))["who"]
    forgotten = _forgotten(people, tombstones)
    cells = people.cells.unique(["part", "key"])
    loose = {*cells["key"].to_list(), *cells["part"].str.to_lowercase().to_list()}
    return Verdicts(
        frozenset(strict.to_list()) | refused | forgotten, forgotten, tombstones.among(loose)
    )


def _with_namesakes(people: People, who: pl.Series) -> frozenset[int]:
    """Add the people with the same name and a training or an organisation in common."""
    if not len(who):
        return frozenset()
    named = people.named()
    theirs = named.filter(pl.col("who").is_in(who.implode())).select("key")
    return frozenset(who.to_list()) | frozenset(
        named.join(theirs, on="key", how="semi")["who"].to_list()
    )


def _forgotten(people: People, tombstones: Tombstones) -> frozenset[int]:
    if not tombstones:
        return frozenset()
    keys = pl.concat([people.keys.select("who", "key"), people.named().select("who", "key")])
    found = tombstones.among(keys["key"].unique())
    return frozenset(keys.filter(pl.col("key").is_in(list(found)))["who"].to_list())
