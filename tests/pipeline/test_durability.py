"""Two builds at once, each in its own process; test_releases.py kills them and fills the disk."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kg.pipeline import build, verify
from kg.settings import Settings
from kg.store import current_release


def start(project: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "kg", "build", "--force", "--quiet", "--project", str(project)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_build_beside_a_running_one_is_refused_and_harms_nothing(
    make_project: Callable[..., Settings],
) -> None:
    settings = make_project(trainings="id,name\nt1,One\n")
    before = build(settings).release.id
    first = start(settings.file)
    try:
        deadline = time.monotonic() + 300
        while not (settings.project.releases / ".building").exists():
            assert time.monotonic() < deadline
            assert first.poll() is None
            time.sleep(0.01)
        second = start(settings.file)
        assert second.wait(timeout=300) == 1
        assert first.wait(timeout=300) == 0
    finally:
        first.kill()
    assert verify(current_release(settings.project.releases)) > 0
    assert before[:10] == current_release(settings.project.releases).id[:10]
