"""A project that builds in a moment: two tables, and only the part of the ontology they need."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import ROOT

PARTS = ("rihla.ttl", "vocabulary/person.ttl", "shapes/person.ttl", "shapes/place.ttl")
PEOPLE = "id,name,consent\nada,Ada Specimen,published\nbob,Bob Sample,published\n"
PLACES = "id,name\nhill,A hill\n"

PROJECT = """
[project]
title = "Two sources"
ontology = "ontology"
default_bloc = "{bloc}"

[[source]]
id = "places"
kind = "tables"
path = "tables"
only = ["places"]
title = "Places"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
retrieved = 2026-11-20

[[source]]
id = "people"
kind = "tables"
path = "tables"
only = ["people"]
title = "People"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
retrieved = 2026-11-20
"""


def write_small_project(folder: Path, bloc: str = "oic") -> Path:
    """Write project file, ontology and tables; tables that are there stay as they are."""
    for part in PARTS:
        target = folder / "ontology" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "ontology" / part, target)
    (folder / "tables").mkdir(exist_ok=True)
    for name, text in (("people", PEOPLE), ("places", PLACES)):
        table = folder / "tables" / f"{name}.csv"
        if not table.exists():
            table.write_text(text, encoding="utf-8")
    file = folder / "rihla.toml"
    file.write_text(PROJECT.format(bloc=bloc), encoding="utf-8")
    return file
