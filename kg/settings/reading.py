"""The project file: found, read, and taken apart into its sections."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import SettingsError
from kg.files import shipped_folder
from kg.settings.analyse import AnalyseSettings
from kg.settings.build import BuildSettings
from kg.settings.check import CheckSettings
from kg.settings.load import LoadSettings
from kg.settings.project import ProjectSettings
from kg.settings.serve import ServeSettings
from kg.settings.source import SourceSettings
from kg.settings.sources import sources_of
from kg.settings.values import refuse_unknown, section_of

__all__ = ["PROJECT_FILE", "PROJECT_VARIABLE", "Settings", "find_project", "load_settings"]

PROJECT_FILE = "rihla.toml"
PROJECT_VARIABLE = "RIHLA_PROJECT"


@dataclass(frozen=True)
class Settings:
    """A whole project file; every path in it is absolute."""

    file: Path
    project: ProjectSettings = field(default_factory=ProjectSettings)
    build: BuildSettings = field(default_factory=BuildSettings)
    load: LoadSettings = field(default_factory=LoadSettings)
    serve: ServeSettings = field(default_factory=ServeSettings)
    check: CheckSettings = field(default_factory=CheckSettings)
    analyse: AnalyseSettings = field(default_factory=AnalyseSettings)
    sources: tuple[SourceSettings, ...] = ()

    @property
    def ontology(self) -> Path:
        """The project's own ontology folder, or the one that came with the package."""
        return self.project.ontology or shipped_folder("ontology")


def find_project(start: Path | None = None) -> Path:
    """Return the project file: ``RIHLA_PROJECT``, else ``rihla.toml`` here or in a parent.

    Raises
    ------
    SettingsError
        There is none; the message says how to make one.
    """
    named = os.environ.get(PROJECT_VARIABLE)
    if start is None and named:
        return Path(named).resolve()
    folder = (start or Path.cwd()).resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / PROJECT_FILE).is_file():
            return candidate / PROJECT_FILE
    raise SettingsError(
        f"No {PROJECT_FILE} in {folder} or above it. Start a project with 'kg init FOLDER' "
        "(add --demo for the demo world), or name its file with --project."
    )


def load_settings(file: Path | None = None) -> Settings:
    """Read a project file.

    Raises
    ------
    SettingsError
        The file is missing, is not TOML, lacks a key, or has an unknown key or a bad value.
    """
    file = find_project() if file is None else file.resolve()
    if file.is_dir():
        file = file / PROJECT_FILE
    document = _read_toml(file)
    refuse_unknown(
        document,
        {"project", "build", "load", "serve", "check", "analyse", "source"},
        file,
        "a project file",
    )
    folder = file.parent
    return Settings(
        file=file,
        project=section_of(ProjectSettings, document.get("project", {}), folder, file, "[project]"),
        build=section_of(BuildSettings, document.get("build", {}), folder, file, "[build]"),
        load=section_of(LoadSettings, document.get("load", {}), folder, file, "[load]"),
        serve=section_of(ServeSettings, document.get("serve", {}), folder, file, "[serve]"),
        check=section_of(CheckSettings, document.get("check", {}), folder, file, "[check]"),
        analyse=section_of(AnalyseSettings, document.get("analyse", {}), folder, file, "[analyse]"),
        sources=sources_of(document.get("source", []), folder, file),
    )


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise SettingsError(
            f"{file}: there is no such project file. 'kg init FOLDER' makes one."
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read as TOML: {error}") from error
