"""Tombstones: keyed hashes of the keys of people who were forgotten, and nothing else of them.

A folder of the project holds ``tombstones.json`` (hashes and the day of each forgetting) and
``key`` (32 random bytes, readable by its owner only). Without the key nobody can try names or
identifiers against the hashes; so the hashes may be kept and copied with the project, and the key
is kept as a password is. Each needs the other: a build stops where one of them is missing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import SettingsError
from kg.files import write_atomically

__all__ = ["Tombstones", "bury", "read_tombstones", "unwritten"]

_KEY = "key"
_LIST = "tombstones.json"
_KEY_BYTES = 32
_PROOF = "this key made these hashes"


@dataclass(frozen=True)
class Tombstones:
    """The keys of forgotten people, as hashes; ``people`` says how many people they belong to."""

    key: bytes = b""
    hashes: frozenset[str] = frozenset()
    people: int = 0

    def __bool__(self) -> bool:
        return bool(self.hashes)

    def holds(self, text: str) -> bool:
        """Return whether a key, as text in small letters, is one of a forgotten person."""
        return bool(self.hashes) and _hash(self.key, text) in self.hashes

    def among(self, texts: Iterable[str]) -> frozenset[str]:
        """Return those of some keys that are a forgotten person's."""
        return frozenset(text for text in texts if self.holds(text)) if self else frozenset()


def read_tombstones(folder: Path) -> Tombstones:
    """Read the tombstones of a project; a folder that is not there holds none.

    Raises
    ------
    SettingsError
        The list or its key is missing or damaged, or they do not belong together.
    """
    key_file, list_file = folder / _KEY, folder / _LIST
    if not list_file.exists() and not key_file.exists():
        return Tombstones()
    try:
        key = key_file.read_bytes()
        document = json.loads(list_file.read_text(encoding="utf-8"))
        people, proof = document["people"], document["proof"]
        hashes = frozenset(str(h) for person in people for h in person["keys"])
    except FileNotFoundError as error:
        raise SettingsError(
            f"{folder}: {Path(str(error.filename)).name} is missing. Without it people who were "
            "forgotten could come back, so nothing is done. Restore it from a copy of the project."
        ) from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SettingsError(
            f"{list_file}: cannot be read ({error}). Restore it and its key from a copy of the "
            "project; until then nothing is built, since forgotten people could come back."
        ) from error
    if not hmac.compare_digest(str(proof), _hash(key, _PROOF)):
        raise SettingsError(
            f"{key_file}: is not the key that {list_file.name} was made with. Restore the one that "
            "belongs to it; until then nothing is built, since forgotten people could come back."
        )
    return Tombstones(key, hashes, len(people))


def unwritten(keys: Iterable[str]) -> Tombstones:
    """Return tombstones of one person that are kept nowhere, to try what burying would do."""
    key = secrets.token_bytes(_KEY_BYTES)
    return Tombstones(key, frozenset(_hash(key, text) for text in keys), 1)


def bury(folder: Path, keys: Iterable[str]) -> Tombstones:
    """Add one person's keys to the tombstones of a project, and return all.

    Both files are on disk when this returns. Keys that are there already change nothing.
    """
    known = read_tombstones(folder)
    key = known.key or _new_key(folder)
    added = sorted({_hash(key, text) for text in keys} - known.hashes)
    if added:
        entry = {"forgotten": dt.datetime.now(dt.UTC).date().isoformat(), "keys": added}
        people = [*_listed(folder), entry]
        _write(folder, people, key)
    return read_tombstones(folder)


def _listed(folder: Path) -> Sequence[Mapping[str, Any]]:
    file = folder / _LIST
    if not file.exists():
        return []
    people: Sequence[Mapping[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["people"]
    return people


def _new_key(folder: Path) -> bytes:
    folder.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(_KEY_BYTES)
    # The list first, empty: a key without its list would be an error, as a lost list is one.
    _write(folder, [], key)
    descriptor = os.open(folder / _KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(key)
        stream.flush()
        os.fsync(stream.fileno())
    return key


def _write(folder: Path, people: Sequence[Mapping[str, Any]], key: bytes) -> None:
    document = {
        "about": "Keyed hashes (HMAC-SHA-256) of the keys of people who were forgotten. "
        "Later loads leave out whoever has one of these keys. Keep this file, and its key apart.",
        "proof": _hash(key, _PROOF),
        "people": list(people),
    }
    write_atomically(folder / _LIST, json.dumps(document, indent=1) + "\n")


def _hash(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()
