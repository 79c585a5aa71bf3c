"""What was answered before, under a budget of bytes; what was used longest ago goes first."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

__all__ = ["Cache", "Figures"]

_OVERHEAD = 1024
"""Bytes that an entry takes beside its content: keys, headers, Python's own."""

_LARGEST = 8  # an entry takes at most this part of the budget


@dataclass(frozen=True)
class Figures:
    """How a cache has done: bytes and entries now, the others since its start, by kind."""

    bytes: int
    entries: int
    evictions: int
    hits: dict[str, int]
    misses: dict[str, int]


class Cache:
    """Values by key, each with the size that it was put in with.

    A key is a tuple: its first part says of what kind it is, its second to whom it belongs (a
    release that is open); :meth:`drop` lets go of all that belongs to one.

    Parameters
    ----------
    budget:
        Bytes in all; 0 keeps nothing.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Hashable, ...], tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._evictions = 0
        self._hits: Counter[str] = Counter()
        self._misses: Counter[str] = Counter()
        self._dropped: set[Hashable] = set()

    @property
    def largest(self) -> int:
        """How many bytes one entry may have."""
        return self.budget // _LARGEST

    def get(self, key: tuple[Hashable, ...], quiet: bool = False) -> Any:
        """Return the value, or None; it counts as used now. ``quiet`` counts no miss."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                self._misses[str(key[0])] += not quiet
                return None
            self._kept.move_to_end(key)
            self._hits[str(key[0])] += 1
            return found[0]

    def count_miss(self, kind: str) -> None:
        """Count what was looked for quietly, and has to be made."""
        with self._lock:
            self._misses[kind] += 1

    def put(self, key: tuple[Hashable, ...], value: Any, size: int) -> bool:
        """Keep a value of so many bytes; False where it is too large to be kept."""
        size += _OVERHEAD
        with self._lock:
            self._remove(key)
            if size > self.largest or key[1] in self._dropped:
                return False
            self._kept[key] = (value, size)
            self._bytes += size
            while self._bytes > self.budget:
                self._remove(next(iter(self._kept)))
                self._evictions += 1
            return True

    def grow(self, key: tuple[Hashable, ...], more: int) -> bool:
        """Say that a value has grown by so many bytes; False where it is not, or no longer, kept.

        One that has grown too large is let go of.
        """
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return False
        return self.put(key, found[0], found[1] - _OVERHEAD + more)

    def drop(self, owner: Hashable) -> None:
        """Let go of all that belongs to one, and of whatever is still put in for it."""
        with self._lock:
            self._dropped.add(owner)
            for key in [key for key in self._kept if key[1] == owner]:
                self._remove(key)

    def figures(self) -> Figures:
        """Return how it has done."""
        with self._lock:
            return Figures(
                self._bytes,
                len(self._kept),
                self._evictions,
                dict(self._hits),
                dict(self._misses),
            )

    def _remove(self, key: tuple[Hashable, ...]) -> None:
        _, size = self._kept.pop(key, (None, 0))
        self._bytes -= size
