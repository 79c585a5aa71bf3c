"""Fixtures that every test may use: the tiny test world, built once a session."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from kg.analysis.graph import Graph
from kg.ontology import Ontology, load_ontology
from kg.pipeline import build
from kg.settings import Settings, load_settings
from kg.store import Release

# A slow machine is no fault of the code: no example may fail for the time it takes.
hypothesis.settings.register_profile("rihla", deadline=None)
hypothesis.settings.load_profile("rihla")

ROOT = Path(__file__).resolve().parent.parent
WORLD = ROOT / "tests" / "world"

PROJECT = """
[project]
title = "Test world"
releases = "{releases}"

[[source]]
id = "world"
kind = "tables"
path = "{tables}"
title = "Test world"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
retrieved = 2026-11-20
"""


def write_project(folder: Path, tables: Path = WORLD, extra: str = "") -> Path:
    """Write a project file that loads a folder of tables, and return its path."""
    file = folder / "rihla.toml"
    text = PROJECT.format(releases=folder / "releases", tables=tables)
    file.write_text(text + textwrap.dedent(extra), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def ontology() -> Ontology:
    """The ontology of the checkout."""
    return load_ontology(ROOT / "ontology")


@pytest.fixture(scope="session")
def world_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The project of the test world; its release is built by ``world``."""
    return load_settings(write_project(tmp_path_factory.mktemp("world")))


@pytest.fixture(scope="session")
def world(world_settings: Settings) -> Release:
    """The release of the test world."""
    return build(world_settings).release


@pytest.fixture(scope="session")
def graph(world: Release) -> Graph:
    """The test world as an analyst opens it."""
    return Graph.of_release(world)


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[..., Settings]:
    """Make a project of tables given as text: ``make_project(trainings="id,name\\n…")``."""

    def make(extra: str = "", **tables: str | bytes) -> Settings:
        folder = tmp_path / "tables"
        folder.mkdir(exist_ok=True)
        for name, content in tables.items():
            raw = content if isinstance(content, bytes) else textwrap.dedent(content).encode()
            (folder / f"{name}.csv").write_bytes(raw)
        return load_settings(write_project(tmp_path, folder, extra))

    return make
