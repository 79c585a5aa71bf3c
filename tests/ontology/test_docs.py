"""The documentation: complete, in three languages, every link leads somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from rdflib import Graph, URIRef

from kg.cli import cli
from kg.errors import InputError, NotFoundError
from kg.ontology import Ontology, load_ontology
from kg.ontology.docs import Documentation, read_documentation
from kg.ontology.docs.diagram import all_classes
from kg.ontology.docs.mappings import read_mappings
from kg.ontology.docs.naming import Names
from kg.ontology.docs.pages import Links, overview_page, scheme_page, term_page
from kg.ontology.docs.site import DATA_FORMATS, serialised, write_site
from kg.ontology.docs.words import _WORDS, LANGUAGES
from tests.conftest import ROOT
from tests.ontology.extended import extended_copy
from tests.outline import Outline

RIHLA = "https://w3id.org/rihla/ontology#"
STYLESHEET = ROOT / "kg" / "web" / "static" / "rihla.css"


@pytest.fixture(scope="module")
def docs(ontology: Ontology) -> Documentation:
    return read_documentation(ontology)


@pytest.fixture(scope="module")
def site(ontology: Ontology, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_site(ontology, folder, STYLESHEET)
    return folder


@pytest.fixture(scope="module")
def outlines(site: Path) -> dict[Path, Outline]:
    return {p: Outline(p.read_text(encoding="utf-8")) for p in sorted(site.rglob("*.html"))}


def words_of(text: str) -> str:
    """Return a page as a reader sees it, without tags."""
    apart = re.sub(r"</(td|th|dt|dd|p|li|h1|h2|div|text)>", " ", text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", apart))


def term_text(docs: Documentation, name: str, language: str = "en") -> str:
    return words_of(term_page(docs, name, Links(language)).content)


def test_every_term_has_a_page_in_every_language(docs: Documentation, site: Path) -> None:
    own = {
        term.iri for term in docs.refs.values() if term.iri.startswith(RIHLA)
    }  # what the vocabulary declares
    assert own == {t.ref.iri for t in docs.terms.values()}
    for language in LANGUAGES:
        pages = list((site / language / "term").glob("*.html"))
        assert len({p.name.lower() for p in pages}) == len(docs.terms)
        assert {p.stem for p in (site / language / "scheme").iterdir()} == set(docs.schemes)


def test_every_link_leads_somewhere(outlines: dict[Path, Outline]) -> None:
    for path, outline in outlines.items():
        assert len(outline.ids) == len(set(outline.ids)), path
        for link in set(outline.links):
            if link.startswith(("http://", "https://")):
                continue
            address, anchor = urldefrag(link)
            target = (path.parent / unquote(address)).resolve() if address else path
            assert target.is_file(), f"{path}: {link}"
            if anchor and target.suffix == ".html":
                assert unquote(anchor) in outlines[target].ids, f"{path}: {link}"


def test_the_policy_is_strict(outlines: dict[Path, Outline], site: Path) -> None:
    for path, outline in outlines.items():
        assert "style" not in outline.tags + outline.attributes
        assert not [a for a in outline.attributes if a.startswith("on")]
        assert all(outline.sources), "a script stands inside the page"
        assert "script-src 'self'" in path.read_text(encoding="utf-8")


def test_the_fragment_of_every_term_is_an_anchor(
    docs: Documentation, site: Path, outlines: dict[Path, Outline]
) -> None:
    for page in ("index.html", *(f"{language}/index.html" for language in LANGUAGES)):
        assert {t.ref.iri.removeprefix(RIHLA) for t in docs.terms.values()} <= set(
            outlines[site / page].ids
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_say_their_language_and_direction(site: Path, language: str) -> None:
    text = (site / language / "term" / "Training.html").read_text(encoding="utf-8")
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in text
    assert f'direction="{direction}"' in text  # of the diagram


def test_words_are_there_in_all_languages() -> None:
    for key, words in _WORDS.items():
        assert len(words) == len(LANGUAGES), key
        assert all(words), key
        assert len({tuple(sorted(re.findall(r"{\d}", w))) for w in words}) == 1, key


def test_a_class(docs: Documentation) -> None:
    text = term_text(docs, "Training")
    assert "One occurrence of research training" in text
    assert "https://w3id.org/rihla/ontology#Training" in text
    assert "schema:CourseInstance" in text
    assert "Workshop" in text
    # its table: a column's name, meaning, what it accepts, and its example
    assert "in-person or online or hybrid" in text
    assert "name of a class under Training" in text
    assert "several with |" in text


def test_a_class_in_arabic_and_french(docs: Documentation) -> None:
    assert "مطلوب" in term_text(docs, "Training", "ar")
    assert "دورة تدريبية" in term_text(docs, "Training", "ar")
    assert "Obligatoire" in term_text(docs, "Training", "fr")
    assert "clé de Série" in term_text(docs, "Training", "fr")


def test_a_subclass_points_to_the_table_above(docs: Documentation) -> None:
    assert "Rows of it stand in the table trainings." in term_text(docs, "Workshop")


def test_chains_are_written_readably(docs: Documentation) -> None:
    text = term_text(docs, "involvesCountry")
    assert "participation ∘ fromCountry" in text
    assert "participation then from country" in text
    # and the other way: what a part of a chain leads on to
    assert "involvesCountry ⊒ participation ∘ fromCountry" in term_text(docs, "fromCountry")


def test_inverse_domain_range(docs: Documentation) -> None:
    term = docs.terms["participation"]
    assert [r.name for r in term.inverses] == ["training"]
    assert [r.name for r in docs.terms["training"].inverses] == ["participation"]
    text = term_text(docs, "participation")
    assert re.search(r"Domain\s*Training", text)
    assert re.search(r"Range\s*Participation", text)


def test_equivalent_classes_are_written_readably(docs: Documentation) -> None:
    text = term_text(docs, "LearnerSideParticipation")
    assert "whatever has the value Learner side for acts as" in text
    assert "linked to itself by is learning" in text


EXPRESSIONS = """
@prefix : <http://e/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
:a owl:equivalentClass [ a owl:Class ; owl:unionOf ( :x [ owl:complementOf :y ] ) ] .
:b owl:equivalentClass [ owl:onProperty :p ; owl:someValuesFrom :x ] .
:c owl:equivalentClass [ owl:onProperty :p ; owl:minCardinality 2 ] .
:d owl:equivalentClass [ owl:onProperty [ owl:inverseOf :p ] ; owl:allValuesFrom :x ] .
:e owl:equivalentClass [ :something :strange ] .
"""


@pytest.mark.parametrize(
    ("name", "form", "parts"),
    [
        ("a", "or", ["x", "not"]),
        ("b", "some", ["p", "x"]),
        ("c", "min", ["p", "2"]),
        ("d", "only", ["inverse-of", "x"]),
        ("e", "complex", []),
    ],
)
def test_expressions(name: str, form: str, parts: list[str]) -> None:
    graph = Graph().parse(data=EXPRESSIONS, format="turtle")
    node = graph.value(
        URIRef(f"http://e/{name}"), URIRef("http://www.w3.org/2002/07/owl#equivalentClass")
    )
    assert node is not None
    said = Names(graph, Graph(), RIHLA).said(node)
    assert said.form == form  # type: ignore[union-attr]
    found = [
        p if isinstance(p, str) else getattr(p, "form", "") or p.iri[-1]  # type: ignore[union-attr]
        for p in said.parts  # type: ignore[union-attr]
    ]
    assert found == parts


def test_mappings_stand_with_their_confidence(docs: Documentation) -> None:
    text = term_text(docs, "Seminar")
    assert "is close to obo:AEON_0000109" in text
    assert "0.90" in text


def test_concepts_stand_once_and_are_named_elsewhere(docs: Documentation) -> None:
    for scheme in docs.schemes.values():
        found = [c.ref.iri for c in scheme.concepts()]
        assert len(found) == len(set(found))
    topics = docs.schemes["topics"]
    assert [c.ref.curie for c in topics.roots] == [
        r.curie for r in docs.refs.values() if r.curie.startswith("sector:")
    ] or len(topics.roots) == 8
    text = words_of(scheme_page(docs, "topics", Links("en")).content)
    assert "means the same as edam:topic_3316" in text


def test_a_deprecated_term_says_what_to_use(tmp_path: Path) -> None:
    folder = extended_copy(tmp_path)
    (folder / "vocabulary" / "old.ttl").write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix dcterms: <http://purl.org/dc/"
        "terms/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        f"@prefix rihla: <{RIHLA}> .\n"
        'rihla:Meeting a owl:Class ; rdfs:label "Meeting <b>&</b>"@en ; owl:deprecated true ;\n'
        "  dcterms:isReplacedBy rihla:Symposium .\n",
        encoding="utf-8",
    )
    docs = read_documentation(load_ontology(folder))
    page = term_page(docs, "Meeting", Links("en"))
    assert "Use instead: Symposium." in words_of(page.content)
    # labels may hold any markup: it stays text
    assert "<b>" not in page.content
    assert "Meeting &lt;b&gt;&amp;&lt;/b&gt;" in page.content
    assert "Replaces" in term_text(docs, "Symposium")


def test_an_added_class_is_documented(tmp_path: Path) -> None:
    docs = read_documentation(load_ontology(extended_copy(tmp_path)))
    text = term_text(docs, "Accreditation")
    assert "The recognition of a training by a body that is entitled to it." in text
    assert "full or provisional or withdrawn" in text
    assert "key of Organisation" in text
    assert "Statut" in term_text(docs, "Accreditation", "fr")
    assert "accredited by" in text
    overview = overview_page(docs, Links("ar")).content
    assert 'id="Accreditation"' in overview
    assert "اعتماد" in words_of(overview)
    # the class leads to the training, so the training's drawing shows it
    assert "Accreditation" in term_text(docs, "Training")


def test_the_diagram_holds_every_class_once(docs: Documentation) -> None:
    drawing = all_classes(docs, "en", lambda ref: f"#{ref.name}")
    assert drawing is not None
    linked = re.findall(r'<a href="#(\w+)">\s*<rect', drawing)
    assert sorted(linked) == sorted(docs.classes)
    assert "<title" in drawing
    assert "<desc" in drawing


def test_the_text_of_the_diagram_stays_inside(docs: Documentation) -> None:
    for language in LANGUAGES:
        drawing = all_classes(docs, language, lambda _: None) or ""
        width = float(re.findall(r'width="(\d+)"', drawing)[0])
        for x, line in re.findall(r'<text class="[^"]*" x="([\d.]+)"[^>]*>([^<]*)<', drawing):
            room = float(x) if language == "ar" else width - float(x)
            assert len(line) * 12 * 0.6 < room + 1, line


def test_the_search_index(site: Path, docs: Documentation) -> None:
    for language in LANGUAGES:
        entries = json.loads((site / language / "search.json").read_text(encoding="utf-8"))
        assert len(entries) == len([r for r in docs.refs.values() if r.kind != "outside"])
        for _label, _curie, _kind, address, keys in entries:
            assert (site / urldefrag(address)[0]).is_file()
            assert keys


@pytest.mark.parametrize("suffix", DATA_FORMATS)
def test_the_data_files_hold_the_same(ontology: Ontology, site: Path, suffix: str) -> None:
    raw = (site / f"ontology.{suffix}").read_bytes()
    triples = list(ox.parse(raw, format=DATA_FORMATS[suffix]))
    assert len(triples) == len(ontology.vocabulary + ontology.shapes)
    assert raw == serialised(ontology, suffix)


def test_what_is_not_there(docs: Documentation) -> None:
    with pytest.raises(NotFoundError, match="no term 'Nothing'"):
        term_page(docs, "Nothing", Links("en"))
    with pytest.raises(NotFoundError, match="evidence-grades"):
        scheme_page(docs, "nothing", Links("en"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("subject_id\tpredicate_id\nrihla:A\tskos:closeMatch\n", "lacks the columns object_id"),
        (
            "subject_id\tpredicate_id\tobject_id\nrihla:A\tskos:closeMatch\tno:B\n",
            "known prefix",
        ),
        ("#curie_map: [\nsubject_id\tpredicate_id\tobject_id\n", "not YAML"),
        (
            "subject_id\tpredicate_id\tobject_id\tconfidence\nr:A\tr:b\tr:C\thigh\n",
            "from 0 to 1",
        ),
    ],
)
def test_a_faulty_mapping_table(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "faulty.sssom.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_mappings(tmp_path, {"rihla": RIHLA, "skos": "http://s/", "r": "http://r/"})


def test_the_command(tmp_path: Path) -> None:
    folder = extended_copy(tmp_path)
    result = CliRunner().invoke(
        cli, ["ontology", "docs", "--folder", str(folder), "--into", str(tmp_path / "site")]
    )
    assert result.exit_code == 0, result.output
    assert "pages" in result.output
    assert (tmp_path / "site" / "fr" / "term" / "Accreditation.html").is_file()
    assert (tmp_path / "site" / "assets" / "rihla.css").is_file()
