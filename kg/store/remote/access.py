"""Who asks a server elsewhere: user and password, or a token, from the environment.

Secrets come from environment variables (or the address itself), never from the project file, and
are shown nowhere: not in messages, not in the repr. They go to the server that was named and to
no other, wherever it redirects to.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import (
    BaseHandler,
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
)

from kg.errors import SettingsError

__all__ = ["KINDS", "VARIABLES", "Access", "digest_handler", "split_address"]

KINDS = ("basic", "digest", "bearer")
VARIABLES = {
    "auth": "RIHLA_SPARQL_AUTH",
    "user": "RIHLA_SPARQL_USER",
    "password": "RIHLA_SPARQL_PASSWORD",
    "token": "RIHLA_SPARQL_TOKEN",
    "hosts": "RIHLA_SPARQL_HOSTS",
}
"""The environment variables that are read; docs/remote.md describes each."""


@dataclass(frozen=True)
class Access:
    """How this client says who it is; ``kind`` is empty where it does not.

    Examples
    --------
    >>> Access("basic", "ada", "secret")
    Access(kind='basic', user='ada')
    """

    kind: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse what cannot be sent."""
        if self.kind and self.kind not in KINDS:
            raise SettingsError(
                f"{VARIABLES['auth']}: found {self.kind!r}. Accepted: {', '.join(KINDS)}."
            )
        if self.kind == "bearer" and not self.token:
            raise SettingsError(f"{VARIABLES['auth']} is bearer: set {VARIABLES['token']} too.")
        if self.kind in ("basic", "digest") and not self.user:
            raise SettingsError(
                f"{VARIABLES['auth']} is {self.kind}: set {VARIABLES['user']} and "
                f"{VARIABLES['password']} too."
            )
        if any(ord(c) < 32 for c in self.user + self.password + self.token):
            raise SettingsError("User, password and token must hold no line breaks.")

    @classmethod
    def for_address(cls, address: str, environ: Mapping[str, str] = os.environ) -> Access:
        """Return what the address itself says, else the environment, where it is for this host.

        Raises
        ------
        SettingsError
            A variable says something that is not accepted, or another one is missing.
        """
        parts = urlsplit(address)
        if parts.username:
            kind = environ.get(VARIABLES["auth"]) or "basic"
            return cls(kind, unquote(parts.username), unquote(parts.password or ""))
        hosts = environ.get(VARIABLES["hosts"], "").split()
        if hosts and parts.hostname not in hosts and parts.netloc not in hosts:
            return cls()
        given = {name: environ.get(VARIABLES[name], "") for name in ("user", "password", "token")}
        kind = environ.get(VARIABLES["auth"], "").strip().lower()
        if not kind:
            kind = "bearer" if given["token"] else "basic" if given["user"] else ""
        return cls(kind, **given) if kind else cls()

    def header(self) -> str | None:
        """Return the Authorization header; None where there is none before the server asks."""
        if self.kind == "bearer":
            return f"Bearer {self.token}"
        if self.kind == "basic":
            pair = f"{self.user}:{self.password}".encode()
            return f"Basic {base64.b64encode(pair).decode()}"
        return None

    def handlers(self, address: str) -> list[BaseHandler]:
        """Return what answers a server's challenge."""
        return [digest_handler(self, address)] if self.kind == "digest" else []


def digest_handler(access: Access, address: str) -> HTTPDigestAuthHandler:
    """Return what computes the answer to a challenge of the server at an address."""
    known = HTTPPasswordMgrWithDefaultRealm()
    parts = urlsplit(address)
    known.add_password(None, f"{parts.scheme}://{parts.netloc}/", access.user, access.password)
    return _Digest(known)


class _Digest(HTTPDigestAuthHandler):
    """Lets go of the challenge once it is answered, which urllib does not."""

    def http_error_401(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        try:
            answer = super().http_error_401(req, fp, code, msg, headers)
        except BaseException:
            fp.close()
            raise
        if answer is not None:
            fp.close()
        return answer


def split_address(address: str) -> str:
    """Return an address without the user and password in it.

    Raises
    ------
    SettingsError
        It is no web address.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname
        port = parts.port
    except ValueError as error:
        raise _no_address(address, str(error)) from error
    if parts.scheme not in ("http", "https") or not host:
        raise _no_address(address, "it names no host over http or https")
    name = f"[{host}]" if ":" in host else host
    netloc = name if port is None else f"{name}:{port}"
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))


def _no_address(address: str, reason: str) -> SettingsError:
    shown = address.rpartition("@")[2][:200]
    return SettingsError(
        f"{shown!r} is no address of a SPARQL endpoint ({reason}). Accepted: such as "
        "https://example.org/sparql."
    )
