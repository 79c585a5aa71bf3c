"""What URLs gave, kept on this disk: one folder a URL, with the file and what is known of it.

A file is written beside its place and renamed into it, and counts only where its SHA-256 is that
of its ``about.json``: a download that was cut off is no download.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from kg.files import sha256, write_atomically

__all__ = ["Copy", "fetched_from", "file_name", "keep", "kept", "public_address"]

_SECRET = re.compile(r"(?i)key|token|secret|passw|signature|^sig$|credential|auth")
_ABOUT = "about.json"
_NAME = 100  # characters of a file's name
_ENDINGS = {
    "text/csv": ".csv", "text/tab-separated-values": ".tsv", "application/json": ".json",
    "application/ld+json": ".jsonld", "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl", "text/calendar": ".ics", "text/turtle": ".ttl",
    "application/n-triples": ".nt", "application/n-quads": ".nq", "application/trig": ".trig",
    "application/rdf+xml": ".rdf", "application/xml": ".xml", "text/xml": ".xml",
    "text/html": ".html", "application/xhtml+xml": ".html", "application/gzip": ".gz",
    "application/zip": ".zip", "text/yaml": ".yaml", "application/yaml": ".yaml",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}  # fmt: skip
_KNOWN = {*_ENDINGS.values(), ".yml", ".owl", ".htm", ".ndjson", ".txt"}


@dataclass(frozen=True)
class Copy:
    """One URL's content: where it lies, and what the server said of it (dates as it writes them).

    ``fetched`` is an ISO time in UTC, ``size`` in bytes.
    """

    url: str
    name: str
    sha256: str
    size: int
    fetched: str
    media_type: str = ""
    etag: str | None = None
    last_modified: str | None = None

    def path(self, downloads: Path) -> Path:
        """Return where the file lies."""
        return _folder(self.url, downloads) / self.name


def _folder(url: str, downloads: Path) -> Path:
    host = re.sub(r"[^a-z0-9.-]+", "-", (urlsplit(url).hostname or "").lower())
    return downloads / f"{host}-{hashlib.sha256(url.encode()).hexdigest()[:12]}"


def kept(url: str, downloads: Path) -> Copy | None:
    """Return the whole and unharmed copy of a URL, if there is one."""
    try:
        about = json.loads((_folder(url, downloads) / _ABOUT).read_text(encoding="utf-8"))
        copy = Copy(**about)
        whole = copy.url == url and sha256(copy.path(downloads)) == copy.sha256
    except (OSError, ValueError, TypeError):
        return None
    return copy if whole else None


def fetched_from(path: Path, downloads: Path) -> str | None:
    """Return the URL that a file was fetched from, without a password; None where it was not."""
    if path.resolve().parent.parent != downloads.resolve():
        return None
    try:
        url = str(json.loads((path.parent / _ABOUT).read_text(encoding="utf-8"))["url"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return public_address(url)


def public_address(url: str) -> str:
    """Return a URL as it may be published: an IRI without user, password, key or fragment.

    >>> public_address("https://me:word@e.org/a b.csv?page=1&api_key=x#top")
    'https://e.org/a%20b.csv?page=1'
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    asked = [p for p in parts.query.split("&") if p and not _SECRET.search(p.partition("=")[0])]
    bare = urlunsplit((parts.scheme, host, parts.path, "&".join(asked), ""))
    return quote(bare, safe="%/:?&=~+!$,;'()*@")


def keep(copy: Copy, chunks: Iterable[bytes], downloads: Path) -> Copy:
    """Write a copy and return it with its SHA-256 and size.

    An error of ``chunks`` leaves the copy that was there.
    """
    folder = _folder(copy.url, downloads)
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{os.getpid()}.part"
    digest, size = hashlib.sha256(), 0
    try:
        with temporary.open("wb") as stream:
            for chunk in chunks:
                digest.update(chunk)
                size += stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        whole = Copy(**{**asdict(copy), "sha256": digest.hexdigest(), "size": size})
        temporary.replace(folder / copy.name)
    finally:
        temporary.unlink(missing_ok=True)
    write_atomically(folder / _ABOUT, json.dumps(asdict(whole), indent=1) + "\n")
    return whole


def file_name(url: str, media_type: str) -> str:
    """Return a name for what a URL gives, with the ending by which readers know its format."""
    last = unquote(urlsplit(url).path).rpartition("/")[2]
    name = re.sub(r"[^\w.-]+", "_", last).strip("._")[-_NAME:] or "download"
    if Path(name).suffix.lower() in _KNOWN:
        return name
    return name + _ENDINGS.get(media_type, "")
