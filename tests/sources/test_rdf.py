"""RDF in our vocabulary, in each of its formats."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.errors import InputError, SettingsError
from kg.ontology import Ontology
from kg.pipeline import build, load_sources
from kg.pipeline.load import Loaded
from kg.settings import Settings, SourceSettings, load_settings
from kg.sources import SourceTables, read_source
from kg.sources.rdf.statements import FORMATS
from kg.store import Release
from tests.conftest import WORLD, write_project

HEAD = """\
@prefix rihla: <https://w3id.org/rihla/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix role: <https://w3id.org/rihla/id/role/> .
@prefix ex: <https://example.org/data/> .
"""
DATA = (
    HEAD
    + """
ex:school a rihla:School, rihla:Training ;
  rdfs:label "Genomics school"@en , "École de génomique"@fr ;
  rihla:startDate "2019-05-06"^^<http://www.w3.org/2001/XMLSchema#date> ;
  rihla:hostedBy ex:institute .

ex:institute a rihla:University ;
  dcterms:identifier "inst" ;
  rdfs:label "Institute"@en , "Institut"@fr ;
  rihla:ror <https://ror.org/03yrm5c26> .

[] a rihla:Participation ; rihla:training ex:school ; rihla:role role:learner ; rihla:agent ex:ada .
ex:ada a rihla:Person ; rdfs:label "Ada Specimen" ; rihla:consent "published" .
"""
)

Reader = Callable[..., SourceTables]


@pytest.fixture
def read(tmp_path: Path, ontology: Ontology) -> Reader:
    """Read RDF given as text: ``read(DATA, "a.ttl", graphs=[…])``."""

    def reader(text: str | bytes, name: str = "data.ttl", **options: Any) -> SourceTables:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        settings = SourceSettings(
            "own", "rdf", path, "Own", "https://example.org/l", dt.date(2026, 11, 20),
            options=options,
        )  # fmt: skip
        return read_source(settings, ontology.schema)

    return reader


def rows(found: SourceTables, name: str) -> list[dict[str, Any]]:
    return [
        {k: v for k, v in row.items() if v is not None}
        for table in found.tables
        if table.name == name
        for row in table.frame.to_dicts()
    ]


def told(found: SourceTables) -> list[tuple[str, str, str | None, int]]:
    return [(n.rule, n.column, n.value, n.row) for t in found.tables for n in t.notes]


def test_resources_become_rows_with_their_lines(read: Reader) -> None:
    found = read(DATA)
    assert rows(found, "trainings") == [{
        "id": "example-org-data-school", "format": "https://w3id.org/rihla/ontology#School",
        "name": "Genomics school@en", "start_date": "2019-05-06", "host": "inst",
        "source_url": "https://example.org/data/school", "_row": 8,
    }]  # fmt: skip
    assert rows(found, "organisations") == [{
        "id": "inst", "type": "https://w3id.org/rihla/ontology#University", "name": "Institute@en",
        "alias": "Institut@fr", "ror": "https://ror.org/03yrm5c26", "_row": 13,
    }]  # fmt: skip
    assert rows(found, "participations") == [{
        "training": "example-org-data-school", "role": "https://w3id.org/rihla/id/role/learner",
        "person": "example-org-data-ada", "_row": 18,
    }]  # fmt: skip
    label = "http://www.w3.org/2000/01/rdf-schema#label in several languages"
    assert told(found) == [("unknown property", "(property)", label, 9)]


def test_what_is_unknown_is_counted_and_told(read: Reader) -> None:
    extra = """
ex:school rihla:startDat "2019" ; ex:note "a", "b" .
ex:other a ex:Thing ; rdfs:label "x" .
ex:third a ex:Thing .
ex:nothing rdfs:label "no class" .
ex:institute a ex:Place .
"""
    found = read(DATA + extra)
    told = {n.value: n for t in found.tables for n in t.notes if n.severity == "warning"}
    assert told["https://example.org/data/Thing"].accepted.endswith("2 resources left out")
    assert told["https://example.org/data/Thing"].row == 22
    assert told["https://example.org/data/note"].accepted == (
        "a property that trainings has; 2 statements left out"
    )
    assert told["no class"].rule == "unknown class"
    assert told["https://example.org/data/Place"].table == "organisations"
    typo = told["https://w3id.org/rihla/ontology#startDat"]
    assert typo.suggestion == "https://w3id.org/rihla/ontology#startDate"


def load_both(tmp_path: Path, ontology: Ontology, text: str) -> Loaded:
    (tmp_path / "data.ttl").write_text(text, encoding="utf-8")
    source = """
