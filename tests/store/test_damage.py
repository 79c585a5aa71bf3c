"""Damage to a release, its manifest or the pointer: what is said, and what it says to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kg.errors import ReleaseError
from kg.pipeline import rollback, verify
from kg.store import Release, current_release, open_release
from kg.store.integrity import check_files
from kg.store.release import MANIFEST, POINTER


@pytest.fixture
def folder(world: Release, tmp_path: Path) -> Path:
    """A release folder with one release and its pointer."""
    shutil.copytree(world.path, tmp_path / "releases" / world.id)
    (tmp_path / "releases" / POINTER).symlink_to(world.id)
    return tmp_path / "releases"


# A file that was cut off


def test_every_file_cut_off_is_named(folder: Path) -> None:
    release = current_release(folder)
    for name in release.manifest["files"]:
        path = release.path / name
        content = path.read_bytes()
        if content:
            path.write_bytes(content[: len(content) // 2])
            with pytest.raises(ReleaseError, match=f"{name} is not what was built.*kg rollback"):
                check_files(release)
            path.write_bytes(content)
    check_files(release)


def test_a_dump_cut_off_behind_a_right_checksum_is_found_by_the_count(folder: Path) -> None:
    release = current_release(folder)
    release.dump.write_bytes(release.dump.read_bytes()[:-2000])
    files = {k: v for k, v in release.manifest["files"].items() if k != "data.nq.gz"}
    with pytest.raises(ReleaseError, match="cannot be read"):
        verify(Release(release.id, release.path, {**release.manifest, "files": files}))


# The manifest


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_manifest_cut_off_is_no_release(folder: Path, share: float) -> None:
    manifest = current_release(folder).path / MANIFEST
    content = manifest.read_bytes().rstrip()
    manifest.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ReleaseError, match=r"manifest\.json is missing, cut off or altered"):
        current_release(folder)


@pytest.mark.parametrize("text", ["[]", "3", '{"id": 1}', "null", "\x00\x01"])
def test_a_manifest_of_another_form_is_no_release(folder: Path, text: str) -> None:
    path = current_release(folder).path
    (path / MANIFEST).write_text(text)
    with pytest.raises(ReleaseError, match="kg rollback"):
        open_release(path)


def test_a_manifest_whose_files_are_no_list_of_sums(folder: Path) -> None:
    release = current_release(folder)
    wrong = {**release.manifest, "files": ["data.nq.gz"]}
    (release.path / MANIFEST).write_text(json.dumps(wrong))
    with pytest.raises(ReleaseError, match="its files are no JSON object"):
        open_release(release.path)


# The pointer


def broken(folder: Path) -> str:
    with pytest.raises(ReleaseError) as caught:
        current_release(folder)
    return str(caught.value)


def test_a_pointer_that_leads_nowhere_names_what_is_kept(folder: Path, world: Release) -> None:
    (folder / POINTER).unlink()
    (folder / POINTER).symlink_to("2020-01-01-00000000")
    said = broken(folder)
    assert "leads to 2020-01-01-00000000, and there is no such release" in said
    assert f"kg rollback {world.id}" in said
    assert rollback(folder, world.id).id == current_release(folder).id == world.id


def test_a_pointer_that_is_gone_names_what_is_kept(folder: Path, world: Release) -> None:
    (folder / POINTER).unlink()
    assert f"current is missing. Kept: {world.id}." in broken(folder)
    assert rollback(folder, world.id)
    assert current_release(folder).id == world.id


def test_a_pointer_that_a_copy_made_a_folder_of(folder: Path, world: Release) -> None:
    (folder / POINTER).unlink()
    shutil.copytree(folder / world.id, folder / POINTER)
    assert "is no symbolic link to a release" in broken(folder)
    rollback(folder, world.id)
    assert (folder / POINTER).is_symlink()
    assert current_release(folder).id == world.id


def test_a_pointer_that_is_a_file(folder: Path, world: Release) -> None:
    (folder / POINTER).unlink()
    (folder / POINTER).write_text(world.id)
    assert "is no symbolic link to a release" in broken(folder)
    rollback(folder, world.id)
    assert current_release(folder).id == world.id


def test_a_pointer_that_leads_to_itself(folder: Path, world: Release) -> None:
    (folder / POINTER).unlink()
    (folder / POINTER).symlink_to(POINTER)
    assert f"kg rollback {world.id}" in broken(folder)


def test_a_pointer_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    (folder / POINTER).unlink()
    (tmp_path / "elsewhere").mkdir()
    (folder / POINTER).symlink_to(tmp_path / "elsewhere")
    assert "which is not a release in" in broken(folder)


def test_a_pointer_without_any_release_says_to_build(folder: Path, world: Release) -> None:
    shutil.rmtree(folder / world.id)
    assert "No whole release is kept: build one with 'kg build'" in broken(folder)
