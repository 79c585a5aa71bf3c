"""One request that writes to a server elsewhere: PUT, POST or DELETE with a body."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.request import Request, parse_http_list, parse_keqv_list

from kg.store.remote.access import Access, digest_handler
from kg.store.remote.exchange import AGENT, Line, opener_for
from kg.store.remote.options import RemoteOptions

__all__ = ["write"]


def write(method: str, url: str, body: bytes, media_type: str, options: RemoteOptions) -> None:
    """Send a body once.

    Raises
    ------
    urllib.error.HTTPError
        The server answers with a status that is no success; its body is still to be read.
    OSError, http.client.HTTPException
        There is no server, or it hung up.
    """
    request = _request(method, url, body, media_type, options.access)
    if options.access.kind == "digest":
        # The challenge first, by a request without a body: a server may hang up on a large one.
        _answer(
            request, _challenge(_request("HEAD", url, b"", media_type, Access()), options), options
        )
    try:
        _send(request, options)
    except HTTPError as error:
        challenge = error.headers.get("WWW-Authenticate", "")
        if (
            error.code != 401
            or request.has_header("Authorization")
            or not _answer(request, challenge, options)
        ):
            raise
        error.close()
        _send(request, options)


def _send(request: Request, options: RemoteOptions) -> None:
    opener = opener_for(Access(), request.full_url, Line())
    with opener.open(request, timeout=options.timeout_s) as response:
        response.read()


def _request(method: str, url: str, body: bytes, media_type: str, access: Access) -> Request:
    headers = {"User-Agent": AGENT, "Content-Type": media_type, "Accept": "*/*"}
    if header := access.header():
        headers["Authorization"] = header
    return Request(url, body or None, headers, method=method)  # noqa: S310 - http or https only


def _challenge(request: Request, options: RemoteOptions) -> str:
    """Return what the server wants to have answered before it does anything, if it does."""
    try:
        _send(request, options)
    except HTTPError as error:
        error.close()
        return str(error.headers.get("WWW-Authenticate", "")) if error.code == 401 else ""
    return ""


def _answer(request: Request, challenge: str, options: RemoteOptions) -> bool:
    """Sign a request as a digest challenge asks; False where there is none."""
    scheme, _, rest = challenge.partition(" ")
    if options.access.kind != "digest" or scheme.lower() != "digest":
        return False
    handler = digest_handler(options.access, request.full_url)
    header = handler.get_authorization(request, parse_keqv_list(parse_http_list(rest)))
    if header:
        request.add_unredirected_header("Authorization", f"Digest {header}")
    return bool(header)
