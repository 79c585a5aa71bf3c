"""Rules see all that they ask for, and nothing is loaded that they do not."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from kg.errors import InputError
from kg.ontology import Ontology
from kg.pipeline import rules
from kg.pipeline.rules import apply_rules, asked_for
from kg.provenance import GraphNames
from kg.quads import QUAD

NAMES = GraphNames("https://example.org/id/")
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
P = "PREFIX : <https://e.org/> "


def e(name: str) -> str:
    return f"<https://e.org/{name}>"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("CONSTRUCT { ?a :x ?b } WHERE { ?a :p ?b }", {("x", None), ("p", None)}),
        ("CONSTRUCT { ?a a :X } WHERE { ?a a :K, ?k }", {(TYPE, "X"), (TYPE, "K"), (TYPE, None)}),
        ("CONSTRUCT { ?a :x 1 } WHERE { ?a (:p/^:q+)|:r ?b }", {(n, None) for n in "xpqr"}),
        (
            "CONSTRUCT { ?a :x ?n } WHERE { { SELECT ?a (COUNT(?b) AS ?n) WHERE { GRAPH ?g { "
            "?a :p [ :q ?b ] } OPTIONAL { ?a :r ?c } } GROUP BY ?a } MINUS { ?a :s ?d } }",
            {(n, None) for n in "xpqrs"},
        ),
        (
            "CONSTRUCT { ?a :x ?b } WHERE { { ?a :p ?b } UNION { ?a :q ?b "
            "FILTER NOT EXISTS { ?a :r ?c . ?c a :K FILTER EXISTS { ?c :s ?b } } } }",
            {*((n, None) for n in "xpqrs"), (TYPE, "K")},
        ),
    ],
)
def test_a_rule_asks_for_the_properties_in_it(
    rule: str, expected: set[tuple[str, str | None]]
) -> None:
    wanted = {(p if p == TYPE else e(p), e(value) if value else None) for p, value in expected}
    assert asked_for(P + rule) == wanted


@pytest.mark.parametrize(
    "rule",
    [
        "CONSTRUCT { ?a :x ?b } WHERE { ?a ?p ?b }",
        "CONSTRUCT { ?a :x ?b } WHERE { ?a :p* ?b }",
        "CONSTRUCT { ?a :x ?b } WHERE { ?a !:p ?b }",
        "CONSTRUCT { ?a ?b ?c } WHERE { ?a :p ?b ; :q ?c }",
        "CONSTRUCT { ?a :x ?b } WHERE { LATERAL { ?a :p ?b } }",  # the engine knows more
    ],
)
def test_a_rule_may_ask_for_anything(rule: str) -> None:
    assert asked_for(P + rule) is None


def quads(*rows: str) -> pl.DataFrame:
    parts = [[e(word) if word[0] not in '<"' else word for word in row.split()] for row in rows]
    return pl.DataFrame(parts, schema=list(QUAD), orient="row").cast(dict(QUAD))


def applied(ontology: Ontology, given: pl.DataFrame, *texts: str) -> list[tuple[str, ...]]:
    own = replace(ontology, rules={f"{i}.rq": P + text for i, text in enumerate(texts)})
    found = apply_rules(given, own, NAMES)
    assert found.schema == QUAD
    return found.cast(pl.String).rows()


def test_what_is_said_already_is_not_said_again(ontology: Ontology) -> None:
    given = quads("a p b g", "a x b h", "b p c g", "b p c h", "d q e g")
    rule = "CONSTRUCT { ?a :x ?b } WHERE { ?a :p ?b }"
    (found,) = applied(ontology, given, rule)
    assert found == (e("b"), e("x"), e("c"), f"<{NAMES.inferred}>")


def test_a_triple_of_two_graphs_counts_once(ontology: Ontology) -> None:
    given = quads("a p b g", "a p b h", "a p c g")
    rule = "CONSTRUCT { ?a :n ?n } WHERE { SELECT ?a (COUNT(?b) AS ?n) { ?a :p ?b } GROUP BY ?a }"
    ((_, _, count, _),) = applied(ontology, given, rule)
    assert count.startswith('"2"')


def test_a_rule_that_may_ask_for_anything_sees_all(
    ontology: Ontology, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "_IN_MEMORY", 0)
    rows = applied(
        ontology, quads("a p b g", "c q d g"), "CONSTRUCT { ?b :of ?a } WHERE { ?a ?any ?b }"
    )
    assert {(row[0], row[2]) for row in rows} == {(e("b"), e("a")), (e("d"), e("c"))}


def test_no_rule_gives_nothing(ontology: Ontology) -> None:
    assert applied(ontology, quads("a p b g")) == []


@pytest.mark.parametrize("text", ["SELECT ?a WHERE { ?a :p ?b }", "CONSTRUCT { ?a"])
def test_what_is_no_rule_is_refused_with_its_file(ontology: Ontology, text: str) -> None:
    with pytest.raises(InputError, match=r"0\.rq"):
        applied(ontology, quads("a p b g"), text)
