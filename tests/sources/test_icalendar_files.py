"""iCalendar: folding, zones, whole days, recurrences, revisions, and what is nobody's business."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InputError, SettingsError
from kg.ontology import Ontology
from kg.pipeline.load import load_sources
from kg.settings import SourceSettings, load_settings
from kg.sources import SourceTables, read_source
from kg.sources.calendar_dates import MAX_OCCURRENCES
from tests.conftest import ROOT, write_project

DATA = Path(__file__).parent / "data" / "icalendar" / "events.ics"
KEY = "i-{}-example-org"

Cells = dict[str, Any]
Reader = Callable[..., SourceTables]


def read_path(ontology: Ontology, path: Path, **options: object) -> SourceTables:
    settings = SourceSettings(
        "i", "icalendar", path, "I", "https://example.org/l", dt.date(2026, 11, 20),
        options=options,
    )  # fmt: skip
    return read_source(settings, ontology.schema)


@pytest.fixture(scope="module")
def found(ontology: Ontology) -> SourceTables:
    return read_path(ontology, DATA)


@pytest.fixture
def read(tmp_path: Path, ontology: Ontology) -> Reader:
    """Read one event of the given lines."""

    def reader(*lines: str, head: str = "", **options: object) -> SourceTables:
        body = ["BEGIN:VCALENDAR", *([head] if head else []), "BEGIN:VEVENT", *lines]
        file = tmp_path / "a.ics"
        file.write_text("\r\n".join([*body, "END:VEVENT", "END:VCALENDAR", ""]))
        return read_path(ontology, file, **options)

    return reader


def rows(found: SourceTables, name: str, *columns: str) -> list[Cells]:
    cells = [row for table in found.tables if table.name == name for row in table.frame.to_dicts()]
    return [{c: row.get(c) for c in columns} if columns else row for row in cells]


def training(found: SourceTables, key: str) -> Cells:
    (row,) = [row for row in rows(found, "trainings") if row["id"] == KEY.format(key)]
    return {name: value for name, value in row.items() if value is not None}


def notes(found: SourceTables, severity: str) -> list[tuple[str, str | None]]:
    return [(n.column, n.value) for t in found.tables for n in t.notes if n.severity == severity]


def test_all_of_it_passes_the_checks(ontology: Ontology, tmp_path: Path) -> None:
    extra = f"""
    [[source]]
    id = "i"
    kind = "icalendar"
    path = "{DATA}"
    title = "I"
    licence = "https://example.org/l"
    retrieved = 2026-11-20
    organiser = "Institute of Examples"
    """
    project = write_project(tmp_path, ROOT / "data" / "tables", extra)
    loaded = load_sources(load_settings(project), ontology.schema)
    assert [p for p in loaded.problems if p.source == "i" and p.severity == "error"] == []


def test_an_event_with_all_that_the_tables_hold(found: SourceTables) -> None:
    event = training(found, "one")
    assert str(event.pop("topic")).endswith("/topic/open-science")
    assert event == {
        "id": "i-one-example-org",
        "name": "Evening of maps, and of a long title@en",
        "format": "Workshop",
        "start_date": "2020-03-02",
        "end_date": "2020-03-02",  # midnight ends the day before
        "mode": "in-person",
        "venue": "House of Maps, 1 Main Street, Perth, Australia",
        "country": "AU",
        "latitude": "-31.9500000",
        "longitude": "115.8600000",
        "organiser": "i-institute-of-examples",
        "description": "First line second line with markup and a bar | in it",
        "url": "https://example.org/maps",
        "_row": 1,
    }


def test_no_mail_address_and_no_attendee_is_kept(found: SourceTables) -> None:
    everything = repr([table.frame.to_dicts() for table in found.tables])
    assert "Private" not in everything
    assert "mailto" not in everything
    assert "office@" not in everything


def test_the_end_of_whole_days_is_the_day_after(found: SourceTables) -> None:
    event = training(found, "allday")
    assert (event["start_date"], event["end_date"]) == ("2020-04-10", "2020-04-11")
    assert event["mode"] == "online"
    assert "country" not in event


def test_utc_is_read_in_the_calendars_zone(found: SourceTables) -> None:
    event = training(found, "utc")
    assert (event["start_date"], event["end_date"]) == ("2020-06-30", "2020-06-30")
    # A country alone is no place where people met.
    assert event["country"] == "AU"
    assert not {"venue", "mode"} & set(event)


def test_recurring_events_are_a_series_of_trainings(found: SourceTables) -> None:
    series = rows(found, "series", "id", "name")
    assert series == [{"id": "i-weekly-example-org", "name": "Reading group"}]
    held = [
        t for t in rows(found, "trainings", "id", "name", "series", "start_date") if t["series"]
    ]
    assert [(t["id"].removeprefix("i-weekly-example-org-"), t["start_date"]) for t in held] == [
        ("2020-05-01", "2020-05-01"),
        ("2020-05-08", "2020-05-09"),  # moved; its key stays
        ("2020-06-01", "2020-06-01"),  # a further date; the 15th is excepted, the 22nd cancelled
    ]
    assert held[1]["name"] == "Reading group on a Saturday"


def test_the_newest_state_of_an_event_counts(found: SourceTables) -> None:
    assert training(found, "revised")["start_date"] == "2020-08-03"


def test_two_events_with_one_uid_stay_two(found: SourceTables) -> None:
    keys = [row["id"] for row in rows(found, "trainings") if "shared" in row["id"]]
    assert keys == ["i-shared-example-org-20200901", "i-shared-example-org-20210901"]


def test_what_is_left_out_is_told(found: SourceTables) -> None:
    said = notes(found, "info")
    assert ("name", "Cancelled") in said
    assert ("name", "PRIVATE") in said
    assert "A private matter" not in repr(said)
    assert ("format", "Workshop, Seminar") in notes(found, "warning")
    assert ("url", "123") in notes(found, "warning")


def test_only_wanted_categories(ontology: Ontology) -> None:
    found = read_path(ontology, DATA, categories=["open SCIENCE"])
    assert [row["id"] for row in rows(found, "trainings")] == ["i-one-example-org"]


def test_the_calendars_organiser_stands_for_those_without_one(ontology: Ontology) -> None:
    found = read_path(ontology, DATA, organiser="Society of Examples", organiser_country="Kenya")
    organisers = {row["organiser"] for row in rows(found, "trainings", "organiser")}
    assert organisers == {"i-institute-of-examples", "i-society-of-examples"}
    countries = {row["id"]: row["country"] for row in rows(found, "organisations", "id", "country")}
    assert countries == {"i-institute-of-examples": None, "i-society-of-examples": "Kenya"}


def test_organizers_may_be_people_or_nobody(read: Reader) -> None:
    event = ("UID:1", "DTSTART:20200101T090000", "SUMMARY:S", "ORGANIZER;CN=Ada Lovel:mailto:a@b.c")
    found = read(*event, organizer_is="person")
    assert [row["name"] for row in rows(found, "people")] == ["Ada Lovel"]
    assert [row["role"] for row in rows(found, "participations")] == ["organiser"]
    assert rows(found, "organisations") == []
    assert rows(read(*event, organizer_is="nobody"), "people") == []


def test_a_common_name_that_is_an_address_is_none(read: Reader) -> None:
    found = read("UID:1", "DTSTART:20200101", "ORGANIZER;CN=a@b.example.org:mailto:a@b.example.org")
    assert rows(found, "organisations") == []


def test_a_cancelled_calendar_holds_no_training(read: Reader) -> None:
    assert rows(read("UID:1", "DTSTART:20200101", head="METHOD:CANCEL"), "trainings") == []


def test_an_event_without_start_is_a_doubt(read: Reader) -> None:
    found = read("UID:1", "SUMMARY:When?")
    assert rows(found, "trainings") == []
    assert notes(found, "warning") == [("start_date", None)]


@pytest.mark.parametrize(
    ("rule", "held", "doubtful"),
    [
        ("FREQ=MONTHLY;COUNT=3;BYDAY=1MO", 4, False),  # the start counts, though no Monday
        ("FREQ=YEARLY;UNTIL=20230101T090000Z", 4, False),
        ("FREQ=DAILY;UNTIL=20200103", 3, False),
        ("FREQ=DAILY;COUNT=100000", MAX_OCCURRENCES, True),
        ("FREQ=WEEKLY", 1, True),
        ("FREQ=SECONDLY;COUNT=5", 1, True),
        ("FREQ=DAILY;COUNT=2;BYHOUR=1,2,3", 1, True),
        ("FREQ=YEARLY;COUNT=1;BYMONTH=2;BYMONTHDAY=31", 1, False),
        ("FREQ=DAILY;COUNT=1;BYMONTH=2;BYMONTHDAY=31", 1, True),
        ("FREQ=MONTHLY;COUNT=2;BYDAY=-1FR", 3, False),
    ],
)
def test_rules(read: Reader, rule: str, held: int, doubtful: bool) -> None:
    found = read("UID:1", "DTSTART:20200101T090000", "SUMMARY:S", f"RRULE:{rule}")
    assert len(rows(found, "trainings")) == held
    assert bool(notes(found, "warning")) == doubtful
    assert len(rows(found, "series")) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not a calendar", "found 0 events that begin and 0 that end"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:cut", "found 1 events that begin and 0 that end"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nno colon\nEND:VEVENT\nEND:VCALENDAR\n", None),
        (
            "BEGIN:VCALENDAR\nEND:VEVENT\nBEGIN:VEVENT\n",
            "1 of 1 events stand outside of a calendar",
        ),
    ],
)
def test_what_is_no_calendar_is_refused(
    tmp_path: Path, ontology: Ontology, content: str, message: str | None
) -> None:
    file = tmp_path / "a.ics"
    file.write_text(content)
    if message is None:  # the line is told, and the event lacks its start
        assert [c for c, _ in notes(read_path(ontology, file), "warning")] == [
            "name", "start_date",
        ]  # fmt: skip
        return
    with pytest.raises(InputError, match=message):
        read_path(ontology, file)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("DTEND:garbage", "end_date"),
        ("DURATION:P9999999999D", "end_date"),
        ("RRULE:garbage", "start_date"),
        ("RRULE:FREQ=DAILY;COUNT=x", "start_date"),
        ("RRULE:FREQ=DAILY;COUNT=3;INTERVAL=0", "start_date"),
        ("RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=99MO", "start_date"),
        ("GEO:north", "latitude"),
        ("RDATE:y", "start_date"),
        ("EXDATE:y", "start_date"),
        ("RECURRENCE-ID:x", "start_date"),
    ],
)
def test_a_property_that_cannot_be_read_is_left_out_and_told(
    read: Reader, line: str, column: str
) -> None:
    found = read("UID:1", "DTSTART:20200101", "SUMMARY:S", line)
    assert [row["start_date"] for row in rows(found, "trainings")] == ["2020-01-01"]
    assert [c for c, _ in notes(found, "warning")] == [column]


@pytest.mark.parametrize("start", ["DTSTART:garbage", "DTSTART;VALUE=PERIOD:20200105T100000Z/PT1H"])
def test_an_event_whose_start_cannot_be_read_is_left_out(read: Reader, start: str) -> None:
    found = read("UID:1", start, "SUMMARY:S")
    assert rows(found, "trainings") == []
    assert {c for c, _ in notes(found, "warning")} == {"start_date"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"categories": "Training"}, "categories is 'Training'"),
        ({"organizer_is": "cat"}, "organizer_is is 'cat'"),
        ({"organiser": 3}, "organiser is 3"),
        ({"organiser_country": "Atlantis"}, "organiser_country is 'Atlantis'"),
        ({"organizer": "x"}, "organizer is not known"),
    ],
)
def test_wrong_options(ontology: Ontology, options: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_path(ontology, DATA, **options)


def test_an_empty_folder_is_refused(tmp_path: Path, ontology: Ontology) -> None:
    with pytest.raises(InputError, match="there is no file"):
        read_path(ontology, tmp_path)
