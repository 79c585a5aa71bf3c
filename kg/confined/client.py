"""Running a function in a confined child, as its parent sees it.

One process stays that has everything imported (kg/confined/zygote.py); each run is a fork of it,
which takes milliseconds, and ends with the run: what a hostile file did to a parser is gone.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import json
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar

from kg.confined.zygote import RAISED

__all__ = ["Limits", "Outcome", "prepare", "run_confined"]

_T = TypeVar("_T")
_REPLY_BYTES = 64 * 1024
_GRACE_SECONDS = 30.0  # beyond the child's own time: to fork, to kill, to reply
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from kg.confined.zygote import main; main(int(sys.argv[1]), sys.argv[3:])"
)
_READING = re.compile(r"\0reading ([^\0]*)\0\n")
_NO_MEMORY = re.compile(r"(?i)memory ?error|memory allocation|cannot allocate memory|bad_alloc")
# The thread pools and arenas of many cores would eat the address space of the child.
_ENVIRONMENT = {"POLARS_MAX_THREADS": "2", "RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2",
                "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
_INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class Limits:
    """What a run may use.

    ``memory`` is address space beyond what the process starts with, ``file_bytes`` the largest
    file that it may write (both in bytes); ``seconds`` is wall time.
    """

    memory: int = 4 * 1024**3
    seconds: float = 600.0
    file_bytes: int = 8 * 1024**3


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    ``result`` is what the function wrote, at its beginning, where it returned. Else ``reason`` is
    ``raised`` (``error`` tells what), ``time``, ``memory``, ``size`` (of a file that it wrote) or
    ``crash`` (``error["message"]`` names the signal). ``reading`` is the file that it opened
    last, if one is known; ``peak`` its resident memory in bytes.
    """

    result: BinaryIO | None
    reason: str
    error: dict[str, Any]
    reading: str | None
    peak: int


def run_confined(
    function: Callable[[_T, BinaryIO], None],
    argument: _T,
    limits: Limits,
    readable: Sequence[str] = (),
    writable: Sequence[str] = (),
    preloaded: Sequence[str] = (),
) -> Outcome:
    """Run ``function(argument, output)`` in a child without network.

    Parameters
    ----------
    function:
        A function of a module, importable by its name; writes its result to ``output``.
    argument:
        Anything that can be pickled.
    limits:
        What the run may use.
    readable, writable:
        Files and folders that it may open, beside Python's own.
    preloaded:
        Modules that are imported once, before the fork.
    """
    zygote = _zygote(tuple(preloaded))
    with _memory_file("request") as request, contextlib.ExitStack() as undo:
        pickle.dump((function, argument, list(readable), list(writable)), request)
        request.flush()
        request.seek(0)
        result = undo.enter_context(_memory_file("result"))
        with _memory_file("complaints") as complaints:
            files = [f.fileno() for f in (request, result, complaints)]
            reply = zygote.order(limits, files)
            said = os.pread(complaints.fileno(), 10_000_000, 0).decode(errors="replace")
        outcome = _outcome(reply, result, said)
        if outcome.result is not None:
            undo.pop_all()
        return outcome


def prepare(preloaded: Sequence[str]) -> None:
    """Start the process that children are forked from, so that it imports while others work.

    ``preloaded`` is as for :func:`run_confined`.
    """
    _zygote(tuple(preloaded))


def _memory_file(name: str) -> BinaryIO:
    return os.fdopen(os.memfd_create(name), "w+b")


def _outcome(reply: dict[str, Any], result: BinaryIO, said: str) -> Outcome:
    read = _READING.findall(said)
    words = _READING.sub("", said).strip()[-2000:]
    code, reading, peak = reply["code"], read[-1] if read else None, reply["peak"]
    result.seek(0)
    if code == 0:
        return Outcome(result, "", {}, reading, peak)
    if code == RAISED:
        error = json.load(io.TextIOWrapper(io.BytesIO(result.read()), "utf-8"))
        full = _NO_MEMORY.search(f"{error['kind']} {error['message']}") and not error["ours"]
        reason = "memory" if full else "raised"
        return Outcome(None, reason, error, reading, peak)
    name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    reason = "time" if reply["timed_out"] or name == "SIGXCPU" else "crash"
    if name == "SIGXFSZ":
        reason = "size"
    if _NO_MEMORY.search(words):
        reason = "memory"
    return Outcome(None, reason, {"message": name, "words": words}, reading, peak)


class _Zygote:
    """The process that children are forked from; one order at a time."""

    def __init__(self, preloaded: tuple[str, ...]) -> None:
        self.preloaded = preloaded
        self.owner = os.getpid()
        self._lock = threading.Lock()
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        places = json.dumps([path or os.getcwd() for path in sys.path])  # noqa: PTH109
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-I", "-c", _START, str(theirs.fileno()), places, *preloaded],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**inherited, **_ENVIRONMENT},
                # The terminal's Ctrl-C is for the parent, which then ends this group itself.
                start_new_session=True,
            )

    @property
    def is_usable(self) -> bool:
        return self.owner == os.getpid() and self._process.poll() is None

    def order(self, limits: Limits, descriptors: Sequence[int]) -> dict[str, Any]:
        """Have one request run; whatever interrupts the wait ends the process group."""
        order = json.dumps(vars(limits)).encode()
        with self._lock:
            try:
                self._channel.settimeout(limits.seconds + _GRACE_SECONDS)
                socket.send_fds(self._channel, [order], list(descriptors))
                data = self._channel.recv(_REPLY_BYTES)
            except TimeoutError:
                self.end()
                return {"code": -signal.SIGKILL, "timed_out": True, "peak": 0}
            except BaseException:
                self.end()
                raise
        if not data:
            self.end()
            return {"code": -signal.SIGKILL, "timed_out": False, "peak": 0}
        reply: dict[str, Any] = json.loads(data)
        return reply

    def end(self) -> None:
        """Kill the process and the child that it may have."""
        if self.owner == os.getpid():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._channel.close()


_running: dict[str, _Zygote] = {}
_starting = threading.Lock()


def _zygote(preloaded: tuple[str, ...]) -> _Zygote:
    with _starting:
        zygote = _running.get("zygote")
        if zygote is not None and zygote.is_usable and set(preloaded) <= set(zygote.preloaded):
            return zygote
        if zygote is not None:
            zygote.end()
        _running["zygote"] = _Zygote(preloaded)
        return _running["zygote"]


@atexit.register
def _end() -> None:
    zygote = _running.pop("zygote", None)
    if zygote is not None:
        zygote.end()
