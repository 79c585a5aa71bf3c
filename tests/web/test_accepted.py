"""What a check accepts is said in each language, whatever column and rule it is about."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.identifiers import SCHEMES
from kg.language import TRANSLATED, speaking
from kg.ontology import Ontology
from kg.reconcile.unknown import accepted_keys
from kg.schema import Schema
from kg.tables.countries import ambiguous_countries
from kg.tables.rules import DATATYPES, rules_of
from kg.web.accepted import said_accepted
from kg.web.rates import Turnstile

FAULTY = """id,name,format,start_date,end_date,country,host,topic,latitude
a,A,Workshp,2019-02-30,,Korea,nobody-here,,x
b,,Workshop,2019-03-02,2019-03-01,GB,,,1
a,C,Course,2019,,GB,,,
"""


def texts(schema: Schema) -> Iterator[str]:
    """Yield all that a check may accept: of each column, and of each kind of value."""
    for table in schema.tables.values():
        for column in table.columns:
            if not column.message:
                yield from (
                    rule.accepted for rule in rules_of(column, {"https://x#Course": "Course"})
                )
            if column.kind == "reference":
                yield accepted_keys(column, schema)
    yield from (scheme.accepted for scheme in SCHEMES.values())
    yield from (kind.accepted for kind in DATATYPES.values())
    yield from ambiguous_countries().values()


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_of_a_check_is_said(ontology: Ontology, code: str) -> None:
    found = list(dict.fromkeys(texts(ontology.schema)))
    assert len(found) > 40
    with speaking(code):
        left = [text for text in found if said_accepted(text) == text]
    assert left == []
    assert [said_accepted(text) for text in found] == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a whole number, zero or more", "un nombre entier, zéro ou plus"),
        ("5 or more", "5 ou plus"),
        ("a whole number, or true or false", "un nombre entier, ou true ou false"),
        ("a web address. Did you mean x?", "une adresse du web. Vouliez-vous dire x ?"),
        ("no form that is known", "no form that is known"),
    ],
)
def test_a_form_holds_its_values(text: str, said: str) -> None:
    with speaking("fr"):
        found = said_accepted(text)
    assert re.sub("[\u2068\u2069]", "", found) == said


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_cell_of_the_page_stays_english(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setitem(app.extensions, "rihla.check", Turnstile(0))
    sent = {"file": (io.BytesIO(FAULTY.encode()), "trainings.csv")}
    page = client.post(f"/{code}/check", data=sent).text
    assert page.count('<td class="found"') >= 5
    assert 'lang="en" dir="auto"' not in page
