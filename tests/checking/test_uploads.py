"""Files that strangers hand in: which table they are, what is known of them, what comes back."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from kg.checking import CheckLimits, Question, ask
from kg.checking.asking import Checked, file_name
from kg.checking.telling import tell_table
from kg.errors import InputError, LimitError
from kg.ontology import Ontology
from kg.store import Release
from kg.tables.records import Records
from tests.conftest import WORLD

BASE = "https://w3id.org/rihla/id/"
TRAININGS = """\
id,name,format,start_date,host,topic
a1,Good,Workshop,2019-04-04,thames,
a2,Bad,Workshp,03/04/2019,thames,
a3,Lonely,School,2019-04-05,nobody,
"""


@pytest.fixture
def check(ontology: Ontology, world: Release) -> Any:
    def run(
        answer: str = "page", limits: CheckLimits | None = None, **files: bytes | str
    ) -> Checked:
        options = {name: files.pop(name) for name in ("table", "dates") if name in files}
        sent = [
            (name.replace("__", "."), io.BytesIO(f if isinstance(f, bytes) else f.encode()))
            for name, f in files.items()
        ]
        question = Question(answer, **options).checked(ontology.schema)  # type: ignore[arg-type]
        return ask(sent, question, ontology.schema, BASE, world, limits or CheckLimits())

    return run


def test_rows_are_counted_and_faults_have_their_place(check: Any) -> None:
    found = check(trainings__csv=TRAININGS)
    (line,) = found.summary["files"]
    assert (line["table"], line["told_by"], line["fault"]) == ("trainings", "name", None)
    assert (line["read"], line["kept"], line["refused"], line["merged"]) == (3, 2, 1, 0)
    errors = [p for p in found.summary["problems"] if p["severity"] == "error"]
    assert {(p["row"], p["column"], p["value"]) for p in errors} == {
        (3, "format", "Workshp"),
        (3, "start_date", "03/04/2019"),
    }
    assert {p["file"] for p in errors} == {"trainings.csv"}
    assert next(p for p in errors if p["column"] == "format")["suggestion"] == "Workshop"
    assert "/tmp" not in json.dumps(found.summary)


def test_what_the_release_knows_is_no_fault_and_what_nobody_knows_is_a_doubt(check: Any) -> None:
    found = check(trainings__csv=TRAININGS)
    (doubt,) = [p for p in found.summary["problems"] if p["severity"] == "warning"]
    assert (doubt["row"], doubt["column"], doubt["value"]) == (4, "host", "nobody")
    assert doubt["rule"] == "not checked"
    assert "neither in these files nor in release" in doubt["accepted"]


def test_where_the_table_is_there_too_what_it_lacks_is_a_fault(check: Any) -> None:
    organisations = "id,name,type,country\nnew,New University,University,GB\n"
    trainings = TRAININGS.replace("nobody", "new").replace("thames,\na2", "elsewhere,\na2")
    found = check(trainings__csv=trainings, organisations__csv=organisations)
    faults = {p["value"]: p["severity"] for p in found.summary["problems"] if p["column"] == "host"}
    assert faults == {"elsewhere": "error"}


def test_rows_of_tables_that_need_a_reference_for_their_key_are_kept_with_a_doubt(
    check: Any,
) -> None:
    found = check(
        participations__csv="training,role,person,headcount\nunheard-of,Learner,,20\n",
        dates="day-first",
    )
    (line,) = found.summary["files"]
    assert (line["kept"], line["refused"], line["in_release"]) == (1, 0, None)
    assert [p["rule"] for p in found.summary["problems"]] == ["not checked"]


def test_the_whole_test_world_is_known_already(check: Any) -> None:
    files = {f"{path.stem}__csv": path.read_bytes() for path in sorted(WORLD.glob("*.csv"))}
    found = check(**files)
    assert not [line for line in found.summary["files"] if line["fault"]]
    organisations = next(f for f in found.summary["files"] if f["table"] == "organisations")
    assert 0 < organisations["in_release"] <= organisations["kept"]


def test_the_downloads_hold_every_fault_and_the_refused_rows(check: Any) -> None:
    found = check(trainings__csv=TRAININGS)
    rows = list(csv.DictReader(io.StringIO(found.parts["csv"].decode())))
    report = json.loads(found.parts["json"])
    assert len(rows) == len(report["problems"]) == sum(report["tally"].values()) == 3
    assert {row["file"] for row in rows} == {"trainings.csv"}
    with zipfile.ZipFile(io.BytesIO(found.parts["refused"])) as archive:
        (row,) = csv.DictReader(io.StringIO(archive.read("trainings.csv").decode()))
    assert row["id"] == "a2"
    assert "Did you mean Workshop?" in row["_problem"]
    assert set(check("csv", trainings__csv=TRAININGS).parts) == {"csv"}


def test_dates_are_read_as_was_said(check: Any) -> None:
    found = check(trainings__csv=TRAININGS.replace("Workshp", "Workshop"), dates="month-first")
    assert not [p for p in found.summary["problems"] if p["severity"] == "error"]


def test_a_file_that_cannot_be_read_leaves_the_others(check: Any) -> None:
    found = check(mine__csv="x,y\n1,2\n", people__csv="id,name\np1,A\n", trainings__csv=TRAININGS)
    faults = {line["file"]: line["fault"] for line in found.summary["files"] if line["fault"]}
    assert "neither the name nor the columns (x, y) tell" in faults["mine.csv"]
    assert "the required column consent is missing" in faults["people.csv"]
    assert [line["read"] for line in found.summary["files"] if not line["fault"]] == [3]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("id,name,type,ror,country", "organisations"),
        ("training,role,person,_problem", "participations"),
        ("id,name,start_date,end_date,host", "trainings"),
        ("person,organisation,start_date", "affiliations"),
    ],
)
def test_columns_tell_a_table(ontology: Ontology, header: str, expected: str) -> None:
    table, told = tell_table(Path("x.csv"), Records(header.split(","), []), ontology.schema)
    assert (table.name, told) == (expected, "columns")


@pytest.mark.parametrize("header", ["id,name", "", "a,b,c"])
def test_columns_that_several_tables_have_tell_none(ontology: Ontology, header: str) -> None:
    with pytest.raises(InputError, match="Choose the table"):
        tell_table(Path("x.csv"), Records(header.split(","), []), ontology.schema)


def test_a_sheet_tells_before_the_file_and_a_choice_before_both(ontology: Ontology) -> None:
    records = Records(["id", "name"], [], "people")
    assert tell_table(Path("trainings.xlsx"), records, ontology.schema)[0].name == "people"
    chosen = tell_table(Path("trainings.xlsx"), records, ontology.schema, "series")
    assert (chosen[0].name, chosen[1]) == ("series", "choice")


def test_names_of_files_lose_folders_and_control_characters() -> None:
    assert file_name("C:\\mine\\a/../../trainings.2019.CSV") == "trainings.2019.csv"
    assert file_name("x\u202e\0\n.csv") == "x___.csv"
    assert len(file_name("x" * 5000 + ".csv")) < 150
    for bad in ("", "trainings", "trainings.xls", "people.csv.gz", ".csv.exe"):
        with pytest.raises(InputError, match=r"Accepted: \.csv"):
            file_name(bad)


def test_a_check_has_limits(check: Any) -> None:
    many = "id,name\n" + "".join(f"t{i},Training {i}\n" for i in range(60_000))
    with pytest.raises(LimitError, match="took longer") as late:
        check(limits=CheckLimits(seconds=0.05), trainings__csv=many)
    assert late.value.status == 504


def test_damaged_and_hostile_files_are_refused_by_name(check: Any) -> None:
    found = check(trainings__xlsx=b"PK\x03\x04 not a workbook", people__parquet=b"PAR1 no")
    faults = {line["file"]: line["fault"] for line in found.summary["files"]}
    assert "cannot be read as a workbook" in faults["trainings.xlsx"]
    assert "cannot be read as Parquet" in faults["people.parquet"]


def test_what_was_read_is_gone_afterwards(check: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    check(trainings__csv=TRAININGS)
    assert not list(tmp_path.iterdir())


def test_unknown_choices_are_refused(ontology: Ontology) -> None:
    with pytest.raises(InputError, match="table: found 'cats'"):
        Question(table="cats").checked(ontology.schema)
    with pytest.raises(InputError, match="dates"):
        Question(dates="year-first").checked(ontology.schema)
