"""Every command: its help, its answers in each format, and what it says when asked wrongly."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import polars as pl
import pytest
from click.testing import CliRunner, Result

from kg import __version__
from kg.analysis.analyses import ANALYSES
from kg.cli import cli
from kg.cli.lazy import Commands
from kg.cli.options import FORMATS
from kg.network import MEASURES
from kg.queries import INTERNAL_GROUPS, catalogue
from kg.settings import PROJECT_VARIABLE, Settings
from kg.store import Release
from tests.conftest import write_project


def commands(group: click.Group = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, those of groups included."""
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = sorted(commands())
LEAVES = [c for c in ALL if not any(other[: len(c)] == c for other in ALL if other != c)]


def run(*arguments: object, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(cli, [str(a) for a in arguments], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def answer(*arguments: object, stdin: str | None = None) -> str:
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 0, result.output
    return result.stdout


def refusal(*arguments: object, status: int = 1) -> str:
    result = run(*arguments)
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    return result.stderr


@pytest.fixture(autouse=True)
def of_the_world(world: Release, world_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every command find the test world by the environment."""
    monkeypatch.setenv(PROJECT_VARIABLE, str(world_settings.file))


# Help


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_every_command_says_what_it_does(command: tuple[str, ...]) -> None:
    text = answer(*command, "--help")
    assert text.startswith("Usage:")


@pytest.mark.parametrize("command", LEAVES, ids=" ".join)
def test_every_command_gives_an_example(command: tuple[str, ...]) -> None:
    examples = answer(*command, "--help").partition("Examples:")[2]
    assert f"kg {' '.join(command)}" in examples


def test_the_first_page_lists_every_command() -> None:
    text = answer("--help")
    assert all(f"\n  {name} " in text for name in cli.commands)


@pytest.mark.parametrize("group", [cli, cli.commands["ontology"]], ids=["kg", "kg ontology"])
def test_the_list_of_commands_says_what_each_says_of_itself(group: click.Group) -> None:
    assert isinstance(group.commands, Commands)
    for name, (_, summary) in group.commands.places.items():
        command = group.commands[name]
        assert (command.name, command.get_short_help_str(200)) == (name, summary)


def test_the_first_page_loads_no_command() -> None:
    program = "import sys\nfrom kg.cli import cli\ncli(['--help'], standalone_mode=False)\n"
    program += "print(sorted(m for m in sys.modules if m.startswith(('kg.', 'polars', 'rdflib'))))"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['kg.cli', 'kg.cli.lazy', 'kg.errors']"


def test_help_has_a_short_form() -> None:
    assert answer("-h") == answer("--help")


def test_the_version() -> None:
    assert answer("--version") == f"kg, version {__version__}\n"


def test_an_unknown_command_is_wrong_usage() -> None:
    assert "No such command 'biuld'" in refusal("biuld", status=2)


# Rows in every format

ROWS = {
    "query list": ["query"],
    "query": ["query", "people/learned-method", "-p", "method=genomic-sequence-analysis"],
    "sparql": ["sparql", "-"],
    "network": ["network", "--measure", "degree"],
    "network edges": ["network", "--edges"],
    "releases": ["releases"],
    "analysis": ["analyse", "balance", "--level", "country"],
}
QUESTION = "SELECT ?s ?label WHERE { ?s a <https://w3id.org/rihla/ontology#Place> ; <http://www.w3.org/2000/01/rdf-schema#label> ?label }"  # noqa: E501


def rows_in(form: str, content: bytes) -> list[dict[str, object]]:
    if form == "json":
        return list(json.loads(content)["rows"])
    if form == "csv":
        return list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    frame = pl.read_parquet(io.BytesIO(content))
    return frame.with_columns(pl.col(pl.Date).cast(pl.String)).to_dicts()


@pytest.mark.parametrize("command", ROWS.values(), ids=ROWS)
def test_every_format_has_the_same_rows(command: list[str], tmp_path: Path) -> None:
    found = {}
    for form in sorted(set(FORMATS) - {"table"}):
        printed = run(*command, "--format", form, stdin=QUESTION)
        assert printed.exit_code == 0, printed.output
        written = tmp_path / f"rows.{form}"
        assert answer(*command, "--format", form, "--output", written, stdin=QUESTION) == ""
        assert written.read_bytes() == printed.stdout_bytes
        found[form] = rows_in(form, written.read_bytes())
    assert len(found["json"]) > 0
    assert found["parquet"] == found["json"]
    assert [list(row) for row in found["csv"]] == [list(row) for row in found["json"]]
    for from_csv, from_json in zip(found["csv"], found["json"], strict=True):
        assert {k: "" if v is None else str(v) for k, v in from_json.items()} == from_csv


@pytest.mark.parametrize("command", ROWS.values(), ids=ROWS)
def test_a_table_names_its_columns_and_keeps_cells_whole(
    command: list[str], tmp_path: Path
) -> None:
    table = answer(*command, stdin=QUESTION)
    rows = rows_in("json", answer(*command, "--format", "json", stdin=QUESTION).encode())
    header = table.splitlines()[0]
    assert all(name in header for name in rows[0])
    for value in rows[0].values():
        if isinstance(value, str):
            assert value.removeprefix("https://w3id.org/rihla/id/") in table
    written = tmp_path / "rows.txt"
    answer(*command, "--output", written, stdin=QUESTION)
    assert written.read_text(encoding="utf-8") == table


def test_a_label_is_text_and_no_markup(tmp_path: Path) -> None:
    query = tmp_path / "q.rq"
    query.write_text('SELECT ("[bold]x[/bold] [link=y]" AS ?label) WHERE {}')
    assert "[bold]x[/bold] [link=y]" in answer("sparql", query)


def test_no_rows_are_said_to_be_none(tmp_path: Path) -> None:
    query = tmp_path / "q.rq"
    query.write_text("SELECT ?s WHERE { ?s <https://e.org/nothing> ?o }")
    assert "No rows." in answer("sparql", query)


def test_an_unknown_format_is_wrong_usage() -> None:
    text = refusal("releases", "--format", "xlsx", status=2)
    assert all(form in text for form in FORMATS)


def test_an_output_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    assert "nowhere" in refusal("releases", "--output", tmp_path / "nowhere" / "x.txt")


# Asking


def test_the_catalogue_lists_the_questions_for_people() -> None:
    listed = {row["query"] for row in rows_in("json", answer("query", "--format", "json").encode())}
    assert listed == {q.id for q in catalogue().values() if q.group not in INTERNAL_GROUPS}


def test_a_query_prints_its_sparql() -> None:
    text = answer("query", "people/learned-method", "-p", "method=r-programming", "--sparql")
    assert "<https://w3id.org/rihla/id/method/r-programming>" in text


def test_several_values_of_a_parameter_are_all_bound() -> None:
    both = ["-p", "method=r-programming", "-p", "method=python-programming"]
    text = answer("query", "people/learned-method", *both, "--sparql")
    assert "method/r-programming> <https://w3id.org/rihla/id/method/python-programming>" in text


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["people/learned-methods"], 1, "Close: people/learned-method"),
        (["people/learned-method"], 1, "needs a value for method"),
        (["people/learned-method", "-p", "method=alchemy"], 1, "There is no Method 'alchemy'"),
        (["people/learned-method", "-p", "metod=x"], 1, "has no parameter metod"),
        (["people/learned-method", "-p", "method"], 2, "write NAME=VALUE"),
    ],
)
def test_a_query_that_is_asked_wrongly(arguments: list[str], status: int, said: str) -> None:
    assert said in refusal("query", *arguments, status=status)


def test_sparql_from_a_file_and_from_standard_input(tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text(QUESTION)
    assert answer("sparql", tmp_path / "q.rq") == answer("sparql", stdin=QUESTION)


def test_a_graph_comes_as_turtle(tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("CONSTRUCT { ?s a ?o } WHERE { ?s a ?o } LIMIT 1")
    printed = answer("sparql", tmp_path / "q.rq")
    assert " a <" in printed or "#type>" in printed
    answer("sparql", tmp_path / "q.rq", "--output", tmp_path / "out.ttl")
    assert (tmp_path / "out.ttl").read_text(encoding="utf-8").strip() == printed.strip()


def test_sparql_that_is_none_is_located(tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("SELECT * WHERE {\n ?s ?p }")
    assert "2:" in refusal("sparql", tmp_path / "q.rq")


def test_a_graph_may_be_named_by_release_folder(world: Release) -> None:
    assert answer("query", "--graph", world.path, "quality/counts") == answer(
        "query", "quality/counts"
    )


@pytest.mark.parametrize("command", [["query", "quality/counts"], ["network"], ["cite"]])
def test_a_graph_that_is_not_there_is_named(command: list[str], tmp_path: Path) -> None:
    assert "kg init" in refusal(*command, "--graph", tmp_path / "gone")


def test_a_project_without_a_release_says_how_to_build_one(tmp_path: Path) -> None:
    write_project(tmp_path)
    assert "kg build" in refusal("query", "quality/counts", "--graph", tmp_path)


# Networks


@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_every_measure_can_be_asked(measure: str) -> None:
    rows = rows_in("json", answer("network", "-m", measure, "--format", "json").encode())
    assert rows
    assert run("network", "-m", measure, "--top", "1").exit_code == 0


def test_filters_narrow_the_network() -> None:
    def edges(*filters: str) -> int:
        text = answer("network", "--edges", "--format", "json", *filters)
        return len(json.loads(text)["rows"])

    assert 0 < edges("--years", "2012-2013") < edges()
    assert 0 < edges("--bloc", "oic", "--within") < edges("--bloc", "oic")
    assert 0 < edges("--training-format", "School") < edges()


def test_the_trainings_behind_an_edge() -> None:
    text = answer("network", "--evidence", "thames", "nile", "--format", "json")
    assert "Genomics Test School 2010" in text


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_a_network_is_written_for_other_tools(form: str, tmp_path: Path) -> None:
    assert answer("network", "--output", tmp_path / f"net.{form}") == ""
    assert form in (tmp_path / f"net.{form}").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["friendship"], 2, "'partnership'"),
        (["--measure", "fame"], 2, "betweenness"),
        (["--top", "0"], 2, "x>=1"),
        (["--sector", "astrology"], 1, "There is no Sector 'astrology'"),
        (["--weight", "gold"], 1, "gold"),
        (["--years", "soon"], 1, "soon"),
    ],
)
def test_a_network_that_is_asked_wrongly(arguments: list[str], status: int, said: str) -> None:
    assert said in refusal("network", *arguments, status=status)


# Projects and releases


def test_a_new_project_builds_as_it_stands(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert f"cd {folder} && kg build" in answer("init", folder)
    summary = answer("build", "--project", folder)
    assert "0 refused and 0 doubtful cells" in summary
    assert (folder / "releases" / "current").is_symlink()
    assert "Nothing has changed" in answer("build", "--project", folder)


def test_a_project_is_never_overwritten(tmp_path: Path) -> None:
    write_project(tmp_path)
    assert "exists already; nothing was written" in refusal("init", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["rihla.toml"]


def test_the_demo_is_copied_with_its_project_file(tmp_path: Path) -> None:
    answer("init", "--demo", tmp_path / "demo")
    assert (tmp_path / "demo" / "data" / "tables" / "trainings.csv").is_file()
    assert answer("check", "--project", tmp_path / "demo").endswith("0 problems.\n")


def test_a_check_without_problems(world: Release) -> None:
    assert answer("check").endswith("0 problems.\n")
    assert rows_in("csv", answer("check", "--format", "csv").encode()) == []


@pytest.mark.parametrize("which", ["current", "named"])
def test_a_release_is_verified(world: Release, which: str) -> None:
    option = ["--release"] if which == "current" else ["--release", world.id]
    assert answer("check", *option) == (
        f"Release {world.id}: {world.manifest['quads']} quads, every file as it was built.\n"
    )


def test_a_release_that_is_not_there_is_named(world: Release) -> None:
    assert f"Kept: {world.id}" in refusal("check", "--release", "2020-01-01-aaaaaaaa")
    assert f"Kept: {world.id}" in refusal("rollback", "2020-01-01-aaaaaaaa")


def test_releases_mark_the_current_one(world: Release) -> None:
    (row,) = rows_in("json", answer("releases", "--format", "json").encode())
    assert (row["release"], row["current"]) == (world.id, True)
    assert row["quads"] == world.manifest["quads"]


def test_before_the_first_build_there_are_none(tmp_path: Path) -> None:
    assert "No rows." in answer("releases", "--project", write_project(tmp_path))


def test_rollback_goes_to_an_older_release(world: Release, tmp_path: Path) -> None:
    folder = tmp_path / "releases"
    for name, day in (("old", "01"), ("new", "02")):
        shutil.copytree(world.path, folder / name)
        manifest = {**world.manifest, "id": name, "built": f"2026-01-{day}T00:00:00+00:00"}
        (folder / name / "manifest.json").write_text(json.dumps(manifest))
    (folder / "current").symlink_to("new")
    project = write_project(tmp_path)
    assert answer("rollback", "--project", project).startswith("Release old of 2026-01-01")
    assert "no release older than old" in refusal("rollback", "--project", project)
    assert answer("rollback", "new", "--project", project).startswith("Release new of")


def test_a_citation_names_release_ontology_and_sources(world: Release) -> None:
    text = answer("cite")
    for part in (world.id, str(world.manifest["dump"]), str(world.manifest["ontology"])):
        assert part in text
    assert "Test world (https://creativecommons.org/publicdomain/zero/1.0/)" in text


@pytest.mark.parametrize("command", ["build", "check", "releases", "rollback", "serve"])
def test_a_project_that_is_not_there_is_wrong_usage(command: str, tmp_path: Path) -> None:
    assert "does not exist" in refusal(command, "--project", tmp_path / "gone", status=2)


@pytest.mark.parametrize("command", ["build", "check", "releases", "rollback"])
def test_without_a_project_the_way_to_one_is_told(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PROJECT_VARIABLE)
    monkeypatch.chdir(tmp_path)
    assert "kg init FOLDER" in refusal(command)


# Ontology


def test_columns_are_explained() -> None:
    rows = rows_in("csv", answer("ontology", "template", "places", "--format", "csv").encode())
    assert [row["column"] for row in rows][:3] == ["id", "name", "country"]


def test_templates_are_written(tmp_path: Path) -> None:
    assert answer("ontology", "template", "places", "--into", tmp_path).strip() == str(
        tmp_path / "places.csv"
    )
    assert (tmp_path / "places.csv").read_text(encoding="utf-8").startswith("id,name,country,")


def test_a_table_that_is_not_there_is_named() -> None:
    assert "trainings" in refusal("ontology", "template", "training")


# Analyses


def test_the_analyses_are_listed() -> None:
    text = answer("analyse")
    assert all(name in text for name in ANALYSES)


def test_an_analysis_says_how_and_draws(tmp_path: Path) -> None:
    drawn = tmp_path / "balance.svg"
    result = run("analyse", "balance", "--method-text", "--plot", drawn, "--format", "csv")
    assert result.exit_code == 0
    assert ANALYSES["balance"].formula in result.stderr
    assert "\n  with_country: " in result.stderr
    assert drawn.read_text(encoding="utf-8").startswith("<svg")


def test_an_analysis_is_told_in_a_language(tmp_path: Path) -> None:
    drawn = tmp_path / "balance.svg"
    options = ("--language", "ar", "--method-text", "--plot", drawn, "--format", "csv")
    result = run("analyse", "balance", *options)
    assert result.exit_code == 0
    assert "ذات بلد" in result.stderr and "مقاعد جهة المتعلّمين" in result.stderr
    assert "جنوب أفريقيا" in result.stdout
    assert "ميزان التعلّم والتعليم" in drawn.read_text(encoding="utf-8")


def test_an_analysis_takes_filters_and_flags() -> None:
    arguments = ["analyse", "flow-matrix", "--training-format", "Workshop", "--no-own"]
    rows = rows_in("json", answer(*arguments, "--format", "json").encode())
    assert all(row["source"] != row["target"] for row in rows)
    assert "There is no" in refusal("analyse", "balance", "--bloc", "atlantis")
    assert "Accepted: a whole number" in refusal("analyse", "balance", "--top", "many")


def test_a_report_without_a_subject_is_about_the_bloc_of_the_project(
    world: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    module = import_module("kg.cli.analyse")
    monkeypatch.setattr(module, "gather", lambda _, kind, key, __: asked.append((kind, key)))
    monkeypatch.setattr(module, "write_report", lambda _, path, __: [path])
    target = tmp_path / "report.html"
    assert run("analyse", "report", "--graph", world.path, "-o", target).exit_code == 0
    assert asked == [("bloc", "oic")]
    monkeypatch.setattr("kg.analysis.graph.Graph.default_bloc", "world")
    refused = run("analyse", "report", "--graph", world.path, "-o", target)
    assert refused.exit_code == 2
    assert "the project has no default_bloc" in refused.output
