"""Profiles, pairs and comparisons: every kind in every language, and data that stay text."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from kg.web.profiles.kinds import KINDS
from kg.web.profiles.pairs import PAIR, PAIR_OF
from tests.outline import Outline
from tests.web.test_pages import page
from tests.web.test_sparql import problem

PLACES = {
    "person": "/page/person/amal",
    "organisation": "/page/organisation/ror-0test0050",
    "country": "/page/country/ZA",
    "bloc": "/page/bloc/oic",
    "training": "/page/training/gs-2010",
    "series": "/page/series/genomics-school",
    "programme": "/page/programme/fellows",
    "sector": "/page/sector/technology",
    "topic": "/page/topic/test-genomics",
    "method": "/page/method/r-programming",
    "outcome": "/page/outcome/paper-2012",
    "source": "/page/source/world",
}
PAIRS = [
    "/pair/organisation/ror-0test0050/organisation/ror-0test0147",
    "/pair/country/GB/country/SD",
    "/pair/country/SD/topic/test-genomics",
    "/pair/person/amal/person/bintang",
]
HOSTILE = "/page/training/hostile-2019"
SCRIPT = "<script>alert("


def in_all_languages(addresses: list[str]) -> list[str]:
    return [prefix + a for a in addresses for prefix in ("", "/ar", "/fr")]


def linked_data(text: str) -> dict[str, object]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert len(found) == 1
    document: dict[str, object] = json.loads(found[0])
    return document


def test_every_kind_has_an_address_here() -> None:
    assert set(PLACES) == set(KINDS)


@pytest.mark.parametrize("address", in_all_languages([*PLACES.values(), *PAIRS]))
def test_it_opens_in_every_language(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200, response.text
    outline = Outline(response.text)
    assert outline.tags.count("h1") == 1
    assert len(outline.ids) == len(set(outline.ids)), "an id stands twice"
    assert "style" not in outline.tags + outline.attributes
    assert not [name for name in outline.attributes if name.startswith("on")]


@pytest.mark.parametrize(("kind", "address"), PLACES.items())
def test_each_panel_asks_answers_and_can_be_cited(
    client: FlaskClient, kind: str, address: str
) -> None:
    text, outline = page(client, address)
    shown = html.unescape(text)
    for panel in KINDS[kind].panels:
        assert panel.key in outline.ids
        assert panel.question.replace("%(bloc)s", "Organisation of Islamic Cooperation") in shown
    asked = [p for p in KINDS[kind].panels if not p.lazy]
    assert text.count('class="cite"') == len(asked) + 1
    assert text.count("@misc{rihla-") == len(asked) + 1
    assert f"release={linked_release(client)}" in unquote(shown)
    for suffix in ("csv", "json"):
        links = [x for x in outline.links if f".{suffix}?" in x and x.startswith("/api/")]
        assert len(links) >= len(asked)


def linked_release(client: FlaskClient) -> str:
    return str(client.get("/api/analyse").get_json()["release"])


@pytest.mark.parametrize("address", PLACES.values())
def test_downloads_and_questions_of_panels_answer(client: FlaskClient, address: str) -> None:
    _, outline = page(client, address)
    wanted = ("/api/analyse/", "/api/queries/", "/panel/", "/analyses/", "/queries/")
    for link in dict.fromkeys(x for x in outline.links if x.startswith(wanted)):
        assert client.get(link).status_code == 200, link


def test_every_statement_stays_on_the_page(client: FlaskClient) -> None:
    text, outline = page(client, PLACES["training"])
    assert "statements" in outline.ids
    assert "Stated in" in text
    assert "What links here" in text
    assert "/data/training/gs-2010.ttl" in outline.links


def test_facts_name_their_sources(client: FlaskClient) -> None:
    text, outline = page(client, PLACES["training"])
    assert "#source-1" in outline.links
    assert "source-1" in outline.ids
    assert 'title="Stated in graph/world-' in text


def test_a_headline_tells_it_in_one_sentence(client: FlaskClient) -> None:
    # gs-2010: amal, bintang and ten of karoo learned, edith taught; nile, penang, thames, karoo
    text, _ = page(client, PLACES["training"])
    lede = re.search(r'<p class="lede">(.*?)</p>', text)
    assert lede is not None
    assert lede[1] == (
        "A training in 2010: 12 seats of learners and 1 of an educator, from 4 institutions in "
        "4 countries; 2 outcomes."
    )


def test_empty_panels_say_what_the_data_lack(client: FlaskClient) -> None:
    text, _ = page(client, "/page/training/bare-2017")
    for reason in (
        "Nobody in its trainings has a known country.",
        "No outcome in the data is attributed to it.",
    ):
        assert reason in text
    arabic = client.get("/ar/page/training/bare-2017").text
    assert "لا نتيجة في البيانات تُنسب إليها." in arabic


def test_a_thing_without_any_training_keeps_its_page(client: FlaskClient) -> None:
    text, _ = page(client, "/page/country/NE")
    assert "No training in the data has to do with it." in text


def test_what_has_no_profile_keeps_the_page_of_its_statements(client: FlaskClient) -> None:
    text, outline = page(client, "/page/role/learner")
    assert '<script type="application/ld+json">' not in text
    assert "/data/role/learner.ttl" in outline.links


@pytest.mark.parametrize("prefix", ["", "/ar", "/fr"])
@pytest.mark.parametrize(
    "address",
    [
        HOSTILE,
        "/page/person/osman",
        "/page/country/TR",
        "/pair/person/osman/training/hostile-2019",
        "/compare?with=training/hostile-2019&with=training/gs-2010",
        "/pair?of=training/hostile-2019&with=test",
        "/panel/people/training/hostile-2019",
    ],
)
def test_markup_in_a_label_stays_text(client: FlaskClient, prefix: str, address: str) -> None:
    response = client.get(prefix + address)
    assert response.status_code == 200
    assert SCRIPT not in response.text
    Outline(response.text)


def test_linked_data_hold_a_hostile_label_as_it_is(client: FlaskClient) -> None:
    text = client.get(HOSTILE).text
    document = linked_data(text)
    assert str(document["name"]).startswith('Fieldwork "for <script>alert')
    assert "\u202e" in str(document["name"])


@pytest.mark.parametrize(("kind", "address"), PLACES.items())
def test_linked_data_describe_every_kind(client: FlaskClient, kind: str, address: str) -> None:
    document = linked_data(client.get(address).text)
    assert document["@context"] == "https://schema.org/"
    assert str(document["@id"]).endswith(address.removeprefix("/page"))
    assert document["name"]
    assert document["@type"]


def test_linked_data_of_a_training_follow_bioschemas(client: FlaskClient) -> None:
    document = linked_data(client.get(PLACES["training"]).text)
    assert document["@type"] == "CourseInstance"
    assert document["startDate"] == "2010-06-07"
    assert document["courseMode"] == "onsite"
    organisers = document["organizer"]
    assert isinstance(organisers, list)
    assert {o["name"] for o in organisers} == {"Thames Test University", "Nile Test University"}
    assert "CourseInstance/" in str(document["http://purl.org/dc/terms/conformsTo"])


def test_properties_and_classes_are_called_in_the_language_of_the_page(
    client: FlaskClient,
) -> None:
    arabic, french = (client.get(f"/{code}{PLACES['training']}").text for code in ("ar", "fr"))
    assert "تاريخ البداية" in arabic or "تاريخ البدء" in arabic
    assert "date de début" in french
    assert ">start date<" not in arabic + french


def test_heads_of_columns_say_what_is_counted(client: FlaskClient) -> None:
    text, _ = page(client, PLACES["country"])
    assert '<th scope="col" class="narrow">year</th>' in text
    assert ">group</th>" not in text
    assert ">given</th>" not in text


def test_only_shown_rows_stand_on_the_page(client: FlaskClient) -> None:
    text, _ = page(client, PLACES["organisation"])
    lines = re.findall(r"Shown: the first (\d+) of (\d+) rows", text)
    assert lines
    assert all(int(shown) < int(every) for shown, every in lines)


def test_a_page_is_seen_from_the_bloc_that_was_chosen(client: FlaskClient) -> None:
    address = PLACES["topic"]
    usual, world, chosen = (
        html.unescape(client.get(f"{address}{query}").text)
        for query in ("", "?bloc=world", "?countries=GB")
    )
    assert "Seen from Organisation of Islamic Cooperation: which of its countries" in usual
    assert "Seen from United Kingdom: which of its countries" in chosen
    assert "bloc=countries%3AGB" in chosen
    assert "seen-from" not in world


# Pairs


def test_a_pair_shows_what_the_two_share(client: FlaskClient) -> None:
    text, outline = page(client, PAIRS[0])
    assert "/page/training/gs-2010" in outline.links
    for panel in PAIR[frozenset({"organisation"})]:
        assert panel.question in html.unescape(text)
    assert "/compare?with=organisation/ror-0test0050" in unquote(text)


def test_lazy_panels_of_a_pair_have_pages_and_bare_forms(client: FlaskClient) -> None:
    _, outline = page(client, PAIRS[0])
    lazy = [x for x in outline.links if x.startswith("/panel/")]
    assert len(lazy) == 2
    for link in lazy:
        page(client, link)
        bare = client.get(f"{link}&bare=1")
        assert bare.status_code == 200
        assert not {"html", "h1", "h2"} & set(Outline(bare.text).tags)
        assert bare.text.count('class="cite"') == 1
        assert "<table" in bare.text or 'class="empty"' in bare.text


def test_any_two_things_make_a_pair(client: FlaskClient) -> None:
    text, _ = page(client, PAIRS[2])
    assert all(p.question in html.unescape(text) for p in PAIR_OF)


def test_a_pair_is_of_two(client: FlaskClient) -> None:
    problem(client.get("/pair/country/GB/country/GB"), 400)
    problem(client.get("/pair/country/GB/country/XX"), 404)
    problem(client.get("/pair/role/learner/country/GB"), 404)


def test_a_name_leads_to_the_pair(client: FlaskClient) -> None:
    response = client.get("/pair?of=country/GB&with=Sudan")
    assert response.status_code == 303
    assert response.headers["Location"] == "/pair/country/GB/country/SD"


def test_a_name_of_several_things_is_asked_back(client: FlaskClient) -> None:
    text, outline = page(client, "/pair?of=country/GB&with=test")
    assert "Which of these is meant?" in text
    assert any(x.startswith("/pair/country/GB/") for x in outline.links)
    text, _ = page(client, "/pair?of=country/GB&with=zzzzzzzz")
    assert "Nothing in the graph is called" in text


# Comparisons


def test_a_comparison_shows_the_same_measures(client: FlaskClient) -> None:
    address = "/compare?with=country/GB&with=country/SD"
    text, outline = page(client, address)
    assert "/page/country/GB" in outline.links
    assert "/compare?with=country/GB" in unquote(" ".join(outline.links))
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', text)
    numbers = {name: re.findall(r'<td class="num">([^<]*)', cells) for name, cells in rows}
    for place, code in enumerate(("GB", "SD")):
        found = client.get(f"/api/analyse/profile.json?subject=country:{code}").get_json()["rows"]
        assert numbers["trainings"][place] == str(found[0]["trainings"])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("with=country/GB&with=topic/test-genomics", 400),
        ("&".join(f"with=country/{c}" for c in ("GB", "SD", "TR", "ZA", "MY", "SA")), 400),
        ("with=country/XX", 404),
        ("", 200),
        ("with=Sudan&with=Malaysia", 200),
        ("with=zzzzzz", 200),
    ],
)
def test_what_can_be_compared(client: FlaskClient, query: str, status: int) -> None:
    assert client.get(f"/compare?{query}").status_code == status


def test_names_are_resolved_without_scripts(client: FlaskClient) -> None:
    _, outline = page(client, "/compare?with=Sudan&with=Malaysia")
    assert {"/page/country/SD", "/page/country/MY"} <= set(outline.links)


# Panels alone


def test_an_unknown_panel_names_those_that_there_are(client: FlaskClient) -> None:
    found = problem(client.get("/panel/nothing/country/GB"), 404)
    assert "years" in str(found["detail"])


def test_pages_are_kept_until_the_release_changes(client: FlaskClient) -> None:
    for address in (
        PLACES["country"],
        PAIRS[1],
        "/compare?with=country/GB",
        "/panel/years/country/GB",
    ):
        tag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
