"""Bioschemas: courses, their instances and events, in every shape that pages publish."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.ontology import Ontology
from kg.pipeline.load import load_sources
from kg.settings import SourceSettings, load_settings
from kg.sources import SourceTables, read_source
from tests.conftest import ROOT, write_project

DATA = Path(__file__).parent.parent / "data" / "bioschemas"

Cells = dict[str, object]
Reader = Callable[[object], SourceTables]


def read_path(ontology: Ontology, path: Path) -> SourceTables:
    settings = SourceSettings(
        "b", "bioschemas", path, "B", "https://example.org/l", dt.date(2026, 11, 20)
    )
    return read_source(settings, ontology.schema)


@pytest.fixture(scope="module")
def found(ontology: Ontology) -> SourceTables:
    return read_path(ontology, DATA)


@pytest.fixture
def read(tmp_path: Path, ontology: Ontology) -> Reader:
    def reader(value: object) -> SourceTables:
        file = tmp_path / "a.json"
        file.write_text(value if isinstance(value, str) else json.dumps(value))
        return read_path(ontology, file)

    return reader


def rows(found: SourceTables, name: str, *columns: str) -> list[Cells]:
    cells = [row for table in found.tables if table.name == name for row in table.frame.to_dicts()]
    return [{c: row.get(c) for c in columns} if columns else row for row in cells]


def training(found: SourceTables, key: str) -> Cells:
    (row,) = [row for row in rows(found, "trainings") if row["id"] == key]
    return {name: value for name, value in row.items() if value is not None}


def doubts(found: SourceTables, column: str) -> list[str | None]:
    return [
        n.value for t in found.tables for n in t.notes
        if n.column == column and n.severity == "warning"
    ]  # fmt: skip


def event(**fields: object) -> dict[str, object]:
    return {"@context": "https://schema.org", "@type": "Event", "name": "E",
            "startDate": "2020-01-01", **fields}  # fmt: skip


def test_all_of_it_passes_the_checks(ontology: Ontology, tmp_path: Path) -> None:
    extra = f"""
    [[source]]
    id = "b"
    kind = "bioschemas"
    path = "{DATA}"
    title = "B"
    licence = "https://example.org/l"
    retrieved = 2026-11-20
    """
    project = write_project(tmp_path, ROOT / "data" / "tables", extra)
    loaded = load_sources(load_settings(project), ontology.schema)
    assert [p for p in loaded.problems if p.source == "b" and p.severity == "error"] == []


def test_a_course_is_a_curriculum_and_its_instances_trainings(found: SourceTables) -> None:
    curriculum = rows(found, "curricula")[0]
    assert curriculum["id"] == "b-training-example-org-courses-maps"
    assert curriculum["name"] == "Maps for beginners@fr"
    assert str(curriculum["topic"]).endswith("/topic/geography")
    assert training(found, "b-training-example-org-courses-maps-1") | {"topic": "", "_row": 0} == {
        "id": "b-training-example-org-courses-maps-1",
        "name": "Maps for beginners@fr",
        "format": "Course",
        "curriculum": "b-training-example-org-courses-maps",
        "start_date": "2022-06-08",
        "end_date": "2022-06-09",
        "mode": "in-person",
        "venue": "House of Maps, Lausanne",
        "country": "CH",
        "latitude": "46.5",
        "longitude": "6.6",
        "organiser": "b-institute-of-examples",
        "language": "fr",
        "description": "Reading and drawing maps.@fr",
        "url": "https://training.example.org/courses/maps/1",
        "topic": "",
        "_row": 0,
    }


def test_a_schedule_gives_the_dates_and_online_has_no_place(found: SourceTables) -> None:
    second = training(found, "b-training-example-org-courses-maps-2-2022-10")
    assert (second["start_date"], second["end_date"]) == ("2022-10", "2022-11")
    assert second["mode"] == "online"
    assert not {"venue", "country"} & set(second)


def test_called_off_and_merely_mentioned_events_are_no_trainings(found: SourceTables) -> None:
    names = [str(row["name"]) for row in rows(found, "trainings")]
    assert not [name for name in names if "Called off" in name or "mentioned" in name]
    notes = [n.accepted for t in found.tables for n in t.notes if n.value == "Called off"]
    assert notes == ["left out: EventCancelled"]


def test_a_graph_joins_nodes_by_id(found: SourceTables) -> None:
    winter = training(found, "b-graph-jsonld-winter")
    assert winter["name"] == "Winter week"
    assert winter["series"] == rows(found, "series")[0]["id"] == "b-graph-jsonld-series"
    assert (winter["mode"], winter["country"]) == ("hybrid", "KE")
    assert winter["venue"] == "1 Main Street, Nairobi, Kenya"
    assert winter["format"] == "Workshop"
    assert winter["language"] == "en|fr"
    assert str(winter["topic"]).count("/topic/") == 2
    assert winter["organiser"] == "b-society-of-examples"
    assert winter["funder"] == "b-fund-of-examples"
    opening = training(found, "b-opening-lecture-2021-02-01")
    assert opening["part_of"] == "b-graph-jsonld-winter"


def test_people_are_one_only_with_orcid_or_organisation(found: SourceTables) -> None:
    people = {str(p["name"]): p for p in rows(found, "people")}
    assert people["Ada Lovel"]["orcid"] == "0000-0002-1825-0097"
    assert people["Ada Lovel"].get("url") is None
    # Nils taught twice, both times for the same institute.
    assert len(rows(found, "people")) == 3
    parts = [(p["role"], p["training"]) for p in rows(found, "participations")]
    assert ("organiser", "b-graph-jsonld-winter") in parts
    assert len([p for p in parts if p[0] == "educator"]) == 3


def test_names_in_two_organisations_are_two_people(read: Reader) -> None:
    person = {"@type": "Person", "name": "Sam Same"}
    organisers = ["One", "Two"]
    found = read([event(organizer=o, performer=person, url=f"https://e.org/{o}")
                  for o in organisers])  # fmt: skip
    assert len(rows(found, "people")) == 2


def test_an_organisation_gathers_what_its_nodes_say(found: SourceTables, read: Reader) -> None:
    organisations = {str(o["name"]): o for o in rows(found, "organisations")}
    assert organisations["Institute of Examples"]["ror"] == "002n09z45"
    assert organisations["Fund of Examples"]["country"] == "KE"
    again = read([
        event(organizer="Institute", url="https://e.org/1"),
        event(organizer={"@type": "Organization", "name": "Institute",
                         "sameAs": ["https://e.org", "https://ror.org/002n09z45"]},
              url="https://e.org/2"),
    ])  # fmt: skip
    assert rows(again, "organisations", "id", "ror") == [
        {"id": "b-institute", "ror": "002n09z45"},
    ]


def test_talks_of_one_page_are_told_apart_by_their_day(found: SourceTables) -> None:
    keys = [str(row["id"]) for row in rows(found, "trainings")]
    assert "b-example-org-talks-2020-03-01" in keys
    assert "b-example-org-talks-2020-04-01" in keys


def test_what_is_doubtful_is_said_and_not_guessed(found: SourceTables) -> None:
    assert doubts(found, "country") == ["Atlantis"]
    assert "country" not in training(found, "b-example-org-talks-2020-04-01")  # Atlanta, Georgia
    assert "Nobody knows what this is" in doubts(found, "name")
    assert "https://example.org/who" in doubts(found, "name")
    assert "Ada Lovel, Nils Olsen" in doubts(found, "name")


def test_a_page_gives_its_scripts_and_a_broken_one_is_a_doubt(found: SourceTables) -> None:
    page = training(found, "b-from-a-page-2019-05-06")
    assert (page["mode"], page["name"]) == ("online", "From a page")
    (broken,) = doubts(found, "id")
    assert str(broken).startswith('{"@type": "Event"')


def test_a_page_of_another_name_is_a_page(tmp_path: Path, ontology: Ontology) -> None:
    (tmp_path / "events").write_text((DATA / "page.html").read_text())
    assert len(rows(read_path(ontology, tmp_path / "events"), "trainings")) == 1


def test_unknown_keywords_are_told(found: SourceTables) -> None:
    (note,) = [n for t in found.tables for n in t.notes
               if n.column == "topic" and n.file.endswith("course.json")]  # fmt: skip
    assert note.value == "1 keywords: Basket weaving"


@pytest.mark.parametrize(
    ("fields", "mode"),
    [
        ({"location": {"@type": "VirtualLocation"}}, "online"),
        ({"location": {"@type": "Place", "name": "Online"}}, "online"),
        ({"location": "https://meet.example.org"}, "online"),
        ({"location": "Main hall"}, "in-person"),
        ({"location": ["Main hall", {"@type": "VirtualLocation"}]}, "hybrid"),
        ({"courseMode": "blended"}, "hybrid"),
        ({"eventStatus": "EventMovedOnline", "location": "Main hall"}, "online"),
        ({"eventAttendanceMode": "OfflineEventAttendanceMode"}, "in-person"),
        ({}, None),
    ],
)
def test_modes(read: Reader, fields: dict[str, object], mode: str | None) -> None:
    (row,) = rows(read(event(**fields)), "trainings", "mode")
    assert row["mode"] == mode


def test_contexts_are_not_fetched(read: Reader) -> None:
    # The child that reads has no network: a fetch would be an error.
    found = read({**event(), "@context": "https://127.0.0.1/context.jsonld"})
    assert len(rows(found, "trainings")) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"@type": "Event",\n "name": }', "line 2, column 10: is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * 300 + "]" * 300, "nested deeper than 100 levels"),
        ("{}", "there is no Course, CourseInstance or Event"),
        ('{"@type": "Recipe"}', "there is no Course, CourseInstance or Event"),
        ("3", "there is no Course, CourseInstance or Event"),
    ],
)
def test_what_is_no_json_ld_of_trainings_is_refused(
    read: Reader, content: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read(content)


def test_an_empty_folder_is_refused(tmp_path: Path, ontology: Ontology) -> None:
    with pytest.raises(InputError, match="there is no file"):
        read_path(ontology, tmp_path)
