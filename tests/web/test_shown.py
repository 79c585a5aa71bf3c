"""Terms on pages: the short way to an address is the long one's, and texts stay texts."""

from __future__ import annotations

import pytest
from flask import Flask, url_for

from kg.terms import VOCABULARY_BASE
from kg.web.bindings import Term
from kg.web.service import service
from kg.web.shown import address_of, number, short_name, term

KEYS = ["ZA", "a b", "é/ö", "50%25", "x?y#z", "&amp;", "a:b@c,d;e=f!$'()*+", "~.-_", "جامعة"]


@pytest.mark.parametrize("place", ["/", "/ar/", "/?bloc=world", "/fr/?countries=ZA"])
def test_addresses_are_those_of_the_routes(app: Flask, place: str) -> None:
    root, _, rest = place.rpartition("/")
    environ = {"rihla.language": root[1:], "SCRIPT_NAME": root, "rihla.root": ""} if root else {}
    with app.test_request_context(f"/{rest}", environ_overrides=environ):
        app.preprocess_request()
        for key in KEYS:
            iri = f"{service().base}country/{key}"
            assert address_of(iri) == url_for("data.page", kind="country", key=key)
        code = root[1:] or "en"
        assert address_of(f"{VOCABULARY_BASE}Training") == url_for(
            "vocabulary.term", language=code, name="Training"
        )
        assert address_of("https://example.org/x") == "https://example.org/x"
        assert address_of("urn:x") is None


def test_a_page_that_changes_its_bloc_changes_its_links(app: Flask) -> None:
    with app.test_request_context("/page/country/ZA"):
        app.preprocess_request()
        iri = f"{service().base}country/ZA"
        assert address_of(iri) == "/page/country/ZA"
    with app.test_request_context("/page/country/ZA?bloc=oic"):
        app.preprocess_request()
        assert address_of(iri) == "/page/country/ZA?bloc=oic"


@pytest.mark.parametrize(
    ("value", "label", "shown"),
    [
        (None, None, '<span class="missing" title="no value">–</span>'),
        (Term("bnode", "b<1>"), None, '<span class="missing">_:b&lt;1&gt;</span>'),
        (Term("literal", "<b>"), None, "<bdi>&lt;b&gt;</bdi>"),
        (Term("literal", "x", 'a"b'), None,
         '<bdi lang="a&#34;b">x</bdi> <span class="tag">a&#34;b</span>'),
        (Term("literal", "x", "en"), None, '<bdi lang="en">x</bdi>'),
        (Term("uri", "urn:<x>"), None, '<span class="iri">urn:&lt;x&gt;</span>'),
        (Term("uri", "http://x/?a=1&b"), Term("literal", "<X>", "fr"),
         '<a href="http://x/?a=1&amp;b" dir="auto" lang="fr">&lt;X&gt;</a>'),
        (Term("literal", "0.123456789", datatype="http://www.w3.org/2001/XMLSchema#decimal"), None,
         '<span title="0.123456789">0.1235</span>'),
    ],
)  # fmt: skip
def test_terms(app: Flask, value: Term | None, label: Term | None, shown: str) -> None:
    with app.test_request_context("/"):
        assert term(value, label) == shown


def test_short_names_take_the_longest_prefix(app: Flask) -> None:
    with app.test_request_context("/"):
        assert short_name("http://www.w3.org/2004/02/skos/core#broader") == "skos:broader"
        assert short_name(f"{service().base}country/ZA").endswith("ZA")
        assert short_name("http://www.w3.org/2004/02/skos/core#") == (
            "http://www.w3.org/2004/02/skos/core#"
        )


def test_numbers_are_readable() -> None:
    assert [number(t) for t in ("12", "-3", "0.3333333333", "1e400", "x")] == [
        "12", "-3", "0.3333", "inf", "x"]  # fmt: skip
