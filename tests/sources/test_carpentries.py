"""The Carpentries' feeds with their traps; tests/sources/data/carpentries holds one each."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from kg.errors import InputError, SettingsError
from kg.ontology import Ontology
from kg.schema import Schema
from kg.settings import SourceSettings
from kg.sources import SourceTables, read_source

DATA = Path(__file__).parent / "data" / "carpentries"
FEED = "all_past_workshops_2020-01-01.json"
Rows = dict[str, list[dict[str, str | None]]]


def source(path: Path, **options: object) -> SourceSettings:
    return SourceSettings(
        id="carpentries",
        kind="carpentries",
        path=path,
        title="The Carpentries",
        licence="https://creativecommons.org/licenses/by/4.0/",
        retrieved=dt.date(2020, 1, 1),
        options=options,
    )


def rows_of(found: SourceTables) -> Rows:
    """Return the rows of each table, those of several tables of a name together."""
    rows: Rows = {}
    for table in found.tables:
        rows.setdefault(table.name, []).extend(table.frame.to_dicts())
    return rows


@pytest.fixture(scope="module")
def schema(ontology: Ontology) -> Schema:
    return ontology.schema


@pytest.fixture(scope="module")
def rows(schema: Schema) -> Rows:
    return rows_of(read_source(source(DATA), schema))


@pytest.fixture(scope="module")
def trainings(rows: Rows) -> dict[str | None, dict[str, str | None]]:
    return {row["id"]: row for row in rows["trainings"]}


def test_a_workshop_is_told_whole(trainings: dict[str, dict[str, object]]) -> None:
    assert trainings["2019-05-06-accra"] == {
        "_row": 1,
        "id": "2019-05-06-accra",
        "name": "Main hall, 2019-05-06",
        "format": "Workshop",
        "programme": "software-carpentry",
        "curriculum": "swc-python|swc-git",
        "start_date": "2019-05-06",
        "end_date": "2019-05-07",
        "mode": "in-person",
        "venue": "Main hall",
        "country": "GH",
        "latitude": "5.65",
        "longitude": "-0.187",
        "host": "carpentries-test-university-of-accra",
        "url": "https://example.org/2019-05-06-accra/",
    }


@pytest.mark.parametrize(
    ("key", "column", "value"),
    [
        # W3 is no country: the workshop was online
        ("2019-06-03-accra-online", "country", None),
        ("2019-06-03-accra-online", "mode", "online"),
        # 45, -1 stands where no place is known
        ("2019-06-03-accra-online", "latitude", None),
        ("2019-06-03-accra-online", "longitude", None),
        # Monash Malaysia is filed under Morocco
        ("2020-10-13-monashmalaysia-online", "country", "MY"),
        # an empty country, and "EU", are unknown
        ("2018-03-05-nowhere", "country", None),
        ("2017-09-04-ttt", "country", None),
        ("2017-09-04-ttt", "latitude", "48.2"),
        # what the feed calls hosts hosted nothing
        ("2018-03-05-nowhere", "host", None),
        ("2017-09-04-ttt", "host", None),
        # tags mix topics with the state of the workflow
        ("2018-03-05-nowhere", "programme", None),
        ("2020-10-13-monashmalaysia-online", "programme", "library-carpentry"),
        ("2017-09-04-ttt", "format", "Course"),
        # a workshop without venue goes by its host
        ("2016-02-01-lome", "name", "Test University of Accra, 2016-02-01"),
        ("2019-06-03-accra-online", "url", None),
    ],
)
def test_a_trap_of_the_feed(
    trainings: dict[str, dict[str, str | None]], key: str, column: str, value: str | None
) -> None:
    assert trainings[key].get(column) == value


def test_a_host_stands_once_in_the_country_where_it_hosts_most(rows: Rows) -> None:
    # Twice in Ghana, once in Togo, once online; once with a space behind its name.
    assert [(r["id"], r["name"], r["country"]) for r in rows["organisations"]] == [
        ("carpentries-test-university-of-accra", "Test University of Accra", "GH"),
        ("carpentries-test-university-malaysia", "Test University Malaysia", None),
    ]


def test_each_programme_stands_at_its_first_workshop(rows: Rows) -> None:
    assert {(r["_row"], r["id"]) for r in rows["programmes"]} == {
        (1, "software-carpentry"), (2, "data-carpentry"), (4, "instructor-training"),
        (5, "library-carpentry"),
    }  # fmt: skip


def test_people_are_known_by_the_printed_name(rows: Rows) -> None:
    # Spaces do not tell people apart; an accent does: two spellings may be two people.
    names = {r["name"]: r["id"] for r in rows["people"]}
    assert set(names) == {
        "Ama Specimen", "Kofi Sample", "Zoé Muster", "Zoe Muster", "王小明", "Never Taught",
    }  # fmt: skip
    assert len(set(names.values())) == len(names)
    assert names["Ama Specimen"] == "carpentries-ama-specimen"
    assert {r["consent"] for r in rows["people"]} == {"published"}


def roles(rows: Rows, training: str) -> list[tuple[str | None, str | None]]:
    own = [r for r in rows["participations"] if r["training"] == training]
    return [(r["role"], r["person"]) for r in own]


def test_a_name_twice_in_a_cell_is_one_and_in_two_roles_two(rows: Rows) -> None:
    found = roles(rows, "2019-05-06-accra")
    assert found[:3] == [
        ("educator", "carpentries-ama-specimen"),
        ("educator", "carpentries-kofi-sample"),
        ("helper", "carpentries-kofi-sample"),
    ]
    assert [role for role, _ in found[3:]] == ["helper", "learner"]


def test_the_home_of_an_instructor_is_that_of_one_airport(rows: Rows) -> None:
    homes = {(r["person"], r["country"]) for r in rows["participations"] if r["person"]}
    assert ("carpentries-ama-specimen", "GH") in homes
    # A namesake at an airport of another country: nobody knows which.
    assert ("carpentries-kofi-sample", None) in homes
    noted = [r for r in rows["participations"] if r["country"]]
    assert all("nearest airport" in str(r["note"]) for r in noted)


def test_attendance_counts_learners_and_zero_counts_nobody(rows: Rows) -> None:
    learners = {r["training"]: r["headcount"] for r in rows["participations"] if r["headcount"]}
    # The first file that knows a workshop wins; zero, empty and words are unknown.
    assert learners == {"2019-05-06-accra": "24", "2017-09-04-ttt": "21"}


def test_badges_become_outcomes_of_those_who_got_them(rows: Rows) -> None:
    assert [(r["id"], r["name"], r["date"], r["person"], r["type"]) for r in rows["outcomes"]] == [
        (
            "carpentries-swc-instructor-ama-specimen",
            "Software Carpentry instructor: Ama Specimen",
            "2016-05-04",
            "carpentries-ama-specimen",
            "Certificate",
        ),
        (
            "carpentries-swc-instructor-never-taught",
            "Software Carpentry instructor: Never Taught",
            "2017-01-01",
            "carpentries-never-taught",
            "Certificate",
        ),
        (
            "carpentries-trainer-ama-specimen",
            "Carpentries instructor trainer: Ama Specimen",
            "2018-01-01",
            "carpentries-ama-specimen",
            "Certificate",
        ),
    ]


def test_every_row_names_its_record(schema: Schema) -> None:
    for table in read_source(source(DATA), schema).tables:
        assert table.frame["_row"].min() >= 1  # type: ignore[operator]
        assert table.source == "carpentries"
        assert Path(table.file).parent == DATA


def test_the_files_that_were_read_are_named(schema: Schema) -> None:
    assert [path.name for path in read_source(source(DATA), schema).files] == [
        FEED, "amy_2018-09-19.json", "all_workshops_2018.csv", "instructor_training_events.csv",
    ]  # fmt: skip


def test_the_workshops_alone_are_enough(schema: Schema, tmp_path: Path) -> None:
    shutil.copy(DATA / FEED, tmp_path)
    alone = rows_of(read_source(source(tmp_path), schema))
    assert len(alone["trainings"]) == 7
    assert "outcomes" not in alone
    assert not any(r.get("headcount") for r in alone["participations"])


def test_a_feed_without_workshops_is_one_of_empty_tables(schema: Schema, tmp_path: Path) -> None:
    (tmp_path / FEED).write_text("[]")
    assert all(t.frame.is_empty() for t in read_source(source(tmp_path), schema).tables)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (FEED, '[\n{"slug": }\n]', "line 2, column 10: is not JSON"),
        (FEED, "{}", "is no list of workshops"),
        (FEED, "[1]", "record 1: there is no country"),
        (FEED, json.dumps([{"slug": "x"}]), "record 1: there is no country, curriculum"),
        ("all_workshops_2018.csv", "slug,start\nx,2019\n", "the column attendance is missing"),
        ("all_workshops_2018.csv", "", "the file is empty"),
    ],
    ids=["no JSON", "no list", "no record", "no fields", "no attendance", "empty"],
)
def test_a_file_of_another_form_is_refused(
    schema: Schema, tmp_path: Path, name: str, content: str, said: str
) -> None:
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError) as caught:
        read_source(source(tmp_path), schema)
    assert said in str(caught.value)
    assert name in str(caught.value)


def test_a_folder_without_the_feed_says_what_belongs_there(schema: Schema, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no all_past_workshops\*\.json"):
        read_source(source(tmp_path), schema)


def test_an_option_that_nobody_knows_is_refused(schema: Schema) -> None:
    with pytest.raises(SettingsError, match="only is not known to the kind carpentries"):
        read_source(source(DATA, only=["people"]), schema)
