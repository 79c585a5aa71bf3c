"""What a process gives up before it touches outside data: memory, system calls, folders.

Linux only, without privileges, and the standard library alone: the query workers load this file
by its path. What the kernel does not offer is left out, and the function says so.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import struct
from collections.abc import Iterable

__all__ = [
    "NETWORK",
    "PROGRAMS",
    "forbid",
    "limit_memory",
    "memory_pages",
    "only_folders",
    "private_bytes",
    "trim",
]

NETWORK = ("socket", "io_uring_setup")
"""The calls by which a process makes a socket."""
PROGRAMS = ("execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "kill")
"""The calls by which it runs or touches other programs."""

# The number of each call, by machine; and the machine's number in the kernel's audit records.
_CALLS = {
    "x86_64": {"socket": 41, "io_uring_setup": 425, "execve": 59, "execveat": 322, "ptrace": 101,
               "process_vm_readv": 310, "process_vm_writev": 311, "kill": 62},
    "aarch64": {"socket": 198, "io_uring_setup": 425, "execve": 221, "execveat": 281,
                "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "kill": 129},
}  # fmt: skip
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_OTHER_ABI = 0x40000000  # x32 calls carry this bit: the same calls under other numbers
_PAGE = resource.getpagesize()
_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _MODE_FILTER = 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def forbid(calls: Iterable[str]) -> bool:
    """Make the kernel refuse system calls to this process; False where it cannot."""
    machine = platform.machine()
    if machine not in _CALLS:
        return False
    program = _filter(_AUDIT[machine], [_CALLS[machine][name] for name in calls])
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    loaded = _Program(len(program) // 8, program)
    return bool(libc.prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.byref(loaded), 0, 0) == 0)


def _filter(audit: int, numbers: list[int]) -> bytes:
    """Return a seccomp program that answers EACCES to the calls of these numbers."""
    load, jump_equal, jump_least, give = 0x20, 0x15, 0x35, 0x06
    tests = [(jump_least, _OTHER_ABI), *((jump_equal, number) for number in numbers)]
    refusing = len(tests)  # steps from the first test to the step that refuses
    steps = [
        (load, 0, 0, 4),  # the architecture of the call
        (jump_equal, 0, refusing + 2, audit),
        (load, 0, 0, 0),  # its number
        *((code, refusing - i, 0, operand) for i, (code, operand) in enumerate(tests)),
        (give, 0, 0, 0x7FFF0000),  # allow
        (give, 0, 0, 0x00050000 | 13),  # SECCOMP_RET_ERRNO with EACCES
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


_READ = 0x4 | 0x8  # open a file for reading, list a folder
# Landlock's first version: write, and remove or make what a folder can hold.
_WRITE = 0x2 | 0x10 | 0x20 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800 | 0x1000
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every machine
_FILE_RIGHTS = 0x2 | 0x4


def only_folders(readable: Iterable[str], writable: Iterable[str]) -> bool:
    """Let this process open only what lies in these folders, or is one of these files.

    What is open already stays open. False where the kernel has no Landlock.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    handled = struct.pack("=Q", _READ | _WRITE)
    rules = libc.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    if rules < 0:
        return False
    try:
        for path in readable:
            _allow(libc, rules, path, _READ)
        for path in writable:
            _allow(libc, rules, path, _READ | _WRITE)
        libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return bool(libc.syscall(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no right
    if not os.path.isdir(path):  # noqa: PTH112 - spares the query workers an import
        rights &= _FILE_RIGHTS
    rule = struct.pack("=Qi", rights, place)
    libc.syscall(_ADD_RULE, rules, 1, rule, 0)
    os.close(place)


def memory_pages() -> list[int]:
    """Return the kernel's figures for this process: address space, resident, shared, ..."""
    with open("/proc/self/statm", encoding="ascii") as stream:  # noqa: PTH123 - spares an import
        return [int(figure) for figure in stream.read().split()]


def limit_memory(extra: int) -> None:
    """Let the address space grow by so many bytes over what it has now."""
    now = memory_pages()[0] * _PAGE
    resource.setrlimit(resource.RLIMIT_AS, (now + extra, now + extra))


def private_bytes() -> int:
    """Return the resident memory that belongs to this process alone."""
    _, resident, shared, *_ = memory_pages()
    return (resident - shared) * _PAGE


def trim() -> None:
    """Give free memory back to the system, where the C library can: glibc."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
