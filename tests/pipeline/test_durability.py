"""Builds that are killed: whatever the moment, the served release is a whole one."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from kg.pipeline import build, verify
from kg.settings import Settings
from kg.store import current_release
from tests.conftest import write_project

KILLS = 100


def start(project: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "kg", "build", "--force", "--quiet", "--project", str(project)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.slow
def test_a_hundred_builds_killed_at_random_moments(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    releases = tmp_path / "releases"
    began = time.monotonic()
    assert start(project).wait(timeout=300) == 0
    whole = time.monotonic() - began
    quads = verify(current_release(releases))
    moments = random.Random(20261127)
    killed = 0
    for _ in range(KILLS):
        process = start(project)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=moments.uniform(0, 1.05 * whole))
        process.kill()  # of a build that has just ended this asks nothing
        outcome = process.wait()
        assert outcome in (0, -signal.SIGKILL)
        killed += outcome == -signal.SIGKILL
        assert verify(current_release(releases)) == quads
    assert killed > KILLS // 2
    assert start(project).wait(timeout=300) == 0  # nothing that was left behind is in its way
    assert verify(current_release(releases)) == quads
    assert not (releases / ".building").exists()


def test_a_build_beside_a_running_one_is_refused_and_harms_nothing(
    make_project: Callable[..., Settings],
) -> None:
    settings = make_project(trainings="id,name\nt1,One\n")
    before = build(settings).release.id
    first = start(settings.file)
    try:
        deadline = time.monotonic() + 60
        while not (settings.project.releases / ".building").exists():
            assert time.monotonic() < deadline
            assert first.poll() is None
            time.sleep(0.01)
        second = start(settings.file)
        assert second.wait(timeout=60) == 1
        assert first.wait(timeout=60) == 0
    finally:
        first.kill()
    assert verify(current_release(settings.project.releases)) > 0
    assert before[:10] == current_release(settings.project.releases).id[:10]


def test_a_full_disk_leaves_the_served_release(make_project: Callable[..., Settings]) -> None:
    settings = make_project(trainings="id,name\nt1,One\n")
    served = build(settings).release
    script = (
        "import resource, sys; from kg.cli import main; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)); "
        f"sys.argv = ['kg', 'build', '--force', '--project', {str(settings.file)!r}]; main()"
    )
    failed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert failed.returncode != 0
    assert "The served release is unchanged" in failed.stderr
    now = current_release(settings.project.releases)
    assert now.id == served.id
    assert verify(now) > 0
