"""A query file: its typed header and its text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from kg.errors import QueryError
from kg.files import parse_yaml, read_utf8
from kg.queries.values import TYPES, Parameter
from kg.terms import PREFIXES

_DECLARED = re.compile(r"(?m)^\s*VALUES\s+\?(\w+)\s*\{[^}\n]*\}\s*#\s*parameter\b")
_LIMITED = re.compile(r"(?m)^\s*LIMIT\s+[0-9]+\s*#\s*parameter\s+(\w+)\b")


@dataclass(frozen=True)
class NamedQuery:
    """A query file. Texts are by language: ``en``, ``ar``, ``fr``."""

    id: str
    title: Mapping[str, str]
    question: Mapping[str, str]
    parameters: Mapping[str, Parameter]
    text: str
    view: str = "table"
    competency: int | None = None
    note: Mapping[str, str] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """The folder that the query stands in."""
        return self.id.partition("/")[0]


def parse_query(path: Path, root: Path) -> NamedQuery:
    """Read one query file."""
    text = read_utf8(path)
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    query_id = path.relative_to(root).with_suffix("").as_posix()
    try:
        header = parse_yaml("\n".join(lines)) or {}
        parameters = {
            name: _parameter(name, entry)
            for name, entry in (header.get("parameters") or {}).items()
        }
        query = NamedQuery(
            id=query_id,
            title=dict(header["title"]),
            question=dict(header["question"]),
            parameters=parameters,
            text=text,
            view=header.get("view", "table"),
            competency=header.get("competency"),
            note=header.get("note") or {},
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise QueryError(
            f"{path}: the header cannot be read ({error}). Accepted: lines '#+ key: value' in "
            "YAML with at least title and question, each in en, ar and fr."
        ) from error
    _check_declared(query, path)
    return query


def _parameter(name: str, entry: Mapping[str, Any]) -> Parameter:
    if entry["type"] not in TYPES:
        raise ValueError(f"parameter {name} has the type {entry['type']!r}, not {sorted(TYPES)}")
    default = entry.get("default")
    return Parameter(
        name=name,
        type=entry["type"],
        example=str(entry["example"]),
        target=_expanded(entry["class"]) if "class" in entry else None,
        default=None if default is None else str(default),
        values=tuple(str(value) for value in entry.get("values", ())),
        labels=entry.get("label") or {},
    )


def _check_declared(query: NamedQuery, path: Path) -> None:
    limited = set(_LIMITED.findall(query.text))
    declared = limited | set(_DECLARED.findall(query.text))
    counts = {name for name, p in query.parameters.items() if p.type == "count"}
    if declared != set(query.parameters) or limited != counts:
        raise QueryError(
            f"{path}: the header names the parameters {sorted(query.parameters)}, the lines "
            f"'VALUES ?name {{ … }}  # parameter' and, for the type count, 'LIMIT n  # parameter "
            f"name' name {sorted(declared)}. Make them agree."
        )


def _expanded(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else curie
