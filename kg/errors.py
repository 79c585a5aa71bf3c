"""The errors that Rihla raises on purpose.

Every message says what was given, what is accepted and what to do next. Programming
mistakes keep their builtin exceptions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = [
    "Candidate",
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

    @property
    def told(self) -> str:
        """The message as it was given, which may know how to be said in other languages."""
        said = self.args[0] if self.args else ""
        return said if isinstance(said, str) else str(self)


class SettingsError(KgError, ValueError):
    """The project file is missing, unreadable or says something that is not accepted."""


class InputError(KgError, ValueError):
    """A file or a cell cannot be taken in; the message names file, row and column."""


class QueryError(KgError, ValueError):
    """A query or one of its parameters is malformed.

    ``line`` and ``column`` count from 1 and are ``None`` where the position is unknown.
    ``candidates`` are the things that an unknown or ambiguous name may mean.
    """

    def __init__(
        self,
        message: str,
        line: int | None = None,
        column: int | None = None,
        candidates: Sequence[Candidate] = (),
    ) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.candidates = tuple(candidates)


class Candidate(NamedTuple):
    """A thing that a name may mean: its label, the IRI of its class, its own IRI."""

    label: str
    type: str
    iri: str


class NotFoundError(KgError, LookupError):
    """The named query, measure, release or thing does not exist; the message lists what does."""


class GoneError(NotFoundError):
    """The thing was removed on purpose and does not come back; ``hint`` says what to do then."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


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
