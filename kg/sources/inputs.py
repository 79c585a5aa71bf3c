"""The inputs of a source: files, folders, globs and URLs become files that may be read.

Only regular files are taken in: a FIFO or a device would be read for ever, and a link out of a
folder would read what nobody named.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import InputError, SettingsError
from kg.files import sha256
from kg.settings import LoadSettings, SourceSettings, is_url
from kg.settings.values import refuse_unset
from kg.sources.fetching import fetch

__all__ = ["Input", "find_file", "find_inputs"]

MAX_ENTRIES = 100_000  # files and folders below one folder
_KINDS = {
    stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device", stat.S_IFDIR: "a folder", stat.S_IFLNK: "a broken link",
}  # fmt: skip


@dataclass(frozen=True)
class Input:
    """A file or folder on this disk, and the name under which it is spoken of."""

    path: Path
    name: str


def find_inputs(settings: SourceSettings, load: LoadSettings) -> list[Input]:
    """Return what the project file states as the inputs of a source, in its order.

    URLs are fetched into ``load.downloads``.

    Raises
    ------
    SettingsError
        A path leads to nothing.
    InputError
        An input is neither regular file nor folder, cannot be fetched, or is not what its
        SHA-256 pins.
    """
    stated = settings.inputs or (str(settings.path),)
    found = [item for text in stated for item in _inputs(text, settings, load)]
    for item in found:
        _check(item, f"[[source]] {settings.id}")
    unique = {os.path.realpath(item.path): item for item in reversed(found)}
    return list(reversed(unique.values()))


def find_file(name: str, text: str, settings: SourceSettings, load: LoadSettings) -> Input:
    """Return the further file that a source states as ``name``.

    Raises
    ------
    SettingsError
        There is nothing, or more than one file.
    InputError
        As :func:`find_inputs`.
    """
    where = f"[[source]] {settings.id}"
    found = list(_inputs(text, settings, load))
    if len(found) != 1 or found[0].path.is_dir():
        raise SettingsError(f"{where}: files.{name} is {text!r}. Accepted: one file.")
    _check(found[0], where)
    return found[0]


def _inputs(text: str, settings: SourceSettings, load: LoadSettings) -> Iterator[Input]:
    pin = settings.sha256.get(text)
    where = f"[[source]] {settings.id}"
    if is_url(text):
        yield Input(fetch(text, load, pin, settings.media_type, where), text)
        return
    refuse_unset(text, where)
    path = Path(text)
    found = [path] if os.path.lexists(path) else _matches(path)
    if not found:
        raise SettingsError(f"{where}: there is nothing at {text}. Check its path.")
    for item in found:
        if pin is not None:
            _check(Input(item, str(item)), where)
            _check_pin(item, pin, where)
        yield Input(item, str(item))


def _matches(pattern: Path) -> list[Path]:
    # glob, not Path.glob: it takes a pattern that begins at the root.
    return sorted(Path(name) for name in glob.glob(str(pattern), recursive=True))  # noqa: PTH207


def _check_pin(path: Path, pin: str, where: str) -> None:
    found = sha256(path) if path.is_file() else "no file"
    if found != pin:
        raise InputError(
            f"{where}: {path} has the SHA-256 {found}. Accepted: {pin}, as sha256 states. If the "
            "new content is meant, state its SHA-256."
        )


def _check(item: Input, where: str) -> None:
    if not item.path.is_dir():
        _check_regular(item.path, item.name, where)
        return
    root = os.path.realpath(item.path)
    for number, path in enumerate(_below(Path(root))):
        if number >= MAX_ENTRIES:
            raise InputError(f"{where}: {item.name} holds more than {MAX_ENTRIES} files.")
        real = os.path.realpath(path)
        if path.is_symlink() and not real.startswith(root + os.sep):
            raise InputError(
                f"{where}: {path} is a link that leads out of the folder, to {real}. Accepted: "
                "regular files in it. Name the target itself in path, or copy it."
            )
        if not path.is_dir():
            _check_regular(path, str(path), where)


def _below(folder: Path) -> Iterator[Path]:
    """Yield what lies in a folder and its folders, hidden files left out, links not followed."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, n) for n in [*folders, *files] if not n.startswith("."))


def _check_regular(path: Path, name: str, where: str) -> None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise InputError(
            f"{where}: {name} cannot be read: {error.strerror}. Check the path and its rights."
        ) from error
    # Those below /proc and /sys call themselves regular, and may block or never end.
    odd = os.path.realpath(path).startswith(("/proc/", "/sys/", "/dev/"))
    if odd or not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "no file of a disk")
        raise InputError(f"{where}: {name} is {kind}. Accepted: a regular file, or a folder.")
    if not os.access(path, os.R_OK):
        raise InputError(f"{where}: {name} cannot be read: Permission denied. Check its rights.")
