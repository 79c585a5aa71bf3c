"""CORDIS: the European Union's framework programmes, of which the research trainings are taken.

A folder with files as CORDIS publishes them (``project``, ``organization``, ``topics``,
``legalBasis``, ``euroSciVoc``, ``reportSummaries``), for FP7, H2020 or Horizon Europe, as CSV (with
semicolons or commas, gzipped or not), XLSX or JSON. What a file is, its columns say; any of them
may be missing. Option ``also``: further topics that are trainings, with their format.
docs/sources.md says what becomes what.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.errors import InputError, SettingsError
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources.base import SourceTables, check_options
from kg.sources.collected import Collected
from kg.sources.cordis.actions import Actions
from kg.sources.cordis.files import Files
from kg.sources.cordis.organisations import add_organisations, consortia
from kg.sources.cordis.projects import add_projects, projects
from kg.sources.cordis.subjects import Subjects
from kg.sources.events import formats

__all__ = ["read"]


def read(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Read a folder of CORDIS files.

    Raises
    ------
    SettingsError
        The option ``also`` names no format of training.
    InputError
        No file tells which project is what, or a file cannot be read.
    """
    actions = Actions(_also(settings, schema))
    files = Files(settings.path)
    collected = Collected(settings.id, schema)
    found = projects(files, actions, collected)
    if not files.known:
        raise InputError(
            f"[[source]] {settings.id}: there is no file of CORDIS in {settings.path}. Accepted: "
            "project, organization, topics, legalBasis, euroSciVoc and reportSummaries, as CORDIS "
            "publishes them in CSV, XLSX or JSON."
        )
    members = consortia(files, found)
    subjects = Subjects(files, found, schema, collected)
    actions.add_programmes(collected, found.values())
    subjects.add_topics()
    add_organisations(members, collected)
    add_projects(found, members, subjects, collected)
    return SourceTables(collected.tables(), tuple(files.used))


def _also(settings: SourceSettings, schema: Schema) -> Mapping[str, str]:
    also: Any = check_options(settings, ["also"]).get("also", {})
    where = f"[[source]] {settings.id}: also"
    if not isinstance(also, dict) or not all(isinstance(name, str) for name in also.values()):
        raise SettingsError(
            f"{where} is {also!r}. Accepted: part of a topic or funding scheme with the format, "
            'such as { "COST-SGA" = "JointTrainingNetwork" }.'
        )
    found = {}
    for part, name in also.items():
        kinds = formats(schema, [name])
        if not kinds:
            raise SettingsError(
                f"{where}: {part} is {name!r}. Accepted: a format of training, such as Fellowship."
            )
        found[part] = kinds[0]
    return found
