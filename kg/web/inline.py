"""Answers that are kept, sent by the thread that reads requests.

A request for what is kept in memory needs no thread of its own: handing it over costs more than
answering it. It is answered where it was read, also while all threads are busy; every other
request goes its way.
"""

from __future__ import annotations

import threading
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.task import Task, WSGITask

from kg.web.encoding import IN_ONE_PIECE
from kg.web.express import Express, Found

__all__ = ["InlineChannel", "answer_inline"]

_HEADERS = {"HTTP_HOST": "HOST", "HTTP_ACCEPT": "ACCEPT", "HTTP_ACCEPT_ENCODING": "ACCEPT_ENCODING"}


class _KeptTask(Task):  # type: ignore[misc]  # waitress has no types
    """The sending of an answer that is kept."""

    def __init__(self, found: Found, channel: Any, request: Any) -> None:
        super().__init__(channel, request)
        self._found = found

    def execute(self) -> None:
        """Write the answer."""
        self.status = self._found.status
        self.response_headers = list(self._found.headers)
        self.complete = True
        self.write(self._found.body)


class InlineChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection whose requests are answered at once where the answer is kept."""

    found: Found | None = None

    def received(self, data: bytes) -> bool:
        """Take what came in; answer what can be answered from memory."""
        done = bool(super().received(data))
        while self.found is not None:
            self.service()
        return done

    def task_class(self, channel: Any, request: Any) -> Any:
        """Return what answers the next request; what was found answers one request only.

        The next one may be another thread's before this one's sending has come to its end.
        """
        found, self.found = self.found, None
        return WSGITask(channel, request) if found is None else _KeptTask(found, channel, request)


def answer_inline(server: Any, app: Flask) -> None:
    """Make a waitress server with :class:`InlineChannel` answer kept answers as it reads."""
    if server.adj.trusted_proxy:
        return  # host and scheme are what the proxy says, which is read later
    express: Express = app.extensions["rihla.express"]
    hand_over = server.add_task
    reading = threading.local()

    def add_task(channel: InlineChannel) -> None:
        found = _found(express, channel.requests[0]) if hasattr(reading, "here") else None
        if found is None:
            hand_over(channel)
        else:
            channel.found = found

    run = server.run

    def running() -> None:
        reading.here = True
        run()

    server.add_task, server.run = add_task, running


def _found(express: Express, request: Any) -> Found | None:
    """Return the kept answer to a request, if it is small: large ones are another thread's."""
    if request.error or request.command not in ("GET", "HEAD") or request.path[:2] == "//":
        return None
    sent = request.headers
    if "RANGE" in sent or "TRANSFER_ENCODING" in sent or sent.get("CONTENT_LENGTH", "0") != "0":
        return None
    telling = {name: sent.get(header) for name, header in _HEADERS.items()}
    telling |= {
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path,
        "QUERY_STRING": request.query,
        "wsgi.url_scheme": request.url_scheme,
    }
    return express.find(request.command, telling, sent.get("IF_NONE_MATCH", ""), IN_ONE_PIECE)
