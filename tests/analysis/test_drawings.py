"""The drawings of flows, spread and spans: what they show is what the table says."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from kg.analysis.base import Chart
from kg.analysis.graph import Graph
from kg.analysis.plots import CHARTS, draw
from kg.analysis.plots.ribbons import OTHERS
from kg.errors import KgError, NotFoundError
from kg.language import speaking
from kg.results import ResultTable

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<b>&\u202e"


def tips(table: ResultTable, chart: Chart) -> list[str]:
    root = ET.fromstring(draw(table, chart).svg)
    found = [node.text or "" for node in root.iter(f"{SVG}title")]
    return found[1:]  # the first is that of the whole


def texts(table: ResultTable, chart: Chart) -> str:
    root = ET.fromstring(draw(table, chart).svg)
    return "\n".join(node.text or "" for node in root.iter(f"{SVG}text"))


FLOWS = ResultTable(
    ("source_label", "target_label", "learners"),
    [("A", "B", 6.0), ("A", "C", 2.0), (HOSTILE, "B", 1.0), ("D", "E", 0.5), ("A", "B", 1.0),
     ("D", "B", None)],
)  # fmt: skip


def test_ribbons_add_up_and_gather_the_rest() -> None:
    chart = Chart("ribbons", x="source_label", y="target_label", group="learners", most=2)
    found = tips(FLOWS, chart)
    assert "A → B: 7" in found
    assert f"{HOSTILE} → B: 1" in found
    assert f"{OTHERS} → {OTHERS}: 0.5" in found
    assert "A: 9" in found
    assert "B: 8" in found
    heights = re.findall(
        r'<rect x="198.0" y="[\d.]+" width="12.0" height="([\d.]+)"', draw(FLOWS, chart).svg
    )
    assert sum(map(float, heights)) == pytest.approx(440, abs=1)


ARRIVALS = ResultTable(
    ("value_label", "node", "node_label", "kind", "year", "source", "source_label"),
    [
        ("M", "a", "Ayland", "taught", 2000, None, None),
        ("M", "b", HOSTILE, "learned", 2002, "a", "Ayland"),
        ("M", "c", "Ceeland", "learned", 2002, "z", "Zedland"),
        ("N", "a", "Ayland", "learned", 2001, "b", "Beeland"),
        ("M", "d", "Undated", "learned", None, None, None),
    ],
    {"places": {"a": (10.0, 10.0), "b": (20.0, 50.0)}},
)


def test_a_time_line_shows_the_value_that_came_farthest() -> None:
    chart = Chart("timeline", x="node_label", y="year", group="value_label")
    assert tips(ARRIVALS, chart) == [
        "Ayland: taught 2000", f"{HOSTILE}: learned 2002", "Ceeland: learned 2002",
    ]  # fmt: skip
    said = texts(ARRIVALS, chart)
    assert "M: 3 arrivals" in said
    assert "from Zedland" in said
    assert "from Ayland" in said


def test_a_map_of_arrivals_says_what_it_cannot_place() -> None:
    chart = Chart("arrivals", x="node_label", y="year", group="value_label")
    assert len(tips(ARRIVALS, chart)) == 2
    assert "M: 3 arrivals, of which 2 are drawn" in texts(ARRIVALS, chart)


def test_curves_count_what_was_reached_by_each_year() -> None:
    chart = Chart("spread", x="node_label", y="year", group="value_label")
    said = texts(ARRIVALS, chart)
    assert "M (3)" in said
    assert "N (1)" in said


def test_spans_run_from_first_to_last_and_end_hollow() -> None:
    table = ResultTable(
        ("label", "first", "last", "median_gap", "lapsed"),
        [("One", "2012-03-01", "2015-01", 6.5, True), (HOSTILE, "2013", "2020-06-30", 12.0, False),
         ("No date", None, None, None, None)],
    )  # fmt: skip
    chart = Chart("spans", x="label", y="median_gap", group="lapsed", low="first", high="last")
    assert tips(table, chart).count("One: 2012-03-01 to 2015-01") == 2
    drawn = draw(table, chart).svg
    assert drawn.count('fill="#FFFFFF" stroke="#D55E00"') == 1
    assert "No date" not in drawn


def test_bars_of_a_long_name_keep_their_groups_apart() -> None:
    long = "Organisation of Islamic Cooperation and of many others"
    table = ResultTable(("x", "g", "y"), [(long, "2018", 1), (long, "2019", 2), ("Short", None, 3)])
    said = texts(table, Chart("bars", x="x", y="y", group="g"))
    assert "… · 2018" in said
    assert "… · 2019" in said
    assert "\nShort\n" in said


def test_gaps_are_crossed_in_a_heatmap() -> None:
    table = ResultTable(
        ("c", "v", "n", "state"),
        [("A", "x", 3, "covered"), ("A", "y", 0, "gap"), ("B", "x", 0, "none")],
    )
    chart = Chart("heatmap", x="c", y="v", group="n", mark="state")
    assert draw(table, chart).svg.count('stroke="#D55E00"') == 2  # one cross is two strokes
    assert "crossed: a gap" in texts(table, chart)
    assert "crossed" not in texts(table, Chart("heatmap", x="c", y="v", group="n"))


@pytest.mark.parametrize("kind", ["ribbons", "timeline", "arrivals", "spread", "spans", "flows"])
def test_a_table_without_rows_is_drawn_with_its_reason(kind: str) -> None:
    table = ResultTable(("x",), [], {"reason": "Nothing there."})
    assert "Nothing there" in texts(table, Chart(kind, x="x", y="x"))  # type: ignore[arg-type]
    assert kind in CHARTS


def test_maps_of_countries_are_offered_for_countries_only(graph: Graph) -> None:
    flows = graph.analyse("flow-matrix", level="country")
    assert [chart.kind for chart in flows.charts] == ["ribbons", "flows", "heatmap"]
    assert flows.meta["places"]
    assert '<g class="flow in"' in flows.plot("flows").svg
    people = graph.analyse("flow-matrix", level="institution")
    assert [chart.kind for chart in people.charts] == ["ribbons", "heatmap"]
    with pytest.raises(NotFoundError, match="Accepted: ribbons, heatmap"):
        people.plot("flows")
    with pytest.raises(KgError, match="no drawing"):
        type(people)(people.columns, people.rows, people.meta).plot()


BALANCE = ResultTable(
    ("label", "net"), [("تونس", 4), ("Ayland", -2)],
    {"title": "Balance of learning and teaching", "release": "r1",
     "columns": {"net": "taught less learned, in seats"}},
)  # fmt: skip
BARS = Chart("bars", x="label", y="net")


@pytest.mark.parametrize(
    ("code", "title", "axis"),
    [("en", "Balance of learning and teaching", "net"),
     ("fr", "Équilibre entre apprendre et enseigner", "solde"),
     ("ar", "ميزان التعلّم والتعليم", "الصافي")],
)  # fmt: skip
def test_a_drawing_speaks_the_language_that_is_spoken(code: str, title: str, axis: str) -> None:
    with speaking(code):
        said = texts(BALANCE, BARS)
    assert title in said and f"\n{axis}\n" in said and "r1" in said


def test_an_arabic_drawing_has_its_names_on_the_right() -> None:
    def at(code: str) -> list[tuple[float, str | None, str | None]]:
        with speaking(code):
            root = ET.fromstring(draw(BALANCE, BARS).svg)
        return [
            (float(t.get("x", "")), t.get("direction"), t.get("text-anchor"))
            for t in root.iter(f"{SVG}text")
            if t.text == "Ayland"
        ]

    ((left, plain, end),) = at("en")
    ((right, way, anchor),) = at("ar")
    assert left + right == 720 and left < 360 < right
    assert (plain, end) == (None, "end") and (way, anchor) == ("rtl", "end")


def test_a_map_is_not_mirrored() -> None:
    table = ResultTable(("label", "latitude", "longitude", "n"), [("Ayland", 10.0, 100.0, 3)])
    chart = Chart("map", x="label", y="n")

    def centres() -> list[str | None]:
        root = ET.fromstring(draw(table, chart).svg)
        return [disc.get("cx") for disc in root.iter(f"{SVG}circle")]

    with speaking("ar"):
        arabic = centres()
    assert arabic == centres() and arabic


def test_every_colour_has_a_class_for_the_theme_of_a_page() -> None:
    drawn = draw(BALANCE, BARS).svg
    for part in re.findall(r"<(?:rect|text|path|circle)[^>]*>", drawn):
        assert 'class="' in part, part
    assert '<rect width="100%" height="100%" class="f-ground" fill="#FFFFFF"/>' in drawn


def test_a_minus_stays_before_its_number_in_arabic() -> None:
    with speaking("ar"):
        said = texts(BALANCE, BARS)
    assert "\n\u200e-2\n" in said and "\u2068r1\u2069" in said
    assert "\n-2\n" in texts(BALANCE, BARS)


def test_names_on_a_map_stand_out_from_its_discs() -> None:
    table = ResultTable(
        ("label", "latitude", "longitude", "trainings"),
        [("Ayland", 10.0, 20.0, 9), (HOSTILE, -5.0, 30.0, 4), ("Ceeland", 0.0, 40.0, 0)],
    )
    svg = draw(table, Chart("map", x="label", y="trainings")).svg
    named = [line for line in re.findall(r"<text[^>]*>[^<]*</text>", svg) if "Ayland" in line]
    assert len(named) == 1
    assert 'stroke="#F7FAFC"' in named[0]
    assert 'paint-order="stroke"' in named[0]
    assert "s-sea" in named[0]
    assert "Ceeland 0" not in "".join(re.findall(r"<text[^>]*>[^<]*</text>", svg))
