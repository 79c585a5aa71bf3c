"""EuroSciVoc: the fields of science of projects, as topics with their larger fields."""

from __future__ import annotations

import re
from collections.abc import Container

from kg.schema import Schema
from kg.sources.collected import Collected, Concepts, clean_text, joined, tagged
from kg.sources.cordis.files import Files, Row

__all__ = ["Subjects"]


class Subjects:
    """The fields of each wanted project.

    A field whose name a concept of the ontology has is that concept; the others become topics of
    the project's own, below them.
    """

    def __init__(
        self, files: Files, wanted: Container[str], schema: Schema, collected: Collected
    ) -> None:
        self._concepts = Concepts(schema)
        self._collected = collected
        self._rows: dict[str, tuple[str, int, Row]] = {}
        self._of: dict[str, list[str]] = {}
        for file, row, cells in files.rows("subjects"):
            project = cells["projectID"] or ""
            if project in wanted:
                key = self._field(file, row, cells)
                if key:
                    self._of.setdefault(project, []).append(key)

    def of(self, project: str, keywords: str | None) -> dict[str, str | None]:
        """Return the cells ``topic`` and ``method`` of a project."""
        words = [word.strip() for word in re.split("[,;]", keywords or "") if word.strip()]
        cells = self._concepts.columns(words)
        return {**cells, "topic": joined([*self._of.get(project, []), *_split(cells["topic"])])}

    def add_topics(self) -> None:
        """Add the fields that are no concept of the ontology."""
        for file, row, cells in self._rows.values():
            self._collected.add("topics", file, row, cells)

    def _field(self, file: str, row: int, cells: Row) -> str | None:
        """Take in a field with all that it lies in, and return its key."""
        # Names hold commas and "and"; only the slash parts them.
        codes = (cells["euroSciVocCode"] or "").strip("/").split("/")
        names = (cells["euroSciVocPath"] or "").strip("/").split("/")
        if not all(codes) or len(codes) != len(names):
            accepted = "a code and a path with the same number of parts"
            stated = f"{cells['euroSciVocCode']} {cells['euroSciVocPath']}"
            self._collected.doubt("trainings", file, row, "topic", stated, accepted)
            return None
        above: str | None = None
        for code, name in zip(codes, names, strict=True):
            known = self._concepts.find("topics", name)
            key = known or f"euroscivoc-{code}"
            if not known and key not in self._rows:
                topic: Row = {"id": key, "name_en": clean_text(name), "broader": above}
                self._rows[key] = (file, row, topic)
            above = key
        description = clean_text(cells["euroSciVocDescription"])
        if above in self._rows and description:
            self._rows[above][2]["definition"] = tagged(description, "en")
        return above


def _split(cell: str | None) -> list[str]:
    return cell.split("|") if cell else []
