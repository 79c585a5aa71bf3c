"""One query worker as its parent sees it: a child process and the socket to it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from kg.errors import LimitError, ReleaseError
from kg.store.explain import out_of_memory

__all__ = ["LOOK_SECONDS", "Reply", "Slowness", "WorkerProcess", "framed"]

_PROGRAM = Path(__file__).with_name("evaluator.py")
_START_SECONDS = 60.0
LOOK_SECONDS = 0.25  # how often a waiting thread asks whether its client is still there
_GLANCE_SECONDS = 0.05  # how often a young query is looked at: it may have to make room
_SOONEST_SECONDS = 0.1  # what a query may take and is quick in any case
_CHUNK = 96 * 1024  # more than an answer that is sent without a memory file
_LENGTH = struct.Struct("!I")
_MAY_KEEP = 24 * 1024 * 1024  # bytes that a worker may have grown by and go on
_YIELDING = 10  # niceness of a long query: quick ones come first


@dataclass(frozen=True)
class Reply:
    """What a worker said: ``head`` as in kg/store/evaluator.py, and the answer's bytes."""

    head: dict[str, Any]
    body: BinaryIO


def framed(request: Mapping[str, Any]) -> bytes:
    """Return a request as a worker reads it."""
    body = json.dumps(request).encode()
    return _LENGTH.pack(len(body)) + body


@dataclass(frozen=True)
class Slowness:
    """When a query is slow, and what is done then.

    It is after ``after_s`` seconds, or sooner where it ``is_in_the_way`` of another. ``tell`` may
    pause the process, and returns for how many seconds it did.
    """

    after_s: float
    is_in_the_way: Callable[[], bool]
    tell: Callable[[], float]


