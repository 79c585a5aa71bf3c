"""The lexical guard: what passes, what is refused, and that no disguise helps."""

from __future__ import annotations

import contextlib
import time

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import KgError, LimitError, QueryError
from kg.queries import catalogue
from kg.store.guard import GuardLimits, RefusedError, inspect_query

HARMLESS = {
    "service in a string": 'SELECT * { ?s ?p "SERVICE <http://x/> { }" }',
    "service in a long string": "SELECT * { ?s ?p '''a 'quote' SERVICE <http://x/> {\n''' }",
    "service after an escaped quote": r'SELECT * { ?s ?p "\" SERVICE <x> {" }',
    "service in a comment": "SELECT * { ?s ?p ?o } # SERVICE <http://x/> {",
    "brace in a comment": "SELECT * { # comment {{{{ ( [\n ?s ?p ?o }",
    "service in an IRI": "SELECT * { ?s <http://x/service#p> ?o }",
    "fragment with a bracket": "SELECT * { ?s <http://x#(> ?o }",
    "IRI with an apostrophe": "SELECT * { ?s ?p <http://x/Cote_d'Ivoire> }",
    "service as a variable": "SELECT ?service { ?service ?p $SERVICE }",
    "service in a local name": "PREFIX schema: <https://schema.org/>\n"
    "SELECT * { ?s a schema:Service ; schema:serviceType ?t ; schema:x_service ?u }",
    "service as a language": 'SELECT * { ?s ?p "x"@en-service }',
    "service as a blank node": "SELECT * { _:service ?p ?o }",
    "comparison without spaces": "SELECT * { ?s ?p ?o FILTER(?o<?p&&?o>3) }",
    "escaped characters in a local name": r"PREFIX x: <http://x/> SELECT * { ?s ?p x:a\'b\(c }",
    "prefix called like a keyword": "PREFIX select: <http://x/> PREFIX from: <http://y/> ASK {}",
    "empty strings": "SELECT * { ?s ?p '', \"\", '''''', \"\"\"\"\"\" }",
    "values of two columns": "SELECT * { VALUES (?a ?b) { (<http://x#a> <http://x#b>) } }",
}
REFUSED = {
    "service": "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
    "small letters": "SELECT * { service <http://x/> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <http://x/> { ?s ?p ?o } }",
    "variable": "SELECT * { SERVICE ?x { ?s ?p ?o } }",
    "comment between": "SELECT * { SERVICE# <x>\n<http://x/>{} }",
    "glued to a prefixed name": "PREFIX ex: <http://x/> SELECT * { SERVICEex:foo{} }",
    "glued to an empty prefix": "PREFIX : <http://x/> SELECT * { service:foo{} }",
    "glued to a truth value": "SELECT * { ?s ?p trueSERVICE<http://x/>{} }",
    "glued to a number": "SELECT * { ?s ?p 1SERVICE<http://x/>{} }",
    "glued to a number with exponent": "SELECT * { ?s ?p 1e5SERVICE<http://x/>{} }",
    "after a dot": "PREFIX ex: <http://x/> SELECT * { ?s ?p ex:a.SERVICE<http://x/>{} }",
    "glued to a direction": 'SELECT * { ?s ?p "x"@en--ltrSERVICE<http://x/>{} }',
    "behind a comparison that looks like an IRI": "SELECT * { VALUES (?a ?b) {(1 2)} "
    "FILTER(?a<?b)SERVICE#>\n<http://x/>{} }",
    "insert": "INSERT DATA { <a> <b> <c> }",
    "delete": "PREFIX x: <http://x/>\nDELETE WHERE { ?s ?p ?o }",
    "load": "LOAD <file:///etc/passwd>",
    "with": "WITH <http://g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "clear after a comment": "# SELECT\nCLEAR ALL",
    "drop after odd prefixes": "PREFIX select: <http://x/> PREFIX a.b: <http://y/> DROP ALL",
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_harmless_queries_pass(text: str) -> None:
    inspect_query(text)
    ox.Store().query(text)  # and are SPARQL indeed


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_calls_out_and_updates_are_refused(text: str) -> None:
    with pytest.raises(RefusedError) as caught:
        inspect_query(text)
    assert caught.value.status == 403
    assert "SERVICE" in str(caught.value) or "graph" in str(caught.value)


def test_every_query_file_passes() -> None:
    for query in catalogue().values():
        assert inspect_query(query.text).form in {"SELECT", "ASK", "CONSTRUCT"}, query.id


def test_a_string_that_reads_as_an_iri_is_refused() -> None:
    # The engine reads the first '>' as a string; a naive scan takes <'> for an IRI and the call
    # between the two for a string.
    text = (
        "SELECT * { ?s ?p ?a FILTER(?a<'>' && EXISTS { SERVICE <http://127.0.0.1:1/> {} } "
        "&& ?a<'>') }"
    )
    with pytest.raises(QueryError, match="apostrophe"):
        inspect_query(text)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("select * {}", "SELECT"),
        ("BASE <http://b/> PREFIX ask: <http://x/#construct> ASK {}", "ASK"),
        ("# ASK\nCONSTRUCT WHERE {}", "CONSTRUCT"),
        ('VERSION "1.2" DESCRIBE <x>', "DESCRIBE"),
        ("", ""),
        ("PREFIX a: <http://x/>", ""),
    ],
)
def test_form(text: str, form: str) -> None:
    assert inspect_query(text).form == form


