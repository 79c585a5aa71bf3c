"""Rows of several tables and files, collected as a source finds them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from functools import cached_property

import polars as pl

from kg.identifiers import SCHEMES
from kg.schema import Schema
from kg.tables import InputTable, Problem, table_from_records
from kg.tables.countries import country_code, is_country_code

__all__ = [
    "Collected",
    "Concepts",
    "Row",
    "clean_text",
    "is_valid",
    "joined",
    "tagged",
    "web_address",
]

_TAG_END = re.compile(r"@(?=[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*$)")
_BREAKS = re.compile(r"<(?:br|/p|/div|/li|/h\d)\b[^>]*>", re.IGNORECASE)
_SCRIPTS = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`\[\]]+")

Row = Mapping[str, str | None]


class Collected:
    """Rows by table and file, with what was noticed; :meth:`tables` gives them to the checks."""

    def __init__(self, source: str, schema: Schema) -> None:
        self._source = source
        self._schema = schema
        self._rows: dict[tuple[str, str], list[tuple[int, Row]]] = {}
        self._notes: dict[tuple[str, str], list[Problem]] = {}

    def add(self, table: str, file: str, number: int, row: Row) -> None:
        """Add a row that was found at ``number`` (a row, line or record) of ``file``."""
        self._rows.setdefault((table, file), []).append((number, row))

    def doubt(
        self, table: str, file: str, number: int, column: str, value: str | None, accepted: str
    ) -> None:
        """Say that a value was left out of a row that is kept, and what would be accepted."""
        self._note(table, file, number, column, value, "left-out", accepted, "warning")

    def inform(
        self, table: str, file: str, number: int, column: str, value: str, reading: str
    ) -> None:
        """Say how something was read, where nobody has to act."""
        self._note(table, file, number, column, value, "reading", reading, "info")

    def _note(
        self, table: str, file: str, number: int, column: str, value: str | None, rule: str,
        accepted: str, severity: str,
    ) -> None:  # fmt: skip
        note = Problem(self._source, file, table, number, column, value, rule, accepted, severity)
        self._rows.setdefault((table, file), [])
        self._notes.setdefault((table, file), []).append(note)

    def country(
        self, table: str, file: str, number: int, value: str | None, quiet: bool = False
    ) -> str | None:
        """Return the code of a country; a doubt is noted where the text is none."""
        text = (value or "").strip()
        code = country_code(text) or (text if is_country_code(text) else None)
        if text and not code and not quiet:
            self.doubt(table, file, number, "country", text, "the name or code of one country")
        return code

    def tables(self) -> tuple[InputTable, ...]:
        """Return the tables in the order in which their first rows were found."""
        return tuple(self._table(name, file, rows) for (name, file), rows in self._rows.items())

    def _table(self, name: str, file: str, rows: list[tuple[int, Row]]) -> InputTable:
        table = table_from_records(
            (row for _, row in rows),
            self._source,
            self._schema.tables[name],
            file,
            (number for number, _ in rows),
        )
        return InputTable(
            table.source, table.name, table.file, table.frame,
            notes=tuple(self._notes.get((name, file), ())),
        )  # fmt: skip


class Concepts:
    """The topics and methods of the ontology's schemes, by label, other label or notation."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    @cached_property
    def _known(self) -> dict[str, dict[str, set[str]]]:
        known: dict[str, dict[str, set[str]]] = {}
        for cls, key, iri in self._schema.concepts:
            known.setdefault(cls, {}).setdefault(key, set()).add(iri)
        return known

    def find(self, table: str, text: str) -> str | None:
        """Return the IRI of the one concept (of ``topics`` or ``methods``) that a text names.

        The IRI leaves no doubt, whatever other labels a project's own tables add.
        """
        return self.find_of(self._schema.tables[table].target, text)

    def find_of(self, target: str, text: str) -> str | None:
        """Return the IRI of the one concept of a class that a text names."""
        folded = " ".join(text.split()).lower()
        found = self._known.get(target, {}).get(folded, set())
        return next(iter(found)) if len(found) == 1 else None

    def columns(self, texts: Iterable[str]) -> dict[str, str | None]:
        """Return ``topic`` and ``method`` cells of the texts that name one."""
        texts = list(texts)
        return {
            column: joined(self.find(f"{column}s", text) for text in texts)
            for column in ("topic", "method")
        }

    def unknown(self, texts: Iterable[str]) -> list[str]:
        """Return the texts that name neither a topic nor a method."""
        return [t for t in texts if not self.find("topics", t) and not self.find("methods", t)]


def is_valid(scheme: str, text: str) -> bool:
    """Return whether a bare identifier has the form and the check digits of its scheme."""
    return bool(pl.select(SCHEMES[scheme].is_valid(pl.lit(text))).item())


def joined(values: Iterable[str | None]) -> str | None:
    """Return several values as one cell, each once; a bar inside a value becomes ``｜``."""
    texts = (str(value).replace("|", "｜").strip() for value in values if value)
    return "|".join(dict.fromkeys(text for text in texts if text)) or None


def tagged(text: str | None, language: str | None = None) -> str | None:
    """Return a text cell with its language.

    A text that happens to end like one (``mail me@uni``) is kept from being read as such.
    """
    if not text:
        return None
    return f"{text}@{language}" if language else _TAG_END.sub("＠", text)


def clean_text(text: str | None) -> str | None:
    """Return the text of HTML or plain text on one line; empty text is None."""
    if not text:
        return None
    bare = _MARKUP.sub("", _BREAKS.sub(" ", _SCRIPTS.sub(" ", text)))
    return " ".join(html.unescape(bare).replace("\0", " ").split()) or None


def web_address(text: str | None) -> str | None:
    """Return the first web address in a text, or None."""
    found = _ADDRESS.search(text or "")
    return found[0].rstrip(".,;)") if found else None
