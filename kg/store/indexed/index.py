"""An index that is open: terms by their JSON and by number, and triples by what is known of them.

Nothing here iterates over more than it returns; every range is known before it is read.
"""

from __future__ import annotations

import mmap
import zlib
from bisect import bisect_left, bisect_right
from itertools import pairwise
from pathlib import Path

from kg.errors import ReleaseError
from kg.store.indexed.arrays import Arrays
from kg.store.indexed.writing import VERSION

__all__ = ["Fragments", "Index", "TooMuchError"]

_REMEMBERED = 20_000  # terms in memory as Python's own, each some 200 bytes
_SHORT = 500  # bytes of a term that is remembered
_LONG = 16 * 1024  # bytes of a term that is too long to be copied in passing


class TooMuchError(Exception):
    """The query touches more than is read here."""


class Fragments(dict[int, bytes]):
    """Terms as JSON by their number; short ones that were asked for last are remembered.

    A long one, and a blank node, whose name the engine knows, is a :class:`TooMuchError`.
    """

    def __init__(self, texts: tuple[mmap.mmap, int], ends: memoryview) -> None:
        super().__init__()
        self._map, self._begin = texts
        self._ends = ends

    def __missing__(self, number: int) -> bytes:
        start, end = self._ends[number], self._ends[number + 1]
        if not 0 < end - start <= _LONG:
            raise TooMuchError
        found = self._map[self._begin + start : self._begin + end]
        if len(found) <= _SHORT:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[number] = found
        return found

    def is_text(self, number: int, fragment: bytes) -> bool:
        """Whether this is a term's JSON."""
        start, end = self._ends[number], self._ends[number + 1]
        begin = self._begin + start
        return end - start == len(fragment) and self._map[begin : begin + len(fragment)] == fragment


class Index:
    """The triples of a release in a file.

    Attributes
    ----------
    fragments:
        Term → its JSON.
    subject_starts, subject_properties, subject_objects:
        The properties and objects of subject ``s`` stand from ``subject_starts[s]`` up to
        ``subject_starts[s + 1]``, in the order of their numbers; terms from
        ``subjects`` on are none.
    object_starts, object_subjects, object_properties:
        The same for objects, of which every term may be one.
    property_objects, property_subjects:
        Of a property, sorted by object; see :meth:`having`.

    Raises
    ------
    ReleaseError
        The file is no whole index, or of another version.
    """

    def __init__(self, path: Path) -> None:
        arrays = Arrays(path)
        if arrays.about.get("version") != VERSION:
            raise ReleaseError(
                f"{path}: the index has version {arrays.about.get('version')}. Accepted: "
                f"{VERSION}. Build the release again for quick lookups."
            )
        self.triples: int = arrays.about["triples"]
        self.subjects: int = arrays.about["subjects"]
        self.fragments = Fragments(arrays.text("texts"), arrays.numbers("ends", "Q"))
        self.subject_starts = arrays.numbers("subject_starts")
        self.subject_properties = arrays.numbers("subject_properties")
        self.subject_objects = arrays.numbers("subject_objects")
        self.object_starts = arrays.numbers("object_starts")
        self.object_subjects = arrays.numbers("object_subjects")
        self.object_properties = arrays.numbers("object_properties")
        self.property_objects = arrays.numbers("property_objects")
        self.property_subjects = arrays.numbers("property_subjects")
        starts = arrays.numbers("property_starts").tolist()
        properties = arrays.numbers("properties").tolist()
        self._ranges = dict(zip(properties, pairwise(starts), strict=True))
        self._hashes, self._hashed = arrays.numbers("hashes"), arrays.numbers("hashed")
        self._known: dict[bytes, int] = {}

    def number(self, fragment: bytes) -> int | None:
        """Return the number of a term, given as JSON; None where no triple has it."""
        known = self._known.get(fragment)
        if known is not None:
            return known
        hashed = zlib.crc32(fragment)
        place = bisect_left(self._hashes, hashed)
        while place < len(self._hashes) and self._hashes[place] == hashed:
            number = self._hashed[place]
            if self.fragments.is_text(number, fragment):
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[fragment] = number
                return number
            place += 1
        return None

    def having(self, property_: int, object_: int) -> tuple[int, int]:
        """Return the range of ``property_subjects`` that have an object for a property."""
        low, high = self._ranges.get(property_, (0, 0))
        start = bisect_left(self.property_objects, object_, low, high)
        return start, bisect_left(self.property_objects, object_ + 1, start, high)

    def about(self, subject: int) -> tuple[int, int]:
        """Return the range of ``subject_properties`` and ``subject_objects`` of a subject."""
        if subject >= self.subjects:
            return 0, 0
        return self.subject_starts[subject], self.subject_starts[subject + 1]

    def values(self, subject: int, property_: int) -> tuple[int, int]:
        """Return the range of ``subject_objects`` that a subject has for a property."""
        start, end = self.about(subject)
        properties = self.subject_properties
        start = bisect_left(properties, property_, start, end)
        if start == end or properties[start] != property_:
            return start, start
        if start + 1 == end or properties[start + 1] != property_:
            return start, start + 1
        return start, bisect_right(properties, property_, start, end)

    def leading_to(self, object_: int) -> tuple[int, int]:
        """Return the range of ``object_subjects`` and ``object_properties`` of an object."""
        return self.object_starts[object_], self.object_starts[object_ + 1]
