"""docs/open-data.toml: its mappings read files of the forms that it names."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import pytest

from kg.ontology import Ontology
from kg.settings import Settings, load_settings
from kg.sources import SOURCES, read_source
from tests.conftest import ROOT

DATA = Path(__file__).parent / "data" / "mapped"

Cells = dict[str, Any]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    folder = tmp_path / "tess-fixtures"
    folder.mkdir()
    shutil.copy(DATA / "events_NCI.csv", folder)
    shutil.copy(DATA / "response.json", folder / "response_1642570417380.json")
    with gzip.open(folder / "eventbrite_ardc.json.gz", "wb") as stream:
        stream.write((DATA / "eventbrite.json").read_bytes())
    monkeypatch.setenv("RIHLA_DOWNLOADS", str(tmp_path))
    return load_settings(ROOT / "docs" / "open-data.toml")


def rows(project: Settings, source: str, table: str, ontology: Ontology) -> list[Cells]:
    (settings,) = [s for s in project.sources if s.id == source]
    (found,) = [t for t in read_source(settings, ontology.schema).tables if t.name == table]
    return [{k: v for k, v in row.items() if v is not None} for row in found.frame.to_dicts()]


def test_every_kind_is_documented() -> None:
    docs = ROOT / "docs"
    text = "".join((docs / name).read_text() for name in ("sources.md", "project-file.md"))
    assert [kind for kind in SOURCES if f"`{kind}`" not in text and f"## {kind}" not in text] == []


def test_every_source_is_of_a_kind_that_there_is(project: Settings) -> None:
    assert {source.kind for source in project.sources} <= set(SOURCES)


def test_a_csv_of_trainings(project: Settings, ontology: Ontology) -> None:
    online, here = rows(project, "nci", "trainings", ontology)
    assert online == {
        "id": "nci-maps-in-python-20220303t140000",
        "name": "Maps in Python@en",
        "start_date": "2022-03-03",
        "end_date": "2022-03-04",
        "mode": "online",
        "host": "nci-australia|intersect-australia",
        "organiser": "nci-australia",
        "description": "Drawing & reading maps@en",
        "url": "https://maps.example.org/a",
        "_row": 2,
    }
    assert (here["mode"], here["country"], here["venue"]) == ("in-person", "AU", "Hall, Ward Road")
    assert here["topic"] == "https://w3id.org/rihla/id/topic/software-engineering"
    organisations = rows(project, "nci", "organisations", ontology)
    assert [row["name"] for row in organisations] == [
        "National Computational Infrastructure", "Intersect Australia",
        "National Computational Infrastructure",
    ]  # fmt: skip


def test_an_answer_of_eventbrite(project: Settings, ontology: Ontology) -> None:
    seminar, online = rows(project, "ardc", "trainings", ontology)
    assert seminar == {
        "id": "eventbrite-1",
        "name": "A day of data@en",
        "format": "Seminar",
        "start_date": "2012-06-29",  # local: in UTC it began on the 28th
        "end_date": "2012-06-29",
        "mode": "in-person",
        "country": "AU",
        "organiser": "ardc-ands",
        "description": "First second & third@en",
        "url": "https://e.example.org/1",
        "_row": 1,
    }
    assert (online["mode"], online.get("country"), online.get("format")) == ("online", None, None)


def test_an_answer_of_tess(project: Settings, ontology: Ontology) -> None:
    (event,) = rows(project, "dresa", "trainings", ontology)
    assert (event["mode"], event["start_date"]) == ("online", "2022-02-16")
    assert event["topic"] == "https://w3id.org/rihla/id/topic/genomics"
    assert not {"country", "latitude"} & set(event)
