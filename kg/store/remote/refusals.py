"""What a server elsewhere says when it does not answer, as our errors: who, what, what to do."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.error import HTTPError

from kg.errors import KgError, LimitError, QueryError, ReleaseError, SettingsError

__all__ = ["PASSING", "no_endpoint", "refusal", "retry_after", "said"]

PASSING = frozenset({429, 502, 503, 504})
"""Statuses that may be gone a moment later."""

_SHOWN = 400
_TAGS = re.compile(r"(?s)<(script|style)\b.*?</\1>|<[^>]*>")
_LINE = re.compile(r"\bline (\d+)(?:,? ?(?:col(?:umn)?\.?|:) ?(\d+))?", re.IGNORECASE)
_READ = 64 * 1024


def refusal(url: str, error: HTTPError) -> KgError:
    """Return our error for a status that is no success."""
    status, text = error.code, said(error)
    told = f" It says: {text}" if text else ""
    if status in (401, 403, 407):
        return _unknown_here(url, status, told)
    if status < HTTPStatus.BAD_REQUEST:
        return no_endpoint(url, f"it leads elsewhere ({error.reason})")
    if status in (404, 410):
        return no_endpoint(url, f"it answers {status}.{told}")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:  # a page of a server that may have an endpoint
        return no_endpoint(url, f"it takes no queries by POST (405){_ending(url)}")
    if status in PASSING or status == 413:
        return LimitError(
            f"{url} answers {status} ({_phrase(error)}).{told} {_advice(status)}",
            status=status,
            retry_after=retry_after(error),
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # To our own clients an endpoint that fails inside is a bad gateway.
        return LimitError(f"{url} could not answer: {status} ({_phrase(error)}).{told}", status=502)
    place = _LINE.search(text)
    line, column = (int(g) if g else None for g in place.groups()) if place else (None, None)
    return QueryError(f"{url} refuses the query: {status}.{told}", line, column)


def said(error: HTTPError) -> str:
    """Return what the body of an error says, in short and without markup."""
    try:
        raw = error.read(_READ) if error.fp else b""
    except (OSError, ValueError):
        raw = b""
    finally:
        error.close()
    text = raw.decode("utf-8", "replace").strip()
    if text.startswith("{"):
        text = _of_json(text)
    elif "<" in text[:200]:
        text = html.unescape(_TAGS.sub(" ", text))
    # Virtuoso repeats the whole query below what is the matter with it.
    text = " ".join(text.partition("\nSPARQL query:")[0].split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _of_json(text: str) -> str:
    try:
        document = json.loads(text)
    except ValueError:
        return text
    found = [document.get(key) for key in ("detail", "message", "error", "exception", "title")]
    return next((str(value) for value in found if value), text)


def retry_after(error: HTTPError) -> int | None:
    """Return the seconds that the server asks to wait, from either form of Retry-After."""
    stated = (error.headers.get("Retry-After") or "").strip() if error.headers else ""
    if stated.isdigit():
        return int(stated)
    try:
        left = parsedate_to_datetime(stated) - datetime.now(UTC)
    except (ValueError, TypeError):
        return None
    return max(0, round(left.total_seconds()))


def no_endpoint(url: str, reason: str) -> ReleaseError:
    """Return the error for what does not speak the protocol."""
    return ReleaseError(
        f"{url} does not answer as a SPARQL endpoint: {reason.rstrip('.')}. Check the address, "
        "and that the server runs."
    )


def _ending(url: str) -> str:
    """Return a hint at the usual ending of addresses, where one lacks it."""
    return "" if url.endswith("/sparql") else "; most endpoints' addresses end in /sparql"


def _unknown_here(url: str, status: int, told: str) -> SettingsError:
    return SettingsError(
        f"{url} answers {status}: it wants to know who asks, or does not let them.{told} Set "
        "RIHLA_SPARQL_USER and RIHLA_SPARQL_PASSWORD (RIHLA_SPARQL_AUTH=digest where it asks for "
        "that), or RIHLA_SPARQL_TOKEN."
    )


def _phrase(error: HTTPError) -> str:
    try:
        return HTTPStatus(error.code).phrase
    except ValueError:
        return str(error.reason)


def _advice(status: int) -> str:
    if status == 413:
        return "Ask for less: LIMIT, fewer variables, a filter."
    if status == 504:
        return "Ask for less, or start from the most selective pattern."
    return "Try again later."
