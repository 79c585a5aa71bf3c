"""What the project file may name as inputs of a source, and what is refused."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import InputError, SettingsError
from kg.ontology import Ontology
from kg.settings import LoadSettings, SourceSettings, load_settings
from kg.sources import SourceTables, inputs, read_source
from kg.sources.inputs import find_inputs

Load = Callable[[str], SourceSettings]
ROWS = "id,name\n{0},Place {0}\n"


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Return the source of a project file whose keys ``path`` and others are given as TOML."""

    def loaded(keys: str) -> SourceSettings:
        head = '[[source]]\nid = "own"\nkind = "tables"\ntitle = "Own"\n'
        rest = 'licence = "https://example.org/l"\nretrieved = 2026-11-20\n'
        file = tmp_path / "rihla.toml"
        file.write_text(f"{head}{rest}{keys}\n", encoding="utf-8")
        (source,) = load_settings(file).sources
        return source

    return loaded


def write(path: Path, key: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ROWS.format(key), encoding="utf-8")
    return path


def found(tables: SourceTables) -> list[tuple[str, str]]:
    """Return the key and the file of each row."""
    return [(key, t.file) for t in tables.tables for key in t.frame["id"].to_list()]


def test_several_files_of_one_name(tmp_path: Path, load: Load, ontology: Ontology) -> None:
    write(tmp_path / "2019/places.csv", "a")
    write(tmp_path / "2020/places.csv", "b")
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("places.csv", ROWS.format("c"))
    source = load('path = ["2019/places.csv", "2020/places.csv", "more.zip"]')
    tables = read_source(source, ontology.schema)
    assert sorted(found(tables)) == [
        ("a", f"{tmp_path}/2019/places.csv"),
        ("b", f"{tmp_path}/2020/places.csv"),
        ("c", f"{tmp_path}/more.zip/places.csv"),
    ]
    assert sorted(p.name for p in tables.files) == ["more.zip", "places.csv", "places.csv"]


def test_a_glob_and_a_folder(tmp_path: Path, load: Load, ontology: Ontology) -> None:
    for key in "abc":
        write(tmp_path / f"{key}/places.csv", key)
    matched = found(read_source(load('path = "[ab]/*.csv"'), ontology.schema))
    assert sorted(k for k, _ in matched) == ["a", "b"]
    nested = found(read_source(load('path = "**/places.csv"'), ontology.schema))
    assert sorted(k for k, _ in nested) == ["a", "b", "c"]
    folder = read_source(load('path = ["c", "a/places.csv"]'), ontology.schema)
    assert sorted(found(folder)) == [("a", f"{tmp_path}/a/places.csv"),
                                     ("c", f"{tmp_path}/c/places.csv")]  # fmt: skip


def test_an_input_that_is_named_twice_counts_once(tmp_path: Path, load: Load) -> None:
    write(tmp_path / "places.csv", "a")
    assert len(find_inputs(load('path = ["places.csv", "*.csv"]'), LoadSettings())) == 1


def test_a_name_with_a_bracket_is_a_name_where_it_exists(tmp_path: Path, load: Load) -> None:
    path = write(tmp_path / "places.[1].csv", "a")
    assert [i.path for i in find_inputs(load('path = "places.[1].csv"'), LoadSettings())] == [path]


def test_errors_name_the_input_and_not_where_it_was_put(
    tmp_path: Path, load: Load, ontology: Ontology
) -> None:
    write(tmp_path / "a/places.csv", "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b/places.csv").write_text("id\n")
    source = load('path = ["a/places.csv", "b/places.csv"]')
    with pytest.raises(InputError, match=f"^{tmp_path}/b/places.csv, row 1: the required column"):
        read_source(source, ontology.schema)


def test_a_pin_is_held(tmp_path: Path, load: Load, ontology: Ontology) -> None:
    path = write(tmp_path / "places.csv", "a")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    right = load(f'path = "places.csv"\nsha256 = "{digest.upper()}"')
    assert found(read_source(right, ontology.schema))
    path.write_text(ROWS.format("b"))
    with pytest.raises(InputError, match=rf"has the SHA-256 [0-9a-f]{{64}}\. Accepted: {digest}"):
        read_source(right, ontology.schema)
    several = load(f'path = ["places.csv"]\nsha256 = {{ "places.csv" = "{digest}" }}')
    with pytest.raises(InputError, match="has the SHA-256"):
        find_inputs(several, LoadSettings())


BAD = [
    ('path = "gone.csv"', "there is nothing at"),
    ('path = "*.gone"', "there is nothing at"),
    ("path = []", "path: found []. Accepted: paths and web addresses"),
    ("path = [1]", "path: found [1]. Accepted: paths and web addresses"),
    ("path = 1", "path: found 1. Accepted: a path in quotes"),
    ('path = "a"\nsha256 = "x"', "sha256: found 'x'. Accepted: 64"),
    ('path = ["a", "b"]\nsha256 = "x"', "sha256: found 'x'. Accepted: 64"),
    ('path = "a"\nsha256 = { b = "x" }', "sha256: found {'b': 'x'}. Accepted: 64"),
    ('path = "ftp://example.org/a.csv"', "Accepted: an address that begins with https://"),
    ('path = "file:///etc/passwd"', "Accepted: an address that begins with https://"),
    ('path = "https://me:secret@example.org/a.csv"', "name or password in it"),
    ('path = "https:///a.csv"', "Accepted: an address that begins with https://"),
]


@pytest.mark.parametrize(("keys", "said"), BAD)
def test_what_cannot_be_an_input_is_named(load: Load, keys: str, said: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(said)):
        find_inputs(load(keys), LoadSettings())


def test_only_regular_files_are_read(tmp_path: Path, load: Load) -> None:
    os.mkfifo(tmp_path / "places.csv")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket.csv"))
    (tmp_path / "dangling.csv").symlink_to("gone")
    for name, kind in {
        "places.csv": "a named pipe",
        "socket.csv": "a socket",
        "/dev/zero": "a device",
        "dangling.csv": "No such file",
    }.items():
        source = SourceSettings(**{**vars(load('path = "a"')), "path": tmp_path / name})
        with pytest.raises(InputError, match=kind):
            find_inputs(source, LoadSettings())


def test_a_folder_may_hold_no_pipe_and_no_way_out(tmp_path: Path, load: Load) -> None:
    write(tmp_path / "outside.csv", "a")
    folder = tmp_path / "folder"
    write(folder / "deep/places.csv", "a")
    (folder / "inside.csv").symlink_to(folder / "deep/places.csv")
    (folder / ".hidden").symlink_to("/etc/passwd")
    assert len(find_inputs(load('path = "folder"'), LoadSettings())) == 1
    (folder / "deep/link.csv").symlink_to(tmp_path / "outside.csv")
    with pytest.raises(InputError, match=r"deep/link\.csv is a link that leads out of the folder"):
        find_inputs(load('path = "folder"'), LoadSettings())
    (folder / "deep/link.csv").unlink()
    os.mkfifo(folder / "deep/places.2.csv")
    with pytest.raises(InputError, match=r"places\.2\.csv is a named pipe"):
        find_inputs(load('path = "folder"'), LoadSettings())


def test_a_folder_of_too_many_files_is_refused(
    tmp_path: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "MAX_ENTRIES", 3)
    for number in range(5):
        write(tmp_path / f"folder/places.{number}.csv", str(number))
    with pytest.raises(InputError, match="holds more than 3 files"):
        find_inputs(load('path = "folder"'), LoadSettings())
