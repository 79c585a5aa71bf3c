"""Bad input: the message says where, what and what is accepted, and what is served stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import cli
from kg.pipeline import verify
from kg.store import current_release
from tests.conftest import write_project

COUNTRIES = "iso2,iso3,name_en\nGH,GHA,Ghana\nTG,TGO,Togo\n"
ORGANISATIONS = "id,name,country\naccra,Test University of Accra,GH\n"
TRAININGS = "id,name,start_date,end_date,host\nt1,First,2019-05-06,2019-05-07,accra\n"
GOOD = {"countries": COUNTRIES, "organisations": ORGANISATIONS, "trainings": TRAININGS}

# The seven kinds: table, content, what the message says
BAD: dict[str, tuple[str, str | bytes, list[str]]] = {
    "a missing column": (
        "trainings",
        "name,start_date\nFirst,2019\n",
        [
            "trainings.csv, row 1: the required column id is missing",
            "Accepted in table trainings: id",
        ],
    ),
    "an unknown country": (
        "organisations",
        ORGANISATIONS + "lome,Test University of Lome,Ghanna\n",
        [
            "organisations.csv, row 3, column country: found 'Ghanna'",
            "Accepted: a known Country: the iso2, iso3, name_en",
            "Did you mean ghana?",
        ],
    ),
    "an end before the start": (
        "trainings",
        TRAININGS + "t2,Second,2019-05-07,2019-05-06,accra\n",
        [
            "trainings.csv, row 3, column end_date: found '2019-05-06 (with start_date 2019-05-0",
            "Accepted: a value not before start_date of the same row",
        ],
    ),
    "a dangling reference": (
        "trainings",
        TRAININGS + "t2,Second,,,acra\n",
        [
            "trainings.csv, row 3, column host: found 'acra'",
            "Accepted: a known Organisation: the id",
            "Did you mean accra?",
        ],
    ),
    "a duplicated id": (
        "trainings",
        TRAININGS + "t2,Second,,,\nt1,Third,,,\n",
        [
            "trainings.csv, row 4, column id: found 'training/t1'",
            "Accepted: a key that no other row has; the first one is in",
            "trainings.csv, row 2.",
        ],
    ),
    "a file that is not UTF-8": (
        "organisations",
        b"id,name\nliege,\xff\x00\n",
        [
            "organisations.csv, line 2, byte 7: found the byte 0xFF",
            "Accepted: text in UTF-8. Save the file as 'CSV UTF-8'",
        ],
    ),
    "an empty file": (
        "trainings",
        "",
        ["trainings.csv: the file is empty", "Accepted: a header row with the table's columns"],
    ),
}


def write_tables(folder: Path, tables: dict[str, str | bytes]) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in tables.items():
        raw = content.encode() if isinstance(content, str) else content
        (folder / f"{name}.csv").write_bytes(raw)


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--project", str(folder)])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of good tables that has been built."""
    folder = tmp_path_factory.mktemp("good")
    write_tables(folder / "tables", dict(GOOD))
    write_project(folder, folder / "tables")
    result = run(folder, "build", "--quiet")
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    """A copy of that project, with its release."""
    folder = tmp_path / "project"
    shutil.copytree(built, folder, symlinks=True)
    write_project(folder, folder / "tables")
    return folder


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_located_and_changes_nothing(project: Path, kind: str) -> None:
    table, content, said = BAD[kind]
    before = current_release(project / "releases").id
    write_tables(project / "tables", {table: content})
    result = run(project, "build")
    assert result.exit_code == 1
    for part in said:
        assert part in result.output
    assert "Traceback" not in result.output
    current = current_release(project / "releases")
    assert current.id == before
    assert verify(current)
    left = {path.name for path in (project / "releases").iterdir()}
    assert left <= {before, "current", ".lock", "last-build-report.csv", "last-build-review.csv"}


def test_good_input_after_bad_input_builds(project: Path) -> None:
    write_tables(project / "tables", {"trainings": ""})
    assert run(project, "build").exit_code == 1
    write_tables(project / "tables", {"trainings": TRAININGS + "t2,Second,2020,,accra\n"})
    result = run(project, "build", "--quiet")
    assert result.exit_code == 0, result.output
    assert current_release(project / "releases").id == result.output.strip()


def test_every_refused_row_is_told_and_the_long_list_cut(project: Path) -> None:
    rows = "".join(f"x{i},Institute {i},XX\n" for i in range(3000))
    write_tables(project / "tables", {"organisations": ORGANISATIONS + rows})
    result = run(project, "build")
    assert result.exit_code == 1
    assert "3000 of 3004 rows were refused; max_refused allows 0.0%" in result.output
    assert "… and 2980 more" in result.output
    assert len(result.output.splitlines()) < 30
    report = (project / "releases" / "last-build-report.csv").read_text(encoding="utf-8")
    assert len(report.splitlines()) == 3001


def test_a_check_finds_the_same_without_building(project: Path) -> None:
    table, content, said = BAD["an unknown country"]
    write_tables(project / "tables", {table: content})
    result = run(project, "check")
    assert result.exit_code == 1
    for part in said:
        assert part in result.output
    assert "1 problems." in result.output
