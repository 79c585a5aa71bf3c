"""UNESCO's nomenclature for fields of science and technology, as PuMuKIT's table of tags has it.

``id;cod;tree_parent_cod;metatag;display;name_es;name_gl;name_en;name_ca``: a row a field, with
six digits behind a U; the parent is a code, the root is the scheme.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kg.errors import InputError
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables
from kg.sources.collected import Collected
from kg.sources.schemes.model import Concept, Scheme, scheme_tables
from kg.tables.delimited import read_delimited

__all__ = ["read"]

_NEEDED = ("cod", "tree_parent_cod", "name_en")
_CODE = re.compile(r"U([0-9]{6})")
_NAME = re.compile(r"name_([a-z]{2,3})")
_ROOT = "UNESCO"
_HIGHEST = 72  # the nomenclature ends with philosophy; what is above was added by users


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read the table into topics."""
    found = Collected(settings.id, schema)
    concepts = {c.key: c for c in _concepts(settings, found)}
    for concept in concepts.values():
        for parent in concept.broader:
            if parent not in concepts:
                found.doubt(
                    "topics", str(settings.path), concept.place, "broader", parent,
                    "the code of another row in tree_parent_cod",
                )  # fmt: skip
    scheme = Scheme(
        id="unesco",
        names={
            "en": "UNESCO nomenclature for fields of science and technology",
            "ar": "تسمية اليونسكو لميادين العلم والتكنولوجيا",
            "fr": "Nomenclature de l'UNESCO pour les domaines de la science et de la technologie",
        },
        definition="Fields, disciplines and subdisciplines of science and technology.",
        url="https://unesdoc.unesco.org/ark:/48223/pf0000082946",
        concepts=concepts,
    )
    return scheme_tables(settings, schema, scheme, [settings.path], found)


def _concepts(settings: SourceSettings, found: Collected) -> Iterator[Concept]:
    (records,) = read_delimited(settings.path, [*_NEEDED, "metatag"], None)
    missing = [name for name in _NEEDED if name not in records.header]
    if missing:
        raise InputError(
            f"{settings.path}: the columns {', '.join(missing)} are missing. Accepted: the "
            "nomenclature as a table with cod, tree_parent_cod, name_en and other names."
        )
    for number, cells in records.rows:
        row = dict(zip(records.header, (cell.strip() for cell in cells), strict=True))
        if row["cod"] == _ROOT:
            continue
        code = _CODE.fullmatch(row["cod"])
        if code is None or not row["name_en"]:
            accepted = "a row with a code of U and six digits, and an English name"
            found.doubt("topics", str(settings.path), number, "id", row["cod"], accepted)
        elif int(code[1][:2]) > _HIGHEST:
            reading = f"left out: {row['name_en']} was added to the nomenclature by its users"
            found.inform("topics", str(settings.path), number, "id", row["cod"], reading)
        else:
            yield _concept(number, row, code[1])


def _concept(number: int, row: Mapping[str, str], digits: str) -> Concept:
    names = {m[1]: row[key] for key in row if (m := _NAME.fullmatch(key)) and row[key]}
    short = re.sub("(?:00){1,2}$", "", digits)  # 120000 is field 12, 120300 discipline 1203
    parent = row["tree_parent_cod"]
    return Concept(
        key=short,
        code=f"{short[:4]}.{short[4:]}" if len(short) > 4 else short,
        names=names,
        place=number,
        broader=() if parent == _ROOT else (_short(parent),),
        iri=f"http://skos.um.es/unesco6/{short}",
    )


def _short(code: str) -> str:
    return re.sub("(?:00){1,2}$", "", code.removeprefix("U"))
