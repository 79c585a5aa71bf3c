"""Names of people who are not named, taken out of texts about other things.

Whole names only, of at least two words or in a script other than Latin: a first name alone would
take ordinary words with it. What is called after people (an organisation, a place) keeps its name.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

import polars as pl

from kg.privacy.people import PEOPLE, People
from kg.privacy.traces import OMITTED, Traces
from kg.schema import Column, Schema
from kg.tables import InputTable, Problem

__all__ = ["OMITTED", "is_swept", "names_to_sweep", "swept", "traced", "without_names"]

_SHORTEST = 4  # characters
_CALLED_AFTER_PEOPLE = {"organisations", "places", "programmes", "series", "topics", "methods"}
_NAMES = {"name", "alias", "acronym"}


def names_to_sweep(people: People, unnamed: Collection[int]) -> list[str]:
    """Return the names to look for in texts."""
    names = people.rows.filter(pl.col("who").is_in(list(unnamed)))["name"].drop_nulls().unique()
    return sorted(n for n in names if len(n) >= _SHORTEST and (" " in n or not n.isascii()))


def swept(table: InputTable, schema: Schema, names: list[str]) -> InputTable:
    """Return a table without these names in its texts and in what was noted of it."""
    if not names or table.name == PEOPLE or table.name not in schema.tables:
        return table
    columns = [c.name for c in schema.tables[table.name].columns if is_swept(c, table.name)]
    present = [c for c in columns if c in table.frame.columns]
    frame = table.frame.with_columns(without_names(table.frame[c], names) for c in present)
    notes = tuple(_without(note, names) for note in table.notes)
    return replace(table, frame=frame, notes=notes)


def traced(table: InputTable, schema: Schema, traces: Traces) -> InputTable:
    """Return a table without traces of some people in its texts and addresses.

    This knows a name in any order and joint; :func:`swept` is quicker for many names.
    """
    if not traces or table.name == PEOPLE or table.name not in schema.tables:
        return table
    frame = table.frame
    for column in schema.tables[table.name].columns:
        if column.name in frame.columns and (column.kind == "iri" or is_swept(column, table.name)):
            cells = frame[column.name]
            hit = traces.found(cells)
            if not hit.any():
                continue
            whole = {text: traces.without(text) for text in cells.filter(hit).unique()}
            texts = dict.fromkeys(whole) if column.kind == "iri" else whole
            mended = cells.replace(list(texts), pl.Series(list(texts.values()), dtype=pl.String))
            frame = frame.with_columns(mended)
    named = traces.found(pl.Series([n.value for n in table.notes], dtype=pl.String))
    notes = tuple(n for n, hit in zip(table.notes, named, strict=True) if not hit)
    return replace(table, frame=frame, notes=notes)


def is_swept(column: Column, table: str) -> bool:
    """Return whether a column holds texts in which a name may stand that has no business there."""
    if table in _CALLED_AFTER_PEOPLE and column.name in _NAMES:
        return False
    plain = column.kind == "literal" and any(d.endswith("#string") for d in column.datatypes)
    free = not (column.scheme or column.pattern or column.values)
    return column.kind == "text" or (plain and free)


def without_names(texts: pl.Series, names: list[str]) -> pl.Series:
    """Return texts in which each of the names, as whole words, is ``…``."""
    hits = texts.filter(texts.str.contains_any(names, ascii_case_insensitive=True)).unique()
    if not len(hits):
        return texts
    found = hits.str.extract_many(names, ascii_case_insensitive=True, overlapping=True)
    mended = {
        text: _mended(text, matches)
        for text, matches in zip(hits.to_list(), found.to_list(), strict=True)
    }
    return texts.replace(list(mended), list(mended.values()))


def _mended(text: str, names: Collection[str]) -> str:
    for name in sorted(set(names), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", OMITTED, text, flags=re.IGNORECASE)
    return text


def _without(note: Problem, names: list[str]) -> Problem:
    texts = pl.Series([note.value, note.accepted, note.suggestion], dtype=pl.String)
    value, accepted, suggestion = without_names(texts, names)
    return replace(note, value=value, accepted=accepted, suggestion=suggestion)
