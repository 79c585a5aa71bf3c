"""Answers made smaller on the way: gzip and Zstandard, for whoever accepts them."""

from __future__ import annotations

import gzip
import io
import os
import shutil
from collections.abc import Callable, Hashable
from typing import BinaryIO, Protocol

import zstandard
from flask import Flask, Response, request
from werkzeug.datastructures import Accept
from werkzeug.wsgi import wrap_file

__all__ = [
    "ENCODINGS",
    "IN_ONE_PIECE",
    "SMALLEST",
    "Encodable",
    "FileResponse",
    "KeptResponse",
    "encoding_for",
    "register",
]

IN_ONE_PIECE = 64 * 1024
"""Bytes up to which a body is sent as it is; larger ones wait for slow readers as a file."""

SMALLEST = 1024
"""Bytes below which compressing saves nothing worth having."""

_IN_MEMORY = 1024 * 1024
_GZIP_LEVEL = 5
_FAST_GZIP_LEVEL = 1  # for large answers: four times as fast for a sixth more bytes
_ZSTD_LEVEL = 3
_TEXTUAL = ("text/", "application/json", "application/xml", "image/svg+xml")
_STRUCTURED = ("+json", "+xml", "n-triples", "n-quads", "sparql-query")


class FileResponse(Response):
    """A response whose body is a file, sent from there however slowly it is read."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        super().__init__(wrap_file(request.environ, file), direct_passthrough=True)
        self.file = file
        self.content_length = size
        self.call_on_close(file.close)


class Encodable(Protocol):
    """A body that is kept in memory; see :class:`kg.web.answers.Kept`."""

    body: bytes
    key: tuple[Hashable, ...]

    def as_encoded(self, encoding: str) -> bytes:
        """Return it in one of :data:`ENCODINGS`."""


class KeptResponse(Response):
    """A response whose body is kept, also compressed; ``encoding`` is how it is sent."""

    def __init__(self, kept: Encodable) -> None:
        super().__init__()
        self.kept = kept
        self.encoding = ""
        self._fill(kept.body)

    def encode(self, encoding: str) -> None:
        """Send it in one of :data:`ENCODINGS`."""
        self.encoding = encoding
        self._fill(self.kept.as_encoded(encoding))

    def _fill(self, data: bytes) -> None:
        if len(data) <= IN_ONE_PIECE:
            self.direct_passthrough = False
            self.set_data(data)
        else:
            # Such a file shares its bytes; the server copies none of them for a slow reader.
            self.response = wrap_file(request.environ, io.BytesIO(data))
            self.direct_passthrough = True
            self.content_length = len(data)


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, _GZIP_LEVEL, mtime=0)


def _gzip_file(source: BinaryIO, target: BinaryIO) -> None:
    with gzip.GzipFile("", "wb", _FAST_GZIP_LEVEL, target, mtime=0) as packed:
        shutil.copyfileobj(source, packed, _IN_MEMORY)


def _zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(data)


def _zstd_file(source: BinaryIO, target: BinaryIO) -> None:
    zstandard.ZstdCompressor(level=_ZSTD_LEVEL).copy_stream(source, target)


ENCODINGS: dict[str, tuple[Callable[[bytes], bytes], Callable[[BinaryIO, BinaryIO], None]]] = {
    "zstd": (_zstd, _zstd_file),
    "gzip": (_gzip, _gzip_file),
}
"""Content encodings: name → how bytes and how files are compressed; the preferred first."""


def register(app: Flask) -> None:
    """Make the application compress what it sends."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not _is_textual(response.mimetype or ""):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == 304:
        return _not_modified(response)
    chosen = encoding_for(request.accept_encodings)
    if chosen is None or not _is_plain(response):
        return response
    if isinstance(response, KeptResponse):
        if len(response.kept.body) < SMALLEST:
            return response
        response.encode(chosen)
        return _marked(response, chosen)
    if isinstance(response, FileResponse):
        return _marked(_packed(response, chosen), chosen)
    if response.direct_passthrough:
        if (response.content_length or _IN_MEMORY) >= _IN_MEMORY:
            return response
        response.direct_passthrough = False
    data = response.get_data()
    if len(data) < SMALLEST:
        return response
    response.set_data(ENCODINGS[chosen][0](data))
    return _marked(response, chosen)


def _is_textual(media_type: str) -> bool:
    return media_type.startswith(_TEXTUAL) or media_type.endswith(_STRUCTURED)


def _is_plain(response: Response) -> bool:
    partial = response.status_code in (204, 206)
    return not (partial or response.headers.get("Content-Encoding"))


def encoding_for(accepted: Accept) -> str | None:
    """Return the encoding that a client likes best, None where it wants none of ours."""
    ranked = [(accepted.quality(name), name) for name in ENCODINGS if accepted.quality(name) > 0]
    if not accepted or not ranked:
        return None
    quality, name = max(ranked, key=lambda entry: entry[0])
    preferred_as_is = "identity" in accepted.values() and accepted.quality("identity") > quality
    return None if preferred_as_is else name


def _packed(response: FileResponse, chosen: str) -> FileResponse:
    """Return a response with the compressed bytes in a memory file of their own."""
    packed = os.fdopen(os.memfd_create("packed"), "w+b")
    response.file.seek(0)
    ENCODINGS[chosen][1](response.file, packed)
    packed.flush()
    size = packed.tell()
    packed.seek(0)
    made = FileResponse(packed, size)
    for name, value in response.headers.items():
        if name.lower() != "content-length":
            made.headers[name] = value
    made.status = response.status
    response.close()
    return made


def _marked(response: Response, chosen: str) -> Response:
    """Say how it is encoded; a strong tag stands for these very bytes."""
    response.headers["Content-Encoding"] = chosen
    tag, weak = response.get_etag()
    if tag and not weak:
        response.set_etag(f"{tag}-{chosen}")
    return response


def _not_modified(response: Response) -> Response:
    """Return the tag under which the client holds its copy."""
    tag, weak = response.get_etag()
    held = [name for name in ENCODINGS if request.if_none_match.contains_weak(f"{tag}-{name}")]
    if tag and not weak and held and not request.if_none_match.contains_weak(tag):
        response.set_etag(f"{tag}-{held[0]}")
    return response
