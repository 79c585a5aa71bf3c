"""What holds for every analysis: its declaration, its guards, its forms."""

from __future__ import annotations

import doctest
import importlib
import json
import pkgutil
from xml.etree import ElementTree

import polars as pl
import pytest

import kg.analysis
from kg.analysis.analyses import ANALYSES
from kg.analysis.base import Answer, RefusedAnalysisError, World
from kg.analysis.graph import Graph
from kg.analysis.guards import unexplained, withhold_small
from kg.analysis.plots import CHARTS
from kg.errors import NotFoundError, QueryError
from kg.network import select
from kg.results import ResultTable
from kg.settings import AnalyseSettings
from tests.analysis.worlds import OPEN, analyse
from tests.conftest import ROOT
from tests.network.worlds import world as hand_made

TEXT = (ROOT / "docs" / "analyses.md").read_text(encoding="utf-8")
# What an analysis needs to be asked on the hand-made world.
NEEDED: dict[str, dict[str, object]] = {
    "partners": {"bloc": "OIC"},
    "recommend": {"node": "A"},
    "profile": {"subject": "A"},
    "coverage": {"subject": "A"},
    "breakdown": {"subject": "A", "by": "institution", "who": "others"},
    "exchange": {"subject": "A"},
    "appearances": {"subject": "A"},
    "rank-intervals": {"samples": 20},
    "edge-significance": {"samples": 20, "least_trainings": 1},
    "centrality-significance": {"samples": 20, "least_trainings": 1},
}
# Random numbers meet the nodes in the order of their names.
DRAWN = {"rank-intervals", "edge-significance", "centrality-significance"}


