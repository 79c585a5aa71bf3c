"""Every type of page: three languages, light and dark, desk and phone, with and without script."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest

from kg.store import Release
from tests.browser.marked import MARKS
from tests.browser.visitor import PHONE, Visitor
from tests.web.profiles.test_pages import PAIRS, PLACES

Visit = Callable[..., Visitor]

PAGES = {
    "home": "/",
    "about": "/about",
    "search": "/search?q=test",
    "nothing found": "/search?q=zzzzzz",
    **PLACES,
    "pair": PAIRS[0],
    "country and topic": PAIRS[2],
    "compare": "/compare?with=country/ZA&with=country/GB",
    "panel": "/panel/arrivals/country/ZA",
    "questions": "/queries",
    "question": "/queries/people/learned-method?method=python-programming",
    "analyses": "/analyses",
    "balance": "/analyses/balance",
    "flows": "/analyses/flow-matrix",
    "arrivals": "/analyses/arrivals",
    "gaps": "/analyses/gap-map",
    "trends": "/analyses/trends?bloc=world",
    "network": "/network/partnership/degree",
    "map of a network": "/network/partnership?bloc=world",
    "calls": "/api",
    "SPARQL": "/sparql",
    "answer": "/sparql?query=SELECT+*+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+5&format=html",
    "graph": "/sparql?format=html&query="
    + quote("DESCRIBE <https://w3id.org/rihla/id/country/ZA>"),
    "ontology": "/ontology",
    "class": "/ontology/en/term/Training",
    "property": "/ontology/en/term/organisation",
    "quality": "/quality",
    "releases": "/releases",
    "templates": "/templates",
    "check": "/check",
    "report": "/report/bloc/oic",
    "problems": "/problems",
}
MISSING = {
    "nobody": ("/page/person/nobody-of-this-name", 404),
    "no page": ("/nothing-here", 404),
    "a release that is gone": ("/queries?release=2020-01-01-0123abcd", 410),
    "a value that is refused": ("/queries/people/learned-method?method=no-such-method", 400),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_sound(visitor: Visitor, name: str) -> None:
    page = visitor.open(PAGES[name])
    visitor.check_axe()
    visitor.check_dark()
    visitor.check_width()
    visitor.check_policy()
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("name", PAGES)
def test_every_page_speaks_each_language(visitor: Visitor, name: str) -> None:
    for code, direction in (("fr", "ltr"), ("ar", "rtl")):
        page = visitor.open(f"/{code}{PAGES[name]}")
        root = page.locator("html")
        assert (root.get_attribute("lang"), root.get_attribute("dir")) == (code, direction)
        visitor.check_width()
        visitor.check_policy()
    visitor.check_axe()


@pytest.mark.parametrize("name", MISSING)
def test_what_is_missing_has_a_page(visitor: Visitor, name: str) -> None:
    address, status = MISSING[name]
    for code in ("", "/fr", "/ar"):
        page = visitor.open(f"{code}{address}", status=status)
        visitor.check_width()
        assert len(page.locator("main").inner_text()) > 40
    visitor.check_axe()
    visitor.check_dark()


def test_what_changed_is_sound(visitor: Visitor, world: Release) -> None:
    visitor.open(f"/ar/releases?old={world.id}&new={world.id}")
    visitor.check_axe()
    visitor.check_width()


def test_the_language_can_be_changed_and_stays(visitor: Visitor) -> None:
    page = visitor.open("/search?q=genomics")
    page.locator("nav.tongues a[lang=ar]").click()
    assert page.url == f"{visitor.site}/ar/search?q=genomics"
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator("header nav").first.get_by_role("link").first.click()
    assert page.url.startswith(f"{visitor.site}/ar/")
    page.locator("nav.tongues a[lang=en]").click()
    assert not page.url.startswith(f"{visitor.site}/ar/")


def test_from_search_to_profile_to_evidence(visitor: Visitor) -> None:
    page = visitor.open("/queries")
    page.get_by_role("combobox").fill("thames")
    first = page.get_by_role("option").first
    first.wait_for()
    assert "Thames" in first.inner_text()
    first.click()
    page.wait_for_url("**/page/organisation/ror-0test0050")
    assert "Thames" in page.locator("h1").inner_text()
    source = page.locator("main a[href*='/page/graph/']:visible, main a[href^='#source-']").first
    source.click()
    source = page.locator("main a[href*='/page/graph/']:visible").first
    source.click()
    assert page.url != f"{visitor.site}/page/organisation/ror-0test0050"
    assert "Test world" in page.locator("main").inner_text()


def test_search_needs_no_mouse(visitor: Visitor) -> None:
    page = visitor.open("/queries")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    page.get_by_role("combobox").focus()
    page.keyboard.type("thames", delay=10)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/organisation/ror-0test0050")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_does_without_scripts(visit: Visit, live: str, name: str) -> None:
    visitor = visit(live, java_script_enabled=False, viewport=PHONE)
    page = visitor.open(PAGES[name])
    text = page.locator("main").inner_text()
    assert len(text) > 60
    # where there is a picture, its numbers stand in a table of the same part of the page
    alone = page.evaluate(
        """() => [...document.querySelectorAll("main :is(figure, img, canvas, .drawing)")]
          .filter((picture) => picture.getClientRects().length)
          .filter((picture) => {
            for (let part = picture.parentElement; part; part = part.parentElement)
              if (part.querySelector("table, dl, .entries")) return part.matches("body");
            return true;
          }).map((picture) => picture.outerHTML.slice(0, 120))"""
    )
    assert alone == []
    # what is asked only when it is opened has a page of its own
    for link in page.locator("main details.later a").all():
        address = str(link.get_attribute("href"))
        assert visitor.page.request.get(f"{visitor.site}{address}").ok


CAUGHT = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?thing ?name { ?thing rdfs:label ?name FILTER(CONTAINS(?name, "caught")) }"""
NAMED = {
    "home": "/",
    "search": "/search?q=test",
    "organisation": "/page/organisation/ror-0test0050",
    "training": "/page/training/gs-2010",
    "topic": "/page/topic/test-genomics",
    "balance": "/analyses/balance?level=institution",
    "network": "/network/partnership/degree",
    "answer": "/sparql?format=html&query=" + quote(CAUGHT),
}


