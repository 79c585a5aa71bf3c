"""Open Life Science's mentoring cohorts (Open Seeds, Nebula): its site's data folder.

A folder as the programme's website keeps it (``_data``): ``people.yaml`` (required),
``<cohort>-projects.yaml``, ``<cohort>-metadata.yaml``, ``<cohort>-schedule.yaml``,
``organizations.yaml``, ``funding.yaml``, ``library.yaml``, and the spreadsheets
``people_per_cohort.csv``, ``projects.csv`` and ``people.csv`` that were derived from them, in the
folder itself or below it.

The YAML's keys are who people are. A spreadsheet's display names join only where one person
bears them. docs/sources.md says what becomes what.
"""

from __future__ import annotations

from kg.errors import InputError
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options
from kg.sources.collected import Collected, Concepts
from kg.sources.open_life_science.cohorts import add_calls, add_cohorts, add_talks
from kg.sources.open_life_science.folder import Folder
from kg.sources.open_life_science.money import add_organisations
from kg.sources.open_life_science.people import People, add_people
from kg.sources.open_life_science.projects import add_projects
from kg.sources.open_life_science.roles import add_roles

__all__ = ["read"]


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read a folder of the programme's data.

    Raises
    ------
    InputError
        There is no ``people.yaml``, or a file does not have its form.
    """
    check_options(settings, [])
    folder = Folder(settings.path)
    if not folder.find("people.yaml"):
        raise InputError(
            f"{settings.path}: there is no people.yaml. Accepted: the _data folder of the "
            "programme's website, with its YAML files and, if wanted, its artifacts."
        )
    collected = Collected(settings.id, schema)
    concepts = Concepts(schema)
    people = People(folder)
    add_organisations(folder, collected)
    days = add_cohorts(folder, collected)
    add_people(folder, people, collected)
    add_calls(folder, people, collected)
    add_talks(folder, people, collected)
    add_projects(folder, people, days, concepts, collected)
    add_roles(folder, people, collected)
    return SourceTables(collected.tables(), tuple(folder.used))