@pytest.fixture(params=ANALYSES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_its_declaration_is_whole(name: str) -> None:
    analysis = ANALYSES[name]
    assert all((analysis.title, analysis.definition, analysis.formula, analysis.reference))
    assert set(analysis.blank) <= set(analysis.columns)
    kinds = [chart.kind for chart in analysis.charts]
    assert len(kinds) == len(set(kinds))
    for chart in analysis.charts:
        assert chart.kind in CHARTS
        drawn = (chart.x, chart.y, chart.group, chart.low, chart.high)
        assert {column for column in drawn if column} <= set(analysis.columns)
    for edges in [analysis.edges] if analysis.edges else []:
        ends = {edges.source, edges.target}
        assert ends | {f"{end}_label" for end in ends} | {edges.weight} <= set(analysis.columns)
    assert not hasattr(Graph, name.replace("-", "_")), "the name of a method of Graph"


def test_it_is_documented(name: str) -> None:
    section = TEXT.partition(f"\n### `{name}`\n")[2].partition("\n### ")[0]
    assert section, f"docs/analyses.md has no section ### `{name}`"
    missing = [p for p in ANALYSES[name].parameters if f"`{p}`" not in section]
    assert not missing, f"{name}: the section does not explain {missing}"


def test_it_says_where_its_numbers_come_from(name: str) -> None:
    found = analyse(hand_made(), name, **NEEDED.get(name, {}))
    assert found.name == name
    assert ANALYSES[name].reference in found.method
    assert found.columns == tuple(ANALYSES[name].columns)
    assert {"trainings_selected", "participations", "with_country"} <= set(found.coverage)
    assert set(ANALYSES[name].parameters) <= set(found.parameters)
    json.loads(found.to_json())  # no NaN, no infinity
    if not found.rows:
        assert found.meta["reason"]


def test_it_gives_every_form(name: str) -> None:
    found = analyse(hand_made(), name, **NEEDED.get(name, {}))
    assert found.to_polars().height == len(found) == len(found.to_rows())
    if found.rows:
        assert found.to_polars().columns == list(found.columns)
    assert len(found.to_pandas()) == len(found)
    assert f"release {found.release!r}" in repr(found)
    assert "<table>" in found._repr_html_()
    for chart in found.charts:
        root = ElementTree.fromstring(found.plot(chart.kind).svg)
        assert root.find("{http://www.w3.org/2000/svg}title") is not None


def test_the_same_input_gives_the_same_bits(name: str) -> None:
    given = NEEDED.get(name, {})
    shuffled = {k: frame.reverse() for k, frame in hand_made().items()}
    first = analyse(hand_made(), name, **given)
    assert analyse(shuffled, name, **given).rows == first.rows


@pytest.mark.parametrize("name", sorted(set(ANALYSES) - DRAWN))
def test_other_names_give_the_same_numbers(name: str) -> None:
    """Relabelling things may change the order of ties, not a number."""
    given = NEEDED.get(name, {})
    new = {"A": "ZZ", "B": "YY", "C": "B"}
    renamed = {k: f.with_columns(pl.col(pl.String).replace(new)) for k, f in hand_made().items()}
    there = {k: new.get(str(v), v) if k in ("node", "subject") else v for k, v in given.items()}
    assert _numbers(analyse(renamed, name, **there)) == _numbers(
        analyse(hand_made(), name, **given)
    )


def _numbers(table: ResultTable) -> list[str]:
    """Return the numbers of each row to 9 digits, in an order of their own."""
    rows = ([v for v in row if not isinstance(v, str)] for row in table)
    return sorted(str([float(f"{v:.9g}") if isinstance(v, float) else v for v in r]) for r in rows)


def test_top_keeps_the_first_rows(name: str) -> None:
    given = NEEDED.get(name, {})
    whole = analyse(hand_made(), name, **given)
    first = analyse(hand_made(), name, top=1, **given)
    assert list(first.rows) == list(whole.rows[:1])
    assert first.meta["left_out"] == len(whole) - len(first)


def test_python_the_short_form_and_the_example_agree(name: str, graph: Graph) -> None:
    example = dict(ANALYSES[name].example)
    try:
        found = graph.analyse(name, **example)
    except QueryError as error:  # too little data in the tiny world, or an example of the demo
        assert "[analyse]" in str(error) or "There is no" in str(error)
        return
    assert getattr(graph, name.replace("-", "_"))(**example).rows == found.rows
    assert found.release == graph.store.release_id


# Guards


def test_too_few_trainings_are_refused() -> None:
    policy = AnalyseSettings(least_trainings=5)
    with pytest.raises(RefusedAnalysisError, match=r"4 trainings pass.*least_trainings"):
        analyse(hand_made(), "balance", policy)


def test_too_little_coverage_is_refused_with_its_reason() -> None:
    policy = AnalyseSettings(least_coverage=0.95)
    with pytest.raises(RefusedAnalysisError, match=r"Only 9 of 10 participations \(90.0%\)"):
        analyse(hand_made(), "balance", policy, level="institution")
    assert len(analyse(hand_made(), "balance", policy, level="country")) > 0


def test_modest_coverage_is_a_caveat() -> None:
    policy = AnalyseSettings(good_coverage=0.95)
    found = analyse(hand_made(), "balance", policy, level="institution")
    assert any("9 of 10 participations (90%)" in caveat for caveat in found.caveats)


def test_small_counts_of_unnamed_people_are_withheld() -> None:
    policy = AnalyseSettings(least_base=1, suppress_below=6)
    found = analyse(hand_made(), "balance", policy, level="institution")
    rows = {r["node"]: r for r in found.to_records()}
    assert rows["B"]["learned"] is None  # a group of nobody knows how many
    assert rows["B"]["net"] is None
    assert rows["C"]["taught"] == 3  # all named
    assert rows["A"]["learned"] == 6
    assert found.meta["withheld_cells"] == 1
    assert "withheld" in str(found.meta["empty_cells"])


def test_ratios_on_a_small_base_are_empty_and_say_so() -> None:
    policy = AnalyseSettings(least_base=10, suppress_below=0)
    rows = analyse(hand_made(), "balance", policy, level="country")
    shares = {r["node"]: r["share"] for r in rows.to_records()}
    assert shares["ZA"] is None
    assert shares["NG"] == 0
    assert "least_base" in str(rows.meta["empty_cells"])


def test_a_nan_or_an_unexplained_gap_is_a_fault() -> None:
    analysis = ANALYSES["balance"]
    with pytest.raises(ValueError, match="not finite"):
        unexplained(analysis, pl.DataFrame({"share": [float("nan")]}), set())
    with pytest.raises(ValueError, match="without a declared reason"):
        unexplained(analysis, pl.DataFrame({"taught": [None]}), set())


def test_what_is_derived_from_a_withheld_count_goes_with_it() -> None:
    the_world = World(hand_made(), select(hand_made()), AnalyseSettings(suppress_below=5))
    frame = pl.DataFrame({"n": [4, 4, 9, 0], "u": [1, 0, 9, 0], "d": [1.0, 2.0, 3.0, 4.0]})
    kept, emptied = withhold_small(the_world, Answer(frame, {"n": "u"}, ("d",)))
    assert kept.rows() == [(None, None), (4, 2.0), (9, 3.0), (0, 4.0)]
    assert emptied == 1


# Parameters


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"levl": "country"}, "Close: level"),
        ({"top": "many"}, "a whole number"),
        ({"top": 0}, "from 1"),
        ({"period": 2.5}, "a whole number"),
        ({"years": "soon"}, "2012-2020"),
        ({"by": ["year", "topic"]}, "Accepted: one"),
        ({"within": "perhaps"}, "true, false"),
    ],
)
def test_bad_parameters(given: dict[str, object], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        analyse(hand_made(), "balance", **given)


def test_text_and_values_mean_the_same() -> None:
    text = analyse(hand_made(), "flow-matrix", own="false", top="2", years="2012-2020")
    plain = analyse(hand_made(), "flow-matrix", own=False, top=2, years=(2012, 2020))
    assert text.rows == plain.rows
    assert text.parameters == plain.parameters


def test_an_unknown_analysis_is_named(graph: Graph) -> None:
    with pytest.raises(NotFoundError, match="Close: balance"):
        graph.analyse("balence")
    with pytest.raises(AttributeError, match="no attribute 'balence'"):
        _ = graph.balence
    assert "flow_matrix" in dir(graph)


def test_doctests() -> None:
    for found in pkgutil.walk_packages(kg.analysis.__path__, "kg.analysis."):
        assert doctest.testmod(importlib.import_module(found.name)).failed == 0


def test_thresholds_that_hold_nothing_back_are_accepted() -> None:
    assert analyse(hand_made(), "balance", OPEN).meta["withheld_cells"] == 0


def test_no_filter_is_taken_and_then_ignored(graph: Graph, name: str) -> None:
    """Where a country may be given, its answer is another one than that of the whole world."""
    if "country" not in ANALYSES[name].filters:
        pytest.skip("it knows no country")
    if name == "recommend-evaluation":
        pytest.skip("the test world is too small to evaluate anything")
    given = {k: v for k, v in ANALYSES[name].example.items() if k not in ("bloc", "country")}
    if name == "breakdown":
        given = {"by": "institution", "who": "all"}
    if name == "recommend":
        given |= {"node": "ZA"}
    open_graph = Graph(graph.store, graph.release, OPEN)

    def asked(**filters: object) -> object:
        try:
            found = open_graph.analyse(name, **given, **filters)
        except QueryError as error:
            return str(error)
        return found.rows, found.coverage, found.caveats

    assert asked(country="ZA") != asked(country="GB")
