"""A release that somebody reads is not pruned, whoever it is and however they end."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.analysis.graph import Graph
from kg.errors import ReleaseError
from kg.pipeline.releases import prune
from kg.store import Release, open_release
from kg.store.lease import Lease, hold, hold_current, unread
from kg.store.release import POINTER
from tests.conftest import ROOT


@pytest.fixture
def two(world: Release, tmp_path: Path) -> Path:
    """A folder with two releases; the second is current."""
    folder = tmp_path / "releases"
    for name in ("old", "new"):
        shutil.copytree(world.path, folder / name)
        manifest = folder / name / "manifest.json"
        built = "2020" if name == "old" else "2021"
        manifest.write_text(json.dumps({**world.manifest, "id": name, "built": built}))
    (folder / POINTER).symlink_to("new")
    return folder


def test_a_held_release_is_kept_until_it_is_let_go(two: Path) -> None:
    first, second = hold(open_release(two / "old")), hold(open_release(two / "old"))
    assert prune(two, 1) == []
    first.close()
    assert prune(two, 1) == []
    second.close()
    assert prune(two, 1) == ["old"]


def test_an_analysts_graph_holds_its_release(two: Path) -> None:
    graph = Graph.of_release(open_release(two / "old"))
    assert prune(two, 1) == []
    assert graph.columns("trainings").height
    del graph
    gc.collect()
    assert prune(two, 1) == ["old"]


def test_the_lock_of_a_killed_process_is_gone(two: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from kg.store.lease import Lease\n"
        "lease = Lease(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(two / "old")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as reader:
        assert reader.stdout
        assert reader.stdout.readline() == b"held\n"
        assert prune(two, 1) == []
        reader.kill()
    assert prune(two, 1) == ["old"]


def test_a_release_that_was_removed_cannot_be_held(two: Path) -> None:
    release = open_release(two / "old")
    prune(two, 1)
    with pytest.raises(ReleaseError, match="was removed"):
        hold(release)
    assert hold_current(two)[0].id == "new"


def test_a_reader_that_comes_while_it_is_removed_finds_it_gone(
    two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kg.store import lease

    def lock_late(descriptor: int, kind: int) -> bool:
        shutil.rmtree(two / "old")  # between being opened and being locked
        return True

    monkeypatch.setattr(lease, "_lock", lock_late)
    with pytest.raises(ReleaseError, match="was removed"):
        Lease(two / "old")


def test_nobody_can_hold_what_is_about_to_go(two: Path) -> None:
    with unread(two / "old") as free:
        assert free
        with unread(two / "old") as again:
            assert not again
