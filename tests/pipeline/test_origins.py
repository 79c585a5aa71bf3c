"""What a release was loaded from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from click.testing import CliRunner

from kg.cli import cli
from kg.pipeline import build
from kg.pipeline.origins import input_files, loaded_sources
from kg.settings import Settings

TRAININGS = "id,name\nt1,One\n"


def test_sources_and_files(make_project: Callable[..., Settings]) -> None:
    settings = make_project(trainings=TRAININGS)
    release = build(settings).release
    (row,) = loaded_sources(release).rows
    assert row[:6] == ("world", "tables", 1, 1, 0, 0)
    assert row[-1] == sum(n for g, n in release.manifest["graphs"].items() if "/world-" in g)
    digest = hashlib.sha256(TRAININGS.encode()).hexdigest()
    assert input_files(release).rows == [("world", "trainings.csv", digest, len(TRAININGS))]
    said = CliRunner().invoke(
        cli, ["sources", "--files", "--format", "csv", "--project", str(settings.file)]
    )
    assert f"world,trainings.csv,{digest}" in said.output
