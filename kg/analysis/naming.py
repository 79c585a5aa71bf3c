"""Names in the language of the reader: what a thing is called there, else as published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from kg.analysis.result import Result
from kg.language import Told, message

__all__ = ["LABELLED", "Labelled", "Listed", "labels_in", "names_in", "renamed", "retold"]

LABELLED = ("node", "training", "series", "candidate", "bloc")
"""Columns that a column ``label`` names; every other one has a ``<column>_label``."""


def names_in(names: pl.DataFrame, code: str) -> dict[str, str]:
    """Return thing → its label in a language, of those that have one.

    Parameters
    ----------
    names:
        The flat table of names: entity, use, language, text.
    code:
        en, ar or fr.
    """
    chosen = names.filter(pl.col("use") == "label", pl.col("language") == code)
    return dict(chosen.sort("text").select("entity", "text").iter_rows())


class Labelled(str):
    """A label in English that knows what it is the label of."""

    iri: str

    def __new__(cls, label: str, iri: str) -> Labelled:
        """Make the label of a thing."""
        made = super().__new__(cls, label)
        made.iri = iri
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep the thing where it goes to another process."""
        return Labelled, (str(self), self.iri)


class Listed(str):
    """A list in a sentence, in English, that knows its parts."""

    parts: tuple[str, ...]
    between: str

    def __new__(cls, parts: Iterable[str], between: str = ", ") -> Listed:
        """Make the list of labels, messages or plain texts."""
        kept = tuple(parts)
        made = super().__new__(cls, between.join(kept))
        made.parts, made.between = kept, between
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep the parts where it goes to another process."""
        return Listed, (self.parts, self.between)


def retold(told: Told, names: Mapping[str, str], code: str) -> str:
    """Return a message in a language, with its things called as in ``names``."""

    def said(value: object) -> object:
        if isinstance(value, Labelled):
            return names.get(value.iri, value)
        if isinstance(value, Told):
            return retold(value, names, code)
        if isinstance(value, Listed):
            return message(value.between, code).join(str(said(part)) for part in value.parts)
        return value

    values = {name: said(value) for name, value in told.values.items()}
    return Told(told.template, values, told.many).spoken(code)


def renamed(result: Result, names: Mapping[str, str], code: str = "en") -> Result:
    """Return a result whose things are called as in ``names``; others keep their label.

    Texts that are made of words and names are said in the language ``code``.
    """
    if code != "en" and result.said:
        result = _resaid(result, names, code)
    places = {
        result.columns.index(thing): result.columns.index(label)
        for thing, label in labels_in(result.columns).items()
    }
    if not names or not places:
        return result
    rows = []
    for row in result.rows:
        cells = list(row)
        for thing, label in places.items():
            cells[label] = names.get(str(row[thing]), row[label])
        rows.append(tuple(cells))
    return replace(result, rows=rows)


def _resaid(result: Result, names: Mapping[str, str], code: str) -> Result:
    texts = {english: retold(told, names, code) for english, told in result.said.items()}
    rows = [
        tuple(texts.get(cell, cell) if isinstance(cell, str) else cell for cell in row)
        for row in result.rows
    ]
    return replace(result, rows=rows)


def labels_in(columns: tuple[str, ...]) -> dict[str, str]:
    """Return column of things → column of their labels."""
    found = {c: f"{c}_label" for c in columns if f"{c}_label" in columns}
    if "label" in columns:
        found |= {c: "label" for c in LABELLED if c in columns and c not in found}
    return found
