"""The network page in a browser: drawing, search, neighbours, path, evidence, files, no scripts."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from playwright.sync_api import Page

from kg.network import Network
from kg.network.layout import layout
from tests.browser.marked import MARKS
from tests.browser.visitor import PHONE, Visitor

Visit = Callable[..., Visitor]

ADDRESS = "/network/partnership?level=country&bloc=world"


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Let the kernels be compiled before a page has to wait for them: once an installation."""
    layout(Network.from_networkx(nx.relabel_nodes(nx.karate_club_graph(), str)))


def drawn(visitor: Visitor, address: str = ADDRESS) -> Page:
    """Open a network page and wait until it is drawn."""
    page = visitor.open(address)
    page.locator("#network[data-ready]").wait_for()
    if page.locator("#network").get_attribute("data-ready") != "drawn":
        pytest.skip("this browser draws no WebGL")
    return page


def asked(page: Page, address: str) -> Any:
    """Return what the server says in JSON."""
    return page.evaluate("async (address) => (await fetch(address)).json()", address)


def test_the_drawing_shows_the_network_of_the_server(visitor: Visitor) -> None:
    page = drawn(visitor)
    found = page.evaluate(
        "() => ({nodes: rihlaNetwork.graph.order, edges: rihlaNetwork.graph.size,"
        " x: rihlaNetwork.graph.mapNodes((_, a) => a.x), ids: rihlaNetwork.data.nodes.id})"
    )
    served = asked(page, "/api/network/partnership/layout.json?level=country")
    assert found["ids"] == served["nodes"]["id"]
    assert found["x"] == served["nodes"]["x"]
    assert found["edges"] == len(served["edges"]["source"])


@pytest.mark.parametrize("prefix", ["", "/fr", "/ar"])
def test_the_page_is_sound_in_every_language(visitor: Visitor, prefix: str) -> None:
    page = drawn(visitor, f"{prefix}{ADDRESS}")
    page.evaluate("rihlaNetwork.choose('0')")
    visitor.check_axe()
    visitor.check_dark()
    visitor.check_width()
    visitor.check_policy()


def test_everything_is_reached_by_keyboard(visitor: Visitor) -> None:
    page = drawn(visitor)
    page.locator("#node-search").focus()
    page.keyboard.type("south")
    page.locator("#node-found li").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    aside = page.locator(".chosen-node")
    assert "South Africa" in aside.locator("h2").inner_text()
    assert page.evaluate("document.activeElement.tagName") == "H2"
    assert "#node=" in page.url
    evidence = aside.locator("button.count").first
    evidence.focus()
    page.keyboard.press("Enter")
    link = aside.locator(".evidence a").first
    link.wait_for()
    assert "/page/training/" in str(link.get_attribute("href"))
    assert page.evaluate("rihlaNetwork.state.edge") is not None


def test_a_clicked_link_shows_its_trainings(visitor: Visitor) -> None:
    page = drawn(visitor)
    page.evaluate("rihlaNetwork.sigma.emit('clickEdge', {edge: '0'})")
    found = page.locator(".chosen-node .evidence a")
    found.first.wait_for()
    ends = page.evaluate(
        "() => rihlaNetwork.graph.extremities('0').map((n) => rihlaNetwork.data.nodes.id[n])"
    )
    address = "/api/network/partnership/evidence.json?level=country"
    rows = asked(page, f"{address}&source={ends[0]}&target={ends[1]}")["rows"]
    assert [row["label"] for row in rows] == found.all_inner_texts()


def test_a_path_is_found_and_told(visitor: Visitor) -> None:
    page = drawn(visitor)
    page.evaluate("rihlaNetwork.choose('0')")
    page.locator("#path-search").fill("a")
    page.locator("#path-found li").first.click()
    page.locator(".chosen-node ol li, .status:has-text('No path')").first.wait_for()


def test_a_permanent_address_opens_the_chosen_node(visitor: Visitor) -> None:
    page = drawn(visitor, f"{ADDRESS}#node=https%3A%2F%2Fw3id.org%2Frihla%2Fid%2Fcountry%2FZA")
    assert "South Africa" in page.locator(".chosen-node h2").inner_text()


def test_filters_colour_and_size_change_the_drawing(visitor: Visitor) -> None:
    page = drawn(visitor)
    before = page.evaluate("rihlaNetwork.graph.mapNodes((_, a) => [a.color, a.size])")
    page.locator("#p-colour").select_option("country")
    with page.expect_response("**/layout.json*size=strength*"):
        page.locator("#p-size").select_option("strength")
    page.wait_for_url("**size=strength**")
    assert "colour=country" in page.url
    assert page.evaluate("rihlaNetwork.graph.mapNodes((_, a) => [a.color, a.size])") != before
    assert "size=strength" in str(page.locator("#file-svg").get_attribute("href"))
    edges = page.evaluate("rihlaNetwork.graph.size")
    page.locator("#p-min_weight").fill("2")
    page.locator("#network-form button[type=submit]").click()
    page.wait_for_url("**min_weight=2**")
    page.locator("#network[data-ready]").wait_for()
    assert page.evaluate("rihlaNetwork.graph.size") < edges


def test_the_view_is_saved_as_files(visitor: Visitor, tmp_path: Path) -> None:
    page = drawn(visitor)
    for kind in ("svg", "png"):
        with page.expect_download() as download:
            page.locator(f"[data-do={kind}]").click()
        download.value.save_as(tmp_path / f"view.{kind}")
    root = ET.parse(tmp_path / "view.svg").getroot()
    circles = list(root.iter("{http://www.w3.org/2000/svg}circle"))
    assert len(circles) == page.evaluate("rihlaNetwork.graph.order")
    assert (tmp_path / "view.png").read_bytes().startswith(b"\x89PNG")


def test_without_webgl_the_drawing_of_the_server_is_shown(visitor: Visitor) -> None:
    visitor.expect("preloaded")  # what was fetched ahead is not needed then
    visitor.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page = visitor.open(ADDRESS)
    page.locator("#network[data-ready=picture]").wait_for()
    assert page.locator("#network figure.still img").is_visible()
    assert "WebGL" in page.locator("#network .status").inner_text()


def test_without_scripts_the_drawing_stands_still(visit: Visit, live: str) -> None:
    visitor = visit(live, java_script_enabled=False, viewport=PHONE)
    page = visitor.open(ADDRESS)
    picture = page.locator("#network img")
    assert picture.evaluate("e => e.complete && e.naturalWidth") > 0
    assert page.locator("main tbody tr").count() > 3
    assert not page.locator(".stage").is_visible()


def test_names_that_are_markup_stay_text(visit: Visit, marked: str) -> None:
    visitor = visit(marked)
    page = drawn(visitor, "/network/partnership?bloc=world")
    page.locator("#node-search").fill("thames")
    option = page.locator("#node-found li").first
    option.wait_for()
    assert any(mark in option.inner_text() for mark in MARKS)
    option.click()
    page.locator(".chosen-node button.count").first.click()
    page.locator(".chosen-node .evidence a").first.wait_for()
    assert page.evaluate("window.caught") is None
    assert page.locator("main [onerror], main [onclick], main img[src=x]").count() == 0
    visitor.check_policy()
