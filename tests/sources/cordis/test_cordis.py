"""CORDIS: which projects are trainings, who takes part, and in which fields of science."""

from __future__ import annotations

import datetime as dt
import gzip
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kg.errors import InputError, SettingsError
from kg.ontology import Ontology
from kg.pipeline.load import load_sources
from kg.settings import SourceSettings, load_settings
from kg.sources import SourceTables, read_source
from kg.sources.cordis.actions import Actions
from tests.conftest import ROOT, write_project

DATA = Path(__file__).parent.parent / "data" / "cordis"

Cells = dict[str, Any]
Reader = Callable[[dict[str, str]], SourceTables]


def read_path(ontology: Ontology, path: Path, **options: object) -> SourceTables:
    settings = SourceSettings(
        "c", "cordis", path, "C", "https://example.org/l", dt.date(2026, 11, 20), options=options
    )
    return read_source(settings, ontology.schema)


@pytest.fixture(scope="module")
def horizon(ontology: Ontology) -> SourceTables:
    return read_path(ontology, DATA / "horizon")


@pytest.fixture
def read(tmp_path: Path, ontology: Ontology) -> Reader:
    def reader(files: dict[str, str]) -> SourceTables:
        for name, content in files.items():
            (tmp_path / name).write_text(content)
        return read_path(ontology, tmp_path)

    return reader


def rows(found: SourceTables, name: str, *columns: str) -> list[Cells]:
    cells = [row for table in found.tables if table.name == name for row in table.frame.to_dicts()]
    return [{c: row.get(c) for c in columns} if columns else row for row in cells]


def training(found: SourceTables, grant: str) -> Cells:
    (row,) = [row for row in rows(found, "trainings") if row["id"] == f"cordis-{grant}"]
    return {name: value for name, value in row.items() if value is not None}


def notes(found: SourceTables, column: str, severity: str = "warning") -> list[str | None]:
    return [
        n.value for t in found.tables for n in t.notes
        if n.column == column and n.severity == severity
    ]  # fmt: skip


def test_all_of_it_passes_the_checks(ontology: Ontology, tmp_path: Path) -> None:
    extra = f"""
    [[source]]
    id = "c"
    kind = "cordis"
    path = "{DATA}"
    title = "C"
    licence = "https://example.org/l"
    retrieved = 2026-11-20
    """
    project = write_project(tmp_path, ROOT / "data" / "tables", extra)
    loaded = load_sources(load_settings(project), ontology.schema)
    assert [p for p in loaded.problems if p.source == "c" and p.severity == "error"] == []


def test_a_doctoral_network(horizon: SourceTables) -> None:
    network = training(horizon, "101000001")
    topics = str(network.pop("topic")).split("|")
    assert topics[:2] == ["euroscivoc-30833628", "euroscivoc-900"]
    assert str(network.pop("method")).endswith("/method/gis")
    assert network == {
        "id": "cordis-101000001",
        "name": 'A network for maps; and "atlases" (NETMAP)@en',
        "format": "JointTrainingNetwork",
        "programme": "horizon-msca-dn",
        "start_date": "2022-01-01",
        "end_date": "2025-12-31",
        "host": "cordis-999000001|cordis-999000002|cordis-society-of-examples",
        "organiser": "cordis-999000001",
        "funder": "european-commission",
        "description": "Twelve doctoral candidates draw maps.@en",
        "url": "https://cordis.europa.eu/project/id/101000001",
        "source_url": "https://doi.org/10.3030/101000001",
        "_row": 2,
    }


def test_only_research_trainings_are_taken(horizon: SourceTables) -> None:
    grants = [str(row["id"]).removeprefix("cordis-") for row in rows(horizon, "trainings")]
    # Not the night (101000003), the laser (101000004) nor COST's own grant (101000006).
    assert grants == ["101000001", "101000002", "101000005", "101000007"]
    assert notes(horizon, "format", "info") == ["2 projects", "1 projects"]
    assert notes(horizon, "id") == ["x"]
    assert "LASER" not in repr([table.frame.to_dicts() for table in horizon.tables])


def test_a_steward_can_add_further_actions(ontology: Ontology) -> None:
    found = read_path(ontology, DATA / "horizon", also={"COST-SGA": "Joint training network"})
    cost = training(found, "101000006")
    assert (cost["format"], cost["programme"]) == ("JointTrainingNetwork", "cost-sga")


def test_names_come_from_titles_reports_or_the_call(horizon: SourceTables) -> None:
    names = [row["name"] for row in rows(horizon, "trainings")]
    assert names[1:] == [
        "SOLO: one fellow@en",
        "Staff of (many) places (EXCHANGE)@en",
        "MSCA Postdoctoral Fellowships 2021, grant 101000007@en",
    ]


def test_an_organisation_is_its_newest_row(horizon: SourceTables) -> None:
    organisations = {row["id"]: row for row in rows(horizon, "organisations")}
    maps = {k: v for k, v in organisations["cordis-999000001"].items() if v is not None}
    assert maps == {
        "id": "cordis-999000001",
        "type": "University",
        "name": "University of Maps and Atlases",
        "alias": "UNIVERSITY OF MAPS",
        "acronym": "UoM",
        "pic": "999000001",
        "country": "GR",
        "city": "Athens",
        "latitude": "37.98",
        "longitude": "23.72",
        "url": "https://maps.example.org/",
        "_row": 6,
    }
    atlas = organisations["cordis-999000002"]
    assert (atlas["country"], atlas["type"], atlas["longitude"]) == ("GB", "Company", "-1.54")
    assert organisations["cordis-society-of-examples"]["url"] is None


