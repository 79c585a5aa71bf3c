"""How far long work has come, where somebody looks on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from kg.network import watched

__all__ = ["progress"]


@contextmanager
def progress(text: str, least: int) -> Iterator[None]:
    """Show a bar for what runs inside, as far as it tells (:mod:`kg.network.lanes`).

    Only on a terminal, and only for work of ``least`` pieces or more.
    """
    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    console, hidden = Console(stderr=True), not sys.stderr.isatty()
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task(text, total=None, visible=False)

        def watch(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=total >= least)

        with watched(watch):
            yield
