"""The row-level report: for machines, for people, and as rows to correct and load again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from kg.checking.report import report_csv, report_lines, report_page, write_refused
from kg.cli import cli
from kg.errors import InputError
from kg.ontology import Ontology
from kg.pipeline import load_sources
from kg.pipeline.load import Loaded, refuse_excess
from kg.provenance import GraphNames
from kg.settings import LoadSettings, Settings
from kg.tables import Problem
from kg.terms import VOCABULARY_BASE

BAD = """\
id,name,format,start_date,online
t1,Good,Workshop,2019-04-04,no
t2,<script>alert(1)</script>,Workshp,2019-04-05,no
t3,Asked,School,03/04/2019,yes
t4,Hijri,School,28 رجب 1440 هـ,yes
"""


@pytest.fixture
def settings(make_project: Callable[..., Settings]) -> Settings:
    return make_project(trainings=BAD.replace(",online", "").replace(",no", "").replace(",yes", ""))


@pytest.fixture
def loaded(settings: Settings, ontology: Ontology) -> Loaded:
    return load_sources(settings, ontology.schema)


def test_counts_add_up_and_suggestions_are_made(loaded: Loaded) -> None:
    (row,) = loaded.counts().rows
    assert row == ("world", "trainings", 4, 2, 2, 0)
    hints = {p.value: p.suggestion for p in loaded.problems if p.severity == "error"}
    assert hints["Workshp"] == "Workshop"
    assert str(hints["03/04/2019"]).startswith("2019-04-03 or 2019-03-04")
    (note,) = [p for p in loaded.problems if p.severity == "info"]
    assert note.value == "28 رجب 1440 هـ"
    assert "2019-04-04" in note.accepted


def test_a_hijri_date_stands_in_the_graph_as_it_was_written(loaded: Loaded) -> None:
    quads = loaded.quads(GraphNames("https://w3id.org/rihla/id/"))
    found = quads.filter(pl.col("p") == f"<{VOCABULARY_BASE}startDateAsWritten>")
    assert [str(o) for o in found["o"]] == ['"28 رجب 1440 هـ"']
    assert found["s"].cast(pl.String)[0].endswith("/training/t4>")


def test_every_date_has_a_column_for_what_was_written(ontology: Ontology) -> None:
    dates = [
        (table.name, column.name)
        for table in ontology.schema.tables.values()
        for column in table.columns
        if column.partial_date and column.kind == "literal"
    ]
    assert len(dates) > 10
    for table, name in dates:
        assert f"{name}_written" in ontology.schema.tables[table].by_name, (table, name)


def test_refused_rows_are_corrected_and_loaded_again(
    loaded: Loaded, settings: Settings, ontology: Ontology, tmp_path: Path
) -> None:
    (path,) = write_refused(loaded.tables, tmp_path / "refused")
    assert path == tmp_path / "refused" / "world" / "trainings.csv"
    text = path.read_text(encoding="utf-8")
    assert "Did you mean Workshop?" in text
    target = settings.sources[0].path / "trainings.corrected.csv"
    target.write_text(text.replace("Workshp", "Workshop").replace("03/04/2019", "2019-04-03"))
    original = settings.sources[0].path / "trainings.csv"
    kept = [line for line in original.read_text().splitlines() if line[:2] not in ("t2", "t3")]
    original.write_text("\n".join(kept) + "\n")
    again = load_sources(settings, ontology.schema)
    assert [row[2:] for row in again.counts().rows] == [(4, 4, 0, 0)]


def test_the_page_escapes_what_a_cell_holds(loaded: Loaded) -> None:
    bad = Problem("s", "f.csv", "trainings", 2, "name", "<script>x</script>", "r", "text", "error")
    page = report_page([*loaded.problems, bad], loaded.counts(), "A & B")
    assert "<script>" not in page
    assert "&lt;script&gt;x" in page
    assert "<h1>A &amp; B</h1>" in page
    assert "Workshp" in page


def test_no_cell_of_the_report_is_a_formula() -> None:
    values = ["=1+1", "@cmd", "+cmd", "-12", "plain"]
    problems = [Problem("s", "f", "t", 2, "c", value, "r", "a") for value in values]
    rows = list(csv.DictReader(io.StringIO(report_csv(problems))))
    assert [row["value"] for row in rows] == ["'=1+1", "'@cmd", "'+cmd", "-12", "plain"]


def test_strict_stops_at_a_doubt(make_project: Callable[..., Settings], ontology: Ontology) -> None:
    loaded = load_sources(make_project(trainings=BAD.split("t2")[0].replace(",online", "").replace(",no", "")), ontology.schema)  # fmt: skip  # noqa: E501
    refuse_excess(loaded, strict=True)
    doubt = Problem("s", "f.csv", "t", 2, "c", "x", "r", "y", "warning")
    doubtful = Loaded(loaded.tables, loaded.loads, (doubt,), loaded.matches, 0)
    refuse_excess(doubtful)
    with pytest.raises(InputError, match=r"1 cells were refused or doubtful; --strict allows none"):
        refuse_excess(doubtful, strict=True)


def test_the_command_line(settings: Settings, tmp_path: Path) -> None:
    project = ["--project", str(settings.file)]
    page, folder = tmp_path / "report.html", tmp_path / "refused"
    found = CliRunner().invoke(cli, ["check", *project, "--html", str(page), "--refused", str(folder)])  # fmt: skip  # noqa: E501
    assert found.exit_code == 1
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (folder / "world" / "trainings.csv").exists()
    tried = CliRunner().invoke(cli, ["build", *project, "--dry-run"])
    assert tried.exit_code == 1
    assert "2 of 4 rows were refused" in tried.output
    assert not settings.project.releases.exists()


def test_many_problems_of_a_kind_are_shown_as_a_group(
    make_project: Callable[..., Settings],
) -> None:
    rows = "".join(f"t{i},Training {i},Workshp\n" for i in range(5000))
    make_project(trainings=f"id,name,format\n{rows}x,Other,\n,No key,\n")
    home = str(make_project().file.parent)
    shown = CliRunner().invoke(cli, ["check", "--project", home])
    lines = [line for line in shown.output.splitlines() if line.startswith("error")]
    assert [line.count("found 'Workshp'") for line in lines[:4]] == [1, 1, 1, 0]
    assert lines[3] == "error: … 4997 more of rule class in column format of trainings, world"
    assert any("column id: found an empty cell" in line for line in lines[4:])
    assert len(lines) == 5
    every = CliRunner().invoke(cli, ["check", "--all", "--project", home])
    assert every.output.count("found 'Workshp'") == 5000
    complete = CliRunner().invoke(cli, ["check", "--format", "csv", "--project", home])
    assert complete.output.count("Workshp") == 5000


def test_groups_are_capped_and_errors_come_first() -> None:
    def problem(column: str, severity: str) -> Problem:
        return Problem("s", "f", "t", 1, column, "v", "rule", "other", severity)

    found = [problem(f"c{i}", "info") for i in range(50)] + [problem("bad", "error")]
    lines = report_lines(found)
    assert lines[0].startswith("error")
    assert lines[-1] == "… 11 more in 11 other groups"
    assert report_lines(found, every=True) == [f"{p.severity}: {p}" for p in found]


def test_the_project_can_allow_less_than_its_sources(
    settings: Settings, ontology: Ontology
) -> None:
    assert settings.load == LoadSettings(downloads=settings.file.parent / "downloads")
    (source,) = settings.sources
    lenient = replace(settings, sources=(replace(source, max_refused=1.0),))
    loaded = load_sources(lenient, ontology.schema)
    refuse_excess(loaded)
    refuse_excess(loaded, limits=LoadSettings(max_refused=0.5, max_refused_rows=2))
    with pytest.raises(InputError, match=r"2 of 4 rows of all sources .* allows 1\.") as caught:
        refuse_excess(loaded, limits=LoadSettings(max_refused_rows=1))
    assert "Workshp" in str(caught.value)
    with pytest.raises(InputError, match=r"max_refused in \[load\] allows 49\.0%"):
        refuse_excess(loaded, limits=LoadSettings(max_refused=0.49))
