"""What is served is whole: through locks, kills, full disks, damage, rollback and pruning."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kg.errors import NotFoundError, ReleaseError
from kg.pipeline import build, rollback, verify
from kg.pipeline.releases import building, free_name, is_whole, prune, publish, write_manifest
from kg.settings import Settings, load_settings
from kg.store import Release, current_release, list_releases, open_release
from kg.store.release import MANIFEST, POINTER
from tests.conftest import ROOT, write_project
from tests.pipeline.small import write_small_project


@pytest.fixture
def served(world: Release, tmp_path: Path) -> Release:
    """A copy of the world's release, with its pointer, that a test may damage."""
    shutil.copytree(world.path, tmp_path / "releases" / world.id)
    (tmp_path / "releases" / POINTER).symlink_to(world.id)
    return current_release(tmp_path / "releases")


def add_release(folder: Path, world: Release, release_id: str, built: str) -> Release:
    """Add a release of another id and time; only its manifest differs."""
    shutil.copytree(world.path, folder / release_id)
    manifest = {**world.manifest, "id": release_id, "built": built}
    (folder / release_id / MANIFEST).write_text(json.dumps(manifest))
    return open_release(folder / release_id)


@pytest.fixture
def three(world: Release, tmp_path: Path) -> Path:
    """A folder with three releases; the last one is current."""
    folder = tmp_path / "releases"
    folder.mkdir()
    for year in (2021, 2022, 2023):
        add_release(folder, world, f"{year}-01-01-aaaaaaaa", f"{year}-01-01T00:00:00.000+00:00")
    (folder / POINTER).symlink_to("2023-01-01-aaaaaaaa")
    return folder


# Damage


def test_a_whole_release_verifies(served: Release) -> None:
    assert verify(served) == served.manifest["quads"]


def test_one_flipped_bit_in_any_file_is_found(served: Release) -> None:
    names = sorted(served.manifest["files"])
    assert {name.split("/")[0] for name in names} == {
        "columns", "data.nq.gz", "ontology", "report.csv", "review.csv", "store",
    }  # fmt: skip
    chooser = random.Random(5)
    for name in names:
        path = served.path / name
        content = path.read_bytes()
        if content:
            position = chooser.randrange(len(content))
            flipped = bytes([content[position] ^ 1 << chooser.randrange(8)])
            path.write_bytes(content[:position] + flipped + content[position + 1 :])
            with pytest.raises(ReleaseError, match=name):
                verify(served)
            path.write_bytes(content)
    assert verify(served)


@pytest.mark.parametrize("name", ["data.nq.gz", "columns/facets.parquet", "store/CURRENT"])
def test_a_file_that_is_gone_is_found(served: Release, name: str) -> None:
    (served.path / name).unlink()
    with pytest.raises(ReleaseError, match=f"{name} is missing.*kg rollback"):
        verify(served)


def test_counts_that_disagree_are_found(served: Release) -> None:
    wrong = Release(served.id, served.path, {**served.manifest, "quads": 7})
    with pytest.raises(ReleaseError, match="quads of 7"):
        verify(wrong)


def test_a_damaged_release_is_built_again_under_another_name(
    world: Release, world_settings: Settings, served: Release, tmp_path: Path
) -> None:
    settings = load_settings(write_project(tmp_path))
    (served.path / "report.csv").write_text("damaged")
    result = build(settings)
    assert result.changed
    assert verify(current_release(tmp_path / "releases"))
    assert result.release.path != served.path


# Lock and leftovers


def test_a_second_build_is_refused(tmp_path: Path) -> None:
    running = pytest.raises(ReleaseError, match="another build is running")
    with building(tmp_path), running, building(tmp_path):
        pytest.fail("two builds at once")
    with building(tmp_path) as workspace:
        assert workspace.is_dir()


def test_a_refused_build_leaves_the_first_one_alone(tmp_path: Path) -> None:
    with building(tmp_path) as workspace:
        (workspace / "half").write_text("written")
        with pytest.raises(ReleaseError), building(tmp_path):
            pytest.fail("two builds at once")
        assert (workspace / "half").read_text() == "written"


def test_what_killed_builds_left_is_swept(tmp_path: Path) -> None:
    for stale in (".building", ".removed-2020-01-01-aaaaaaaa"):
        (tmp_path / stale / "store").mkdir(parents=True)
        (tmp_path / stale / "store" / "half").write_text("written")
    (tmp_path / ".last-build-report.csv.123.tmp").write_text("half")
    with building(tmp_path) as workspace:
        assert list(workspace.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


@pytest.mark.parametrize("error", [ReleaseError("x"), KeyboardInterrupt()])
def test_a_build_that_fails_leaves_nothing(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)), building(tmp_path) as workspace:
        (workspace / "half").write_text("written")
        raise error
    assert not (tmp_path / ".building").exists()