[[source]]
id = "far"
kind = "rdf"
path = "data.ttl"
title = "Far"
licence = "https://example.org/l"
retrieved = 2026-11-20
"""
    return load_sources(load_settings(write_project(tmp_path, WORLD, source)), ontology.schema)


def test_the_shapes_judge_and_references_fall(tmp_path: Path, ontology: Ontology) -> None:
    wrong = DATA.replace("2019-05-06", "2019-05-36").replace("03yrm5c26", "03yrm5c27")
    loaded = load_both(tmp_path, ontology, wrong)
    found = {(p.table, p.column, p.rule, p.row) for p in loaded.problems if p.source == "far"
             and p.severity == "error"}  # fmt: skip
    assert ("trainings", "start_date", "datatype", 8) in found
    assert ("organisations", "ror", "identifier", 13) in found
    assert ("participations", "training", "reference", 18) in found
    counts = {row[1]: row[2:] for row in loaded.counts().rows if row[0] == "far"}
    assert counts == {
        "trainings": (1, 0, 1, 0), "organisations": (1, 0, 1, 0), "participations": (1, 0, 1, 0),
        "people": (1, 1, 0, 0),
    }  # fmt: skip


def test_two_values_where_the_shape_takes_one_refuse_the_row(
    tmp_path: Path, ontology: Ontology
) -> None:
    loaded = load_both(tmp_path, ontology, DATA + 'ex:school rihla:startDate "2020" .\n')
    (problem,) = [p for p in loaded.problems if p.rule == "several values"]
    assert (problem.value, problem.row) == ("2019-05-06 and 2020", 8)
    assert problem.accepted == f"one value; another stands in {tmp_path}/data.ttl, line 20"
    assert ("far", "trainings", 1, 0, 1, 0) in loaded.counts().rows


def as_format(form: ox.RdfFormat) -> bytes:
    quads = list(ox.parse(DATA.encode(), ox.RdfFormat.TURTLE))
    if not form.supports_datasets:
        return bytes(ox.serialize((q.triple for q in quads), format=form) or b"")
    return bytes(ox.serialize(quads, format=form) or b"")


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_gives_the_same_rows(read: Reader, ending: str) -> None:
    def plain(found: SourceTables) -> dict[str, list[Any]]:
        return {
            t.name: sorted(t.frame.drop("_row").rows(named=True), key=str) for t in found.tables
        }

    found = read(as_format(FORMATS[ending]), f"data{ending}")
    assert plain(found) == plain(read(DATA))


def test_resources_on_one_line_are_numbered(read: Reader) -> None:
    text = (
        '[{"@id":"https://e.org/a","@type":"https://w3id.org/rihla/ontology#Place",'
        '"http://www.w3.org/2000/01/rdf-schema#label":"A"},{"@id":"https://e.org/b",'
        '"@type":"https://w3id.org/rihla/ontology#Place",'
        '"http://www.w3.org/2000/01/rdf-schema#label":"B"}]'
    )
    assert [(r["name"], r["_row"]) for r in rows(read(text, "a.jsonld"), "places")] == [
        ("A", 1), ("B", 2),
    ]  # fmt: skip


def test_graphs_are_chosen_and_iris_may_be_relative(read: Reader) -> None:
    text = (
        HEAD
        + """
