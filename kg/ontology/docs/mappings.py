"""Read the mappings to other vocabularies: SSSOM tables with their metadata as comments."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from kg.errors import InputError
from kg.files import parse_yaml, read_utf8

__all__ = ["MappingRow", "read_mappings"]

_NEEDED = ("subject_id", "predicate_id", "object_id")


@dataclass(frozen=True)
class MappingRow:
    """One row with its IRIs written out; ``confidence`` is between 0 and 1, or unknown."""

    subject: str
    predicate: str
    object: str
    object_curie: str
    confidence: float | None
    comment: str
    title: str


def read_mappings(folder: Path, prefixes: Mapping[str, str]) -> list[MappingRow]:
    """Return the rows of every ``*.sssom.tsv`` of a folder, which may be missing.

    Raises
    ------
    InputError
        A table lacks a column, names an unknown prefix, or its metadata are not YAML.
    """
    return [row for path in sorted(folder.glob("*.sssom.tsv")) for row in _rows(path, prefixes)]


def _rows(path: Path, prefixes: Mapping[str, str]) -> Iterator[MappingRow]:
    lines = read_utf8(path).splitlines()
    meta = _metadata(path, [line[1:] for line in lines if line.startswith("#")])
    reader = csv.DictReader([r for r in lines if r and not r.startswith("#")], delimiter="\t")
    missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"{path}: lacks the columns {', '.join(missing)}.")
    known = {**prefixes, **(meta.get("curie_map") or {})}
    title = str(meta.get("mapping_set_title") or path.name.removesuffix(".sssom.tsv"))
    for record in reader:
        yield _row(path, record, known, title)


def _metadata(path: Path, lines: list[str]) -> dict[str, dict[str, str]]:
    try:
        found = parse_yaml("\n".join(lines))
    except yaml.YAMLError as error:
        raise InputError(f"{path}: the lines that begin with # are not YAML: {error}") from error
    return found if isinstance(found, dict) else {}


def _row(
    path: Path, record: Mapping[str, str | None], known: Mapping[str, str], title: str
) -> MappingRow:
    subject, predicate, target = (_expanded(path, record[name] or "", known) for name in _NEEDED)
    return MappingRow(
        subject=subject,
        predicate=predicate,
        object=target,
        object_curie=record["object_id"] or "",
        confidence=_confidence(path, record.get("confidence") or ""),
        comment=record.get("comment") or "",
        title=title,
    )


def _expanded(path: Path, curie: str, known: Mapping[str, str]) -> str:
    prefix, colon, local = curie.partition(":")
    if local.startswith("//"):
        return curie
    if not colon or prefix not in known:
        raise InputError(
            f"{path}: {curie!r} has no known prefix. Accepted: a prefix of the table's curie_map, "
            "or a full IRI."
        )
    return known[prefix] + local


def _confidence(path: Path, text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError as error:
        raise InputError(
            f"{path}: the confidence is {text!r}. Accepted: a number from 0 to 1."
        ) from error
