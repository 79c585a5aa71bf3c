"""Run the application under the server of kg/web/front."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable

from flask import Flask

from kg.errors import SettingsError
from kg.network.layout import prepare
from kg.store.workers import MIB
from kg.web.app import close_app
from kg.web.front import Front, FrontLimits

__all__ = ["address", "make_server", "serve"]

THREADS = 64
"""A thread makes a page, or waits for a long query; idle ones cost some 50 kB."""

_BACKLOG = 2048
_SENT_AHEAD = 256 * 1024  # bytes of an answer that the kernel holds, and as much again
_MARGIN = 64 * 1024
"""Bytes of a body beyond its limit that are read, so that the answer can say what is wrong."""


def make_server(
    app: Flask,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    threads: int = THREADS,
    trusted_proxy: str = "",
) -> Front:
    """Return a server that listens and is not running yet.

    Parameters
    ----------
    app:
        From :func:`kg.web.create_app`.
    host, port:
        Where to listen; port 0 takes a free one.
    threads:
        How many requests the application answers at a time.
    trusted_proxy:
        The address of a reverse proxy, which is believed about clients, host and scheme.

    Raises
    ------
    SettingsError
        The address cannot be listened on.
    """
    check = app.extensions["rihla"].settings.check
    limits = FrontLimits(
        body_bytes=app.config["MAX_CONTENT_LENGTH"] + _MARGIN,
        upload_bytes=check.max_mib * MIB + _MARGIN if check.uploads else 0,
    )
    return Front(app, _listening(host, port), threads, trusted_proxy, limits)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        found = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        # The kernel would take megabytes of an answer for each slow reader.
        found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SENT_AHEAD)
        return found
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
    *,
    threads: int = THREADS,
    trusted_proxy: str = "",
) -> None:
    """Serve until interrupted, then end the workers.

    ``announce`` is called with the address once the server listens; see :func:`make_server` for
    the rest. Without ``trusted_proxy`` the one of the project's settings is trusted.
    """
    proxy = trusted_proxy or app.extensions["rihla"].settings.serve.trusted_proxy
    server = make_server(app, host, port, threads=threads, trusted_proxy=proxy)
    announce(address(server))
    if app.extensions["rihla"].is_ours:
        # The first visitor of a network need not wait for the compiler.
        threading.Thread(target=prepare, name="rihla-prepare", daemon=True).start()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            server.add_signal_handler(number)
    try:
        server.run()
    finally:
        server.close()
        close_app(app)


def address(server: Front) -> str:
    """Return the URL of a listening server."""
    host, port = server.effective_host, server.effective_port
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"
