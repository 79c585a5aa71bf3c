"""Answers as pages show them: every term with its kind, language and datatype."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Rows", "Term", "rows_from_json"]

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


@dataclass(frozen=True)
class Rows:
    """A table of terms; a truth value is one cell under ``answer``."""

    columns: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def records(self) -> list[dict[str, Term | None]]:
        """Return one dictionary a row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """The columns without labels: these are shown in place of their IRIs."""
        return tuple(
            c for c in self.columns if c.removesuffix("_label") not in self.columns or c == "_label"
            or not c.endswith("_label")
        )


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
