"""The demo world, built by the commands of the README: once a run, however many processes test."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

__all__ = ["built_demo", "shell"]


def shell(command: str, folder: Path, *, code: int = 0, text: str | None = None) -> str:
    """Run a shell command (or a Python script given as text) and return all that it prints."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    environment.pop("RIHLA_PROJECT", None)
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        timeout=600,  # a machine may be busy
    )
    assert done.returncode == code, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def built_demo(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the demo's project, with a release; whoever comes first builds it."""
    own = factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = shared / "demo"
        if not (folder / "releases" / "current").exists():
            shell(f"kg init --demo {folder} && kg build --quiet --project {folder}", ROOT)
    return folder
