"""What the event loop began for a request and hands over to the thread that ends it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from flask import request

from kg.errors import LimitError

if TYPE_CHECKING:
    from kg.store.begun import Begun
    from kg.web.answers import Flight
    from kg.web.current import Current
    from kg.web.service import Service

__all__ = ["HANDED", "Handed", "handed"]

HANDED = "rihla.handed"
"""Where it stands in a request's environment."""


class Handed:
    """A query that was begun: in which release, under which key, and who shares its answer.

    What nobody takes is ended by :meth:`end`.
    """

    def __init__(
        self, current: Current, service: Service, key: bytes, flight: Flight, begun: Begun
    ) -> None:
        self.key = key
        self._current = current
        self._service: Service | None = service
        self._flight: Flight | None = flight
        self._begun: Begun | None = begun
        self._answers = service.answers

    def take_service(self) -> Service | None:
        """Return the release that the request has entered, once."""
        service, self._service = self._service, None
        return service

    def take(self, key: bytes) -> tuple[Begun, Flight] | None:
        """Return the query and its flight, once, where it is the one of this key."""
        if self._begun is None or self._flight is None or key != self.key:
            return None
        taken = self._begun, self._flight
        self._begun = self._flight = None
        return taken

    def end(self) -> None:
        """Stop the query and leave the release, where nobody took them."""
        begun, self._begun = self._begun, None
        flight, self._flight = self._flight, None
        service = self.take_service()
        if begun is not None:
            with contextlib.suppress(LimitError):
                begun.abandon()
        if flight is not None:
            self._answers.land(self.key, flight)
        if service is not None:
            self._current.leave(service)


def handed() -> Handed | None:
    """Return what was handed over with this request."""
    found = request.environ.get(HANDED)
    return found if isinstance(found, Handed) else None
