"""What changed between two releases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner

from kg.changes import changed_things, diff_summary
from kg.cli import cli
from kg.errors import ReleaseError
from kg.pipeline import build
from kg.settings import Settings
from kg.tombstones import unwritten

Make = Callable[..., Settings]
ONE = "id,name,format,start_date\nt1,First,Workshop,2019-01-01\nt2,Second,School,\n"
TWO = "id,name,format,start_date\nt1,First of all,Workshop,2019-01-02\nt3,Third,School,\n"
PEOPLE = "id,name,consent\np1,Ada,published\np2,Bob,published\n"
ONTOLOGY = "https://w3id.org/rihla/ontology#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


def test_things_and_statements_by_source(make_project: Make) -> None:
    settings = make_project(trainings=ONE, people=PEOPLE)
    old = build(settings).release
    new = build(make_project(trainings=TWO, people=PEOPLE)).release
    first = ("changed", "world", "Training", f"{settings.project.base}training/t1", "First of all")
    base = settings.project.base
    none = (None, None, None)
    assert changed_things(old, new).rows == [
        ("added", "world", "Training", f"{base}training/t3", "Third", *none),
        (*first, LABEL, "First", "First of all"),
        (*first, f"{ONTOLOGY}startDate", "2019-01-01", "2019-01-02"),
        ("removed", "world", "Training", f"{base}training/t2", "Second", *none),
    ]
    found = {row[:2]: row[2:] for row in diff_summary(old, new).rows}
    assert found["world", "trainings"] == (1, 1, 1)
    assert ("world", "people") not in found
    added, removed, changed = found["world", "statements"]
    assert (added, changed) == (removed, 0)
    assert ("vocabulary", "statements") not in found
    assert diff_summary(new, new).rows == []


def test_a_label_is_that_of_its_side(make_project: Make) -> None:
    old = build(make_project(trainings=ONE)).release
    new = build(make_project(trainings=ONE.replace("First", "Renamed"))).release
    assert [r[4:] for r in changed_things(new, old).rows] == [("First", LABEL, "Renamed", "First")]


def test_who_was_forgotten_is_not_shown(make_project: Make) -> None:
    settings = make_project(trainings=ONE, people=PEOPLE)
    old = build(settings).release
    ada = f"{settings.project.base}person/p1"
    alone = PEOPLE.replace("p1,Ada,published\n", "")
    new = build(make_project(trainings=ONE, people=alone)).release
    assert [row[3:5] for row in changed_things(old, new).rows] == [(ada, "Ada")]
    forgotten = unwritten([ada])
    assert [row[3:5] for row in changed_things(old, new, forgotten).rows] == [
        ("(withheld)", "(withheld)")
    ]
    renamed = build(make_project(trainings=ONE, people=PEOPLE.replace("Ada", "Eve"))).release
    (row,) = changed_things(old, renamed, forgotten).rows
    assert {row[3], row[4], row[6], row[7]} == {"(withheld)"}


def test_a_damaged_dump_is_said(make_project: Make) -> None:
    release = build(make_project(trainings=ONE)).release
    release.dump.write_bytes(release.dump.read_bytes()[:-40])
    with pytest.raises(ReleaseError, match="kg check --release"):
        diff_summary(release, release)


def test_the_command_compares_with_the_current_release(make_project: Make) -> None:
    old = build(make_project(trainings=ONE)).release
    settings = make_project(trainings=TWO)
    build(settings)
    project = ["--project", str(settings.file), "--format", "csv"]
    summary = CliRunner().invoke(cli, ["diff", old.id, *project])
    assert "world,trainings,1,1,1" in summary.output
    listed = CliRunner().invoke(cli, ["diff", old.id, "--things", *project])
    assert "training/t3,Third" in listed.output
    assert "First,First of all" in listed.output
    unknown = CliRunner().invoke(cli, ["diff", "1999-01-01-abcd", *project])
    assert unknown.exit_code == 1
    assert old.id in unknown.output
