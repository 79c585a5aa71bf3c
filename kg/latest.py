"""The last few results of what takes long: a page asks again for what it has just shown."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["Latest"]


Value = TypeVar("Value")


class Latest(Generic[Value]):
    """At most so many values by key; the one that was asked for longest ago goes first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: dict[Hashable, Value] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many values are kept."""
        return len(self._kept)

    def get(self, key: Hashable) -> Value | None:
        """Return a value that is kept, or None."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept[key] = value = self._kept.pop(key)
            return value

    def keep(self, key: Hashable, value: Value) -> None:
        """Keep a value."""
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self.most:
                self._kept.pop(next(iter(self._kept)))

    def made(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what is kept, else make and keep it; two who ask at once may both make it."""
        found = self.get(key)
        if found is None:
            found = make()
            self.keep(key, found)
        return found
