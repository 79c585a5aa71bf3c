"""Search by name: every label, alias, acronym and code of a release, in any script.

SQLite's full-text index over folded names (:func:`kg.folding.folded`), in memory: made from the
flat table ``names`` in the time of a blink for a project, of seconds for a registry. A text is
found by the beginnings of its words, in any order; where no word begins so, by words that differ
in a letter or two.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from kg.folding import folded

__all__ = ["KINDS", "Hit", "SearchIndex"]

KINDS = (
    "organisation", "person", "country", "bloc", "topic", "method", "sector", "programme",
    "series", "training", "outcome", "curriculum", "place",
)  # fmt: skip
"""What can be searched for, the kinds that people ask for most first."""

_USES = ("label", "acronym", "code", "alias")
_TABLES = """
CREATE TABLE entity (id INTEGER PRIMARY KEY, iri TEXT, kind INTEGER, weight REAL);
CREATE TABLE name (
    id INTEGER PRIMARY KEY, entity INTEGER, text TEXT, language TEXT, use INTEGER, folded TEXT);
CREATE INDEX name_entity ON name (entity);
CREATE VIRTUAL TABLE word USING fts5(
    folded, content='', columnsize=0, detail='full', tokenize="unicode61 remove_diacritics 0",
    prefix='1 2 3');
CREATE VIRTUAL TABLE spelling USING fts5vocab(word, 'row');
"""
_INSERT_NAME = "INSERT INTO name VALUES (?, ?, ?, ?, ?, ?)"
# A whole name comes before the beginning of one, that before words in it; then what is used
# most, then the shorter name.
_FIND = """
SELECT e.iri, e.kind, n.text, n.language, n.use, e.weight, n.entity,
       CASE WHEN n.folded = :whole THEN 0 WHEN n.folded GLOB :start THEN 1 ELSE 2 END AS fit
