"""The WSGI application, for ``flask --app server run`` or any WSGI server.

It serves the current release of the project that ``RIHLA_PROJECT`` names, else of ``rihla.toml``
in this folder or above it. Asking for ``app`` opens it: importing this module does not.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(f"module 'server' has no attribute {name!r}")
    from kg.web import create_app

    globals()["app"] = made = create_app()
    return made
