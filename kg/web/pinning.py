"""Permanent addresses: ``release=<id>`` answers from that release, now and later.

The parameter is taken off before any view looks at the others; links on an answer that was asked
for so keep it. :func:`pinned` gives the permanent form of any address.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import Flask, Response, current_app, g, has_request_context, request
from markupsafe import Markup
from werkzeug.datastructures import ImmutableMultiDict

from kg.errors import KgError, QueryError
from kg.language import tell
from kg.web.service import service

__all__ = ["PARAMETER", "earlier", "link_of", "pin", "pinned", "register", "unpinned"]

PARAMETER = "release"
_MARK = b"release="
LONGEST_LINK = 4_000
"""Bytes of a header with a permanent address; proxies take headers of 8 kB."""
# These speak of the server or of all releases, not of one.
_OF_NO_RELEASE = frozenset({"health", "operations", "problems", "reconciliation"})
_OUTSIDE = frozenset({"static", "stewards.releases", "stewards.releases_table"})


def register(app: Flask) -> None:
    """Make the application answer from the release that an address names."""
    app.before_request(_begin)
    app.after_request(_linked)
    app.url_defaults(_kept)
    app.jinja_env.globals.update(pinned=pinned, unpinned=unpinned, earlier=earlier)
    app.jinja_env.globals["pinnable"] = _is_pinnable
    app.jinja_env.globals["release_field"] = _field


def pinned(**values: str) -> str:
    """Return the full address of this page or answer, pinned to the release that it is of.

    ``values`` are further parameters, for what was asked in the body of a request.
    """
    return _address([*_parts(), *_encoded(values), *_encoded({PARAMETER: service().release.id})])


def unpinned() -> str:
    """Return the full address of this page or answer in whichever release is current."""
    return _address(_parts())


def earlier() -> bool:
    """Whether what is being made is of another release than the current one."""
    current = current_app.extensions["rihla"].release.id
    return bool(g.get("pinned")) and service().release.id != current


def pin(release_id: str) -> None:
    """Answer this request from a release.

    Raises
    ------
    KgError
        It cannot be had; see :meth:`kg.web.earlier.Earlier.enter`.
    """
    current = current_app.extensions["rihla"]
    held = g.pop("rihla", None)
    if held is not None:
        current.leave(held)
    try:
        g.rihla = current.enter(release_id)
    except KgError:
        g.rihla = current.enter()  # the page that tells of it is of the current one
        raise
    g.pinned = release_id


def _field() -> Markup:
    """Return the hidden field with which a form on a pinned page keeps to its release."""
    if "pinned" not in g:
        return Markup("")
    return Markup('<input type="hidden" name="{}" value="{}">').format(PARAMETER, g.pinned)


def _begin() -> None:
    if _MARK not in request.query_string or not _takes(request.endpoint):
        return
    named = [value for value in request.args.getlist(PARAMETER) if value]
    rest = [(k, v) for k, v in request.args.items(multi=True) if k != PARAMETER]
    request.args = ImmutableMultiDict(rest)
    if len(set(named)) > 1:
        raise QueryError(
            tell(
                "Several releases are named: %(accepted)s. Accepted: one.",
                accepted=", ".join(named)[:200],
            )
        )
    if named:
        pin(named[0])


def _takes(endpoint: str | None) -> bool:
    """Whether an endpoint's answer depends on the release."""
    if endpoint is None or endpoint in _OUTSIDE:
        return False
    return endpoint.partition(".")[0] not in _OF_NO_RELEASE


def _is_pinnable() -> bool:
    return request.method in ("GET", "HEAD") and _takes(request.endpoint)


def _kept(endpoint: str, values: dict[str, object]) -> None:
    """Let links of a pinned answer lead to the same release."""
    if has_request_context() and "pinned" in g and _takes(endpoint):
        values.setdefault(PARAMETER, g.pinned)


def _linked(response: Response) -> Response:
    """Name the permanent address, and from an earlier release the current one."""
    if response.status_code not in (200, 304) or "rihla" not in g or not _is_pinnable():
        return response
    link = link_of(pinned())
    if link and earlier():
        link += f', <{unpinned()}>; rel="latest-version"'
    if link:
        response.headers.add("Link", link)
    return response


def link_of(address: str) -> str:
    """Return the header that names a permanent address; empty where that is too long for it."""
    link = f'<{address}>; rel="bookmark"'
    return link if len(link) <= LONGEST_LINK else ""


def _parts() -> list[str]:
    """Return the parameters of the address as they stand there, without the release."""
    sent = request.query_string.decode("latin-1").split("&")
    return [part for part in sent if part and part.partition("=")[0] != PARAMETER]


def _encoded(values: dict[str, str]) -> list[str]:
    return [urlencode({name: value}) for name, value in values.items()]


def _address(parts: list[str]) -> str:
    path = quote(request.root_path + request.path)
    query = quote("&".join(parts), safe="%/:?@!$&'()*+,;=-._~")
    return f"{request.scheme}://{request.host}{path}" + (f"?{query}" if query else "")