@pytest.mark.parametrize("name", NAMED)
def test_names_that_are_markup_stay_text(visit: Visit, marked: str, name: str) -> None:
    visitor = visit(marked)
    page = visitor.open(NAMED[name])
    page.wait_for_timeout(100)
    assert page.evaluate("window.caught") is None
    assert page.locator("main [onerror], main [onclick], main img[src=x]").count() == 0
    visitor.check_policy()


def test_suggestions_that_are_markup_stay_text(visit: Visit, marked: str) -> None:
    visitor = visit(marked)
    page = visitor.open("/queries")
    page.get_by_role("combobox").fill("thames")
    option = page.get_by_role("option").first
    option.wait_for()
    assert any(mark in option.inner_text() for mark in MARKS)
    assert page.evaluate("window.caught") is None


def test_a_report_is_ordered_from_a_profile_and_read(visitor: Visitor) -> None:
    page = visitor.open("/page/country/ZA")
    page.get_by_role("link", name="Report: all analyses").click()
    visitor.check_axe()
    visitor.check_width()
    if page.locator("#state[data-state=open]").count():
        page.get_by_role("button", name="Make the report").click()
    page.locator("#state[data-state=ready]").wait_for(timeout=180_000)
    visitor.check_axe()
    visitor.check_dark()
    visitor.check_width()
    visitor.check_policy()
    page.get_by_role("link", name="Read it").click()
    assert page.locator("figure svg").count() > 5
    assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none"  # its style holds
    visitor.check_policy()
    visitor.check_width()
    visitor.check_axe()
    visitor.check_dark()


def test_a_report_without_scripts(visit: Visit, live: str) -> None:
    visitor = visit(live, java_script_enabled=False)
    page = visitor.open("/fr/report/country/TR")
    page.get_by_role("button", name="Faire le rapport").click()
    assert page.url.endswith("/fr/report/country/TR")
    for _ in range(60):
        if page.locator("#state[data-state=ready]").count():
            break
        page.wait_for_timeout(2_000)
        page.get_by_role("link", name="Regarder de nouveau").click()
    page.get_by_role("link", name="Le lire").click()
    assert page.locator("html").get_attribute("lang") == "fr"
