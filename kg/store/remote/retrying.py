"""Asking again where a server is busy: with growing pauses, and as it asks for them."""

from __future__ import annotations

import http.client
import logging
import random
import time
from collections.abc import Callable
from dataclasses import replace
from urllib.error import HTTPError, URLError

from kg.errors import KgError, LimitError
from kg.store.remote.exchange import Exchange, Wanted, send
from kg.store.remote.options import RemoteOptions
from kg.store.remote.refusals import PASSING, no_endpoint, refusal, retry_after

__all__ = ["ask"]

_FIRST_PAUSE = 0.5  # seconds; doubled each time, and varied so that clients do not come in step
_log = logging.getLogger(__name__)


def ask(
    wanted: Wanted, options: RemoteOptions, pause: Callable[[float], None] = time.sleep
) -> Exchange:
    """Return the whole answer to a question, asked again where the server is busy.

    Raises
    ------
    QueryError, SettingsError, LimitError, ReleaseError
        The server refuses it, wants to know who asks, cannot answer, or is none.
    """
    ends = time.monotonic() + wanted.seconds
    for attempt in range(1, options.attempts + 1):
        left = max(0.05, ends - time.monotonic())
        try:
            return send(replace(wanted, seconds=left if attempt > 1 else wanted.seconds))
        except HTTPError as error:
            asked_for = retry_after(error)
            trouble = refusal(wanted.url, error)
            if error.code not in PASSING:
                raise trouble from error
        except (OSError, http.client.HTTPException) as error:
            asked_for = None
            trouble = _hung_up(wanted.url, error)
            if not _may_pass(error):
                raise trouble from error
        seconds = _pause_before(attempt, asked_for)
        _go_on_or_raise(trouble, attempt, seconds, ends, options)
        _log.info("%s; asking again in %.1f s", trouble, seconds)
        pause(seconds)
    raise AssertionError  # the last attempt returns or raises


def _pause_before(attempt: int, asked_for: int | None) -> float:
    if asked_for is not None:
        return float(asked_for)
    varied = random.uniform(0.75, 1.25)  # noqa: S311 - no secret
    return _FIRST_PAUSE * float(2 ** (attempt - 1)) * varied


def _go_on_or_raise(
    trouble: KgError, attempt: int, seconds: float, ends: float, options: RemoteOptions
) -> None:
    """Raise the trouble where another try would come too often or too late."""
    if attempt >= options.attempts:
        raise trouble
    if seconds > options.longest_wait_s or time.monotonic() + seconds >= ends:
        raise trouble


def _may_pass(error: Exception) -> bool:
    """Whether a connection failed in a way that the next may not."""
    cause = error.reason if isinstance(error, URLError) else error
    passing = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
    return isinstance(cause, (http.client.HTTPException, *passing))


def _hung_up(url: str, error: Exception) -> KgError:
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, http.client.IncompleteRead):
        return LimitError(
            f"{url} broke off in the middle of its answer. Nothing of it is used.", status=502
        )
    return no_endpoint(url, str(cause) or type(cause).__name__)
