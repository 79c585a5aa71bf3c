"""The errors that Rihla raises on purpose.

Every message says what was given, what is accepted and what to do next. Programming
mistakes keep their builtin exceptions.
"""

from __future__ import annotations

__all__ = [
    "GoneError",
    "InputError",
    "KgError",
    "LimitError",
    "NotFoundError",
    "QueryError",
    "ReleaseError",
    "SettingsError",
]


class KgError(Exception):
    """Anything that a user can mend; the command line prints it without a traceback."""


class SettingsError(KgError, ValueError):
    """The project file is missing, unreadable or says something that is not accepted."""


class InputError(KgError, ValueError):
    """A file or a cell cannot be taken in; the message names file, row and column."""


class QueryError(KgError, ValueError):
    """A query or one of its parameters is malformed.

    ``line`` and ``column`` count from 1 and are ``None`` where the position is unknown.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class NotFoundError(KgError, LookupError):
    """The named query, measure, release or thing does not exist; the message lists what does."""


class GoneError(NotFoundError):
    """The thing was removed on purpose and does not come back."""


class LimitError(KgError, RuntimeError):
    """An answer met a limit of time, memory, rows, bytes or places in the queue.

    ``status`` is the HTTP status that says so; ``retry_after`` is in seconds.
    """

    def __init__(self, message: str, status: int = 503, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class ReleaseError(KgError, RuntimeError):
    """A release cannot be built, found, verified or switched to."""