def test_a_write_that_fails_says_that_nothing_has_changed(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"served release is unchanged"), building(tmp_path):
        raise OSError(28, "No space left on device")


@contextmanager
def nobody() -> Iterator[None]:
    """Give up root's right to write anywhere, where the tests run as root."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(own)


def test_a_folder_that_is_read_only_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "releases"
    folder.mkdir()
    folder.chmod(0o555)
    refused = pytest.raises(ReleaseError, match=r"cannot be written \(Permission denied\)")
    with nobody(), refused, building(folder):
        pytest.fail("wrote into a read-only folder")


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "releases").write_text("")
    with pytest.raises(ReleaseError, match="cannot be written"), building(tmp_path / "releases"):
        pytest.fail("wrote into a file")


# Names


def finished(workspace: Path, content: str, inputs: str = "i") -> None:
    (workspace / "report.csv").write_text(content)
    counts = {"quads": 0, "triples": 0}
    write_manifest(workspace, {"id": "r", "built": "2026", "inputs": inputs, **counts})


def test_publishing_gives_the_name_and_moves_the_pointer(tmp_path: Path) -> None:
    with building(tmp_path) as workspace:
        finished(workspace, "one")
        release = publish(workspace, "r", tmp_path)
    assert current_release(tmp_path).path == release.path == tmp_path / "r"
    assert not (tmp_path / ".building").exists()


def test_the_same_release_published_again_is_the_first_one(tmp_path: Path) -> None:
    for content in ("one", "two"):
        with building(tmp_path) as workspace:
            finished(workspace, content)
            publish(workspace, "r", tmp_path)
    assert (tmp_path / "r" / "report.csv").read_text() == "one"
    assert is_whole(tmp_path / "r") is False  # it has no store; so its name is not free


def test_a_name_is_free_unless_another_release_has_it(served: Release) -> None:
    folder, inputs = served.path.parent, str(served.manifest["inputs"])
    assert free_name(folder, "new", inputs) == "new"
    assert free_name(folder, served.id, inputs) == served.id
    assert free_name(folder, served.id, "others") == f"{served.id}-2"
    (served.path / "report.csv").write_text("damaged")
    assert free_name(folder, served.id, inputs) == f"{served.id}-2"
    (folder / f"{served.id}-2").mkdir()
    assert free_name(folder, served.id, inputs) == f"{served.id}-3"


# Rollback and pruning


def test_rollback_goes_to_the_release_before(three: Path) -> None:
    assert rollback(three).id == "2022-01-01-aaaaaaaa"
    assert current_release(three).id == "2022-01-01-aaaaaaaa"
    assert rollback(three).id == "2021-01-01-aaaaaaaa"
    with pytest.raises(NotFoundError, match="no release older than 2021"):
        rollback(three)
    assert current_release(three).id == "2021-01-01-aaaaaaaa"


def test_the_pointer_is_there_until_the_new_one_replaces_it(
    three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    replace = Path.replace

    def watched(path: Path, target: Path) -> Path:
        seen.append(current_release(three).id)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", watched)
    rollback(three)
    assert seen == ["2023-01-01-aaaaaaaa"]
    assert current_release(three).id == "2022-01-01-aaaaaaaa"


def test_rollback_goes_forward_too(three: Path) -> None:
    rollback(three, "2021-01-01-aaaaaaaa")
    assert rollback(three, "2023-01-01-aaaaaaaa").id == current_release(three).id


def test_rollback_leaves_a_current_release_that_cannot_be_read(three: Path) -> None:
    (three / "2023-01-01-aaaaaaaa" / MANIFEST).write_text("{")
    with pytest.raises(ReleaseError, match="kg rollback"):
        current_release(three)
    assert rollback(three).id == "2022-01-01-aaaaaaaa"


@pytest.mark.parametrize("release_id", ["2020-01-01-bbbbbbbb", "..", "", "../releases"])
def test_rollback_to_what_is_not_there_lists_what_is(three: Path, release_id: str) -> None:
    with pytest.raises(NotFoundError, match="2023-01-01-aaaaaaaa, 2022"):
        rollback(three, release_id)


def test_rollback_does_not_go_to_a_damaged_release(three: Path) -> None:
    (three / "2022-01-01-aaaaaaaa" / "data.nq.gz").write_bytes(b"")
    with pytest.raises(ReleaseError, match=r"2022-01-01-aaaaaaaa: data\.nq\.gz is not what"):
        rollback(three)
    assert current_release(three).id == "2023-01-01-aaaaaaaa"


def test_rollback_without_a_release_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="kg build"):
        rollback(tmp_path)


def test_pruning_removes_the_oldest(three: Path) -> None:
    assert prune(three, 2) == ["2021-01-01-aaaaaaaa"]
    assert [release.id[:4] for release in list_releases(three)] == ["2023", "2022"]
    assert prune(three, 2) == []


def test_pruning_never_removes_the_current_release(three: Path) -> None:
    rollback(three, "2021-01-01-aaaaaaaa")
    assert prune(three, 1) == ["2022-01-01-aaaaaaaa"]
    assert verify(current_release(three))
    assert {path.name for path in three.iterdir()} == {
        "2021-01-01-aaaaaaaa", "2023-01-01-aaaaaaaa", POINTER,
    }  # fmt: skip


# Kills and full disks, in a child process


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project with a release."""
    folder = tmp_path_factory.mktemp("project")
    build(load_settings(write_small_project(folder)))
    return folder


