"""Options that the ontology's commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kg.files import shipped_folder

__all__ = ["folder_option"]

_F = TypeVar("_F", bound=Callable[..., Any])


def folder_option(command: _F) -> _F:
    """Add --folder."""
    return click.option(
        "--folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=lambda: shipped_folder("ontology"),
        help="The ontology's folder; by default the one that came with Rihla.",
    )(command)
