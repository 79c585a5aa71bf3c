"""Packed inputs, honest and hostile."""

from __future__ import annotations

import datetime as dt
import gzip
import zipfile
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.ontology import Ontology
from kg.settings import SourceSettings
from kg.sources import SourceTables, read_source
from kg.sources.packed import unpack

TABLE = "id,name\nt1,One\n"


def read(path: Path, ontology: Ontology) -> SourceTables:
    settings = SourceSettings(
        "own", "tables", path, "Own", "https://example.org/l", dt.date(2026, 11, 20)
    )
    return read_source(settings, ontology.schema)


def test_a_gzip_file_is_the_file_in_it(tmp_path: Path, ontology: Ontology) -> None:
    path = tmp_path / "trainings.csv.gz"
    path.write_bytes(gzip.compress(TABLE.encode()))
    found = read(path, ontology)
    assert found.tables[0].frame["name"].to_list() == ["One"]
    assert found.tables[0].file == str(path)
    assert found.files == (path,)


@pytest.mark.parametrize("folder", ["", "export/"])
def test_a_zip_archive_is_a_folder(tmp_path: Path, ontology: Ontology, folder: str) -> None:
    path = tmp_path / "tables.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{folder}trainings.csv", TABLE)
        archive.writestr(f"{folder}people.csv", "id,name,consent\n")
    found = read(path, ontology)
    assert sorted(t.name for t in found.tables) == ["people", "trainings"]
    assert found.tables[1].file == f"{path}/trainings.csv"


@pytest.mark.parametrize("name", ["../out.csv", "/etc/out.csv", "a/../../out.csv", "C:/out.csv"])
def test_a_way_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), TABLE)
    with pytest.raises(InputError, match=r"leads out of the archive"):
        unpack(path, tmp_path / "into")


def test_a_link_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("trainings.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match=r"leads out of the archive"):
        unpack(path, tmp_path / "into")


def test_bombs_are_refused(tmp_path: Path) -> None:
    zeros = b"0" * 20_000_000
    packed = tmp_path / "bomb.csv.gz"
    packed.write_bytes(gzip.compress(zeros))
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as stream:
        stream.writestr("a.csv", zeros)
    for path in (packed, archive):
        (tmp_path / path.suffix[1:]).mkdir()
        with pytest.raises(InputError, match=r"unpacks to more than"):
            unpack(path, tmp_path / path.suffix[1:])


@pytest.mark.parametrize("name", ["a.csv.gz", "a.zip"])
@pytest.mark.parametrize("content", [b"", b"no archive", gzip.compress(b"x" * 1000, mtime=0)[:-9]])
def test_damage_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    (tmp_path / "into").mkdir()
    with pytest.raises(InputError, match=r"cannot be unpacked|is empty"):
        unpack(path, tmp_path / "into")
