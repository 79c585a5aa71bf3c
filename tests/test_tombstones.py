"""Tombstones hold no personal data, and cannot be lost without anybody noticing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kg.errors import SettingsError
from kg.tombstones import bury, read_tombstones

KEYS = ["ada", "0000-0002-1825-0097", "name ada specimen\ntraining t1"]


def test_what_was_buried_is_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "forgotten"
    assert not read_tombstones(folder)
    bury(folder, KEYS)
    again = read_tombstones(folder)
    assert again.people == 1
    assert all(again.holds(key) for key in KEYS)
    assert not again.holds("bob")
    assert again.among(["ada", "bob"]) == {"ada"}


def test_nothing_of_the_person_is_in_the_files(tmp_path: Path) -> None:
    bury(tmp_path, KEYS)
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"specimen" not in content.lower()
    assert b"0000-" not in content
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_the_same_keys_hash_otherwise_in_another_project(tmp_path: Path) -> None:
    for name in ("one", "two"):
        bury(tmp_path / name, KEYS)
    one, two = (read_tombstones(tmp_path / name).hashes for name in ("one", "two"))
    assert not one & two


def test_burying_twice_changes_nothing(tmp_path: Path) -> None:
    bury(tmp_path, KEYS)
    before = (tmp_path / "tombstones.json").read_bytes()
    assert bury(tmp_path, KEYS[:2]).people == 1
    assert (tmp_path / "tombstones.json").read_bytes() == before
    assert bury(tmp_path, [*KEYS, "other"]).people == 2


@pytest.mark.parametrize("name", ["key", "tombstones.json"])
def test_a_missing_half_is_an_error(tmp_path: Path, name: str) -> None:
    bury(tmp_path, KEYS)
    (tmp_path / name).unlink()
    with pytest.raises(SettingsError, match=f"{name} is missing.*could come back"):
        read_tombstones(tmp_path)


def test_the_key_of_another_project_is_an_error(tmp_path: Path) -> None:
    for name in ("one", "two"):
        bury(tmp_path / name, KEYS)
    shutil.copyfile(tmp_path / "one" / "key", tmp_path / "two" / "key")
    with pytest.raises(SettingsError, match="is not the key"):
        read_tombstones(tmp_path / "two")


@pytest.mark.parametrize("text", ["{", "[]", "{}", json.dumps({"people": 3, "proof": ""})])
def test_a_damaged_list_is_an_error(tmp_path: Path, text: str) -> None:
    bury(tmp_path, KEYS)
    (tmp_path / "tombstones.json").write_text(text)
    with pytest.raises(SettingsError, match=r"tombstones\.json: cannot be read"):
        read_tombstones(tmp_path)
