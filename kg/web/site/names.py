"""Search without a server: an index of names in shards, and lists of names for who has no script.

Every folded word of a name files it in the shard of the word's first two letters; a shard that
would be large is split by a third one, and so on. A shard is a script that hands over JSON, so
that search works on a disk too, where pages may not fetch files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import polars as pl

from kg.search import KINDS, searchable
from kg.web.render import address_of, named
from kg.web.service import service

__all__ = [
    "Name",
    "Part",
    "kind_names",
    "names_of",
    "parts_of",
    "shard_file",
    "shard_text",
    "shards_of",
]

_SHORTEST = 2  # letters of a shard
_LARGEST = 1_500  # names of a shard, as long as a further letter tells them apart
_PER_PAGE = 500
_OTHERS = "#"


@dataclass(frozen=True)
class Name:
    """A name under which a thing is found.

    ``text`` is the name, ``label`` what the thing goes by in the language of the site, ``place``
    the address of its page, ``weight`` in how many trainings it takes part.
    """

    text: str
    label: str
    kind: str
    place: str
    weight: int
    words: str

    @property
    def is_label(self) -> bool:
        """Whether the thing goes by this name."""
        return self.text == self.label


@dataclass(frozen=True)
class Part:
    """One page of the plain list: the names under a letter, or some of them."""

    key: str
    letter: str
    names: Sequence[Name]


def names_of(code: str, is_there: Callable[[str], bool]) -> list[Name]:
    """Return all names and codes of the things that have a page, by their spelling.

    Parameters
    ----------
    code:
        The language in which things are named.
    is_there:
        Tells of an address whether it has a page.
    """
    graph = service().graph
    texts = graph.columns("names").select("entity", "kind", "use", "text").unique()
    labels = _labels(texts, code)
    weights = _weights()
    places = {iri: address_of(iri) for iri in labels}
    shown = {iri: p for iri, p in places.items() if p and not service().is_forgotten(iri)}
    found: dict[tuple[str, str], Name] = {}
    for iri, kind, _, text in texts.sort("entity", "use", "text").iter_rows():
        place = shown.get(iri)
        words = searchable(text)
        if place is not None and words and is_there(place):
            name = Name(text, labels[iri], kind, place, weights.get(iri, 0), words)
            known = found.get((place, words))
            found[place, words] = name if known is None or name.is_label else known
    # a thing without a label in any language is listed by its code
    return sorted(found.values(), key=lambda n: (n.words, KINDS.index(n.kind), n.place))


def _labels(texts: pl.DataFrame, code: str) -> dict[str, str]:
    """Return thing → what it goes by: its label in the language, else in any, else a code."""
    entities = service().graph.columns("entities").select("entity", "label").drop_nulls()
    anything = texts.sort("use", "text", descending=[True, False])
    return {
        **dict(anything.select("entity", "text").iter_rows()),
        **dict(entities.iter_rows()),
        **service().labels(code),
    }


def _weights() -> dict[str, int]:
    graph = service().graph
    involved = graph.columns("involvements")
    taking = [
        involved.select("training", entity=column)
        for column in ("organisation", "person", "country")
    ]
    facets = graph.columns("facets").select("training", entity="value")
    counted = pl.concat([*taking, facets]).drop_nulls("entity").group_by("entity")
    return dict(counted.agg(pl.col("training").n_unique()).iter_rows())


def shards_of(names: Iterable[Name]) -> dict[str, list[Name]]:
    """Return the beginnings of words, each with the names that have a word beginning so.

    A beginning that is the whole word stands for that word alone where longer ones were split off.
    """
    filed: dict[str, dict[str, list[Name]]] = {}
    for name in names:
        for word in dict.fromkeys(name.words.split()):
            filed.setdefault(word[:_SHORTEST], {}).setdefault(word, []).append(name)
    shards: dict[str, list[Name]] = {}
    for prefix, words in sorted(filed.items()):
        _split(prefix, words, shards)
    return shards


def _split(prefix: str, words: Mapping[str, list[Name]], shards: dict[str, list[Name]]) -> None:
    count = sum(map(len, words.values()))
    longer = {word: names for word, names in words.items() if len(word) > len(prefix)}
    if count <= _LARGEST or not longer:
        shards[prefix] = list(dict.fromkeys(n for found in words.values() for n in found))
        return
    if prefix in words:
        shards[prefix] = words[prefix]
    below: dict[str, dict[str, list[Name]]] = {}
    for word, names in longer.items():
        below.setdefault(word[: len(prefix) + 1], {})[word] = names
    for further, found in sorted(below.items()):
        _split(further, found, shards)


def shard_file(prefix: str) -> str:
    """Return the name of the file of a shard: no letter of any script is a problem to a host."""
    return f"{prefix.encode().hex()}.js"


def shard_text(prefix: str, names: Iterable[Name], link: Callable[[str], str]) -> str:
    """Return a shard: rows of words, label, other name, kind, address, weight."""
    rows: list[list[Any]] = [
        [n.words, n.label, "" if n.is_label else n.text, KINDS.index(n.kind), link(n.place),
         n.weight] for n in names
    ]  # fmt: skip
    return f"rihlaNames({json.dumps(prefix)},{json.dumps(rows, separators=(',', ':'))});\n"


def parts_of(names: Iterable[Name]) -> list[Part]:
    """Return the plain list: what things go by, a page for each letter, several for a full one."""
    listed = [replace(n, text=n.label) for n in names if n.is_label]
    by_letter = sorted(listed, key=lambda n: (_letter(n), n.words, n.place))
    parts = []
    for letter, group in groupby(by_letter, key=_letter):
        own = list(group)
        for i in range(0, len(own), _PER_PAGE):
            number = f"-{i // _PER_PAGE + 1}" if len(own) > _PER_PAGE else ""
            parts.append(Part(f"{letter.encode().hex()}{number}", letter, own[i : i + _PER_PAGE]))
    return parts


def _letter(name: Name) -> str:
    first = name.words[:1].upper()
    return first if first.isalpha() else _OTHERS


def kind_names() -> list[str]:
    """Return what each kind is called in the language of the request, in the order of the index."""
    return [named(kind) for kind in KINDS]