def test_fundings_have_amounts_with_a_point_and_only_beneficiaries(horizon: SourceTables) -> None:
    first = rows(horizon, "fundings", "training", "amount", "currency", "date", "recipient")[0]
    assert first == {
        "training": "cordis-101000001", "amount": "2400000.25", "currency": "EUR",
        "date": "2021-11-30", "recipient": "cordis-999000001|cordis-999000002",
    }  # fmt: skip


def test_fields_of_science_split_at_slashes_only(horizon: SourceTables) -> None:
    topics = {row["id"]: row for row in rows(horizon, "topics")}
    assert topics["euroscivoc-81"]["name_en"] == "agriculture, forestry, and fisheries"
    assert topics["euroscivoc-81"]["broader"] == "euroscivoc-27"
    # Agriculture and mathematics are concepts of the ontology: what lies in them is put below.
    assert str(topics["euroscivoc-30833628"]["broader"]).endswith("/sector/agriculture")
    assert topics["euroscivoc-30833628"]["definition"] == "What is sown@en"
    assert str(topics["euroscivoc-900"]["broader"]).endswith("/topic/mathematics")
    assert "euroscivoc-47" not in topics
    assert len(notes(horizon, "topic")) == 1  # code and path of different length


def test_a_part_of_a_consortium_is_told(ontology: Ontology) -> None:
    found = read_path(ontology, DATA / "h2020")
    assert notes(found, "host") == ["1 of at least 2 organisations"]


def test_older_columns_and_a_byte_order_mark(ontology: Ontology) -> None:
    found = read_path(ontology, DATA / "h2020")
    rise = training(found, "700001")
    assert (rise["format"], rise["programme"]) == ("ExchangeVisit", "h2020-msca-rise")
    assert rise["host"] == "cordis-998000001"
    cofund = training(found, "700002")
    assert cofund["format"] == "Fellowship"
    assert "start_date" not in cofund  # 0001-01-01


def test_json_of_the_seventh_programme(ontology: Ontology) -> None:
    found = read_path(ontology, DATA / "fp7")
    assert training(found, "300001")["format"] == "JointTrainingNetwork"
    assert rows(found, "fundings", "amount") == [{"amount": "1000000.5"}]
    assert [row["id"] for row in rows(found, "programmes")] == ["fp7", "fp7-itn"]


def test_gzip_and_commas(tmp_path: Path, ontology: Ontology) -> None:
    with gzip.open(tmp_path / "any_name.csv.gz", "wt") as stream:
        stream.write("projectID,topic\n700009,MSCA-IF-2019\n")
    found = read_path(ontology, tmp_path)
    assert training(found, "700009")["name"] == "MSCA-IF-2019, grant 700009@en"


def test_the_same_workbook(tmp_path: Path, ontology: Ontology, horizon: SourceTables) -> None:
    shutil.copytree(DATA / "horizon", tmp_path / "x", dirs_exist_ok=True)
    frame = pl.read_csv(DATA / "horizon" / "organization.csv", separator=";", infer_schema=False)
    frame.write_excel(tmp_path / "x" / "organization.xlsx")
    (tmp_path / "x" / "organization.csv").unlink()
    again = read_path(ontology, tmp_path / "x")
    assert rows(again, "organisations") == rows(horizon, "organisations")


@pytest.mark.parametrize(
    ("codes", "key"),
    [
        (["MSCA-ITN-2016"], "h2020-msca-itn"),
        (["MSCA-IF-2015-EF"], "h2020-msca-if"),
        (["MSCA-COFUND-2018", "MSCA-COFUND-FP"], "h2020-msca-cofund"),
        (["HORIZON-MSCA-2022-COFUND-01-01", "HORIZON-TMA-MSCA-Cofund-D"], "horizon-msca-cofund"),
        (["HORIZON-WIDERA-2022-TALENTS-02-01"], "horizon-era-fellowships"),
        (["WF-02-2019"], "h2020-widening-fellowships"),
        (["MSCA-2022-Ukraine-ART195-IBA"], "horizon-msca4ukraine"),
        (["H2020-EU.1.3.2."], "h2020-msca-if"),
        (["FP7-PEOPLE-2011-IEF"], "fp7-fellowships"),
        (["FP7-PEOPLE-2009-IRSES"], "fp7-exchange"),
        (["MSCA-NIGHT-2018", "H2020-EU.1.3."], None),
        (["HORIZON-MSCA-2021-NCP-01-01"], None),
        (["HORIZON-WIDERA-2022-TALENTS-01-01"], None),
        (["ERC-2023-STG"], None),
        ([None], None),
    ],
)
def test_actions(codes: list[str | None], key: str | None) -> None:
    action = Actions({}).of(codes)
    assert (action.key if action else None) == key


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.csv": "x,y\n1,2\n"}, "there is no file of CORDIS"),
        ({}, "there is no file of CORDIS"),
        ({"a.json": '{"id": 1}'}, "is no list of objects"),
        ({"a.csv": 'projectID;topic\n1;"open\n'}, "cannot be read as a table of CORDIS"),
        ({"a.csv": "projectID;topic\n1;b;c;d\n"}, "cannot be read as a table of CORDIS"),
    ],
)
def test_what_is_no_cordis_is_refused(read: Reader, files: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(files)


@pytest.mark.parametrize("also", [["COST"], {"COST": "Party"}, {"COST": 3}])
def test_wrong_options(ontology: Ontology, also: object) -> None:
    with pytest.raises(SettingsError, match="also"):
        read_path(ontology, DATA / "horizon", also=also)
