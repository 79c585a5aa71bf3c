"""Where a text names one of some people: their names, however written, and their keys.

A name is found without regard to case, accents, word order (``Muster, Carla``) and joints
(``carla_muster``), as whole words. A name of one word in ASCII letters is not looked for: ``Rose``
is a word too. Nor is a key that could be a word. What is part of another person's longer name or
key is theirs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

__all__ = ["OMITTED", "Traces", "traces_of"]

OMITTED = "…"
"""Stands in a text where a name stood."""

_SHORTEST_NAME = 4  # characters
_SHORTEST_KEY = 6
_LONG = 10  # characters of a name that is known again when its words are written in one
_JOINT = r"(?:[\W_]|%20)"
_BEFORE = r"(?:^|(?<=[\W_])|(?<=%20))"
_AFTER = r"(?=[\W_]|$)"
# Arabic writes "and", "by", "for" and "like" together with the name that follows.
_PREFIX = "[وفبلك]?"
_ESCAPE = r'\\[nrtbf"]'  # as N-Quads and JSON write a line break: two characters, neither a word
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ARABIC = re.compile(r"[\u0620-\u064a]")


@dataclass(frozen=True)
class Traces:
    """What to look for; ``others`` are names and keys of other people that contain one of these."""

    names: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.names or self.keys)

    def found(self, texts: pl.Series) -> pl.Series:
        """Say of each text whether it names one of the people; a null does not."""
        none = pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True)
        if not self:
            return none
        loose = _folded_series(texts).str.contains(self._loose).fill_null(value=False)
        hits = {text for text in texts.filter(loose).unique() if self.spans(text)}
        return texts.is_in(list(hits)).fill_null(value=False) if hits else none

    def without(self, text: str, instead: str = OMITTED) -> str:
        """Return a text with ``…`` (or ``instead``) in the place of each name and key."""
        for start, end in reversed(self.spans(text)):
            text = text[:start] + instead + text[end:]
        return text

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where in a text one of the people is named, as starts and ends."""
        if not self:
            return []
        plain, places = _folded_with_places(text)
        return [
            (places[m.start("hit")], places[m.end("hit") - 1] + 1)
            for m in self._strict.finditer(plain)
            if m["hit"] is not None
        ]

    @cached_property
    def _strict(self) -> re.Pattern[str]:
        hit = "|".join(self._patterns(fold))
        if not self.others:
            return re.compile(f"(?P<hit>{hit})")
        other = "|".join(_bounded(_joined(fold(o), _JOINT + "+")) for o in self.others)
        return re.compile(f"(?:{other})|(?P<hit>{hit})")

    @cached_property
    def _loose(self) -> str:
        """A pattern of the engine of polars, which cannot look behind."""
        bare = [p.replace(_BEFORE, "").replace(_AFTER, "") for p in self._patterns(_folded_once)]
        return "|".join(bare)

    def _patterns(self, folding: Callable[[str], str]) -> Iterator[str]:
        longest_first = sorted(self.names, key=len, reverse=True)
        yield from (p for name in longest_first for p in _name_patterns(folding(name)))
        yield from (_bounded(re.escape(folding(key))) for key in self.keys)


def traces_of(names: Iterable[str], keys: Iterable[str], others: Iterable[str] = ()) -> Traces:
    """Return what to look for of some people; ``others`` are names and keys of everybody else."""
    sought = Traces(
        tuple(sorted({n for n in names if _is_telling_name(n)})),
        tuple(sorted({k.lower() for k in keys if _is_telling_key(k)})),
    )
    own = {fold(text) for text in (*sought.names, *sought.keys)}
    texts = pl.Series("others", list(others), dtype=pl.String)
    longer = {t for t in texts.filter(sought.found(texts)).unique() if fold(t) not in own}
    return Traces(sought.names, sought.keys, tuple(sorted(longer, key=lambda t: (-len(t), t))))


def fold(text: str) -> str:
    """Return a text without case, accents and compatibility forms."""
    return _folded_with_places(text)[0]


def _is_telling_name(name: str) -> bool:
    if _CJK.search(name):
        return len(name) > 1
    return len(name) >= _SHORTEST_NAME and (" " in name.strip() or not name.isascii())


def _is_telling_key(key: str) -> bool:
    mixed = re.search(r"[\d\W_]", key) and re.search(r"[^\W\d_]|\d{4}-\d{4}", key)
    return len(key) >= _SHORTEST_KEY and mixed is not None


def _folded_with_places(text: str) -> tuple[str, list[int]]:
    """Return a folded text, and for each of its characters the place that it comes from."""
    text = re.sub(_ESCAPE, "  ", text)
    if text.isascii():
        return text.lower(), list(range(len(text)))
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character.casefold()):
            if not unicodedata.combining(part):
                folded.append(part)
                places.append(place)
    return "".join(folded), places


def _folded_series(texts: pl.Series) -> pl.Series:
    apart = texts.str.replace_all(_ESCAPE, "  ").str.normalize("NFKD")
    return apart.str.replace_all(r"\p{Mn}", "").str.to_lowercase().str.replace_all("ß", "ss")


def _folded_once(text: str) -> str:
    return str(_folded_series(pl.Series([text]))[0])


def _name_patterns(name: str) -> Iterator[str]:
    words = re.findall(r"\w+", name)
    joint = _JOINT + ("*" if len("".join(words)) >= _LONG and len(words) > 1 else "+")
    orders = [words, [words[-1], *words[:-1]]] if len(words) > 1 else [words]
    for order in orders:
        plain = joint.join(map(re.escape, order))
        if _CJK.search(name):
            yield plain  # written without blanks between words
        else:
            yield _bounded(f"{_PREFIX}{plain}" if _ARABIC.search(name) else plain)


def _joined(name: str, joint: str) -> str:
    return joint.join(map(re.escape, re.findall(r"\w+", name.replace("_", " "))))


def _bounded(pattern: str) -> str:
    return f"{_BEFORE}{pattern}{_AFTER}"