FROM word JOIN name n ON n.id = word.rowid JOIN entity e ON e.id = n.entity
WHERE word MATCH :words AND (:kinds = '' OR instr(:kinds, ',' || e.kind || ','))
ORDER BY fit, n.use > 1, e.weight DESC, e.kind, length(n.folded), n.folded, e.iri
LIMIT :most
"""
_NAMES = """
SELECT e.iri, e.kind, n.text, n.language, n.use, e.weight, n.entity, n.folded
FROM name n JOIN entity e ON e.id = n.entity WHERE instr(:kinds, ',' || e.kind || ',')
"""
_LABELS = "SELECT text, language FROM name WHERE entity = ? AND use = 0"
_WORDS = re.compile(r"[^\W_]+")
# Scripts written without blanks: a character is a word.
_UNSPACED = re.compile(r"([぀-ヿ㐀-鿿豈-﫿฀-๿])")
_LONGEST = 200  # characters of a text that are looked at
_MOST_WORDS = 12
_MOST_COMPARED = 200_000  # names; a fraction of a second
_ALIKE = 70  # of 100
_SPARE = 8  # names fetched for each hit wanted, since a thing may have several that fit


@dataclass(frozen=True)
class Hit:
    """One thing that was found.

    ``label`` is its name in the language that was asked for, else English, else as published;
    ``matched`` the name that fitted, where it is another one. ``weight`` is the number of
    trainings that it has to do with.
    """

    iri: str
    kind: str
    label: str
    matched: str | None
    weight: int


class SearchIndex:
    """The names of a release, ready to be searched.

    Parameters
    ----------
    names:
        The flat table ``names``: ``entity``, ``kind``, ``use``, ``text``, ``language``.
    weights:
        ``entity`` and ``weight``: how many trainings each has to do with.
    """

    def __init__(self, names: pl.DataFrame, weights: pl.DataFrame | None = None) -> None:
        self._lock = threading.Lock()
        self._base = sqlite3.connect(":memory:", check_same_thread=False)
        self._base.executescript(_TABLES)
        known = names.filter(pl.col("kind").is_in(list(KINDS)), pl.col("use").is_in(list(_USES)))
        entities = _entities(known, weights)
        with self._base:
            self._base.executemany(
                "INSERT INTO entity VALUES (?, ?, ?, ?)",
                entities.select("id", "entity", "kind", "weight").iter_rows(),
            )
            self._add_names(known.join(entities.select("entity", "id"), on="entity"))
        self._size = known.height
        self._spellings: list[str] | None = None

    def __len__(self) -> int:
        """Return the number of names."""
        return self._size

    def _add_names(self, names: pl.DataFrame) -> None:
        names = names.sort("id", "use", "language", "text")
        uses = {use: number for number, use in enumerate(_USES)}
        forms = [searchable(text) for text in names["text"]]
        columns = names.select("id", "text", "language", "use").iter_rows()
        self._base.executemany(
            _INSERT_NAME,
            (
                (number, entity, text, language or "", uses[use], form)
                for number, ((entity, text, language, use), form) in enumerate(
                    zip(columns, forms, strict=True)
                )
            ),
        )
        self._base.executemany("INSERT INTO word (rowid, folded) VALUES (?, ?)", enumerate(forms))
        self._base.execute("INSERT INTO word (word) VALUES ('optimize')")

    def find(
        self,
        text: str,
        kinds: Iterable[str] = (),
        language: str = "en",
        limit: int = 20,
    ) -> list[Hit]:
        """Return the things that a text may mean, the likeliest first.

        Parameters
        ----------
        text:
            Words or beginnings of words, in any script and order, or a code.
        kinds:
            Of :data:`KINDS`; none means all.
        language:
            ``en``, ``ar`` or ``fr``: in which the labels are wanted.
        limit:
            How many at most.
        """
        words = _WORDS.findall(searchable(text[:_LONGEST]))[:_MOST_WORDS]
        if not words:
            return []
        with self._lock:
            rows = self._rows(words, kinds, limit)
            if not rows:
                rows = self._rows(self._corrected(words), kinds, limit)
            return [self._hit(row, language) for row in rows]

    def similar(
        self, text: str, kinds: Iterable[str] = (), language: str = "en", limit: int = 6
    ) -> list[Hit]:
        """Return the things with a name that is spelt much like a text, the likest first.

        It looks at every name of the kinds: for an error's message, not for completion.
        """
        wanted = searchable(text[:_LONGEST])
        chosen = [KINDS.index(kind) for kind in kinds] or range(len(KINDS))
        given = {"kinds": f",{','.join(map(str, chosen))},"}
        with self._lock:
            rows = self._base.execute(_NAMES, given).fetchmany(_MOST_COMPARED)
            forms = [row[7] for row in rows]
            close = process.extract(
                wanted, forms, scorer=fuzz.WRatio, score_cutoff=_ALIKE, limit=limit * _SPARE
            )
            found: dict[int, tuple] = {}  # type: ignore[type-arg]
            for _, _, place in close:
                found.setdefault(rows[place][6], rows[place])
            return [self._hit(row, language) for row in found.values()][:limit]

    def _rows(self, words: Sequence[str], kinds: Iterable[str], limit: int) -> list[tuple]:  # type: ignore[type-arg]
        if not words:
            return []
        whole = " ".join(words)
        chosen = [KINDS.index(kind) for kind in kinds]
        given = {
            "words": " ".join(f'"{word}"*' for word in words),
            "whole": whole,
            "start": f"{whole}*",
            "kinds": f",{','.join(map(str, chosen))}," if chosen else "",
            "most": limit * _SPARE,
        }
        found: dict[int, tuple] = {}  # type: ignore[type-arg]
        for row in self._base.execute(_FIND, given):
            found.setdefault(row[6], row)
        return list(found.values())[:limit]

    def _corrected(self, words: Sequence[str]) -> list[str]:
        """Return the words as they are spelt in the index; none where one is like no other."""
        if self._spellings is None:
            self._spellings = [term for (term,) in self._base.execute("SELECT term FROM spelling")]
        corrected = []
        for word in words:
            begun = self._base.execute(
                "SELECT 1 FROM word WHERE word MATCH ? LIMIT 1", (f'"{word}"*',)
            ).fetchone()
            best = word if begun else self._nearest(word)
            if best is None:
                return []
            corrected.append(best)
        return corrected

    def _nearest(self, word: str) -> str | None:
        slips = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
        found = process.extractOne(
            word,
            self._spellings or [],
            scorer=DamerauLevenshtein.distance,
            score_cutoff=slips,
        )
        return str(found[0]) if found and slips else None

    def _hit(self, row: tuple, language: str) -> Hit:  # type: ignore[type-arg]
        iri, kind, text, _, use, weight, entity, _ = row
        labels = {lang: name for name, lang in self._base.execute(_LABELS, (entity,))}
        order = (language, "en", "", *sorted(labels))
        label = next((labels[lang] for lang in order if lang in labels), text)
        other = use != _USES.index("code") and text not in labels.values()
        return Hit(iri, KINDS[kind], label, text if other else None, int(weight))


def _entities(names: pl.DataFrame, weights: pl.DataFrame | None) -> pl.DataFrame:
    """Return ``id``, ``entity``, ``kind`` (a number) and ``weight``, one row a thing."""
    numbers = {kind: number for number, kind in enumerate(KINDS)}
    kinds = names.select(
        "entity", kind=pl.col("kind").replace_strict(numbers, return_dtype=pl.Int64)
    )
    entities = kinds.group_by("entity").agg(pl.col("kind").min()).sort("entity")
    if weights is None:
        weights = pl.DataFrame(schema={"entity": pl.String, "weight": pl.Int64})
    return (
        entities.join(weights.select("entity", "weight"), on="entity", how="left")
        .with_columns(pl.col("weight").fill_null(0))
        .with_row_index("id")
    )


def searchable(text: str) -> str:
    """Return a text in the form in which it is searched: folded words, one blank between.

    Examples
    --------
    >>> searchable("École d’été, 2019")
    'ecole d ete 2019'
    >>> searchable("جامعةُ الأزهر") == searchable("جامعه الازهر")
    True
    """
    return " ".join(_WORDS.findall(_UNSPACED.sub(r" \1 ", folded(text))))
