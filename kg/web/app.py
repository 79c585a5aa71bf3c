"""The Flask application: made from a project or a release, one blueprint a concern."""

from __future__ import annotations

import atexit
from pathlib import Path

from flask import Flask, current_app, g, redirect, url_for

from kg.settings import Settings, load_settings
from kg.store.guard import GuardLimits
from kg.store.release import Release
from kg.store.workers import MIB, PoolLimits
from kg.web import (
    analyse,
    analysis_pages,
    api_docs,
    checking,
    chosen,
    copying,
    data,
    description,
    encoding,
    express,
    files,
    graphs,
    headers,
    health,
    home,
    language,
    network_layout,
    network_pages,
    operations,
    pinning,
    problems,
    reconciliation,
    render,
    reports,
    search,
    sparql,
    stewards,
    vocabulary,
)
from kg.web.current import Current
from kg.web.elsewhere import Elsewhere
from kg.web.profiles import pages as profiles
from kg.web.report_desk import Desk

__all__ = ["close_app", "create_app"]

_BLUEPRINTS = (
    api_docs, data, description, files, graphs, health, operations, problems, sparql, vocabulary,
)  # fmt: skip
_OURS = (
    analyse, analysis_pages, checking, home, network_layout, network_pages, profiles,
    reconciliation, reports, search, stewards,
)  # fmt: skip
"""What only a release of ``kg build`` has something to show for."""


def create_app(
    settings: Settings | Path | None = None,
    release: Release | None = None,
    limits: PoolLimits | None = None,
    elsewhere: Elsewhere | None = None,
) -> Flask:
    """Make the application that serves a project's releases.

    Parameters
    ----------
    settings:
        The project, or its file; None finds it as :func:`kg.settings.find_project` does.
    release:
        What to serve, always; None means the project's current release, and from then on
        whichever becomes current.
    limits:
        What a query may use; None means the limits in the project's ``[serve]``.
    elsewhere:
        The endpoint that answers in place of a release on this disk.

    Raises
    ------
    SettingsError, ReleaseError
        There is no project, or nothing was built yet, or its store cannot be opened.

    Notes
    -----
    It starts worker processes: make it in the process that serves, after any fork.
    """
    if not isinstance(settings, Settings):
        settings = load_settings(settings)
    app = language.Multilingual(__name__)
    current = Current(settings, limits or limits_of(settings), release, app.logger, elsewhere)
    atexit.register(current.close)
    app.config.update(
        MAX_CONTENT_LENGTH=settings.serve.max_body_mib * MIB,
        MAX_FORM_MEMORY_SIZE=settings.serve.max_body_mib * MIB,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,  # the address of a file changes with its content
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["rihla"] = current
    app.extensions["rihla.reports"] = Desk(app)
    app.teardown_appcontext(_leave)
    parts = (*_BLUEPRINTS, *(_OURS if current.is_ours else ()))
    for blueprint in dict.fromkeys(part.blueprint for part in parts):  # some parts share one
        app.register_blueprint(blueprint)
    if not current.is_ours:
        app.add_url_rule("/", "home", lambda: redirect(url_for("sparql.endpoint")))
    # Registered first of all, so that they see answers as they are sent.
    express.register(app)
    operations.register(app, settings.serve.access_log)
    language.register(app)
    pinning.register(app)
    # What is registered first runs last: answers are compressed when all else is said.
    for part in (encoding, headers, problems, render, copying, chosen):
        part.register(app)
    return app


def _leave(_: BaseException | None) -> None:
    """Let a request's release go, so that it can be closed when another took its place."""
    held = g.pop("rihla", None)
    if held is not None:
        current_app.extensions["rihla"].leave(held)


def limits_of(settings: Settings) -> PoolLimits:
    """Return the limits that a project's ``[serve]`` section sets."""
    serve = settings.serve
    return PoolLimits(
        timeout_s=serve.timeout_seconds,
        long_s=serve.long_seconds,
        max_bytes=serve.max_result_mib * MIB,
        max_rows=serve.max_result_rows,
        max_memory=serve.memory_mib * MIB,
        max_waiting=serve.max_waiting,
        max_per_client=serve.max_per_client,
        guard=GuardLimits(serve.max_query_kb * 1000, serve.max_nesting, frozenset(serve.services)),
    )


def close_app(app: Flask) -> None:
    """End the application's worker processes."""
    current = app.extensions["rihla"]
    current.close()
    atexit.unregister(current.close)
