"""The project file: which sources, where, base IRI, release folder, thresholds.

``rihla.toml`` is looked for in the folder given, then in its parents; ``RIHLA_PROJECT`` names
another file. Paths inside it are relative to the file. docs/project-file.md lists every key.
One module a section; ``reading`` puts them together.
"""

from kg.settings.analyse import AnalyseSettings
from kg.settings.build import BuildSettings
from kg.settings.check import CheckSettings
from kg.settings.load import LoadSettings
from kg.settings.project import ProjectSettings
from kg.settings.reading import (
    PROJECT_FILE,
    PROJECT_VARIABLE,
    Settings,
    find_project,
    load_settings,
)
from kg.settings.serve import ServeSettings
from kg.settings.source import PUBLISH_RULES, SourceSettings
from kg.settings.sources import is_url

__all__ = [
    "PROJECT_FILE",
    "PROJECT_VARIABLE",
    "PUBLISH_RULES",
    "AnalyseSettings",
    "BuildSettings",
    "CheckSettings",
    "LoadSettings",
    "ProjectSettings",
    "ServeSettings",
    "Settings",
    "SourceSettings",
    "find_project",
    "is_url",
    "load_settings",
]
