"""Completion: every way to type a name leads to its term, best first."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import QueryError
from kg.folding import folded
from kg.ontology import Ontology, load_ontology
from kg.ontology.completion import MOST, Completions, complete
from kg.ontology.docs import Documentation, read_documentation
from tests.ontology.extended import extended_copy


@pytest.fixture(scope="module")
def docs(ontology: Ontology) -> Documentation:
    return read_documentation(ontology)


@pytest.fixture(scope="module")
def completions(docs: Documentation) -> Completions:
    return Completions(docs)


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("Training", "en", "rihla:Training"),  # a whole label before longer ones
        ("train", "en", "rihla:Training"),  # the beginning
        ("TRAIN", "en", "rihla:Training"),  # capitals
        ("rihla:TrainingS", "en", "rihla:TrainingSeries"),  # the short name
        ("hostedBy", "fr", "rihla:hostedBy"),  # the local name, in any language
        ("ecole", "fr", "rihla:School"),  # École thématique
        ("école", "fr", "rihla:School"),
        ("انتساب مؤسسي", "ar", "rihla:Affiliation"),
        ("أنتساب مؤسسى", "ar", "rihla:Affiliation"),  # alef with hamza, alef maqsura
        ("ندوة", "ar", "rihla:Symposium"),  # ندوة علمية
        ("ندوه", "ar", "rihla:Symposium"),  # ha for ta marbuta
        ("نَدْوَة", "ar", "rihla:Symposium"),  # vowel signs
        ("python", "en", "method:python-programming"),
        ("self reported", "en", "grade:self-reported"),  # a blank for a hyphen
        ("role:educator-", "en", "role:educator-side"),
        ("skos:broader", "en", "skos:broader"),
    ],
)
def test_the_best_comes_first(
    completions: Completions, text: str, language: str, first: str
) -> None:
    assert completions.find(text, language).column("curie")[0] == first


def test_an_article_does_not_hide_the_beginning_of_a_word(completions: Completions) -> None:
    # الدورة التدريبية is the label of the property, دورة تدريبية that of the class
    found = completions.find("دورة", "ar").column("curie")
    assert found[0] == "rihla:Training"
    assert "rihla:training" in found[:8]


def test_a_label_in_the_language_asked_for_comes_first(completions: Completions) -> None:
    english = completions.find("place", "en").to_records()[0]
    assert (english["label"], english["matched"]) == ("Place", "Place")
    arabic = completions.find("place", "ar").to_records()[0]
    assert (arabic["curie"], arabic["label"]) == ("rihla:Place", "مكان")


def test_the_columns(completions: Completions) -> None:
    row = completions.find("learner", "fr").to_records()[0]
    assert row == {
        "iri": "https://w3id.org/rihla/id/role/learner",
        "curie": "role:learner",
        "kind": "concept",
        "label": "Apprenant",
        "matched": "Learner",
        "definition": row["definition"],
        "deprecated": False,
    }
    assert row["definition"]


def test_own_terms_come_before_those_of_others(completions: Completions) -> None:
    kinds = completions.find("country", "en", MOST).column("kind")
    assert kinds[0] == "class"
    exact = completions.find("Country", "en", MOST).column("curie")
    assert exact.index("rihla:Country") < exact.index("schema:Country")


def test_an_empty_text_begins_everything(completions: Completions, docs: Documentation) -> None:
    found = completions.find("", "en", 5)
    concepts = sum(len(list(s.concepts())) for s in docs.schemes.values())
    assert found.meta["found"] == len(docs.terms) + concepts + len(docs.outside)
    assert set(found.column("kind")) == {"class"}


def test_nothing_fits(docs: Documentation) -> None:
    assert complete(docs, "no such term anywhere").rows == []


@pytest.mark.parametrize(
    ("language", "limit", "said"),
    [("de", 5, "Accepted: en, ar, fr"), ("en", 0, "Accepted: 1 to"), ("en", 10_000, "1 to")],
)
def test_what_is_not_accepted(
    completions: Completions, language: str, limit: int, said: str
) -> None:
    with pytest.raises(QueryError, match=said):
        completions.find("a", language, limit)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Évaluation", "evaluation"),
        ("œuvre", "OEUVRE"),
        ("İstanbul", "istanbul"),
        ("الأدلّة", "الادله"),
        ("على", "علي"),
        ("تـــعليم", "تعليم"),
        ("self-reported", "Self_reported"),
        ("l’école", "l'ecole"),
    ],
)
def test_folding(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_an_added_class_is_completed(tmp_path: Path) -> None:
    docs = read_documentation(load_ontology(extended_copy(tmp_path)))
    found = complete(docs, "accred", "fr")
    assert found.column("curie")[:1] == ["rihla:Accreditation"]
    assert "rihla:accreditedBy" in found.column("curie")
    assert complete(docs, "اعتماد", "ar").column("curie")[0] == "rihla:Accreditation"
