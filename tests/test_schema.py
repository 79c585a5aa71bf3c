"""The schema of a small ontology that has each kind of column once."""

from __future__ import annotations

import pytest
from rdflib import Graph

from kg.errors import SettingsError
from kg.schema import Column, Schema, TableSchema, read_schema

PREFIXES = """
@prefix : <https://example.org/o#> .
@prefix csvw: <http://www.w3.org/ns/csvw#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rihla: <https://w3id.org/rihla/ontology#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
VOCABULARY = """
:Event a owl:Class ; rdfs:label "Event"@en, "Événement"@fr, "حدث"@ar .
:Meeting a owl:Class ; rdfs:subClassOf :Event ; rdfs:label "Meeting"@en, "اجتماع"@ar .
:Summit a owl:Class ; rdfs:subClassOf :Meeting ; rdfs:label "Summit"@en .
:Place a owl:Class .
:Mood a owl:Class ; rdfs:subClassOf skos:Concept .
<https://example.org/mood/glad> a :Mood ; skos:inScheme :moods ; skos:notation "G" ;
    skos:prefLabel "Glad"@en, "Heureux"@fr ; skos:altLabel "Happy"@en .
"""
SHAPES = """
:EventShape a sh:NodeShape ; sh:targetClass :Event ; csvw:name "events" ;
    rdfs:label "Events"@en, "أحداث"@ar ;
    rihla:keyTemplate ( "event/{code}" "event/{id}" ) ;
    sh:or ( [ sh:property [ sh:path :place ; sh:minCount 1 ] ]
            [ sh:property [ sh:path :link ; sh:minCount 1 ] ]
            [ sh:property [ sh:path :nowhere ; sh:minCount 1 ] ] ) ;
    sh:property
        [ sh:path :id ; csvw:name "id" ; sh:order 1 ; sh:datatype xsd:string ; sh:minCount 1 ;
          sh:maxCount 1 ; sh:pattern "^[a-z]+$" ; sh:flags "i" ; rihla:lookup true ;
          sh:name "Key"@en, "مفتاح"@ar ; sh:description "The key."@en ; skos:example "open-day" ],
        [ sh:path :name ; csvw:name "name" ; sh:order 2 ; sh:datatype rdf:langString ;
          sh:languageIn ( "en" "ar" "fr" ) ; sh:minCount 1 ;
          skos:example "Open day"@en, "Portes ouvertes"@fr ],
        [ sh:path :alias ; csvw:name "alias" ; sh:order 3 ;
          sh:or ( [ sh:datatype xsd:string ] [ sh:datatype rdf:langString ] ) ],
        [ sh:path :start ; csvw:name "start" ; sh:order 4 ; sh:maxCount 1 ;
          sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:gYear ] ) ;
          sh:lessThanOrEquals :end ],
        [ sh:path :end ; csvw:name "end" ; sh:order 5 ; sh:maxCount 1 ;
          sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:gYear ] ) ],
        [ sh:path :size ; csvw:name "size" ; sh:order 6 ; sh:maxCount 1 ; sh:datatype xsd:integer ;
          sh:minInclusive 1 ; sh:maxExclusive 100 ; sh:severity sh:Warning ;
          sh:message "1 to 99 people" ],
        [ sh:path :place ; csvw:name "place" ; sh:order 7 ; sh:class :Place ; sh:maxCount 1 ],
        [ sh:path [ sh:inversePath :hosts ] ; csvw:name "host" ; sh:order 8 ; sh:class :Place ;
          csvw:separator ";" ],
        [ sh:path rdf:type ; csvw:name "format" ; sh:order 9 ; sh:maxCount 1 ],
        [ sh:path :link ; csvw:name "link" ; sh:order 10 ; sh:nodeKind sh:IRI ],
        [ sh:path :mood ; csvw:name "mood" ; sh:order 11 ; sh:class :Mood ; sh:maxCount 1 ],
        [ sh:path :tone ; csvw:name "tone" ; sh:order 12 ; sh:datatype xsd:string ; sh:maxCount 1 ;
          sh:in ( "high" "low" ) ; sh:minLength 3 ; sh:maxLength 4 ],
        [ sh:path :code ; csvw:name "code" ; sh:order 13 ; sh:datatype xsd:string ; sh:maxCount 1 ;
          rihla:identifierScheme "ror" ],
        [ sh:path :silent ; sh:datatype xsd:string ] .