<https://e.org/g/one> { <a> a rihla:Place ; rdfs:label "A" . }
<https://e.org/h> { <b> a rihla:Place ; rdfs:label "B" . }
<c> a rihla:Place ; rdfs:label "C" .
"""
    )
    base = {"base": "https://e.org/place/"}
    assert [r["id"] for r in rows(read(text, "a.trig", **base), "places")] == ["a", "b", "c"]
    some = read(text, "a.trig", graphs=["https://e.org/g/*", "default"], **base)
    assert [r["name"] for r in rows(some, "places")] == ["A", "C"]


def test_resources_may_be_spread_over_files_and_blank_nodes_stay_apart(
    tmp_path: Path, ontology: Ontology
) -> None:
    (tmp_path / "data").mkdir()
    for name, label in (("a", "One"), ("b", "Two")):
        (tmp_path / f"data/{name}.ttl").write_text(
            HEAD + f'_:x a rihla:Place ; dcterms:identifier "{name}" ; rdfs:label "{label}" .\n'
        )
    (tmp_path / "data/c.ttl").write_text(HEAD + "ex:p a rihla:Place .\n")
    (tmp_path / "data/d.ttl").write_text(HEAD + 'ex:p rdfs:label "Three" .\n')
    settings = SourceSettings(
        "own", "rdf", tmp_path / "data", "Own", "https://e.org/l", dt.date(2026, 1, 1)
    )
    found = read_source(settings, ontology.schema)
    assert [r["name"] for r in rows(found, "places")] == ["One", "Two", "Three"]
    assert [t.file.rpartition("/")[2] for t in found.tables] == ["a.ttl", "b.ttl", "c.ttl"]


BAD: list[tuple[str, str, str]] = [
    ("a.ttl", HEAD + "ex:a ex:b\n ex:c ex:d .", r"a\.ttl, line 8, column \d+: is no ttl: "),
    ("a.nt", "<https://e.org/a> <b> .\n", r"a\.nt, line 1, column \d+: is no nt: No scheme"),
    ("a.ttl", HEAD + 'ex:a ex:b "x\0y" .', r"line 7: found a NUL"),
    ("a.ttl", HEAD + "ex:a ex:b <<( ex:a ex:b ex:c )>> .", r"line 7: found a triple as a value"),
    ("a.ttl", "", r"nothing in it is of a class of the vocabulary\. Found: no statement"),
    ("a.ttl", HEAD + "ex:a a ex:B .", r"Found: https://example.org/data/B\. Accepted"),
    ("a.jsonld", '{"@context": "https://schema.org/", "name": "x"}', "names a context at another"),
    ("a.rdf", '<!DOCTYPE r [<!ENTITY a "b">]>\n<r/>', r"a\.rdf, line 1: found a <!DOCTYPE>"),
    ("a.txt", "x", r"found the ending '\.txt'\. Accepted: \.ttl"),
]


@pytest.mark.parametrize(("name", "text", "said"), BAD)
def test_what_is_no_rdf_is_refused_with_its_place(
    read: Reader, name: str, text: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        read(text, name)


@pytest.mark.parametrize(
    "options", [{"graphs": "x"}, {"graphs": [1]}, {"base": "x"}, {"colour": 1}]
)
def test_bad_options_are_named(read: Reader, options: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="Accepted"):
        read(DATA, **options)


def test_a_release_reads_back_as_it_was(world: Release, tmp_path: Path) -> None:
    """What a release asserts of its source, loaded as RDF, gives the same statements again."""
    with gzip.open(world.path / "data.nq.gz") as dump:
        (tmp_path / "world.nq").write_bytes(dump.read())
    project = """
[project]
title = "Read back"

[[source]]
id = "world"
kind = "rdf"
path = "world.nq"
graphs = ["https://w3id.org/rihla/id/graph/world-*"]
title = "Test world"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
retrieved = 2026-11-20
"""
    (tmp_path / "rihla.toml").write_text(project)
    settings: Settings = load_settings(tmp_path / "rihla.toml")
    again = build(settings).release

    def asserted(release: Release) -> set[tuple[str, str, str]]:
        with gzip.open(release.path / "data.nq.gz") as dump:
            return {
                (str(q.subject), str(q.predicate), str(q.object))
                for q in ox.parse(dump.read(), ox.RdfFormat.N_QUADS)
                if "/graph/world-" in str(q.graph_name)
            }

    first, second = asserted(world), asserted(again)
    assert len(first) > 400
    assert sorted(first - second) == []
    assert sorted(second - first) == []
