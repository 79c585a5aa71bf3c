"""What every panel promises: question, table or reason, files, call, a link for good, citation.

Each type of page is walked, and each panel and answer on it is looked through.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from kg.analysis.analyses import ANALYSES
from kg.store import Release
from tests.parts import Element, elements, parse
from tests.web.profiles.test_pages import PAIRS, PLACES

COMPARED = "/compare?with=country/ZA&with=country/GB"
WITH_PANELS = {
    **PLACES, **{address: address for address in PAIRS}, "home": "/", "compare": COMPARED,
    "quality": "/quality",
}  # fmt: skip
"""Pages whose answers stand in panels of their own."""

ANSWERS = {
    "question": "/queries/people/learned-method?method=python-programming",
    "question without rows": "/queries/people/learned-method?method=python-programming&bloc=au",
    "network": "/network/partnership",
    "empty network": "/network/partnership?bloc=oic&years=1950-1951",
    "country flow": "/network/knowledge-flow?level=country&bloc=world",
    "measure": "/network/partnership/degree",
    **{f"analysis {name}": f"/analyses/{name}" for name in ANALYSES},
}
"""Pages that are an answer as a whole."""


def opened(client: FlaskClient, address: str) -> Element:
    answer = client.get(address)
    assert answer.status_code in (200, 400), address  # 400: an example of the demo's
    (main,) = parse(answer.text).find("main")
    return main


def faults(part: Element, release: str, fragment: str = "") -> list[str]:
    """Return what a part of a page owes its reader."""
    links = [a.attributes.get("href", "") for a in part.find("a")]
    paths = [urlsplit(link).path for link in links]
    asked = part.find("h1", "h2", "h3") + part.find("p", among="lede")
    lasting = [a for a in links if f"release={release}" in a and a.endswith(fragment)]
    promises = {
        "a question in words": any(e.text.endswith(("?", "؟", ".")) for e in asked),
        "a table, or why there is none": part.find("table")
        or any(len(e.text) > 20 for e in part.find("p", among="empty")),
        "CSV": any(path.endswith(".csv") for path in paths),
        "JSON": any(path.endswith(".json") for path in paths),
        "the call that made it": any(
            word in pre.text for pre in part.find("pre") for word in ("kg ", "kg.open", "curl")
        ),
        "an address for good": lasting,
        "how to cite it": any("@misc{" in pre.text for pre in part.find("pre")),
    }
    return [promise for promise, kept in promises.items() if not kept]


def panels(main: Element) -> list[Element]:
    return elements(main, lambda e: e.tag == "section" and "panel" in e.classes)


@pytest.mark.parametrize("code", ["", "/ar", "/fr"])
@pytest.mark.parametrize("name", WITH_PANELS)
def test_every_panel_keeps_its_promises(
    client: FlaskClient, world: Release, name: str, code: str
) -> None:
    main = opened(client, code + WITH_PANELS[name])
    found = panels(main) or main.find("section")[:1]
    assert found
    for panel in found:
        later = panel.find("details", among="later")
        if later:  # it is asked when it is opened, on a page of its own
            (address,) = {a.attributes["href"] for a in later[0].find("a")}
            assert faults(opened(client, address), world.id) == [], address
        elif "id" in panel.attributes:
            wanted = f"#{panel.attributes['id']}"
            assert faults(panel, world.id, wanted) == [], (name, wanted)


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_keeps_its_promises(client: FlaskClient, world: Release, name: str) -> None:
    main = opened(client, ANSWERS[name])
    if not main.find("div", among="problem"):
        assert faults(main, world.id) == [], name


def test_what_changed_can_be_cited(client: FlaskClient, world: Release) -> None:
    main = opened(client, f"/releases?old={world.id}&new={world.id}")
    # it speaks of two releases, and names both
    left = faults(main, world.id)
    assert left in ([], ["an address for good"])
    links = [a.attributes.get("href", "") for a in main.find("a")]
    assert any(f"old={world.id}&new={world.id}" in link for link in links)


def test_a_panel_that_owes_something_is_seen() -> None:
    part = parse("<section class=panel id=x><h2>Which?</h2><p class=empty>None</p></section>")
    assert faults(part, "r") == [
        "a table, or why there is none", "CSV", "JSON", "the call that made it",
        "an address for good", "how to cite it",
    ]  # fmt: skip