@pytest.mark.parametrize(
    ("text", "has_dataset"),
    [
        ("SELECT * FROM <http://g> { ?s ?p ?o }", True),
        ("SELECT * from named <http://g> { GRAPH ?g { ?s ?p ?o } }", True),
        ("SELECT * { ?s ?from 'FROM' } # FROM", False),
        ("PREFIX from: <http://x/FROM> ASK { ?s from:FROM ?o }", False),
    ],
)
def test_own_dataset(text: str, has_dataset: bool) -> None:
    # "from:FROM" is a prefixed name; a false alarm there would only switch the union off.
    assert inspect_query(text).has_dataset is has_dataset or "from:" in text


@pytest.mark.parametrize("pair", ["{}", "()", "[]", ("<<", ">>")], ids=str)
def test_nesting(pair: tuple[str, str]) -> None:
    opening, closing = pair
    inspect_query("ASK " + opening * 64 + closing * 64)
    with pytest.raises(LimitError, match="deeper than 64") as caught:
        inspect_query("ASK " + opening * 65 + closing * 65)
    assert caught.value.status == 400


def test_many_brackets_beside_each_other_are_not_deep() -> None:
    inspect_query("SELECT * { " + "{ ?s ?p (1 2) } UNION " * 500 + "{} }")


@pytest.mark.parametrize(
    "disguised",
    [
        "SELECT * { " + "FILTER(?a<((((((((#>\n?b))))))))) " * 9 + "}",
        "SELECT * { FILTER(?a<" + "(" * 70 + "#>\n",
        "SELECT * { ?s ?p ( <http://x/)> " + "( <http://x/)> " * 70,
        "SELECT * { # }}}}\n" + "{ # }\n" * 70,
        "SELECT * { '}' " + "{ '}' " * 70,
    ],
)
def test_disguised_nesting_is_seen(disguised: str) -> None:
    with pytest.raises(LimitError):
        inspect_query(disguised)


def test_length_is_counted_in_bytes() -> None:
    limits = GuardLimits(max_bytes=100)
    inspect_query("ASK {} # " + "x" * 91, limits)
    with pytest.raises(LimitError, match="106 bytes") as caught:
        inspect_query("ASK {} # " + "ع" * 48 + "x", limits)
    assert caught.value.status == 413


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("ASK {\n \0 }", "NUL", (2, 2)),
        ("ASK { '\ud800' }", "surrogate", (1, 8)),
    ],
)
def test_characters_that_are_none(text: str, message: str, place: tuple[int, int]) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        inspect_query(text)
    assert (caught.value.line, caught.value.column) == place


def test_the_message_names_the_place() -> None:
    with pytest.raises(RefusedError) as caught:
        inspect_query("SELECT *\nWHERE { SERVICE <http://x/> {} }")
    assert (caught.value.line, caught.value.column) == (2, 9)


UNITS = ["'", '"', "'''\\", "\\'''", "<a'", "<a", "'a\n", ")SERVICE", "("]
UNITS += ['"\'""', "<\\u", ":", "?-"]


@pytest.mark.parametrize("unit", UNITS, ids=repr)
@pytest.mark.parametrize("start", ["SELECT * FROM <x> { SERVIC ", "SELECT * { ?s ?p <", "ASK '''"])
def test_no_text_takes_long(start: str, unit: str) -> None:
    text = start + unit * (99_000 // len(unit))
    for whole in (text, text + ">"):
        began = time.perf_counter()
        with contextlib.suppress(KgError):
            inspect_query(whole)
        assert time.perf_counter() - began < 2  # some hundredths where nothing else runs


PARTS = """SERVICE service: < > ' " ''' \\ # { } ( ) [ ] ?a $b x:y : . ; 1 true <http://x/> @en
FILTER( ASK SELECT EXISTS && ^ | SILENT << >> ب"""
TRICKY = st.lists(st.sampled_from([*PARTS.split(), '"""', " ", "\n", "\r"]), max_size=24)


@settings(deadline=None)
@given(TRICKY)
def test_whatever_the_engine_reads_as_a_call_out_was_refused(parts: list[str]) -> None:
    """The engine is the judge: a text that passes must not make it look for another server."""
    text = "SELECT * { ?s ?p ?o " + "".join(parts) + "}"
    try:
        inspect_query(text)
    except KgError:
        return
    store = ox.Store()
    store.add(ox.Quad(*[ox.NamedNode("http://x/")] * 3, ox.DefaultGraph()))
    try:
        list(store.query(text))  # type: ignore[arg-type]
    except SyntaxError:
        return
    except (OSError, ValueError) as error:
        pytest.fail(f"the engine tried to call out for {text!r}: {error}")


# --- SERVICE where it is allowed

ALLOWED = GuardLimits(services=frozenset(["https://example.org/sparql"]))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }",
        "SELECT * { service silent <https://example.org/sparql> { ?s ?p ?o } }",
        "SELECT * { SERVICE # a remark\n <https://example.org/sparql> { ?s ?p ?o } }",
    ],
)
def test_an_allowed_service(text: str) -> None:
    assert inspect_query(text, ALLOWED).calls_out
    with pytest.raises(RefusedError):
        inspect_query(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <https://example.org/sparql/> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { SERVICE ?where { ?s ?p ?o } }",
        "PREFIX e: <https://example.org/> SELECT * { SERVICE e:sparql { ?s ?p ?o } }",
        "BASE <https://example.org/> SELECT * { SERVICE <sparql> { ?s ?p ?o } }",
        "SELECT * { SERVICE <https://example.org/sparql> { SERVICE <http://b/> {} } }",
        "SELECT * { SERVICE",
        "SELECT * { SERVICE 'https://example.org/sparql' {} }",
    ],
)
def test_any_other_service(text: str) -> None:
    with pytest.raises(RefusedError, match=r"<https://example\.org/sparql>"):
        inspect_query(text, ALLOWED)


def test_a_query_without_service_calls_nobody() -> None:
    assert not inspect_query("SELECT * { ?s ?p 'SERVICE <http://x/>' }", ALLOWED).calls_out
