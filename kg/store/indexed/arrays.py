"""Named arrays in one file, mapped into memory: nothing is read before it is used.

The arrays stand one behind another, each at a multiple of eight bytes; behind them a JSON object
that says where each is, its length in eight bytes, and the mark of such files.
"""

from __future__ import annotations

import json
import mmap
from array import array
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kg.errors import ReleaseError

__all__ = ["Arrays", "write_arrays"]

_MARK = b"rihla-arrays-1\n\0"
_LENGTH_BYTES = 8
_ALIGNED = 8


def write_arrays(
    path: Path, about: Mapping[str, Any], arrays: Mapping[str, Iterable[np.ndarray]]
) -> None:
    """Write arrays, each in parts that are made one after another, and what is said about them."""
    places: dict[str, tuple[int, int]] = {}
    with path.open("wb") as stream:
        for name, parts in arrays.items():
            stream.write(bytes(-stream.tell() % _ALIGNED))
            start = stream.tell()
            for part in parts:
                stream.write(np.ascontiguousarray(part).data)
            places[name] = (start, stream.tell())
        told = json.dumps({**about, "places": places}).encode()
        stream.write(told + len(told).to_bytes(_LENGTH_BYTES, "little") + _MARK)


class Arrays:
    """The arrays of a file.

    Attributes
    ----------
    about:
        What was said about them.

    Raises
    ------
    ReleaseError
        The file is not whole, or of another kind.
    """

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as stream:
                self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            self.about: dict[str, Any] = self._read_about()
        except (OSError, ValueError, KeyError) as error:
            raise ReleaseError(f"{path}: the index cannot be opened ({error}).") from error

    def _read_about(self) -> dict[str, Any]:
        end = len(self._map) - len(_MARK)
        if end < _LENGTH_BYTES or self._map[end:] != _MARK:
            raise ValueError("its end is not that of an index")
        length = int.from_bytes(self._map[end - _LENGTH_BYTES : end], "little")
        about = json.loads(self._map[end - _LENGTH_BYTES - length : end - _LENGTH_BYTES])
        if not isinstance(about, dict) or not isinstance(about["places"], dict):
            raise ValueError("it does not say what it holds")
        return about

    def numbers(self, name: str, form: Literal["I", "Q"] = "I") -> memoryview:
        """Return an array of numbers, of four bytes each, or of eight (``Q``)."""
        start, end = self.about["places"][name]
        if start == end:
            return memoryview(array(form))  # an empty view has no other form
        return memoryview(self._map)[start:end].cast(form)

    def text(self, name: str) -> tuple[mmap.mmap, int]:
        """Return the whole file, and where in it an array of bytes begins."""
        return self._map, int(self.about["places"][name][0])
