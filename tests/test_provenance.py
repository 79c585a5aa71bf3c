from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.provenance import GraphNames, LoadRecord, content_hash, describe_loads, file_records
from kg.quads import QUAD
from kg.settings import SourceSettings

NAMES = GraphNames("https://example.org/id/")
SOURCE = SourceSettings(
    id="own",
    kind="tables",
    path=Path("tables"),
    title="Own tables",
    licence="https://creativecommons.org/licenses/by/4.0/",
    retrieved=dt.date(2026, 11, 20),
)
LOAD = LoadRecord(SOURCE, "ab12cd34" * 8, read=10, kept=7, refused=2, merged=1)


def file(folder: Path, content: str, name: str = "people.csv") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(content)
    return folder / name


def test_the_content_is_that_of_files_and_options(tmp_path: Path) -> None:
    one = content_hash(SOURCE, file_records([file(tmp_path / "a", "id\n1\n")]))
    assert content_hash(SOURCE, file_records([file(tmp_path / "b", "id\n1\n")])) == one
    assert (
        content_hash(replace(SOURCE, title="Other"), file_records([tmp_path / "a" / "people.csv"]))
        == one
    )
    others = {
        content_hash(SOURCE, file_records([file(tmp_path / "c", "id\n2\n")])),
        content_hash(SOURCE, file_records([file(tmp_path / "d", "id\n1\n", "places.csv")])),
        content_hash(
            replace(SOURCE, options={"only": ["x"]}), file_records([tmp_path / "a" / "people.csv"])
        ),
        content_hash(replace(SOURCE, kind="ror"), file_records([tmp_path / "a" / "people.csv"])),
    }
    assert len(others | {one}) == 5


def test_the_order_of_files_does_not_count(tmp_path: Path) -> None:
    files = [file(tmp_path, "x", "a.csv"), file(tmp_path, "y", "b.csv")]
    assert content_hash(SOURCE, file_records(files)) == content_hash(
        SOURCE, file_records(files[::-1])
    )


def test_a_load_has_a_graph_of_its_content() -> None:
    assert NAMES.load("own", LOAD.content) == "https://example.org/id/graph/own-ab12cd34"


def statements(load: LoadRecord) -> dict[str, set[str]]:
    """Return the objects of each property, by the property's local name."""
    frame = describe_loads([load], NAMES, "0.1.0")
    assert frame.schema == QUAD
    assert set(frame["g"]) == {"<https://example.org/id/graph/provenance>"}
    found: dict[str, set[str]] = {}
    for p, o in frame.select("p", "o").iter_rows():
        found.setdefault(p.strip("<>").replace("#", "/").rpartition("/")[2], set()).add(o)
    return found


def test_a_load_states_its_rows_dates_and_software() -> None:
    found = statements(LOAD)
    counts = {name: found[name] for name in ("rowsRead", "rowsKept", "rowsRefused", "rowsMerged")}
    integer = "^^<http://www.w3.org/2001/XMLSchema#integer>"
    assert counts == {
        "rowsRead": {f'"10"{integer}'}, "rowsKept": {f'"7"{integer}'},
        "rowsRefused": {f'"2"{integer}'}, "rowsMerged": {f'"1"{integer}'},
    }  # fmt: skip
    assert found["date"] == {'"2026-11-20"^^<http://www.w3.org/2001/XMLSchema#date>'}
    assert found["license"] == {"<https://creativecommons.org/licenses/by/4.0/>"}
    assert any("ontology 0.1.0" in text for text in found["description"])
    assert "landingPage" not in found


@pytest.mark.parametrize("title", ['A "quoted" title', "two\nlines", "عنوان", "back\\slash"])
def test_a_title_of_any_form_is_one_line(title: str) -> None:
    load = replace(LOAD, source=replace(SOURCE, title=title, attribution=title))
    for row in describe_loads([load], NAMES, "0.1.0").iter_rows():
        (quad,) = ox.parse(f"{' '.join(row)} .".encode(), format=ox.RdfFormat.N_QUADS)
        if str(quad.predicate).endswith("/title>"):
            assert quad.object == ox.Literal(title)


def test_the_same_loads_give_the_same_statements() -> None:
    assert describe_loads([LOAD], NAMES, "1").equals(describe_loads([LOAD], NAMES, "1"))


def test_a_fetched_file_states_its_address(tmp_path: Path) -> None:
    path = file(tmp_path, "id\n1\n")
    files = file_records([path], lambda p: "https://e.org/a.csv" if p == path else None)
    assert statements(replace(LOAD, files=files))["downloadURL"] == {"<https://e.org/a.csv>"}
    assert "downloadURL" not in statements(replace(LOAD, files=file_records([path])))


def test_a_load_states_its_files_with_size_and_checksum(tmp_path: Path) -> None:
    files = file_records([file(tmp_path, "id\n1\n")])
    found = statements(replace(LOAD, files=files))
    binary = "^^<http://www.w3.org/2001/XMLSchema#hexBinary>"
    assert found["checksumValue"] == {f'"{files[0].sha256}"{binary}'}
    assert found["byteSize"] == {'"5"^^<http://www.w3.org/2001/XMLSchema#integer>'}
    assert len(found["distribution"]) == 1
    assert found["distribution"] <= found["used"]
    assert "<https://w3id.org/rihla/ontology/0.1.0>" in found["used"]
    assert len(found["wasAssociatedWith"]) == 1
