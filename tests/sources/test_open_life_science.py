"""Open Life Science: the YAML's keys are who people are, names join only where unique."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.ontology import Ontology
from kg.pipeline.load import Loaded, load_sources
from kg.settings import SourceSettings, load_settings
from kg.sources import SourceTables, read_source
from tests.conftest import ROOT, write_project

DATA = Path(__file__).parent / "data" / "open-life-science"

Cells = dict[str, object]


def read(ontology: Ontology, folder: Path) -> SourceTables:
    settings = SourceSettings(
        "ols", "open-life-science", folder, "OLS", "https://example.org/l", dt.date(2026, 11, 20)
    )
    return read_source(settings, ontology.schema)


@pytest.fixture(scope="module")
def found(ontology: Ontology) -> SourceTables:
    return read(ontology, DATA)


@pytest.fixture(scope="module")
def loaded(ontology: Ontology, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    extra = f"""
    [[source]]
    id = "ols"
    kind = "open-life-science"
    path = "{DATA}"
    title = "OLS"
    licence = "https://example.org/l"
    retrieved = 2026-11-20
    """
    folder = tmp_path_factory.mktemp("ols")
    project = write_project(folder, ROOT / "data" / "tables", extra)
    return load_sources(load_settings(project), ontology.schema)


def rows(found: SourceTables, name: str, *columns: str) -> list[Cells]:
    cells = [row for table in found.tables if table.name == name for row in table.frame.to_dicts()]
    return [{c: row.get(c) for c in columns} if columns else row for row in cells]


def notes(found: SourceTables, column: str) -> list[str | None]:
    return [
        note.value
        for table in found.tables
        for note in table.notes
        if note.column == column and note.severity == "warning"
    ]


def test_every_row_is_kept_or_counted_as_merged(loaded: Loaded) -> None:
    counts = [row[1:] for row in loaded.counts().rows if row[0] == "ols"]
    assert all(refused == 0 for *_, refused, _ in counts)
    # Sam and Nils stand twice in the spreadsheet, Ada twice in the YAML, in every cell alike.
    assert {row[0]: row[4] for row in counts if row[4]} == {"affiliations": 1, "participations": 2}


def test_cohorts_are_trainings_of_a_series(found: SourceTables) -> None:
    trainings = rows(found, "trainings", "id", "series", "format", "start_date", "end_date")
    assert [t for t in trainings if t["series"]] == [
        {"id": "neb-1", "series": "nebula", "format": "Course",
         "start_date": None, "end_date": None},
        {"id": "ols-1", "series": "open-seeds", "format": "Course",
         "start_date": "2020-01-20", "end_date": "2020-01-22"},
        {"id": "ols-9-dra", "series": "open-seeds", "format": "Course",
         "start_date": None, "end_date": None},
    ]  # fmt: skip


def test_a_date_of_1900_is_a_doubt_and_no_date(found: SourceTables) -> None:
    assert notes(found, "start_date") == ["March 05, 1900"]


def test_dated_calls_that_teach_are_parts_of_their_cohort(found: SourceTables) -> None:
    trainings = rows(found, "trainings", "id", "part_of", "format", "url")
    assert [t for t in trainings if t["format"] == "Seminar"] == [
        {"id": "ols-1-2020-01-22", "part_of": "ols-1", "format": "Seminar",
         "url": "https://video.example.org/welcome"},
        {"id": "ols-1-2020-01-22-2", "part_of": "ols-1", "format": "Seminar", "url": None},
    ]  # fmt: skip


def test_a_speaker_of_two_talks_is_there_once_with_both(found: SourceTables) -> None:
    parts = rows(found, "participations", "training", "role", "person", "note")
    speakers = [p for p in parts if p["training"] == "ols-1-2020-01-22" and p["role"] == "educator"]
    assert [(p["person"], p["note"]) for p in speakers] == [
        ("ols-jose-perez-6120facc", "Why open; How open@en"),
        ("ols-sam", "A talk that no schedule has@en"),
    ]
    assert {"training": "ols-9-dra", "role": "educator", "person": "ols-sam",
            "note": "A talk on no call's day@en"} in parts  # fmt: skip


def test_one_orcid_and_one_last_name_are_one_person(found: SourceTables) -> None:
    people = {p["id"]: p for p in rows(found, "people")}
    assert sorted(map(str, people)) == [
        "ols-0x42", "ols-clash", "ols-jose-perez-6120facc", "ols-no", "ols-sam", "ols-sam2",
    ]  # fmt: skip
    assert people["ols-0x42"]["orcid"] == "0000-0002-1825-0097"
    parts = rows(found, "participations", "id", "person")
    assert {"id": "ols-9-dra-facilitator-ada-lovel", "person": "ols-0x42"} in parts


def test_one_orcid_under_two_names_belongs_to_neither(found: SourceTables) -> None:
    people = {p["id"]: p["orcid"] for p in rows(found, "people", "id", "orcid")}
    assert (people["ols-sam"], people["ols-clash"]) == (None, None)
    assert notes(found, "orcid") == [
        "(email removed)", "0000-0001-5109-3700", "0000-0001-5109-3700",
    ]  # fmt: skip


def test_a_name_alone_merges_nobody(found: SourceTables) -> None:
    assert len([p for p in rows(found, "people") if p["name"] == "Sam Same"]) == 2


def test_projects_are_mentorships_and_outcomes_where_they_graduated(found: SourceTables) -> None:
    mentorships = {t["id"]: t for t in rows(found, "trainings") if t.get("format") == "Mentorship"}
    assert sorted(map(str, mentorships)) == [
        "ols-1-a-project-stopped", "ols-1-open-soil-maps", "ols-9-dra-only-in-the-spreadsheet",
    ]  # fmt: skip
    soil = mentorships["ols-1-open-soil-maps"]
    assert (soil["start_date"], soil["end_date"]) == ("2020-01-20", "2020-01-22")  # its cohort's
    assert soil["description"] == "Maps of soil . Made in the open.@en".replace(" .", ".")
    assert str(soil["topic"]).endswith("/topic/soil-science")
    assert str(soil["method"]).endswith("/method/version-control-git")
    outcomes = rows(found, "outcomes", "id", "type", "person", "url")
    assert outcomes[0] == {
        "id": "ols-1-open-soil-maps-project", "type": "CompletedProject",
        "person": "ols-0x42|ols-no", "url": "https://video.example.org/soil",
    }  # fmt: skip
    assert len(outcomes) == 2  # the stopped one is no outcome


def test_display_names_join_only_where_one_person_bears_them(found: SourceTables) -> None:
    parts = rows(found, "participations", "training", "role", "person")
    mine = [p for p in parts if p["training"] == "ols-9-dra-only-in-the-spreadsheet"]
    assert [(p["role"], p["person"]) for p in mine] == [
        ("learner", "ols-no"), ("mentor", "ols-jose-perez-6120facc"),
    ]  # fmt: skip
    assert "Sam Same" in notes(found, "person")


def test_doubtful_countries_cohorts_and_roles_are_said_and_not_guessed(found: SourceTables) -> None:
    assert notes(found, "country") == ["Europe", "Norway / Sweden"]
    assert notes(found, "role") == ["juggler"]
    assert notes(found, "training") == ["77"]
    assert notes(found, "part_of") == ["77"]


def test_fundings_keep_amounts_that_are_numbers(found: SourceTables) -> None:
    fundings = rows(found, "fundings", "funder", "amount", "currency", "date")
    assert fundings == [
        {"funder": "ols-partner-fund", "amount": "3000", "currency": "GBP", "date": "2019-01"},
        {"funder": "ols-partner-fund", "amount": None, "currency": None, "date": None},
    ]
    assert notes(found, "amount") == ["1.2 million across two grants"]
    assert notes(found, "date") == ["Februrary 2021"]


def test_affiliations_name_institutions_in_their_country(found: SourceTables) -> None:
    assert rows(found, "affiliations", "person", "organisation") == [
        {"person": "ols-0x42", "organisation": "ols-affiliation-university-of-examples-ke"},
        {"person": "ols-0x42", "organisation": "ols-affiliation-university-of-examples-ke"},
    ]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("yaml/people.yaml", "- a\n- b\n", "people.yaml: is no mapping of people"),
        ("yaml/people.yaml", "a: text\n", "people.yaml: a has no fields"),
        ("yaml/ols-1-projects.yaml", "name: x\n", "ols-1-projects.yaml: is no list of records"),
        ("artifacts/people_per_cohort.csv", "id,role\na,b\n", "row 1: the column cohort, country"),
    ],
)  # fmt: skip
def test_a_file_of_another_form_is_refused(
    copied: Path, ontology: Ontology, file: str, content: str, message: str
) -> None:
    (copied / file).write_text(content)
    with pytest.raises(InputError, match=message):
        read(ontology, copied)


def test_a_folder_without_people_is_refused(tmp_path: Path, ontology: Ontology) -> None:
    with pytest.raises(InputError, match=r"there is no people\.yaml"):
        read(ontology, tmp_path)