def add_person(project: Path) -> None:
    with (project / "tables" / "people.csv").open("a") as stream:
        stream.write(f"p{stream.tell()},Another,published\n")


def run_child(project: Path, before: str, seconds: float | None = None) -> tuple[int, str, float]:
    """Run ``kg build --force`` after some lines of Python; kill it after some seconds.

    Returns its status, what it said of errors, and for how many seconds it built: what it has to
    import comes before that, and a kill meets the build itself.
    """
    add_person(project)
    script = (
        f"import os, signal\n{before}\nimport kg.cli.build\nfrom kg.cli import main\n"
        "print('ready', flush=True)\nmain()"
    )
    arguments = ["build", "--force", "--quiet", "--project", str(project)]
    with subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        began = time.monotonic()
        try:
            _, errors = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            _, errors = child.communicate()
    return child.returncode, errors, time.monotonic() - began


def assert_served(project: Path, release_id: str | None = None) -> None:
    current = current_release(project / "releases")
    assert verify(current) == current.manifest["quads"]
    assert release_id is None or current.id == release_id


def dies_at(function: str) -> str:
    """Return Python that kills its own process where the build calls a function."""
    module, _, name = function.rpartition(".")
    return (
        "import importlib\n"
        "die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"setattr(importlib.import_module({module!r}), {name!r}, die)"
    )


MOMENTS = [
    "kg.pipeline.build.load_sources",
    "kg.pipeline.writing._load",
    "kg.pipeline.writing._seal",
    "kg.pipeline.releases._sync",
    "kg.pipeline.build.publish",
    "kg.pipeline.releases._point",
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_build_leaves_what_is_served(project: Path, moment: str) -> None:
    before = current_release(project / "releases").id
    status, errors, _ = run_child(project, dies_at(moment))
    assert status == -signal.SIGKILL, errors
    assert_served(project, before)


def test_the_build_after_a_kill_sweeps_and_succeeds(project: Path) -> None:
    before = current_release(project / "releases").id
    run_child(project, dies_at("kg.pipeline.writing._seal"))
    assert (project / "releases" / ".building").exists()
    status, errors, _ = run_child(project, "")
    assert status == 0, errors
    assert current_release(project / "releases").id != before
    assert_served(project)
    hidden = {p.name for p in (project / "releases").iterdir() if p.name.startswith(".")}
    assert hidden == {".lock"}


@pytest.mark.parametrize("limit", [5_000, 100_000], ids=["store", "statements"])
def test_a_full_disk_leaves_what_is_served(project: Path, limit: int) -> None:
    # A limit on the size of a file fails as a full disk does: in the middle of a write.
    before = current_release(project / "releases").id
    size = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
    status, errors, _ = run_child(project, size)
    assert status == 1
    assert "the build could not write" in errors
    assert "Traceback" not in errors
    assert_served(project, before)
    assert not (project / "releases" / ".building").exists()


@pytest.mark.slow
def test_a_hundred_kills_at_any_moment_leave_what_is_served(project: Path) -> None:
    """Builds that are each killed in another part of the time that a build takes."""
    status, errors, whole = run_child(project, "")
    assert status == 0, errors
    chooser, kills = random.Random(2026), 100
    outcomes = []
    for kill in range(kills):
        status, errors, _ = run_child(project, "", (kill + chooser.random()) / kills * whole)
        assert status in (0, -signal.SIGKILL), errors
        outcomes.append(status)
        assert_served(project)
    assert outcomes.count(-signal.SIGKILL) >= kills / 3
