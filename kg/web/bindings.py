"""Answers as pages show them: every term with its kind, language and datatype."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.analysis.naming import labels_in
from kg.results import ResultTable, Value

__all__ = ["Record", "Rows", "Term", "names_of", "rows_from_json", "rows_from_table"]

_LONG = 24  # characters that a column of usual width holds in one or two lines
_XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = ("integer", "decimal", "double", "float", "nonNegativeInteger", "positiveInteger")


@dataclass(frozen=True)
class Term:
    """An RDF term. ``kind`` is uri, literal or bnode; ``text`` the IRI or the lexical form."""

    kind: str
    text: str
    language: str | None = None
    datatype: str | None = None

    @property
    def is_iri(self) -> bool:
        """Whether it names a thing."""
        return self.kind == "uri"

    @property
    def is_number(self) -> bool:
        """Whether it reads as a number: such columns stand to the right."""
        return bool(self.datatype) and str(self.datatype).rpartition("#")[2] in _NUMBERS


Record = dict[str, Term | None]


@dataclass(frozen=True)
class Rows:
    """A table of terms; a truth value is one cell under ``answer``."""

    columns: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def records(self) -> list[Record]:
        """Return one dictionary a row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """The columns without labels: these are shown in place of their IRIs."""
        return tuple(
            c
            for c in self.columns
            if c == c.removesuffix("_label") or c.removesuffix("_label") not in self.columns
        )

    @property
    def numeric_columns(self) -> set[str]:
        """The columns that hold numbers only: they stand to the right."""
        values = {c: [v for v in cells if v] for c, cells in self._cells().items()}
        return {c for c, found in values.items() if found and all(v.is_number for v in found)}

    @property
    def wide_columns(self) -> set[str]:
        """The columns with long texts, which would otherwise be squeezed to a word a line."""
        return {
            c.removesuffix("_label")
            for c, cells in self._cells().items()
            if any(t and not t.is_iri and len(t.text) > _LONG for t in cells)
        }

    def _cells(self) -> dict[str, list[Term | None]]:
        return {c: [row[place] for row in self.rows] for place, c in enumerate(self.columns)}


def names_of(columns: tuple[str, ...]) -> dict[str, str]:
    """Return what a column ``label`` is called for :func:`rows_from_table`: after its thing."""
    things = [thing for thing, label in labels_in(columns).items() if label == "label"]
    return {"label": f"{things[0]}_label"} if things else {}


def rows_from_table(table: ResultTable, names: Mapping[str, str]) -> Rows:
    """Return a table of values as terms; ``names`` gives some columns another name."""
    columns = tuple(names.get(c, c) for c in table.columns)
    return Rows(columns, [tuple(map(_of_value, row)) for row in table.rows])


def _of_value(value: Value) -> Term | None:
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Term(
            "literal",
            str(value),
            datatype=f"{_XSD}{'integer' if isinstance(value, int) else 'double'}",
        )
    text = str(value)
    return Term("uri" if text.startswith(("https://", "http://")) else "literal", text)


def rows_from_json(document: bytes) -> Rows:
    """Return the table in a SPARQL 1.1 Query Results JSON document."""
    answer = json.loads(document)
    if "boolean" in answer:
        truth = Term("literal", "yes" if answer["boolean"] else "no")
        return Rows(("answer",), [(truth,)])
    columns = tuple(answer["head"]["vars"])
    found = answer["results"]["bindings"]
    return Rows(columns, [tuple(_term(binding.get(c)) for c in columns) for binding in found])


def _term(value: Mapping[str, Any] | None) -> Term | None:
    if value is None:
        return None
    text = value["value"]
    # A quoted triple is shown as what it says.
    plain = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
    return Term(value["type"], plain, value.get("xml:lang"), value.get("datatype"))
