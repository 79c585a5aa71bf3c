"""A Virtuoso of our own for tests: free ports, own folder, small buffers; where it is installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["MISSING", "Virtuoso", "running"]

PROGRAM = shutil.which("virtuoso-t")
MISSING = (
    ""
    if PROGRAM and shutil.which("isql-vt")
    else "Virtuoso is not installed (Debian: virtuoso-opensource-7); .ci/run installs it"
)
CONFIGURATION = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 20
MaxCheckpointRemap = 200
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
MaxCheckpointRemap = 200
[Parameters]
ServerPort = {sql}
MaxClientConnections = 10
CheckpointInterval = 0
CaseMode = 2
DirsAllowed = {folder}/load
NumberOfBuffers = 10000
MaxDirtyBuffers = 7000
MaxQueryMem = 256M
ThreadsPerQuery = 1
AsyncQueueMaxThreads = 1
[HTTPServer]
ServerPort = {http}
ServerRoot = {folder}
MaxClientConnections = 10
ServerThreads = 10
Charset = UTF-8
[SPARQL]
{cap}
"""


@dataclass(frozen=True)
class Virtuoso:
    """A running server: its endpoint, its SQL port, and the folder that it loads from."""

    url: str
    sql: str
    load: Path


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def running(folder: Path, rows: int | None = None) -> Iterator[Virtuoso]:
    """Start a server in a folder; ``rows`` is the most that it gives in one answer."""
    assert PROGRAM is not None, MISSING
    (folder / "load").mkdir(parents=True)
    sql, http = _free_port(), _free_port()
    cap = f"ResultSetMaxRows = {rows}" if rows else ""
    text = CONFIGURATION.format(folder=folder, sql=sql, http=http, cap=cap)
    (folder / "virtuoso.ini").write_text(text, encoding="utf-8")
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(
            [PROGRAM, "+configfile", str(folder / "virtuoso.ini"), "+foreground"],
            stdout=log,
            stderr=log,
            cwd=folder,
        )
    try:
        _await(f"http://127.0.0.1:{http}/sparql", process, folder)
        yield Virtuoso(f"http://127.0.0.1:{http}/sparql", f"127.0.0.1:{sql}", folder / "load")
    finally:
        process.kill()  # nothing in it is to be kept
        process.wait(120)


def _await(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    ends = time.monotonic() + 300
    while time.monotonic() < ends:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=20):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    told = (folder / "output.log").read_text(errors="replace")
    raise AssertionError(f"Virtuoso does not start: {told[-2000:]}")
