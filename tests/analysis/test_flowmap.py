"""The map of flows: arcs by direction, text that stays text, and a frame of fixed shape."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from kg.analysis.plots.flowmap import Flow, Stop, flowmap

HOSTILE = '<script>"&\u202e'
STOPS = [
    Stop("a", "Ayland", 10, 10, "/page/a"),
    Stop("b", HOSTILE, -20, 100, "/page/b?x=1&y=2"),
    Stop("c", "Ceeland", 50, -100),
]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(flows: list[Flow], **more: object) -> ET.Element:
    text = flowmap(flows, STOPS, "Title", "Note", **more)  # type: ignore[arg-type]
    return ET.fromstring(text)


def test_one_arc_a_flow_with_its_way_and_its_numbers() -> None:
    root = drawn([Flow("a", "b", 4, "in"), Flow("b", "a", 1, "out"), Flow("a", "a", 9)])
    arcs = [g for g in root.iter(f"{SVG}g") if "flow" in g.get("class", "")]
    assert [g.get("class") for g in arcs] == ["flow out", "flow in"]  # the greatest on top
    assert arcs[1].find(f"{SVG}title").text == f"Ayland → {HOSTILE}: 4"  # type: ignore[union-attr]
    widths = [float(g.find(f"{SVG}path").get("stroke-width")) for g in arcs]  # type: ignore
    assert widths[1] == 2 * widths[0]


def test_the_two_ways_of_a_pair_lie_apart() -> None:
    root = drawn([Flow("a", "b", 1), Flow("b", "a", 1)])
    paths = [g.find(f"{SVG}path").get("d") for g in root.iter(f"{SVG}g") if g.get("class")]  # type: ignore
    controls = [path.partition("Q")[2].split()[:2] for path in paths]
    assert controls[0] != controls[1]


def test_countries_link_to_their_pages_and_hostile_names_stay_text() -> None:
    root = drawn([Flow("a", "b", 4), Flow("b", "c", 1)])
    links = {a.get("aria-label"): a.get("href") for a in root.iter(f"{SVG}a")}
    assert links == {"Ayland": "/page/a", HOSTILE: "/page/b?x=1&y=2"}
    assert not list(root.iter(f"{SVG}script"))
    assert root.get("aria-labelledby") == "flowmap-title flowmap-note"


def test_unknown_ends_are_left_out() -> None:
    root = drawn([Flow("a", "nowhere", 4)], legend={"in": "inside"})
    classes = [g.get("class") for g in root.iter(f"{SVG}g")]
    assert classes == ["flow in"]  # only that of the legend
