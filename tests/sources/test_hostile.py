"""Hostile inputs: each is refused in clear words, soon and in little memory; the next one loads.

The cases are data: tests/sources/hostile/cases.toml.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InputError
from kg.ontology import Ontology
from kg.pipeline import build
from kg.schema import Schema
from kg.settings import LoadSettings, SourceSettings, load_settings
from kg.sources import SOURCES, SourceTables, read_source
from kg.store import current_release
from tests.conftest import WORLD, write_project
from tests.sources.hostile.make import MAKERS

FILE = Path(__file__).parent / "hostile" / "cases.toml"
CASES: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]
LIMITS = LoadSettings(memory_mib=700, seconds=8)
SECONDS = 60  # of the whole test, on a busy machine
GOOD = "id,name\ngood,A good place\n"


def read(path: Path, ontology: Ontology, kind: str = "tables", **options: Any) -> SourceTables:
    day = dt.date(2026, 11, 20)
    settings = SourceSettings("own", kind, path, "O", "https://e.org/l", day, options=options)
    return read_source(settings, ontology.schema, LIMITS)


def made(case: dict[str, Any], folder: Path) -> Path:
    if "make" in case:
        return MAKERS[case["make"]](folder)
    path = folder / case["file"]
    path.write_bytes(bytes.fromhex(case["hex"]) if "hex" in case else case["text"].encode())
    return path


def options_of(case: dict[str, Any]) -> dict[str, Any]:
    if case.get("kind") != "mapped":
        return {}
    name = {"from": "{a}", "pattern": case["pattern"]} if "pattern" in case else "{a}"
    return {"tables": {"places": {"id": "{a}", "name": name}}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_it_is_refused_and_the_next_file_loads(
    case: dict[str, Any], tmp_path: Path, ontology: Ontology
) -> None:
    (tmp_path / "evil").mkdir()
    path = made(case, tmp_path / "evil")
    began = time.monotonic()
    if case.get("loads"):
        assert read(path, ontology, case["kind"], **options_of(case)).tables
    else:
        with pytest.raises(InputError) as caught:
            read(path, ontology, case.get("kind", "tables"), **options_of(case))
        assert re.search(case["said"], str(caught.value), re.DOTALL), str(caught.value)
        assert len(str(caught.value)) < 2000
    assert time.monotonic() - began < SECONDS
    (tmp_path / "places.csv").write_text(GOOD)
    assert read(tmp_path / "places.csv", ontology).tables[0].frame["id"].to_list() == ["good"]


def test_every_maker_has_its_case() -> None:
    assert sorted(case["make"] for case in CASES if "make" in case) == sorted(MAKERS)
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert {case.get("kind", "tables") for case in CASES} <= set(SOURCES)


def crash(settings: SourceSettings, schema: Schema) -> SourceTables:
    """Stand in for a parser that a file makes abort."""
    settings.path.read_bytes()
    os.abort()


def test_a_hostile_source_leaves_the_served_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(write_project(tmp_path, WORLD))
    release = build(settings).release
    monkeypatch.setitem(SOURCES, "rdf", crash)
    (tmp_path / "a.nt").write_text("x")
    source = """
[[source]]
id = "evil"
kind = "rdf"
path = "a.nt"
title = "Evil"
licence = "https://example.org/l"
retrieved = 2026-11-20
"""
    hostile = load_settings(write_project(tmp_path, WORLD, source))
    with pytest.raises(
        InputError, match=r"\[\[source\]\] evil: .*a\.nt made its reader stop \(SIGABRT\)"
    ):
        build(hostile)
    assert current_release(settings.project.releases).id == release.id
    assert not build(load_settings(write_project(tmp_path, WORLD))).changed