class WorkerProcess:
    """A child that holds a store open read-only and answers one request at a time.

    Parameters
    ----------
    path:
        The RocksDB folder.
    memory:
        How many bytes of address space a query may take.
    network:
        Whether it may make sockets, for SERVICE.
    caches:
        How many bytes of the store the engine may keep in memory: no query's leftovers.
    """

    def __init__(self, path: str, memory: int, network: bool = False, caches: int = 0) -> None:
        self.memory = memory
        self._may_keep = min(_MAY_KEEP + caches, memory // 8)
        self.is_sound = True
        self._ready = False
        self._private = 0
        self._yields = False
        self._arrived: tuple[bytes, list[int]] = (b"", [])  # of a reply that is not whole yet
        self._complaints = os.memfd_create("complaints")
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, fixed arguments
                [sys.executable, "-I", str(_PROGRAM), str(theirs.fileno()), path, str(memory)]
                + ["network"] * network,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
                # the terminal's Ctrl-C is for the server, which then ends its workers itself
                start_new_session=True,
            )
        self.pid = self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process runs and can take a request."""
        return self.is_sound and self._process.poll() is None

    def await_ready(self) -> None:
        """Return when the store is open; raise ReleaseError when it cannot be."""
        if self._ready:
            return
        self.is_sound = False
        try:
            head = self._receive(time.monotonic() + _START_SECONDS, None).head
            complaint = head.get("message", "")
        except (OSError, EOFError):
            head, complaint = {"status": "ended"}, self._last_words() or "the worker ended"
        if head["status"] != "ready":
            raise ReleaseError(
                f"The release's store cannot be opened: {complaint}. "
                "Build it again, or roll back to another release."
            )
        self._private = head["private"]
        self.is_sound = self._ready = True

    @property
    def is_ready(self) -> bool:
        """Whether its store is open."""
        return self._ready

    def fileno(self) -> int:
        """Return the descriptor on which its reply arrives."""
        return self._channel.fileno()

    def try_send(self, frame: bytes) -> bool:
        """Send a request without waiting; where this is False, it cannot be used any more."""
        self.is_sound = False
        try:
            return self._channel.send(frame, socket.MSG_DONTWAIT) == len(frame)
        except OSError:
            return False

    def try_receive(self) -> Reply | None:
        """Return the reply, or None where it is not whole yet.

        Raises
        ------
        EOFError, OSError
            The process has ended; :meth:`ask` tells why.
        """
        data, descriptors, _, _ = socket.recv_fds(self._channel, _CHUNK, 1, socket.MSG_DONTWAIT)
        if not data:
            raise EOFError
        known, more = self._arrived
        self._arrived = (known + data, more + descriptors)
        reply = self._whole()
        if reply is not None:
            self._settle(reply)
        return reply

    def ask(
        self,
        frame: bytes | None,
        timeout_s: float,
        is_gone: Callable[[], bool] | None,
        slow: Slowness | None = None,
        asked_s: float = 0.0,
    ) -> Reply:
        """Send a request and wait for its reply; kill the process when that takes too long.

        ``frame`` is None where it was sent before, ``asked_s`` seconds ago.
        """
        self.is_sound = False
        try:
            if frame is not None:
                self._channel.settimeout(timeout_s)
                self._channel.sendall(frame)
            reply = self._receive(time.monotonic() + timeout_s - asked_s, is_gone, slow, asked_s)
            self._channel.settimeout(None)
        except TimeoutError:
            self.kill()
            raise LimitError(
                f"The query ran longer than {timeout_s:g} s and was stopped. Ask for less, start "
                "from the most selective pattern, or take the columns of the release.",
                status=504,
            ) from None
        except (OSError, EOFError):
            raise self._death() from None
        self._settle(reply)
        return reply

    def _settle(self, reply: Reply) -> None:
        # A worker that has grown is replaced: memory is given back by ending a process. So is
        # one that yields: nobody may take that back.
        grown = reply.head["private"] - self._private
        self.is_sound = grown < self._may_keep and not self._yields

    def pause(self) -> None:
        """Stop the process where it is."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let a paused process go on."""
        self._process.send_signal(signal.SIGCONT)

    def yield_to_others(self) -> None:
        """Let the process have what processor time others leave."""
        self._yields = True
        with contextlib.suppress(OSError):  # it has just ended
            os.setpriority(os.PRIO_PROCESS, self.pid, _YIELDING)

    def stop(self) -> None:
        """End the process and wait for it; whoever waits for its reply learns so."""
        self.is_sound = False
        if self._process.returncode is None:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """End the process and let go of the socket; only for whoever holds the worker."""
        self.stop()
        self._channel.close()
        for descriptor in self._arrived[1]:
            os.close(descriptor)
        self._arrived = (b"", [])
        if self._complaints >= 0:
            os.close(self._complaints)
            self._complaints = -1

    def _receive(
        self,
        deadline: float,
        is_gone: Callable[[], bool] | None,
        slow: Slowness | None = None,
        asked_s: float = 0.0,
    ) -> Reply:
        if slow and not self._arrived[0]:
            deadline += self._until_slow(slow, deadline, is_gone, asked_s)
        while (reply := self._whole()) is None:
            data, descriptors = self._next_bytes(deadline, is_gone)
            known, more = self._arrived
            self._arrived = (known + data, more + descriptors)
        return reply

    def _whole(self) -> Reply | None:
        """Return the reply that has arrived, if it is whole."""
        data, descriptors = self._arrived
        if len(data) < _LENGTH.size:
            return None
        end = _LENGTH.size + int(_LENGTH.unpack_from(data)[0])
        if len(data) < end:
            return None
        head = json.loads(data[_LENGTH.size : end])
        if not descriptors and len(data) < end + head.get("size", 0):
            return None
        self._arrived = (b"", [])
        body = _opened(descriptors[0]) if descriptors else io.BytesIO(data[end:])
        return Reply(head, body)

    def _until_slow(
        self,
        slow: Slowness,
        deadline: float,
        is_gone: Callable[[], bool] | None,
        asked_s: float,
    ) -> float:
        """Wait for a reply until the query is slow, tell so, and return how long it paused."""
        began = time.monotonic() - asked_s
        slow_at = min(began + slow.after_s, deadline)
        arrived = select.poll()  # not select(): a busy server has descriptors above its 1,024
        arrived.register(self._channel, select.POLLIN)
        while (left := slow_at - time.monotonic()) > 0:
            if arrived.poll(1000 * min(left, _GLANCE_SECONDS)):
                return 0.0
            self.stop_if(is_gone)
            if slow.is_in_the_way() and time.monotonic() - began > _SOONEST_SECONDS:
                break
        return slow.tell() if time.monotonic() < deadline else 0.0

    def _next_bytes(
        self, deadline: float, is_gone: Callable[[], bool] | None
    ) -> tuple[bytes, list[int]]:
        while (left := deadline - time.monotonic()) > 0:
            self._channel.settimeout(min(left, LOOK_SECONDS) if is_gone else left)
            try:
                data, descriptors, _, _ = socket.recv_fds(self._channel, _CHUNK, 1)
            except TimeoutError:
                self.stop_if(is_gone)
                continue
            if not data:
                raise EOFError
            return data, descriptors
        raise TimeoutError

    def stop_if(self, is_gone: Callable[[], bool] | None) -> None:
        """Kill the process and raise, when the client has hung up."""
        if is_gone and is_gone():
            self.kill()
            raise LimitError("The client hung up; its query was stopped.", status=499)

    def _last_words(self) -> str:
        if self._complaints < 0:
            return ""
        return os.pread(self._complaints, 2000, 0).decode(errors="replace").strip()

    def _death(self) -> LimitError:
        """Say why the process ended by itself."""
        code = self._process.wait()
        if "memory allocation" in self._last_words():
            return out_of_memory(self.memory)
        cause = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return LimitError(
            f"The query made the engine stop ({cause}). The server goes on, with a new worker. "
            "Such queries nest deeply or chain very many operators: ask in several simpler ones.",
            status=500,
        )


def _opened(descriptor: int) -> BinaryIO:
    file = os.fdopen(descriptor, "rb")
    file.seek(0)
    return file
