"""The place and the words of a query's fault, against what the engine accepts."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.store.explain import syntax_error
from kg.store.grammar import fault_of

QUERIES = sorted((Path(__file__).parents[3] / "queries").rglob("*.rq"))
RICH = """
BASE <http://a.example/> PREFIX : <b#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> prefix p.q: <http://p.example/>
SELECT DISTINCT ?s (COUNT(DISTINCT ?o) AS ?n) (GROUP_CONCAT(?l; SEPARATOR=", ") AS ?all)
FROM <g> FROM NAMED :g
WHERE {
  ?s a :T ; :p 'x'@en-GB, "y"^^p.q:d, '''it''s''', 1, -2.5, +3e4, true, _:b, [], () .
  [] :q (1 [:r 2]) .
  { ?s :a/^:b|!(:c|^a)* ?o } UNION { GRAPH ?g { ?o :b? ?l } } MINUS { ?s :x\\,y ?z . }
  OPTIONAL { ?s :l ?l FILTER(?o+1 -1 < 3 && !BOUND(?x) || ?l IN (1, :a) || ?l NOT IN ()) }
  BIND(IF(REGEX(STR(?o), "^a", "i"), xsd:integer(?o), UUID()) AS ?y)
  VALUES (?v ?w) { (UNDEF 1) (:a "b") }
  FILTER NOT EXISTS { { SELECT ?q { ?q ?r ?t } GROUP BY ?q ?r LIMIT 3 OFFSET 1 } }
}
GROUP BY ?s (STR(?o) AS ?k) HAVING (COUNT(*) > 1) ORDER BY DESC(?n) ?s LIMIT 5 VALUES ?s { :a }
"""

FAULTS = {
    "SELECT * { ?s ?p ?o LIMIT 2": ((1, 21), "found 'LIMIT', expected '}'"),
    "SELECT *\n{ ?s ?p ?o\n": ((3, 1), "the '{' of line 2, column 1 is never closed"),
    "SELECT * { ?s ?p ?o } }": ((1, 23), "this '}' closes nothing"),
    "SELEC ?s { ?s ?p ?o }": ((1, 1), "Did you mean SELECT?"),
    "SELECT * WHERE ?s ?p ?o": ((1, 16), "found '?s', expected '{'."),
    "SELECT * { ?s ?p 'abc }": ((1, 18), "the string that begins with ' is never closed"),
    "SELECT * { ?s ?p 'abc'@ }": ((1, 23), "'@' cannot stand here"),
    "SELECT * { FILTER(?s > ) }": ((1, 24), "found ')', expected '(', a variable, an IRI"),
    "SELECT * {} LIMIT x": ((1, 19), "expected a whole number"),
    "SELECT (COUNT(?s) ?n) {}": ((1, 19), "expected AS"),
    "SELECT * { FILTER(LANG(?l) == 'en') }": ((1, 29), "Equality is one '='"),
    "PREFIX rihla <https://x/> ASK {}": ((1, 8), "expected a prefix such as rihla:"),
    "ASK { ?s <http://a b> ?o }": ((1, 10), "holds ' ', which has to be written as %20"),
    "ASK { ?s <a> ?o }": ((1, 10), "no scheme such as https:"),
    "ASK { ?s rihla:p ?o ": ((1, 10), "PREFIX rihla: <https://w3id.org/rihla/ontology#>"),
    "ASK { ?s foo:p ?o }": ((1, 10), "the prefix foo: is not declared"),
    "ASK { BIND(1 AS ?s) ?s ?p ?o BIND(2 AS ?s) }": ((1, 40), "?s has a value in this group"),
    "SELECT ?s ?o { ?s ?p ?o } GROUP BY ?s": ((1, 11), "?o is selected, and is not in GROUP BY"),
    "DESCRIBE": ((1, 9), "the query ends, expected a variable, an IRI or a prefixed name or '*'"),
}  # fmt: skip


@pytest.mark.parametrize("query", FAULTS, ids=lambda q: q[:40])
def test_the_first_fault_is_named_with_its_place(query: str) -> None:
    with pytest.raises(SyntaxError) as refused:
        ox.Store().query(query)
    place, words = FAULTS[query]
    told = syntax_error(str(refused.value), query)
    assert (told.line, told.column) == place
    assert words in str(told)


@pytest.mark.parametrize("path", QUERIES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_named_queries_have_no_fault(path: Path) -> None:
    assert fault_of(path.read_text("utf-8")) is None


def test_all_of_the_grammar_is_known() -> None:
    assert not _refused(RICH)
    assert fault_of(RICH) is None


@pytest.mark.parametrize(
    "query",
    [
        "CONSTRUCT WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p [] } FROM <http://g> { ?s ?p ?o } OFFSET 1 LIMIT 2",
        "DESCRIBE ?s <http://a> { ?s ?p ?o }",
        "ASK { { ?s ?p ?o } . { LATERAL { SELECT * {} } } }",
        "SELECT (?a+1 AS ?d) {?a ?b ?c} # the end",
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (MAX(?o) > 1) (MIN(?o) < 2)",
    ],
)
def test_what_the_engine_accepts_has_no_fault(query: str) -> None:
    assert not _refused(query)
    assert fault_of(query) is None


def _refused(query: str) -> str:
    try:
        ox.Store().query(query)
    except SyntaxError as error:
        return str(error)
    except RuntimeError:
        pass  # a function that the engine has not: no fault of the grammar
    return ""


PIECES = re.findall(r"<[^>\s]*>|'[^']*'|\"[^\"]*\"|[?\w:.@]+|\S", RICH)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(PIECES) - 1), st.integers(0, 3), st.sampled_from(PIECES))
@example(0, 1, "")
def test_a_mangled_query_is_faulted_only_where_it_is_refused(
    place: int, dropped: int, added: str
) -> None:
    query = " ".join([*PIECES[:place], added, *PIECES[place + dropped :]])
    fault, refusal = fault_of(query), _refused(query)
    if not refusal:
        assert fault is None, query
    elif fault is not None:
        lines = query.split("\n")
        assert 1 <= fault.line <= len(lines)
        assert 1 <= fault.column <= len(lines[fault.line - 1]) + 1
        told = syntax_error(refusal, query)
        assert (told.line or 0, told.column or 0) <= _place(refusal)


def _place(refusal: str) -> tuple[int, int]:
    found = re.match(r"error at (\d+):(\d+)", refusal)
    assert found
    return int(found[1]), int(found[2])


def test_newer_and_very_long_queries_keep_the_engines_words() -> None:
    assert fault_of("SELECT * { << ?s ?p ?o >> ?x }") is None
    assert fault_of("SELECT * { " + "?s ?p ?o . " * 2_000) is None
