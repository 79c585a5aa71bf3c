"""Rows that bear the key of somebody who is not named go, with what refers to them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from kg.ontology import Ontology
from kg.pipeline.load import load_sources
from kg.provenance import GraphNames
from kg.tombstones import bury
from tests.privacy.world import TABLES, write_sources

BASE = "https://w3id.org/rihla/id/"
BADGES = {
    "people": "id,name,consent\nown-rosa,Rosa Exemplo,refused\nown-rosa-b,Rosa Buono,published\n",
    "participations": "training,role,person\nt1,learner,own-rosa-b\n",
    "affiliations": "person,organisation\nown-rosa-b,uni\n",
    "outcomes": "id,type,name,person\nbadge-own-rosa,Certificate,Badge,own-rosa\n"
    "badge-own-rosa-b,Certificate,Badge,own-rosa-b\njoint,Certificate,Joint,own-rosa|own-rosa-b\n",
    "attributions": "outcome,training,grade\nbadge-own-rosa,t1,reviewed\n"
    "badge-own-rosa-b,t1,reviewed\n",
}


def test_a_badge_goes_with_its_bearer(tmp_path: Path, ontology: Ontology) -> None:
    settings = write_sources(tmp_path, {"own": {**TABLES, **BADGES}})
    loaded = load_sources(settings, ontology.schema)
    assert [str(p) for p in loaded.problems if p.severity == "error"] == []
    text = str(sorted(set(loaded.quads(GraphNames(BASE))["s"].cast(pl.String))))
    assert "/outcome/joint>" in text
    assert "/outcome/badge-own-rosa-b>" in text
    assert "badge-own-rosa>" not in text
    assert "badge-own-rosa/" not in text


def test_a_buried_thing_stays_away_without_its_person(tmp_path: Path, ontology: Ontology) -> None:
    alone = {**BADGES, "people": "id,name,consent\nown-rosa-b,Rosa Buono,published\n"}
    alone["outcomes"] = "id,type,name,person\nbadge-own-rosa,Certificate,Badge,\n"
    alone["attributions"] = "outcome,training,grade\nbadge-own-rosa,t1,reviewed\n"
    settings = write_sources(tmp_path, {"own": {**TABLES, **alone}})
    bury(settings.project.forgotten, [f"{BASE}outcome/badge-own-rosa"])
    loaded = load_sources(settings, ontology.schema)
    assert [str(p) for p in loaded.problems if p.severity == "error"] == []
    assert "badge" not in str(sorted(set(loaded.quads(GraphNames(BASE))["s"].cast(pl.String))))
