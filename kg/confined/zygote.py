"""The process that children are forked from: everything imported, nothing opened, one thread.

kg/confined/client.py starts it and talks to it over a Unix socket that keeps messages apart. An
order comes with three descriptors: the request (a pickle, from our own parent), the result, and
the complaints (the child's standard error). The reply is JSON: how the child ended.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import math
import os
import pickle
import resource
import select
import signal
import socket
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from kg.confined.limits import NETWORK, PROGRAMS, forbid, limit_memory, only_folders
from kg.errors import KgError

__all__ = ["RAISED", "main"]

RAISED = 3
"""The exit code of a child whose result is an error, as JSON."""
_ORDER_BYTES = 64 * 1024
_DESCRIPTORS = 3
_MESSAGE = 4000  # characters of an error
# What Python and the parsers look up while they run, beside their own folders.
_SYSTEM = (
    "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/usr/local/lib", "/lib", "/lib64",
    "/etc/localtime", "/etc/ld.so.cache", "/proc/self", "/proc/meminfo", "/proc/cpuinfo",
    "/proc/stat", "/sys/devices/system/cpu", "/sys/fs/cgroup", "/sys/kernel/mm",
    "/dev/null", "/dev/urandom",
)  # fmt: skip


def main(descriptor: int, preloaded: Sequence[str]) -> None:
    """Import, then serve one order after the other until the parent hangs up."""
    channel = socket.socket(fileno=descriptor)
    for name in preloaded:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # collecting in a child would copy every page that is shared now
    while True:
        data, descriptors, _, _ = socket.recv_fds(channel, _ORDER_BYTES, _DESCRIPTORS)
        if not data:
            return
        reply = _serve(channel, json.loads(data), descriptors)
        for opened in descriptors:
            os.close(opened)
        channel.send(json.dumps(reply).encode())


def _serve(channel: socket.socket, order: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
    child = os.fork()
    if child == 0:
        channel.close()
        _run_and_end(order, *descriptors)
    timed_out = not _ended(child, channel, order["seconds"])
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return {"code": code, "timed_out": timed_out, "peak": usage.ru_maxrss * 1024}


def _ended(child: int, channel: socket.socket, seconds: float) -> bool:
    """Wait for a child; kill it, and say False, when its time is over or the parent has gone."""
    handle = os.pidfd_open(child)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.register(channel, select.POLLHUP | select.POLLRDHUP)
        events = [descriptor for descriptor, _ in poll.poll(math.ceil(seconds * 1000))]
        if handle in events:
            return True
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        if events:
            os._exit(0)
        return False
    finally:
        os.close(handle)


def _run_and_end(order: dict[str, Any], request: int, result: int, complaints: int) -> None:
    code = 1
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for target, opened in ((0, nothing), (1, nothing), (2, complaints)):
            os.dup2(opened, target)
        code = _run(order, request, result)
    except BaseException:  # noqa: BLE001 - the edge of the process
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stderr.flush()
        os._exit(code)


def _run(order: dict[str, Any], request: int, result: int) -> int:
    """Run the function of the request under the limits; return the exit code."""
    with os.fdopen(os.dup(request), "rb") as stream:
        function, argument, readable, writable = pickle.load(stream)  # noqa: S301 - from our parent
    _confine(order, readable, writable)
    _note_files([*readable, *writable])
    try:
        with os.fdopen(os.dup(result), "wb") as output:
            function(argument, output)
    except BaseException as error:  # noqa: BLE001 - also panics of Rust: the parent judges
        os.ftruncate(result, 0)
        os.pwrite(result, json.dumps(_told(error)).encode(errors="replace"), 0)
        return RAISED
    return 0


def _confine(order: dict[str, Any], readable: Sequence[str], writable: Sequence[str]) -> None:
    cpu = math.ceil(order["seconds"]) * max(2, os.cpu_count() or 1)
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, order["file_bytes"]),
    ):
        hard = resource.getrlimit(limit)[1]
        lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (lowest, lowest))
    limit_memory(order["memory"])
    own = {sys.prefix, sys.base_prefix, *sys.path}
    only_folders([*_SYSTEM, *sorted(own), *readable], writable)
    forbid((*NETWORK, *PROGRAMS))


def _note_files(places: Sequence[str]) -> None:
    """Keep in the complaints, first of all, which of the files was opened last.

    Readers that open files by themselves tell by ``sys.audit("kg.read", path)``.
    """
    starts = tuple(places)
    last = ""

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal last
        if event not in ("open", "kg.read"):
            return
        path = str(arguments[0])
        if path != last and path.startswith(starts):
            last = path
            os.write(2, f"\0reading {path}\0\n".encode(errors="replace"))

    sys.addaudithook(note)


def _told(error: BaseException) -> dict[str, Any]:
    kind = next((c.__name__ for c in type(error).__mro__ if c.__module__ == KgError.__module__), "")
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return {
        "kind": kind or type(error).__name__,
        "ours": bool(kind),
        "message": str(error)[:_MESSAGE],
        "place": f"{os.path.basename(frame.filename)}, line {frame.lineno}",  # noqa: PTH119
        "traceback": "".join(traceback.format_tb(error.__traceback__)),
    }
