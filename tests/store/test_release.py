from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.errors import NotFoundError, ReleaseError
from kg.store import Release, current_release, list_releases, open_release
from kg.store.release import MANIFEST, POINTER, find_release


def add(folder: Path, name: str, built: str = "2026-01-01", **rest: object) -> Path:
    path = folder / name
    path.mkdir(parents=True)
    manifest = {"id": name, "built": built, "quads": 0, "triples": 0, "files": {}, **rest}
    (path / MANIFEST).write_text(json.dumps(manifest))
    return path


def test_a_release_knows_its_places(world: Release) -> None:
    assert world.store.is_dir()
    assert world.dump.is_file()
    assert world.columns("facets").is_file()
    assert open_release(world.path).id == world.id


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        ("{", "Expecting"),
        ("[]", "it is not a JSON object"),
        ('{"id": "r", "built": "2026"}', "there is no files, quads, triples"),
        ("5", "not a JSON object"),
    ],
    ids=["no manifest", "no JSON", "a list", "half of it", "a number"],
)
def test_a_folder_without_a_whole_manifest_is_no_release(
    tmp_path: Path, content: str | None, said: str
) -> None:
    if content is not None:
        (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(ReleaseError, match="is no complete release") as caught:
        open_release(tmp_path)
    assert said in str(caught.value)
    assert "kg rollback" in str(caught.value)


def test_the_pointer_is_followed_once(tmp_path: Path) -> None:
    add(tmp_path, "one")
    add(tmp_path, "two")
    (tmp_path / POINTER).symlink_to("one")
    release = current_release(tmp_path)
    (tmp_path / POINTER).unlink()
    (tmp_path / POINTER).symlink_to("two")
    assert release.path == tmp_path / "one"
    assert current_release(tmp_path).id == "two"


@pytest.mark.parametrize("leads", [False, True], ids=["no pointer", "a pointer to nothing"])
def test_without_a_release_the_way_to_one_is_told(tmp_path: Path, leads: bool) -> None:
    if leads:
        (tmp_path / POINTER).symlink_to("gone")
    with pytest.raises(ReleaseError, match="uild one with 'kg build'"):
        current_release(tmp_path)


def test_releases_are_listed_newest_first(tmp_path: Path) -> None:
    add(tmp_path, "b", "2026-01-01T10:00:00.100+00:00")
    add(tmp_path, "a", "2026-01-01T10:00:00.200+00:00")
    add(tmp_path, "c", "2025-12-31T10:00:00.000+00:00")
    (tmp_path / POINTER).symlink_to("b")
    assert [release.id for release in list_releases(tmp_path)] == ["a", "b", "c"]


def test_what_is_no_release_is_not_listed(tmp_path: Path) -> None:
    add(tmp_path, "whole")
    add(tmp_path, ".building")
    (add(tmp_path, "damaged") / MANIFEST).write_text("{")
    (tmp_path / "folder").mkdir()
    (tmp_path / "last-build-report.csv").write_text("")
    assert [release.id for release in list_releases(tmp_path)] == ["whole"]


def test_a_folder_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert list_releases(tmp_path / "gone") == []


def test_a_release_is_found_by_its_id(tmp_path: Path) -> None:
    add(tmp_path, "one")
    assert find_release(tmp_path, "one").path == tmp_path / "one"


@pytest.mark.parametrize("names", [["one", "two"], []])
def test_one_that_is_not_there_is_named_with_those_that_are(
    tmp_path: Path, names: list[str]
) -> None:
    for name in names:
        add(tmp_path, name)
    with pytest.raises(
        NotFoundError,
        match=f"no release three.*Kept: {', '.join(sorted(names, reverse=True)) or 'none'}",
    ):
        find_release(tmp_path, "three")
