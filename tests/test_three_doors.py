"""Python, the command line and the web give the same document of every analysis, to the byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

import kg
from kg.analysis.analyses import ANALYSES
from kg.analysis.graph import Graph
from kg.analysis.result import Result
from kg.cli import cli
from kg.settings import Settings, load_settings
from kg.store import Release
from kg.web import close_app, create_app
from tests.web.conftest import LIMITS

# Thresholds that hold nothing back: a tiny world has answers then.
EXTRA = """
[analyse]
least_trainings = 1
least_coverage = 0.0
good_coverage = 0.0
least_base = 1
"""
# Parameters that mean something in the test world, where the example does not.
GIVEN: dict[str, dict[str, str]] = {
    "appearances": {"subject": "ZA"},
    "breakdown": {"subject": "ZA", "by": "institution", "who": "all"},
    "coverage": {"subject": "bloc:oic"},
    "exchange": {"subject": "ZA", "level": "country"},
    "profile": {"subject": "ZA"},
    "recommend": {"level": "country", "node": "ZA"},
    "survival": {"level": "country", "of": "method", "event": "arrival"},
    "centrality-significance": {"measure": "betweenness", "level": "country", "samples": "20",
                                "least_trainings": "1"},
    "edge-significance": {"level": "country", "samples": "20", "least_trainings": "1"},
    "rank-intervals": {"measure": "degree", "level": "country", "samples": "20"},
    "robustness": {"measure": "degree", "level": "country"},
    "trends": {"by": "total"},
    "balance": {"level": "country", "bloc": "oic", "years": "2010-2022"},
}  # fmt: skip
# So small a world has too few outcomes for a model.
EMPTY = {"outcome-association"}


@pytest.fixture(scope="module")
def project(
    world: Release, world_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The project of the test world, with its release and thresholds of its own."""
    assert world_settings.file is not None
    assert world.path.is_dir()
    file = tmp_path_factory.mktemp("doors") / "rihla.toml"
    file.write_text(world_settings.file.read_text(encoding="utf-8") + EXTRA, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def opened(project: Path) -> Graph:
    return kg.open(project)


@pytest.fixture(scope="module")
def web(project: Path) -> Iterator[FlaskClient]:
    app = create_app(load_settings(project), None, LIMITS)
    yield app.test_client()
    close_app(app)


@pytest.fixture(params=ANALYSES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def given_to(name: str) -> dict[str, str]:
    return GIVEN.get(name, dict(ANALYSES[name].example))


def by_command(project: Path, name: str, given: dict[str, str]) -> str:
    options = [part for k, v in given.items() for part in (f"--{k.replace('_', '-')}", v)]
    arguments = ["analyse", name, "--graph", str(project), "--format", "json", *options]
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_three_doors_give_the_same(
    opened: Graph, web: FlaskClient, project: Path, name: str
) -> None:
    given = given_to(name)
    found: Result = getattr(opened, name.replace("-", "_"))(**given)
    expected = json.loads(found.to_json())
    assert bool(found.rows) is (name not in EMPTY), found.reason
    answer = web.get(f"/api/analyse/{name}.json", query_string=given)
    assert answer.status_code == 200, answer.text
    assert json.loads(answer.text) == expected
    assert json.loads(by_command(project, name, given)) == expected


def test_a_result_says_and_does_all_of_it(opened: Graph, name: str) -> None:
    analysis = ANALYSES[name]
    found: Result = opened.analyse(name, **given_to(name))
    assert found.release == opened.store.release_id
    assert found.coverage["trainings_selected"] > 0
    for part in (analysis.definition, analysis.formula, analysis.reference):
        assert part in found.method
    assert found.to_rows() == [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    assert found.to_polars().rows() == [tuple(row) for row in found.rows]
    assert list(found.to_pandas().columns) == list(found.columns)
    if found.charts:
        assert found.plot().svg.startswith("<svg")
    if analysis.edges and found.rows:
        graph = found.to_networkx()
        assert isinstance(graph, nx.Graph)
        assert graph.is_directed() is analysis.edges.directed
        ends = (found.column(analysis.edges.source), found.column(analysis.edges.target))
        pairs = [pair for pair in zip(*ends, strict=True) if None not in pair]
        assert graph.number_of_edges() == len(pairs)  # no row is lost
        found_pairs = [frozenset(e) for e in graph.edges()]
        assert sorted(map(sorted, found_pairs)) == sorted(sorted(frozenset(p)) for p in pairs)
