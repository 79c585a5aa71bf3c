"""Fetching a URL politely: asked only whether it has changed, in small numbers, with limits.

Redirects are followed by hand, to http(s) only, and from the open network never to an address of
this machine or its own network.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry, Timeout

from kg import __version__
from kg.errors import InputError, SettingsError
from kg.settings import LoadSettings
from kg.sources.downloads import Copy, file_name, keep, kept

__all__ = ["USER_AGENT", "fetch"]

USER_AGENT = f"rihla-kg/{__version__} (+https://w3id.org/rihla)"
_TIMEOUT = Timeout(connect=10.0, read=30.0)
_ATTEMPTS = 4
_BUSY = (429, 502, 503, 504)
_LONGEST_WAIT = 60.0  # seconds that a server may ask us to wait before the next try
_PAUSE = 0.5  # seconds between two requests to one host
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_CHUNK = 256 * 1024
_MIB = 1024 * 1024
_HTML = {"text/html", "application/xhtml+xml"}
_PAGES = {"", ".html", ".htm", ".xhtml", ".php", ".aspx"}
# A server's "Content-Encoding: gzip" on such a file speaks of the file itself.
_PACKED = (".gz", ".zip", ".xlsx", ".ods", ".parquet")
_last_request: dict[str, float] = {}


class _Patient(Retry):
    """Waits as a server asks, but not for ever."""

    def get_retry_after(self, response: urllib3.BaseHTTPResponse) -> float | None:
        asked = super().get_retry_after(response)
        return None if asked is None else min(asked, _LONGEST_WAIT)


@dataclass(frozen=True)
class _Wanted:
    """One fetch: what is wanted, and how it is named in messages."""

    url: str
    load: LoadSettings
    pin: str | None
    media_type: str | None
    where: str

    def refusal(self, what: str) -> InputError:
        return InputError(f"{self.where}: {self.url} {what}")


def fetch(
    url: str, load: LoadSettings, pin: str | None, media_type: str | None, where: str
) -> Path:
    """Return the file that holds what a URL gives, in ``load.downloads``.

    A copy that is there is asked after (ETag, Last-Modified), not fetched again; where ``pin``
    (a SHA-256) is that of the copy, nobody is asked.

    Raises
    ------
    SettingsError
        The address is none of http or https.
    InputError
        It cannot be fetched, is too large, of another type, or not what ``pin`` says.
    """
    wanted = _Wanted(url, load, pin, media_type, where)
    _check_address(wanted)
    copy = kept(url, load.downloads)
    if copy is not None and pin == copy.sha256:
        return copy.path(load.downloads)
    if load.offline:
        return _offline(copy, wanted)
    try:
        found = _request(wanted, copy)
    except MaxRetryError as error:
        raise _unreachable(wanted, error.reason or error, copy) from error
    except (HTTPError, OSError) as error:
        raise _unreachable(wanted, error, copy) from error
    _check_pin(found, wanted)
    return found.path(load.downloads)


def _check_address(wanted: _Wanted) -> None:
    parts = urlsplit(wanted.url)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise SettingsError(
            f"{wanted.where}: path is {wanted.url!r}. Accepted: an address that begins with "
            "https:// or http://, or a path on this disk."
        )
    if parts.username or parts.password:
        raise SettingsError(
            f"{wanted.where}: the address has a user's name or password in it, which would be "
            "published with the release. Fetch the file by hand, and name it in path."
        )


def _offline(copy: Copy | None, wanted: _Wanted) -> Path:
    if copy is None:
        raise wanted.refusal(
            f"is not in {wanted.load.downloads}, and nothing is fetched offline. Build once "
            "without --offline."
        )
    _check_pin(copy, wanted)
    return copy.path(wanted.load.downloads)


def _unreachable(wanted: _Wanted, reason: Exception, copy: Copy | None) -> InputError:
    known = f" The copy of {copy.fetched[:10]} is read with --offline." if copy is not None else ""
    return wanted.refusal(f"cannot be fetched: {reason}. Try again later.{known}")


def _check_pin(copy: Copy, wanted: _Wanted) -> None:
    if wanted.pin not in (None, copy.sha256):
        raise wanted.refusal(
            f"has the SHA-256 {copy.sha256}. Accepted: {wanted.pin}, as sha256 states. If the new "
            "content is meant, state its SHA-256."
        )


def _request(wanted: _Wanted, copy: Copy | None) -> Copy:
    """Ask, follow redirects, and keep the answer; a transfer that breaks off is begun again."""
    for attempt in range(1, _ATTEMPTS + 1):
        response = _followed(wanted, copy)
        try:
            return _answer(response, wanted, copy)
        except HTTPError:
            if attempt == _ATTEMPTS:
                raise
            time.sleep(2.0 ** (attempt - 1))
        finally:
            response.close()
    raise AssertionError  # the last attempt returns or raises


def _answer(response: urllib3.BaseHTTPResponse, wanted: _Wanted, copy: Copy | None) -> Copy:
    if response.status == 304 and copy is not None:
        return copy
    if response.status != 200:
        raise wanted.refusal(
            f"answered {response.status} {response.reason or ''}".rstrip()
            + ". Accepted: 200. Check the address."
        )
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    _check_type(media_type, wanted)
    fresh = Copy(
        url=wanted.url,
        name=file_name(wanted.url, media_type),
        sha256="",
        size=0,
        fetched=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        media_type=media_type,
        etag=response.headers.get("ETag"),
        last_modified=response.headers.get("Last-Modified"),
    )
    return keep(fresh, _chunks(response, wanted), wanted.load.downloads)


def _check_type(media_type: str, wanted: _Wanted) -> None:
    if wanted.media_type is not None and media_type != wanted.media_type.lower():
        raise wanted.refusal(
            f"answered with {media_type or 'no type'}. Accepted: {wanted.media_type}, as "
            "media_type states."
        )
    ending = Path(urlsplit(wanted.url).path).suffix.lower()
    if wanted.media_type is None and media_type in _HTML and ending not in _PAGES:
        raise wanted.refusal(
            f"answered with a web page, not with a {ending} file: it may have moved, or ask for a "
            'login. Check the address; media_type = "text/html" takes a page all the same.'
        )


def _chunks(response: urllib3.BaseHTTPResponse, wanted: _Wanted) -> Iterator[bytes]:
    """Yield the content; stop it where it grows too large or takes too long."""
    most = wanted.load.max_download_mib * _MIB
    deadline = time.monotonic() + wanted.load.seconds
    stated = response.headers.get("Content-Length", "")
    size = int(stated) if stated.isdigit() else 0
    too_large = (
        f"is larger than {wanted.load.max_download_mib} MiB. If it is to be trusted, raise "
        "max_download_mib in [load]."
    )
    if size > most:
        raise wanted.refusal(too_large)
    size = 0
    as_it_is = urlsplit(wanted.url).path.lower().endswith(_PACKED)
    for chunk in response.stream(_CHUNK, decode_content=not as_it_is):
        size += len(chunk)
        if size > most:
            raise wanted.refusal(too_large)
        if time.monotonic() > deadline:
            raise wanted.refusal(
                f"took longer than {wanted.load.seconds:g} s to fetch. Try again later, or raise "
                "seconds in [load]."
            )
        yield chunk


def _followed(wanted: _Wanted, copy: Copy | None) -> urllib3.BaseHTTPResponse:
    """Return the answer at the end of the redirects."""
    url = wanted.url
    for _ in range(_MOST_REDIRECTS + 1):
        response = _get(url, _headers(wanted, copy))
        if response.status not in _REDIRECTS:
            return response
        response.close()
        target = urljoin(url, response.headers.get("Location", ""))
        _check_redirect(url, target, wanted)
        url = target
    raise wanted.refusal(f"redirects more than {_MOST_REDIRECTS} times. Check the address.")


def _headers(wanted: _Wanted, copy: Copy | None) -> dict[str, str]:
    packed = urlsplit(wanted.url).path.lower().endswith(_PACKED)
    headers = {
        "User-Agent": USER_AGENT,
        "Accept": wanted.media_type or "*/*",
        "Accept-Encoding": "identity" if packed else "gzip",
    }
    if copy is not None and copy.etag:
        headers["If-None-Match"] = copy.etag
    if copy is not None and copy.last_modified:
        headers["If-Modified-Since"] = copy.last_modified
    return headers


def _get(url: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
    retries = _Patient(
        total=_ATTEMPTS - 1, redirect=False, status_forcelist=_BUSY, backoff_factor=0.5,
        backoff_max=_LONGEST_WAIT, raise_on_status=False,
    )  # fmt: skip
    host = urlsplit(url).hostname or ""
    _pause(host)
    manager = _manager(url, host)
    return manager.request(
        "GET", url, headers=headers, retries=retries, timeout=_TIMEOUT, redirect=False,
        preload_content=False,
    )  # fmt: skip


def _manager(url: str, host: str) -> urllib3.PoolManager:
    """Return a connection, by the proxy that the environment names for such an address."""
    proxy = getproxies().get(urlsplit(url).scheme)
    if proxy is None or proxy_bypass(host):
        return urllib3.PoolManager(num_pools=1)
    return urllib3.ProxyManager(proxy, num_pools=1)


def _pause(host: str) -> None:
    """Leave some time between requests to one host of the open network."""
    since = time.monotonic() - _last_request.get(host, 0.0)
    if since < _PAUSE and not _is_local(host):
        time.sleep(_PAUSE - since)
    _last_request[host] = time.monotonic()


def _check_redirect(url: str, target: str, wanted: _Wanted) -> None:
    old, new = urlsplit(url), urlsplit(target)
    if new.scheme not in ("http", "https") or not new.hostname:
        raise wanted.refusal(f"redirects to {target!r}. Accepted: an address of http or https.")
    if old.scheme == "https" and new.scheme == "http":
        raise wanted.refusal(
            f"redirects to {target}, without encryption. If that is to be trusted, name it in path."
        )
    if _is_local(new.hostname) and not _is_local(old.hostname or ""):
        raise wanted.refusal(
            f"redirects to {target}, an address of this machine or its own network. If that is to "
            "be trusted, name it in path."
        )


def _is_local(host: str) -> bool:
    """Return whether a name leads to this machine or a private network."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False  # it leads nowhere, which connecting will say
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    return any(not address.is_global for address in addresses)
