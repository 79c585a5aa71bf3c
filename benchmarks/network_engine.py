"""A process for each engine, so that it can be killed, and its memory and processors be seen.

Part of networks.py.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

__all__ = ["Engine"]


class Engine:
    """A process that is asked for measures, killed when it takes too long, and begun anew."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self.peak = name, folder, 0.0
        self._process: subprocess.Popen[str] | None = None

    def ask(
        self, budget: float, clock: str = "wall", until: float = float("inf"), **asked: Any
    ) -> dict[str, Any]:
        """Return what it answers.

        ``{"killed": seconds}`` after ``budget`` seconds of the clock, with ``"late": True`` where
        ``until``, a reading of time.perf_counter, came first.
        """
        process = self._process or self._begin()
        assert process.stdin is not None
        assert process.stdout is not None
        began = _clocks(process.pid)
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        while not select.select([process.stdout], [], [], min(1.0, budget))[0]:
            spent = _clocks(process.pid)[clock] - began[clock]
            late = time.perf_counter() > until
            if spent >= budget or late:
                self.end()
                return {"killed": spent, "late": late and spent < budget}
        line = process.stdout.readline()
        if not line:
            self.end()
            return {"offers": True, "failed": "its process died"}
        found: dict[str, Any] = json.loads(line)
        self.peak = max(self.peak, found.get("peak", 0.0))
        return found

    def _begin(self) -> subprocess.Popen[str]:
        script = str(Path(__file__).with_name("network_worker.py"))
        self._process = subprocess.Popen(
            [sys.executable, script, self.name, str(self.folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return self._process

    def end(self) -> None:
        """Kill the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _clocks(pid: int) -> dict[str, float]:
    """Return the time on the wall, and the seconds of processors that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    spent = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return {"wall": time.perf_counter(), "cpu": spent}
