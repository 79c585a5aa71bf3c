"""Bodies of answers: bytes, or a part of a file that waits on disk for a slow reader."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import BinaryIO

__all__ = ["Body", "FileBody", "Room", "body_of"]

_IN_MEMORY = 1024 * 1024  # bytes that a view may yield before they go into a file


class Body:
    """A body that is sent piece by piece: ``size`` bytes of a file or of memory.

    Parameters
    ----------
    source:
        A descriptor, or the bytes themselves.
    start, size:
        Which bytes.
    close:
        Lets go of the source.
    """

    def __init__(
        self,
        source: int | bytes,
        start: int,
        size: int,
        close: Callable[[], object] = lambda: None,
    ) -> None:
        self._source = source
        self._at = start
        self._end = start + size
        self.size = size
        self.close = close

    def read(self, count: int) -> bytes | memoryview:
        """Return the next bytes; none at the end, or where the file has become shorter."""
        count = min(count, self._end - self._at)
        if count <= 0:
            return b""
        if isinstance(self._source, bytes):
            part: bytes | memoryview = memoryview(self._source)[self._at : self._at + count]
        else:
            part = os.pread(self._source, count, self._at)
        self._at += len(part)
        return part

    @cached_property
    def held(self) -> tuple[bool, object, int]:
        """What it holds: whether that is memory, what tells it from others, how many bytes.

        A file that has a name would be there anyhow, and counts as none.
        """
        if isinstance(self._source, bytes):
            return True, id(self._source), len(self._source)
        found = os.fstat(self._source)
        return False, (found.st_dev, found.st_ino), 0 if found.st_nlink else found.st_size

    @property
    def is_done(self) -> bool:
        """Whether all of it was read."""
        return self._at >= self._end


class Room:
    """Room for answers that wait for their readers; one that many read is there once.

    Parameters
    ----------
    memory, files:
        How many bytes in memory, and how many in files without a name.
    """

    def __init__(self, memory: int, files: int) -> None:
        self._most = {True: memory, False: files}
        self.used = {True: 0, False: 0}
        self._readers: Counter[object] = Counter()

    def take(self, body: Body) -> bool:
        """Take room for a reader of a body; False where there is none left."""
        in_memory, name, size = body.held
        if not self._readers[name]:
            if self.used[in_memory] + size > self._most[in_memory]:
                del self._readers[name]
                return False
            self.used[in_memory] += size
        self._readers[name] += 1
        return True

    def give(self, body: Body) -> None:
        """Give the room back, before the body is closed."""
        in_memory, name, size = body.held
        self._readers[name] -= 1
        if not self._readers[name]:
            del self._readers[name]
            self.used[in_memory] -= size


class FileBody:
    """``wsgi.file_wrapper``: a file that the server sends by itself."""

    def __init__(self, file: BinaryIO, block_size: int = 65_536) -> None:
        self.file = file
        self._block_size = block_size

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        block = self.file.read(self._block_size)
        if not block:
            raise StopIteration
        return block

    def seekable(self) -> bool:
        """Whether a part of it can be sent."""
        return self.file.seekable()

    def seek(self, *place: int) -> int:
        """Go to a place in it."""
        return self.file.seek(*place)

    def tell(self) -> int:
        """Return the place in it."""
        return self.file.tell()

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def body_of(iterable: Iterable[bytes], headers: Mapping[str, str]) -> bytes | Body:
    """Return the body that a WSGI application gave; what is small comes as bytes.

    Parameters
    ----------
    iterable:
        As the application returned it; it is closed, now or with the body.
    headers:
        By name in lower case.
    """
    file = _file_of(iterable)
    if file is not None:
        start = int(getattr(iterable, "start_byte", file.file.tell()))
        length = headers.get("content-length")
        return _sent(file, start, None if length is None else int(length))
    try:
        return _collected(iterable)
    finally:
        close = getattr(iterable, "close", None)
        if close is not None:
            close()


def _file_of(iterable: Iterable[bytes]) -> FileBody | None:
    """Return the file that is sent, whole or (as werkzeug wraps it) a range of it."""
    inner = getattr(iterable, "iterable", None) if hasattr(iterable, "start_byte") else iterable
    return inner if isinstance(inner, FileBody) and inner.seekable() else None


def _sent(file: FileBody, start: int, length: int | None) -> bytes | Body:
    if isinstance(file.file, io.BytesIO):
        data = file.file.getvalue()  # shares the bytes
        return Body(data, start, len(data) - start if length is None else length)
    try:
        descriptor = file.file.fileno()
    except (OSError, ValueError):
        return _collected(file)
    size = os.fstat(descriptor).st_size - start
    return Body(descriptor, start, size if length is None else length, file.close)


def _collected(iterable: Iterable[bytes]) -> bytes | Body:
    if isinstance(iterable, list | tuple):
        return b"".join(iterable)
    parts, size, parts_of = [], 0, iter(iterable)
    for part in parts_of:
        parts.append(part)
        size += len(part)
        if size > _IN_MEMORY:
            return _spilled(parts, parts_of)
    return b"".join(parts)


def _spilled(parts: Iterable[bytes], rest: Iterator[bytes]) -> Body:
    with contextlib.ExitStack() as undo:
        file = undo.enter_context(tempfile.TemporaryFile())
        file.writelines(parts)
        file.writelines(rest)
        file.flush()
        undo.pop_all()
    return Body(file.fileno(), 0, file.tell(), file.close)
