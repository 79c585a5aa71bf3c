"""The steps of a mapping's expressions, on whole columns of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import polars as pl

from kg.errors import SettingsError
from kg.schema import SEPARATOR
from kg.sources.base import slug
from kg.sources.collected import clean_text
from kg.tables.records import cell_text

__all__ = ["BAR", "STEPS", "check_pattern", "check_regex", "run_steps"]

BAR = "\ue000"
"""Stands for a bar of a foreign value, while the bars between several values are ours."""

_GROUP = re.compile(r"\{(\d)\}")


def check_pattern(pattern: str | None, template: str, place: str) -> None:
    """Raise where a pattern is none, or lacks a group that the template takes."""
    if pattern is None:
        raise SettingsError(f"{place}.as: there is no pattern whose groups it could take.")
    try:
        groups = len(pl.Series([""]).str.extract_groups(pattern).struct.fields)
    except pl.exceptions.ComputeError as error:
        raise SettingsError(f"{place}.pattern: {error}. Accepted: a regular expression.") from error
    wanted = max(map(int, _GROUP.findall(template)), default=0)
    if not 1 <= wanted <= groups:
        raise SettingsError(
            f"{place}.pattern: found {pattern!r} with {groups} groups, of which {template!r} is "
            "taken. Accepted: a regular expression with a group in (parentheses) for each {number}."
        )


def check_regex(pattern: str, place: str) -> None:
    """Raise where a text is no regular expression."""
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError as error:
        raise SettingsError(f"{place}: {error}. Accepted: a regular expression.") from error


def run_steps(values: pl.Series, stated: Mapping[str, Any]) -> pl.Series:
    """Run the steps of an expression on its values, in the order of :data:`STEPS`."""
    steps = dict(stated)
    if "pattern" in steps:
        steps["pattern"] = (steps["pattern"], steps.pop("as", "{1}"))
    for name, (_, step) in STEPS.items():
        if name in steps:
            values = step(values, steps[name])
    return values


def _matched(values: pl.Series, wanted: tuple[str, str]) -> pl.Series:
    """Return the groups of a pattern, put into a template; what does not match is empty."""
    pattern, template = wanted
    parts = _GROUP.split(template)
    groups = values.str.extract_groups(pattern)
    names = groups.struct.fields
    pieces = [
        pl.col(names[int(part) - 1]).fill_null("") if i % 2 else pl.lit(part)
        for i, part in enumerate(parts)
        if part
    ]
    joined = groups.struct.unnest().select(value=pl.concat_str(pieces))["value"]
    matches = values.str.contains(pattern).fill_null(value=False)
    return joined.zip_with(matches & (joined != ""), pl.Series([None], dtype=pl.String))


def _changed(values: pl.Series, change: Callable[[str], str | None]) -> pl.Series:
    """Change each of several values; what becomes nothing is left out."""
    each = values.str.split(SEPARATOR)
    known = {text: change(text) for text in each.explode().drop_nulls().unique()}
    changed = each.list.eval(
        pl.element().replace_strict(known, default=None, return_dtype=pl.String)
    )
    return changed.list.drop_nulls().list.join(SEPARATOR).replace("", None)


def _stripped(values: pl.Series) -> pl.Series:
    """Return several values without the space around each, and without empty ones."""
    each = values.str.split(SEPARATOR).list.eval(pl.element().str.strip_chars())
    return each.list.eval(pl.element().filter(pl.element() != "")).list.join(SEPARATOR)


def _mapped(values: pl.Series, meanings: Mapping[str, Any]) -> pl.Series:
    known = {key.replace(SEPARATOR, BAR): cell_text(v) or None for key, v in meanings.items()}
    each = values.str.split(SEPARATOR).list.eval(pl.element().replace(known))
    joined = each.list.drop_nulls().list.join(SEPARATOR)
    return joined.replace("", None)


def _replaced(values: pl.Series, wanted: Mapping[str, Any]) -> pl.Series:
    """Replace what regular expressions match, one after the other."""
    for pattern, text in wanted.items():
        values = values.str.replace_all(pattern, cell_text(text))
    return values.replace("", None)


def _hashed(values: pl.Series, wanted: bool) -> pl.Series:
    """Return 16 hexadecimal digits of each value's SHA-256: equal values keep equal keys."""
    return (
        _changed(values, lambda text: sha256(text.encode()).hexdigest()[:16]) if wanted else values
    )


def _dated(values: pl.Series, form: str) -> pl.Series:
    """Return dates of one form as ISO writes them; the checks judge what has another form."""
    read = values.str.to_date(form, strict=False).dt.strftime("%Y-%m-%d")
    return read.fill_null(values)


def _first(values: pl.Series, wanted: bool) -> pl.Series:
    return values.str.split(SEPARATOR).list.first() if wanted else values


def _split(values: pl.Series, separator: str) -> pl.Series:
    separator = separator.replace(SEPARATOR, BAR)
    return _stripped(values.str.replace_all(separator, SEPARATOR, literal=True)).replace("", None)


STEPS: dict[str, tuple[type, Callable[[pl.Series, Any], pl.Series]]] = {
    "clean": (bool, lambda values, wanted: _changed(values, clean_text) if wanted else values),
    "replace": (dict, _replaced),
    "pattern": (str, _matched),
    "as": (str, lambda values, _: values),
    "split": (str, _split),
    "first": (bool, _first),
    "map": (dict, _mapped),
    "lookup": (dict, _mapped),
    "date": (str, _dated),
    "upper": (bool, lambda values, wanted: values.str.to_uppercase() if wanted else values),
    "lower": (bool, lambda values, wanted: values.str.to_lowercase() if wanted else values),
    "slug": (bool, lambda values, wanted: _changed(values, slug) if wanted else values),
    "hash": (bool, _hashed),
    "known": (bool, lambda values, _: values),
    "default": (str, lambda values, text: values.fill_null(text)),
}
"""The steps of an expression, in the order in which they run; ``known`` runs last of all."""
