"""What an index answers, the engine answers too: the same rows, byte for byte, in some order."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.store.indexed import IndexAnswers, TripleIndex
from kg.store.indexed.joining import MOST_ROWS
from tests.store.indexed.conftest import LITERALS, PROPERTIES, RESOURCES, XSD, Both, E, both

P = f"PREFIX : <{E}>\nPREFIX e: <{E}> PREFIX xsd: <{XSD}>\n"

ANSWERED = [
    f"SELECT ?p ?o WHERE {{ <{E}a> ?p ?o }}",
    f"SELECT * {{ <{E}a> ?p ?o }} #comment <x> \"y\"",
    f"select distinct ?p where {{ <{E}a> ?p ?o . }}",
    f"SELECT ?o ?p {{ <{E}b> ?p ?o }} LIMIT 300",
    f"SELECT DISTINCT ?p {{ <{E}b> ?p ?o }} LIMIT 6 OFFSET 0",
    f"SELECT ?s ?p {{ ?s ?p <{E}c> }}",
    "SELECT ?s ?p { ?s ?p \"plain\" }",
    "SELECT ?s ?p { ?s ?p 'plain'@EN-GB }",
    "SELECT ?s ?p { ?s ?p 7 }",
    f"SELECT ?s {{ ?s <{E}few> <{E}small> }}",
    f"SELECT ?p {{ <{E}a> ?p <{E}b> }}",
    f"SELECT ?o ?nothing {{ <{E}a> <{E}p> ?o }}",
    f"SELECT ?x {{ <{E}a> ?x ?x }}",
    f"SELECT * {{ <{E}s1> <{E}few> <{E}small> }}",
    f"# first\nPREFIX e: <{E}>\n\nSELECT $s ?n {{ ?s e:few e:small ; e:name ?n }}",
    f"PREFIX e: <{E}> SELECT ?s ?n {{ ?s e:few e:small; e:name ?n, ?m . ?s ?any ?thing }}",
    f"PREFIX e: <{E}> SELECT * {{ e:s1 e:name ?n . ?s e:name ?n ; e:few ?x }}",
    f"PREFIX e: <{E}> SELECT ?b {{ e:a e:p ?b . ?b e:p ?c . ?c ?p e:a }}",
    f"PREFIX e: <{E}> SELECT ?s {{ e:s1 e:name ?n . ?s e:name ?n . e:s1 e:few e:small }}",
    f"PREFIX xsd: <{XSD}> SELECT ?s ?p {{ ?s ?p \"2012-01-31\"^^xsd:date }}",
    f"SELECT ?s ?p {{ ?s ?p \"2012-01-31\"^^<{XSD}date> }}",
    f"SELECT ?s ?p {{ ?s ?p \"plain\"^^<{XSD}string> }}".replace(f"<{XSD}string>", f"<{E}type>")
    .replace("plain", "odd"),
    f"PREFIX xsd: <{XSD}> SELECT ?s ?p {{ ?s ?p \"plain\"^^xsd:string }}",
    f"SELECT ?s {{ ?s a <{E}c> }}",
    f"PREFIX : <{E}> SELECT ?o {{ :a ?p ?o }}",
    "SELECT ?p { 'plain' ?p ?o }",
]  # fmt: skip


def rows(body: bytes) -> list[str]:
    return sorted(json.dumps(row) for row in json.loads(body)["results"]["bindings"])


def agrees(graph: Both, query: str) -> bool:
    """Whether an index answers; where it does, the engine has to say the same."""
    found = graph.answers.answer(query)
    if found is None:
        return False
    expected = graph.by_engine(query)  # which also says that it is SPARQL
    assert len(found) == len(expected)
    assert json.loads(found)["head"] == json.loads(expected)["head"]
    assert rows(found) == rows(expected)
    return True


@pytest.mark.parametrize("query", ANSWERED)
def test_the_rows_are_the_engines(graph_of_all: Both, query: str) -> None:
    assert agrees(graph_of_all, query)


def test_every_term_is_written_as_the_engine_does(graph_of_all: Both) -> None:
    for resource in RESOURCES[:10]:
        assert agrees(graph_of_all, f"SELECT ?p ?o {{ {resource} ?p ?o }}")
        assert agrees(graph_of_all, f"SELECT ?p ?s {{ ?s ?p {resource} }}")
    assert len(rows(graph_of_all.by_engine("SELECT DISTINCT ?o { ?s ?p ?o }"))) > 40


LEFT = [
    f"PREFIX e: <{E}> SELECT ?s {{ e:a ?p ?o . ?s e:few e:small }}",
    f"SELECT ?s {{ ?s ?p ?o . <{E}a> <{E}p> <{E}b> }}",
    "SELECT ?s { ?s ?p ?o } LIMIT 1",
    f"SELECT ?o ?p {{ <{E}b> ?p ?o }} LIMIT 3",
    f"SELECT ?o ?p {{ <{E}b> ?p ?o }} LIMIT 0",
    f"SELECT ?o ?p {{ <{E}b> ?p ?o }} LIMIT 300 OFFSET 1",
    f"SELECT DISTINCT ?s {{ ?s <{E}few> <{E}small> }} LIMIT 39",
    f"SELECT ?o {{ <{E}anonymous> ?p ?o }}",
    f"SELECT ?s {{ ?s <{E}p> <{E}anonymous> }}",
    f"SELECT ?s {{ ?s <{E}many> <{E}hub> }}",
    f"SELECT ?s ?n {{ ?s <{E}many> <{E}hub> . ?n <{E}few> <{E}small> }}",
    f"SELECT ?s ?n {{ ?s <{E}many> <{E}hub> ; <{E}name> ?n }}",
    f"SELECT ?o {{ <{E}big> <{E}p> ?o }}",
    f"SELECT ?p {{ <{E}big> ?p <{E}s1> }}",
    f"SELECT ?s {{ ?s <{E}few> <{E}small> . <{E}a> ?p ?o . <{E}b> ?q ?r . <{E}c> ?t ?u }}",
    f"SELECT ?s ?n {{ ?s <{E}few> <{E}small> ; <{E}name> ?n }} LIMIT 3",
    f"SELECT ?p {{ <{E}absent> ?p ?o }}",
    f"SELECT ?p {{ <{E}./dotted> ?p ?o }}",
    "SELECT ?p { <a> ?p ?o }",
    f"BASE <{E}> SELECT ?p {{ <a> ?p ?o }}",
    f"SELECT ?p {{ ?s ?p \"07\"^^<{XSD}integer> }}",
    f"SELECT ?p FROM <{E}g> {{ <{E}a> ?p ?o }}",
    f"SELECT ?p {{ GRAPH ?g {{ <{E}a> ?p ?o }} }}",
    f"SELECT ?p {{ <{E}a> ?p ?o FILTER(?o != 3) }}",
    f"SELECT ?p {{ <{E}a> ?p ?o OPTIONAL {{ ?o ?q ?r }} }}",
    f"SELECT ?p {{ <{E}a> ?p ?o }} ORDER BY ?p",
    f"SELECT (COUNT(*) AS ?n) {{ <{E}a> ?p ?o }}",
    f"SELECT ?p ?p {{ <{E}a> ?p ?o }}",
    f"SELECT ?o {{ <{E}a> <{E}p>+ ?o }}",
    f"SELECT ?o {{ <{E}a> ^<{E}p> ?o }}",
    f"SELECT REDUCED ?o {{ <{E}a> ?p ?o }}",
    f"ASK {{ <{E}a> ?p ?o }}",
    f"SELECT ?o {{ <{E}a> ?p [] }}",
    "SELECT * { " + f"<{E}a> ?p ?o . " * 9 + "}",
    "SELECT * { " + f"<{E}a> ?p ?o . " * 60 + "}",
    f"SELECT ?p {{ _:x ?p ?o . <{E}a> ?p ?o }}",
    f"PREFIX service: <{E}> SELECT ?o {{ service:a ?p ?o }}",
    f"PREFIX e: <{E}> SELECT ?o {{ e:a:b ?p ?o }}",
    f"SELECT ?o {{ <{E}a> ?p ?o }}\0",
    f"SELECT ?o {{ <{E}a> ?p ?o }} #" + "x" * 5000,
    f"SELECT ?o {{ <{E}a> ?p ?o . " + "{" * 3000 + " }",
    f"SELECT ?o {{ <{E}a> " + "^" * 3000 + f"<{E}p> ?o }}",
    f"SELECT ?o {{ <{E}a> ?p \"\"\"plain\"\"\" }}",
    f"SELECT ?o {{ <{E}a> ?p \"a\\tb\" }}",
    "",
    "}",
]  # fmt: skip


@pytest.mark.parametrize("query", LEFT, ids=lambda q: q[:60])
def test_the_rest_is_left_to_the_workers(graph_of_all: Both, query: str) -> None:
    assert graph_of_all.answers.answer(query) is None


def test_the_engine_is_not_asked_to_read_many_patterns(
    graph_of_all: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr("kg.store.indexed.forms._is_sparql", seen.append)
    for count in (9, 30, 400):
        query = "SELECT * {" + "".join(f"?x{n} ?p ?x{n + 1}." for n in range(count)) + "}"
        assert graph_of_all.answers.answer(query) is None
    assert not seen


BROKEN = [
    f"SELECT ?p {{ <{E}a> ?p ?o <{E}b> ?q ?r }}",
    f"SELECT ?p {{ <{E}a> ?p ?o }} }}",
    f"SELECT ?p {{ <{E}a> ?p }}",
    f"SELECT ?p WHERE <{E}a> ?p ?o",
    f"SELECT ?p {{ <{E}a> ?p ?o }} LIMIT ?p",
    f"SELECT ?p {{ <{E}a> ?p ?o }} LIMIT 3 LIMIT 4",
    f'SELECT ?p {{ <{E}a> "plain" ?o }}',
    f"PREFIX e: <{E}> SELECT ?p {{ f:a ?p ?o }}",
    f"SELECT {{ <{E}a> ?p ?o }}",
]


@pytest.mark.parametrize("query", BROKEN)
def test_what_is_no_sparql_is_left_to_who_says_so(graph_of_all: Both, query: str) -> None:
    assert graph_of_all.answers.answer(query) is None


TERMS = st.sampled_from(
    [*RESOURCES[:10], *RESOURCES[11:], *LITERALS, f"<{E}absent>", "7", "1.5", "true", "e:a", "e:b",
     f"<{E}small>", f"<{E}s3>", "'plain'", '"name 3"']
)  # fmt: skip
VARIABLES = st.sampled_from(["?a", "?b", "?c", "$a"])
SUBJECTS = st.one_of(VARIABLES, st.sampled_from([*RESOURCES[:10], "e:a", "e:s3", "e:c", "e:d"]))
KNOWN = st.sampled_from([*PROPERTIES, "a", "e:p", "e:q", "e:name", "e:few"])
BLANKS = st.sampled_from([" ", "\n", "\t ", ' # note <x> "y" ?z\n'])


@st.composite
def queries(draw: st.DrawFn) -> str:
    parts, blank = [], draw(BLANKS)
    for _ in range(draw(st.integers(1, 3))):
        verb = draw(st.one_of(KNOWN, VARIABLES))
        parts.append(f"{draw(SUBJECTS)}{blank}{verb} {draw(st.one_of(VARIABLES, TERMS))}")
        for _ in range(draw(st.integers(0, 1))):
            parts[-1] += f" ;{blank}{draw(KNOWN)} {draw(st.one_of(VARIABLES, TERMS))}"
    shown = draw(st.sampled_from(["*", "?a", "?b ?a", "?c ?zzz", "DISTINCT *", "DISTINCT ?b ?c"]))
    end = draw(st.sampled_from(["", "", "", " LIMIT 4", " OFFSET 1", " LIMIT 2 OFFSET 2"]))
    where = draw(st.sampled_from([" WHERE ", " ", "\nwhere"]))
    return f"PREFIX e: <{E}>{blank}SELECT {shown}{where}{{ {' . '.join(parts)} }}{end}"


@settings(
    max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=queries())
def test_whatever_is_answered_is_what_the_engine_answers(graph_of_all: Both, query: str) -> None:
    agrees(graph_of_all, query)


ODD = st.lists(
    st.sampled_from([*" \t\n{}.;,?$<>\"'#:*^@-_()[]\\/a1é\0", "e:a", "SELECT"]), max_size=3
).map("".join)


@settings(
    max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.one_of(queries(), st.sampled_from(ANSWERED)), data=st.data())
def test_a_text_that_is_altered_is_never_read_otherwise(
    graph_of_all: Both, query: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(query)))
    end = data.draw(st.integers(start, min(len(query), start + 3)))
    agrees(graph_of_all, query[:start] + data.draw(ODD) + query[end:])


def test_limits_are_kept(graph_of_all: Both) -> None:
    query = f"SELECT ?s {{ ?s <{E}few> <{E}small> }}"
    index = graph_of_all.index
    size = len(graph_of_all.by_engine(query))
    assert IndexAnswers(index, 1000, size, 40).answer(query) is not None
    assert IndexAnswers(index, 1000, size - 1, 40).answer(query) is None
    assert IndexAnswers(index, 1000, size, 39).answer(query) is None
    assert IndexAnswers(index, len(query) - 1, size, 40).answer(query) is None


def test_the_largest_answer_has_so_many_rows(tmp_path: Path) -> None:
    lines = [f"<{E}s{n}> <{E}p> <{E}most> ." for n in range(MOST_ROWS)]
    lines += [f"<{E}s{n}> <{E}p> <{E}more> ." for n in range(MOST_ROWS + 1)]
    graph = both("\n".join(lines), tmp_path)
    assert agrees(graph, f"SELECT ?s {{ ?s <{E}p> <{E}most> }}")
    assert not agrees(graph, f"SELECT ?s {{ ?s <{E}p> <{E}more> }}")
    assert not agrees(graph, f"SELECT ?s {{ ?s ?p <{E}more> }}")


def test_a_blank_node_joins_and_is_not_shown(graph_of_all: Both) -> None:
    query = f"SELECT %s {{ <{E}anonymous> ?p ?x . ?x ?q ?y }}"
    assert agrees(graph_of_all, query % "?p ?q ?y")
    assert not agrees(graph_of_all, query % "?x")


def test_what_the_engine_keeps_in_one_form_is_one_term(tmp_path: Path) -> None:
    forms = ("7", "07", "+7", "007")
    lines = [f'<{E}a> <{E}p> "{form}"^^<{XSD}integer> .' for form in forms]
    lines += [f'<{E}b> <{E}p> "007"^^<{XSD}integer> .', f'<{E}c> <{E}p> "x"@EN, "x"@en .']
    graph = both("\n".join(lines).replace("@EN, ", f"@EN .\n<{E}c> <{E}p> "), tmp_path)
    assert graph.index.triples == 3
    for query in (f"?o {{ <{E}a> ?p ?o }}", "?s { ?s ?p 7 }", '?s { ?s ?p "x"@en }'):
        assert agrees(graph, f"SELECT {query}")


def test_what_takes_many_steps_is_left_to_the_workers(
    graph_of_all: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = f"SELECT ?s ?n {{ ?s <{E}few> <{E}small> ; <{E}name> ?n . ?s ?p ?n }}"
    assert agrees(graph_of_all, query)
    monkeypatch.setattr("kg.store.indexed.joining._OF_ONE_ROW", 3_000)
    assert graph_of_all.answers.answer(query) is None


def test_long_texts_are_left_to_the_workers(tmp_path: Path) -> None:
    lines = [f'<{E}long> <{E}p> "{"x" * 17_000}" .', f'<{E}short> <{E}p> "x" .']
    lines += [f'<{E}many> <{E}p> "{n} {"x" * 5_000}" .' for n in range(60)]
    graph = both("\n".join(lines), tmp_path)
    for name in ("long", "many"):
        assert graph.answers.answer(f"SELECT ?o {{ <{E}{name}> ?p ?o }}") is None
    for query in (f"SELECT ?p {{ <{E}many> ?p ?o }}", f"SELECT ?o {{ <{E}short> ?p ?o }}"):
        assert agrees(graph, query)


def test_many_forms_and_terms_are_forgotten_again(
    graph_of_all: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.store.indexed.forms._MOST_FORMS", 3)
    monkeypatch.setattr("kg.store.indexed.index._REMEMBERED", 3)
    for turn in range(2):
        for number in range(30):
            query = f"SELECT ?v{number % 9} {{ ?v{number % 9} ?p <{E}s{number + turn}> }}"
            assert agrees(graph_of_all, query)


def test_a_file_that_cannot_be_used_is_as_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "triples.index"
    assert IndexAnswers.of(place, 1, 1, 1) is None
    place.write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        assert IndexAnswers.of(place, 1, 1, 1) is None
    assert str(place) in caplog.text


def test_a_graph_without_triples_has_an_index(tmp_path: Path) -> None:
    none = {name: np.zeros(0, dtype=np.uint32) for name in "spo"}
    TripleIndex(pl.Series([], dtype=pl.String), none).finish(tmp_path / "triples.index")
    answers = IndexAnswers.of(tmp_path / "triples.index", 1000, 1000, 1000)
    assert answers is not None
    assert answers.answer("SELECT * { <http://e/a> ?p ?o }") is None
