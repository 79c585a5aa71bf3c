"""A small project about trainings and people, as text; nobody in it exists."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from kg.settings import Settings, load_settings

COUNTRIES = "iso2,iso3,name_en\nSA,SAU,Saudi Arabia\nDJ,DJI,Djibouti\n"
ORGANISATIONS = "id,name,country\nuni,A University,SA\nlab,A Lab,DJ\n"
TRAININGS = (
    "id,name,format,start_date,description\n"
    "t1,One,Workshop,2019-05-01,Led by Carla Muster and ROSA EXEMPLO.\n"
    "t2,Two,Workshop,2020-05-01,\n"
)
ORCID = "0000-0001-2345-6789"
PEOPLE = f"""\
id,name,orcid,consent
ada,Ada Specimenova,,published
bob,Bob Samplewright,,consented
carla,Carla Muster,{ORCID},published
rosa,Rosa Exemplo,,refused
zoé,Zoé Échantillonova,,withdrawn
"""
PARTICIPATIONS = f"""\
id,training,role,person,organisation,country,headcount,start_date,note
,t1,educator,ada,uni,,,,
,t1,educator,https://orcid.org/{ORCID},uni,,,2019-05-01,Carla Muster taught qq-stats
,t1,learner,bob,lab,,,,
p-rosa,t1,learner,rosa,lab,,,,qq-note
,t1,Learner,zoe,LAB,,,,
,t2,learner,rosa,,DJ,,,
,t2,learner,,,DJ,12,,
"""
AFFILIATIONS = "person,organisation,position\nada,uni,Sub-reader\nrosa,lab,Sub-reader\n"
OUTCOMES = "id,type,name,person\no1,Publication,A paper by Rosa Exemplo,ada|rosa\n"

TABLES: dict[str, str] = {
    "countries": COUNTRIES,
    "organisations": ORGANISATIONS,
    "trainings": TRAININGS,
    "people": PEOPLE.replace("zoé,", "zoe,"),
    "participations": PARTICIPATIONS,
    "affiliations": AFFILIATIONS,
    "outcomes": OUTCOMES,
}

_SOURCE = """
[[source]]
id = "{id}"
kind = "tables"
path = "{id}"
title = "{id}"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
retrieved = 2026-11-20
publish = "{publish}"
"""


def write_sources(
    folder: Path,
    sources: Mapping[str, Mapping[str, str]],
    publish: Mapping[str, str] | None = None,
    build: str = "",
) -> Settings:
    """Write one folder of tables for each source, and a project file that loads them in order."""
    text = f'[project]\ntitle = "People"\n\n[build]\n{build}\n'
    for source, tables in sources.items():
        (folder / source).mkdir(parents=True, exist_ok=True)
        for name, content in tables.items():
            (folder / source / f"{name}.csv").write_text(textwrap.dedent(content), encoding="utf-8")
        text += _SOURCE.format(id=source, publish=(publish or {}).get(source, "named"))
    (folder / "rihla.toml").write_text(text, encoding="utf-8")
    return load_settings(folder / "rihla.toml")