:PlaceShape a sh:NodeShape ; sh:targetClass :Place ; csvw:name "places" ;
    rihla:keyTemplate ( "place/{id}" ) ;
    sh:property [ sh:path :id ; csvw:name "id" ; sh:datatype xsd:string ; sh:maxCount 1 ] .
:SummitShape a sh:NodeShape ; sh:targetClass :Summit ;
    sh:property
        [ sh:path :id ; csvw:name "id" ; sh:datatype xsd:integer ],
        [ sh:path :opened ; csvw:name "opened" ; sh:datatype xsd:date ; sh:maxCount 1 ;
          sh:minCount 1 ; sh:lessThanOrEquals :end ] .
"""


def read(shapes: str = SHAPES, vocabulary: str = VOCABULARY) -> Schema:
    return read_schema(Graph().parse(data=PREFIXES + vocabulary + shapes, format="turtle"))


@pytest.fixture(scope="module")
def schema() -> Schema:
    return read()


@pytest.fixture(scope="module")
def events(schema: Schema) -> TableSchema:
    return schema.tables["events"]


def test_a_shape_with_a_name_is_a_table(schema: Schema, events: TableSchema) -> None:
    assert list(schema.tables) == ["events", "places"]
    assert events.target == "https://example.org/o#Event"
    assert events.key_templates == ("event/{code}", "event/{id}")
    assert events.labels == {"en": "Events", "ar": "أحداث"}


def test_columns_stand_in_the_order_of_the_shape(events: TableSchema) -> None:
    assert [c.name for c in events.columns] == [
        "id", "name_en", "name_ar", "name_fr", "alias", "start", "end", "size", "place", "host",
        "format", "link", "mood", "tone", "code", "opened",
    ]  # fmt: skip


XSD = "http://www.w3.org/2001/XMLSchema#"
SAID: dict[str, dict[str, object]] = {
    "id": {
        "kind": "literal", "path": "https://example.org/o#id", "datatypes": (XSD + "string",),
        "required": True, "separator": None, "pattern": "(?i)^[a-z]+$", "lookup": True,
        "labels": {"en": "Key", "ar": "مفتاح"}, "descriptions": {"en": "The key."},
        "example": "open-day", "inverse": False, "warning": False,
    },
    "name_en": {
        "kind": "literal", "language": "en", "required": True, "datatypes": (),
        "example": "Open day", "separator": None, "path": "https://example.org/o#name",
    },
    "name_ar": {"language": "ar", "required": False, "example": ""},
    "name_fr": {"language": "fr", "required": False, "example": "Portes ouvertes"},
    "alias": {"kind": "text", "separator": "|"},
    "start": {
        "kind": "literal", "datatypes": (XSD + "date", XSD + "gYear"), "partial_date": True,
        "less_or_equal": "end",
    },
    "end": {"less_or_equal": None},
    "size": {
        "limits": {"at_least": 1.0, "less_than": 100.0}, "warning": True,
        "message": "1 to 99 people", "partial_date": False,
    },
    "place": {"kind": "reference", "target": "https://example.org/o#Place", "inverse": False},
    "host": {
        "kind": "reference", "path": "https://example.org/o#hosts", "inverse": True,
        "separator": ";",
    },
    "format": {"kind": "class", "separator": None},
    "link": {"kind": "iri", "separator": "|"},
    "tone": {"values": ("high", "low"), "lengths": (3, 4)},
    "code": {"scheme": "ror"},
    "opened": {"required": False, "less_or_equal": "end"},
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_a_column_is_what_its_shape_says(events: TableSchema, name: str) -> None:
    column = events.by_name[name]
    assert {key: getattr(column, key) for key in SAID[name]} == SAID[name]


def test_a_subclass_adds_to_the_table_of_its_nearest_ancestor(schema: Schema) -> None:
    nearer = (
        ':MeetingShape a sh:NodeShape ; sh:targetClass :Meeting ; csvw:name "meetings" ;'
        ' rihla:keyTemplate ( "m/{id}" ) ; sh:property [ sh:path :id ; csvw:name "id" ;'
        " sh:datatype xsd:string ] ."
    )
    both = read(SHAPES + nearer)
    assert "opened" in both.tables["meetings"].by_name
    assert "opened" not in both.tables["events"].by_name


def test_a_subclass_does_not_change_a_column_that_is_there(events: TableSchema) -> None:
    assert events.by_name["id"].datatypes == (XSD + "string",)


def test_alternatives_name_the_columns_that_are_there(events: TableSchema) -> None:
    assert events.one_of == (("place", "link"),)


def test_alternatives_without_columns_are_none() -> None:
    shapes = SHAPES.replace("sh:path :place ; sh:minCount", "sh:path :x ; sh:minCount")
    shapes = shapes.replace("sh:path :link ; sh:minCount", "sh:path :y ; sh:minCount")
    assert read(shapes).tables["events"].one_of == ()


def test_every_class_knows_those_above_and_below(schema: Schema) -> None:
    summit = "https://example.org/o#Summit"
    assert schema.ancestors[summit] == {
        "https://example.org/o#Event", "https://example.org/o#Meeting", summit,
    }  # fmt: skip
    assert schema.subclasses("https://example.org/o#Meeting") == [
        "https://example.org/o#Meeting", summit,
    ]  # fmt: skip


def test_a_class_goes_by_its_name_and_its_labels(schema: Schema) -> None:
    assert schema.class_keys["https://example.org/o#Meeting"] == {
        "https://example.org/o#meeting", "meeting", "اجتماع",
    }  # fmt: skip


def test_a_label_written_in_parts_is_found_composed() -> None:
    decomposed = VOCABULARY.replace("Événement", "E\u0301ve\u0301nement")
    keys = read(vocabulary=decomposed).class_keys["https://example.org/o#Event"]
    assert "événement" in keys


def test_a_concept_goes_by_notation_and_labels_under_each_of_its_classes(schema: Schema) -> None:
    glad = {key for cls, key, iri in schema.concepts if cls == "https://example.org/o#Mood"}
    assert glad == {"https://example.org/mood/glad", "g", "glad", "heureux", "happy"}
    concept = "http://www.w3.org/2004/02/skos/core#Concept"
    assert (concept, "glad", "https://example.org/mood/glad") in schema.concepts


@pytest.mark.parametrize(
    ("target", "tables"),
    [("Event", ["events"]), ("Summit", ["events"]), ("Place", ["places"]), ("Mood", [])],
)
def test_a_reference_may_mean_rows_of_a_class_above_or_below(
    schema: Schema, target: str, tables: list[str]
) -> None:
    assert [t.name for t in schema.tables_for(f"https://example.org/o#{target}")] == tables


PLAIN = """
:XShape a sh:NodeShape ; sh:targetClass :X ; csvw:name "xs" ; rihla:keyTemplate ( "x/{id}" ) ;
    sh:property [ sh:path :id ; csvw:name "id" ; sh:datatype xsd:string ] .
"""


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        (PLAIN.replace('rihla:keyTemplate ( "x/{id}" ) ;', ""), "lacks rihla:keyTemplate"),
        (PLAIN.replace('csvw:name "xs" ;', ""), "no superclass of"),
        (PLAIN.replace("sh:datatype xsd:string", "sh:order 1"), "neither sh:datatype"),
        (PLAIN.replace("sh:path :id", "sh:path ( :a :b )"), "no plain sh:path"),
        (PLAIN.replace("sh:path :id ;", ""), "no plain sh:path"),
        (
            PLAIN.replace(
                "sh:datatype xsd:string",
                "sh:or ( [ sh:datatype xsd:integer ] [ sh:datatype xsd:date ] )",
            ),
            "several datatypes",
        ),
    ],
    ids=["no key", "no table", "no datatype", "a sequence", "no path", "a number or a date"],
)
def test_a_shape_that_cannot_be_a_table_is_named(shapes: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(shapes)
    assert said in str(caught.value)


def test_a_column_alone_is_a_literal_with_one_value() -> None:
    column = Column("x", "https://example.org/o#x", "literal")
    assert (column.required, column.separator, column.partial_date) == (False, None, False)
