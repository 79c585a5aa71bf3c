"""Run the application under waitress, tuned for slow and many clients."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from waitress import create_server
from waitress.task import ErrorTask

from kg.errors import SettingsError
from kg.network.layout import prepare
from kg.store.workers import MIB
from kg.web.app import close_app
from kg.web.inline import InlineChannel, answer_inline
from kg.web.problems import problem_text

__all__ = ["make_server", "serve"]

THREADS = 64
"""A thread waits for a worker or for a slow sender's last byte; idle ones cost some 50 kB."""

_TUNING: dict[str, Any] = {
    "threads": THREADS,
    # Two thousand idle connections are an ordinary afternoon; poll has no ceiling of 1,024.
    "connection_limit": 10_000,
    "asyncore_use_poll": True,
    "backlog": 2048,
    "channel_timeout": 60,
    "cleanup_interval": 15,
    "max_request_header_size": 64 * 1024,
    # Lets a request see that its client has hung up, so that its query can be stopped.
    "channel_request_lookahead": 1,
    "ident": None,
    "expose_tracebacks": False,
}


_MARGIN = 64 * 1024
"""Bytes of a body beyond its limit that are read, so that the answer can say what is wrong."""


class _Refusal(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """What waitress refuses before the application sees it, in the one shape of errors."""

    def execute(self) -> None:
        """Write the answer."""
        error = self.request.error
        status, media_type, body = problem_text(error.code, str(error.body))
        self.status = f"{status} {error.reason}"
        self.response_headers += [
            ("Content-Type", media_type),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(InlineChannel):
    error_task_class = _Refusal


def make_server(app: Flask, host: str = "127.0.0.1", port: int = 8000, **tuning: Any) -> Any:
    """Return a waitress server that listens and is not running yet.

    Parameters
    ----------
    app:
        From :func:`kg.web.create_app`.
    host, port:
        Where to listen; port 0 takes a free one.
    tuning:
        Further settings of waitress, such as ``trusted_proxy`` behind a reverse proxy.

    Raises
    ------
    SettingsError
        The address cannot be listened on.
    """
    # An answer waits for a slow reader in its memory file; as long as no answer reaches the
    # watermark, the thread that made it is free at once.
    watermark = app.extensions["rihla"].pool.limits.max_bytes + 16 * MIB
    check = app.extensions["rihla"].settings.check
    uploads = check.max_mib * MIB if check.uploads else 0  # a view refuses what is not for it
    body = max(app.config["MAX_CONTENT_LENGTH"], uploads) + _MARGIN
    chosen = {
        **_TUNING,
        "outbuf_high_watermark": watermark,
        "max_request_body_size": body,
        **tuning,
    }
    server = create_server(app, sockets=[_listening(host, port)], **chosen)
    server.channel_class = _Channel
    answer_inline(server, app)
    return server


def _listening(host: str, port: int) -> socket.socket:
    """Return a listening socket: waitress leaves things open where it cannot make its own."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_TUNING["backlog"])
    except (OSError, OverflowError) as error:
        raise SettingsError(
            f"Cannot listen on {host} port {port}: {error}. Accepted: an address of this machine "
            "and a free port, as in kg serve --port 8001."
        ) from error


def serve(
    app: Flask,
    host: str = "127.0.0.1",
    port: int = 8000,
    announce: Callable[[str], None] = lambda _: None,
    **tuning: Any,
) -> None:
    """Serve until interrupted, then end the workers.

    ``announce`` is called with the address once the server listens; see :func:`make_server` for
    the rest.
    """
    proxy = app.extensions["rihla"].settings.serve.trusted_proxy
    server = make_server(app, host, port, **(_behind(proxy) if proxy else {}), **tuning)
    announce(address(server))
    if app.extensions["rihla"].is_ours:
        # The first visitor of a network need not wait for the compiler.
        threading.Thread(target=prepare, name="rihla-prepare", daemon=True).start()
    with _stopped_by(signal.SIGTERM):
        try:
            server.run()
        finally:
            server.close()
            close_app(app)


def _behind(proxy: str) -> dict[str, Any]:
    """Return how waitress takes the client's address from a reverse proxy at this address."""
    return {
        "trusted_proxy": proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"},
        "clear_untrusted_proxy_headers": True,
    }


@contextmanager
def _stopped_by(number: signal.Signals) -> Iterator[None]:
    """Let a signal end the server as Ctrl-C does: requests that run are answered first."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only there can a program listen to signals
        return

    def stop(*_: object) -> None:
        raise SystemExit(0)

    before = signal.signal(number, stop)
    try:
        yield
    finally:
        signal.signal(number, before)


def address(server: Any) -> str:
    """Return the URL of a listening server."""
    host, port = server.effective_host, server.effective_port
    shown = f"[{host}]" if ":" in str(host) else host
    return f"http://{shown}:{port}/"
