"""The editor of queries in a browser: run, views, error at its place, completion, keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor

COUNT = "SELECT ?country (COUNT(?t) AS ?trainings) { ?t rihla:heldIn ?country } GROUP BY ?country"
PREFIX = "PREFIX rihla: <https://w3id.org/rihla/ontology#>\n"


def write(page: Page, text: str) -> None:
    """Replace what stands in the editor, as typing does."""
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def test_a_query_runs_without_leaving_the_page(visitor: Visitor) -> None:
    page = visitor.open("/sparql")
    page.evaluate("window.stayed = true")
    write(page, PREFIX + COUNT)
    page.get_by_role("button", name="Run the query").click()
    expect(page.locator("#answer table")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("rows")
    assert "format=html" in page.url
    page.get_by_role("link", name="Map").click()
    expect(page.locator("#answer figure svg")).to_be_visible()
    assert page.evaluate("window.stayed")
    visitor.check_policy()
    visitor.check_axe()
    visitor.check_dark()
    visitor.check_width()
    assert page.get_by_label("Link to this answer").input_value().count("release=") == 1
    page.reload()
    expect(page.locator("#answer figure svg")).to_be_visible()


def test_an_error_is_marked_at_its_line(visitor: Visitor) -> None:
    page = visitor.open("/sparql")
    visitor.expect("status of 400")
    write(page, "SELECT ?s WHERE {\n  ?s ?p ?o .\n  ?s ?q\n}")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("No answer")
    line = int(page.locator("#problem").get_attribute("data-line") or 0)
    marked = page.locator(".CodeMirror .faulty")
    expect(marked).to_have_count(1)
    assert 3 <= line <= 4
    visitor.check_axe()
    page.keyboard.insert_text(" ")
    expect(marked).to_have_count(0)


def test_the_editor_completes_classes_of_the_ontology(visitor: Visitor) -> None:
    page = visitor.open("/sparql")
    with page.expect_response("**/api/completion*"):
        page.reload()
    write(page, PREFIX + "SELECT * { ?x a rihla:Coun")
    page.keyboard.press("Control+Space")
    hint = page.locator(".CodeMirror-hint").first
    expect(hint).to_contain_text("Country")
    expect(hint).to_contain_text(re.compile(r"\s[0-9]+$"))  # how many there are
    page.keyboard.press("Enter")
    expect(page.locator(".CodeMirror")).to_contain_text(re.compile("rihla:Count|ontology#Count"))


def test_a_thing_is_put_into_the_query_by_its_name(visitor: Visitor) -> None:
    page = visitor.open("/sparql")
    write(page, "DESCRIBE ")
    page.get_by_label("Put the IRI of a thing").fill("thames")
    page.locator("#finder-results").get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".CodeMirror")).to_contain_text("/organisation/ror-0test0050>")


def test_whoever_has_no_mouse_gets_out_of_the_editor(visitor: Visitor) -> None:
    page = visitor.open("/sparql")
    write(page, "ASK {}")
    page.keyboard.press("Tab")
    assert not page.evaluate("!!document.activeElement.closest('.CodeMirror')")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("!!document.activeElement.closest('.CodeMirror')")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer table")).to_contain_text("yes")


def test_the_form_works_without_scripts(visit: Callable[..., Visitor], live: str) -> None:
    page = visit(live, java_script_enabled=False).open("/fr/sparql")
    page.locator("#query").fill(PREFIX + COUNT)
    page.get_by_role("button", name="Exécuter la requête").click()
    page.get_by_role("link", name="Carte").click()
    assert page.locator("#answer figure svg").count() == 1
