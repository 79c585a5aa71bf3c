"""Packed inputs: a gzip file is read as the file in it, a zip archive as a folder.

They are unpacked into a scratch folder with limits, so that a small file cannot fill the disk.
"""

from __future__ import annotations

import gzip
import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from kg.errors import InputError

__all__ = ["is_packed", "unpack"]

MAX_BYTES = 8 * 1024**3
MAX_FILES = 10_000
MAX_RATIO = 1_000  # deflate reaches 1,032 on zeros; real tables stay below 100
_CHUNK = 1024 * 1024


def is_packed(path: Path) -> bool:
    """Return whether a path is a gzip file or a zip archive, by its ending."""
    return path.suffix.lower() in (".gz", ".zip")


def unpack(path: Path, folder: Path) -> Path:
    """Unpack into a folder; return the file of a gzip file, or the folder of a zip archive.

    Raises
    ------
    InputError
        It is damaged, encrypted, too large, packed twice, or names a place outside of its folder.
    """
    try:
        plain = (
            _gunzipped(path, folder) if path.suffix.lower() == ".gz" else _unzipped(path, folder)
        )
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path}: cannot be unpacked: {str(error).rstrip('.')}. Fetch it again."
        ) from error
    again = next((p.name for p in [plain, *plain.rglob("*")] if is_packed(p) and p.is_file()), None)
    if again:
        raise InputError(
            f"{path}: holds {again}, which is packed again. Accepted: files that are packed once. "
            "Unpack it, and name what it holds."
        )
    return plain


def _gunzipped(path: Path, folder: Path) -> Path:
    target = folder / path.stem
    with gzip.open(path, "rb") as packed:
        _copy(packed, target, _room(path, path.stat().st_size), path)
    return target


def _unzipped(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > MAX_FILES:
            raise InputError(f"{path}: holds {len(members)} files. Accepted: {MAX_FILES} or fewer.")
        room = _room(path, path.stat().st_size)
        for member in members:
            target = folder / _inside(member, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as packed:
                room -= _copy(packed, target, room, path)
    found = [entry for entry in folder.iterdir() if not entry.name.startswith(("__MACOSX", "."))]
    # An archive of one folder is that folder.
    return found[0] if len(found) == 1 and found[0].is_dir() else folder


def _room(path: Path, size: int) -> int:
    if size == 0:
        raise InputError(f"{path}: the file is empty. Fetch it again.")
    return min(MAX_BYTES, size * MAX_RATIO)


def _inside(member: zipfile.ZipInfo, path: Path) -> PurePosixPath:
    """Return where a member goes; a link, or a way out of the folder, is refused."""
    name = PurePosixPath(member.filename.replace("\\", "/"))
    link = (member.external_attr >> 16) & 0o170000 == 0o120000
    if link or name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
        raise InputError(
            f"{path}: the member {member.filename!r} leads out of the archive. Accepted: files "
            "with a plain relative name."
        )
    if member.flag_bits & 1:
        raise InputError(f"{path}: the member {member.filename!r} is encrypted. Unpack it first.")
    return name


def _copy(packed: IO[bytes] | gzip.GzipFile, target: Path, room: int, path: Path) -> int:
    """Copy at most ``room`` bytes into a file and return how many they were."""
    with target.open("wb") as stream:
        while part := packed.read(_CHUNK):
            stream.write(part)
            if stream.tell() > room:
                raise InputError(
                    f"{path}: unpacks to more than {room} bytes. Accepted: at most {MAX_RATIO} "
                    f"times its size and {MAX_BYTES} bytes. Unpack it by hand if it is to be "
                    "trusted."
                )
    shutil.copystat(path, target)
    return target.stat().st_size
