"""What changed between two releases."""

from __future__ import annotations

from collections.abc import Callable

from click.testing import CliRunner

from kg.changes import changed_things, diff_summary
from kg.cli import cli
from kg.pipeline import build
from kg.settings import Settings

ONE = "id,name,format\nt1,First,Workshop\nt2,Second,School\n"
TWO = "id,name,format\nt1,First,Workshop\nt3,Third,School\n"
PEOPLE = "id,name,consent\np1,Ada,published\n"


def test_things_and_statements_by_source(make_project: Callable[..., Settings]) -> None:
    settings = make_project(trainings=ONE, people=PEOPLE)
    old = build(settings).release
    new = build(make_project(trainings=TWO, people=PEOPLE)).release
    base = settings.project.base
    assert changed_things(old, new).rows == [
        ("added", "world", "Training", f"{base}training/t3", "Third"),
        ("removed", "world", "Training", f"{base}training/t2", "Second"),
    ]
    found = {row[:2]: row[2:] for row in diff_summary(old, new).rows}
    assert found["world", "trainings"] == (1, 1)
    assert ("world", "people") not in found
    added, removed = found["world", "statements"]
    assert added == removed
    assert ("vocabulary", "statements") not in found
    assert diff_summary(new, new).rows == []


def test_the_command_compares_with_the_current_release(
    make_project: Callable[..., Settings],
) -> None:
    old = build(make_project(trainings=ONE)).release
    settings = make_project(trainings=TWO)
    build(settings)
    project = ["--project", str(settings.file), "--format", "csv"]
    summary = CliRunner().invoke(cli, ["diff", old.id, *project])
    assert "world,trainings,1,1" in summary.output
    listed = CliRunner().invoke(cli, ["diff", old.id, "--things", *project])
    assert "training/t3,Third" in listed.output
    unknown = CliRunner().invoke(cli, ["diff", "1999-01-01-abcd", *project])
    assert unknown.exit_code == 1
    assert old.id in unknown.output
