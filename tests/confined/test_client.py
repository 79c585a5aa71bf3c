"""What a confined child may and may not do, and what its parent learns of its end."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from kg.confined import Limits, Outcome, run_confined
from kg.errors import InputError

SMALL = Limits(memory=256 * 1024**2, seconds=20)


def echo(argument: Any, output: BinaryIO) -> None:
    output.write(json.dumps(argument).encode())


def attempts(path: str, output: BinaryIO) -> None:
    """Try what is forbidden, and write what came of each."""
    tries: dict[str, Callable[[], object]] = {
        "socket": lambda: socket.socket(),
        "program": lambda: subprocess.run([sys.executable, "-c", ""], check=False),
        "kill": lambda: os.kill(os.getppid(), 0),
        "foreign": lambda: Path("/etc/hostname").read_text(),
        "write": lambda: Path(path).with_name("new").write_text("x"),
        "own": lambda: Path(path).read_text(),
    }
    said = {}
    for name, attempt in tries.items():
        try:
            said[name] = str(attempt())
        except OSError as error:
            said[name] = type(error).__name__
    output.write(json.dumps(said).encode())


def fill_memory(_: None, output: BinaryIO) -> None:
    parts = []
    while True:
        parts.append(bytearray(16 * 1024**2))


def loop(_: None, output: BinaryIO) -> None:
    while True:
        pass


def die(signal_number: int, output: BinaryIO) -> None:
    output.write(b"half")
    output.flush()
    signal.raise_signal(signal_number)


def refuse(message: str, output: BinaryIO) -> None:
    raise InputError(message)


def stumble(_: None, output: BinaryIO) -> None:
    {}["missing"]


def write_much(path: str, output: BinaryIO) -> None:
    with Path(path).open("wb") as stream:
        for _ in range(64):
            stream.write(bytes(1024**2))


def open_and_die(path: str, output: BinaryIO) -> None:
    Path(path).read_bytes()
    os.abort()


def text(outcome: Outcome) -> Any:
    assert outcome.result is not None, outcome
    with outcome.result as stream:
        return json.loads(stream.read())


def test_the_result_comes_back() -> None:
    assert text(run_confined(echo, {"a": [1, "é"]}, SMALL)) == {"a": [1, "é"]}


def test_no_network_no_programs_no_other_files(tmp_path: Path) -> None:
    path = tmp_path / "in.txt"
    path.write_text("mine")
    said = text(run_confined(attempts, str(path), SMALL, readable=[str(path)]))
    refused = "PermissionError"
    assert said == {
        "socket": refused, "program": refused, "kill": refused, "foreign": refused,
        "write": refused, "own": "mine",
    }  # fmt: skip


def test_memory_is_limited() -> None:
    outcome = run_confined(fill_memory, None, SMALL)
    assert (outcome.result, outcome.reason) == (None, "memory")
    assert outcome.peak < 400 * 1024**2


def test_time_is_limited() -> None:
    began = time.monotonic()
    outcome = run_confined(loop, None, Limits(seconds=0.2))
    assert (outcome.result, outcome.reason) == (None, "time")
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_crash_is_named_and_the_next_run_is_unharmed(number: int) -> None:
    outcome = run_confined(die, number, SMALL)
    assert (outcome.result, outcome.reason) == (None, "crash")
    assert outcome.error["message"] == signal.Signals(number).name
    assert text(run_confined(echo, 1, SMALL)) == 1


def test_errors_come_back_as_what_they_are() -> None:
    ours = run_confined(refuse, "row 3: bad", SMALL)
    assert (ours.reason, ours.error["kind"], ours.error["ours"]) == ("raised", "InputError", True)
    assert ours.error["message"] == "row 3: bad"
    other = run_confined(stumble, None, SMALL)
    assert (other.error["kind"], other.error["ours"]) == ("KeyError", False)
    assert "test_client.py" in other.error["place"]
    assert "stumble" in other.error["traceback"]


def test_a_file_that_it_writes_is_limited(tmp_path: Path) -> None:
    limits = Limits(file_bytes=1024**2)
    outcome = run_confined(write_much, str(tmp_path / "big"), limits, writable=[str(tmp_path)])
    assert outcome.result is None
    assert (tmp_path / "big").stat().st_size <= 1024**2


def test_the_file_that_was_open_at_a_crash_is_known(tmp_path: Path) -> None:
    path = tmp_path / "evil.bin"
    path.write_bytes(b"x")
    outcome = run_confined(open_and_die, str(path), SMALL, readable=[str(tmp_path)])
    assert (outcome.reason, outcome.reading) == ("crash", str(path))


def test_threads_take_turns() -> None:
    answers: list[int] = []

    def ask(number: int) -> None:
        answers.append(text(run_confined(echo, number, SMALL)))

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [0, 1, 2, 3]


def test_the_child_goes_with_its_parent(tmp_path: Path) -> None:
    """A parent that is killed leaves no process behind."""
    program = (
        "import os, signal\n"
        "from kg.confined import Limits, client, run_confined\n"
        "from tests.confined.test_client import echo\n"
        "run_confined(echo, 1, Limits())\n"
        "print(client._running['zygote']._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, timeout=300,
    )  # fmt: skip
    assert found.returncode == -signal.SIGKILL, found.stderr
    zygote = Path("/proc") / found.stdout.strip()
    deadline = time.monotonic() + 60
    while zygote.exists() and "State:\tZ" not in (zygote / "status").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_parents_own_limits_stay() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    assert text(run_confined(echo, 1, SMALL)) == 1
    assert resource.getrlimit(resource.RLIMIT_AS) == before
