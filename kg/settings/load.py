"""``[load]``: how outside files are taken in, and when a build stops for refused rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from kg.errors import SettingsError
from kg.settings.checks import refuse_less

__all__ = ["LoadSettings"]


@dataclass(frozen=True)
class LoadSettings:
    """``[load]``: how outside files are taken in, and when a build stops for refused rows.

    A source is read in a process of its own, with ``memory_mib`` of address space and
    ``seconds`` of wall time; what URLs gave is kept in ``downloads``, each of at most
    ``max_download_mib``. Over all sources together at most the share ``max_refused`` (0 to 1) of
    rows and at most ``max_refused_rows`` may be refused. Nothing here changes what a release holds.
    """

    downloads: Path = Path("downloads")
    offline: bool = False
    memory_mib: int = 4096
    seconds: float = 600.0
    max_download_mib: int = 4096
    max_refused: float = 1.0
    max_refused_rows: int | None = None

    def __post_init__(self) -> None:
        """Refuse numbers with which nothing can be read."""
        refuse_less(self, "[load]", memory_mib=64, max_download_mib=1)
        if self.max_refused_rows is not None:
            refuse_less(self, "[load]", max_refused_rows=0)
        if not 0 < self.seconds < math.inf:
            raise SettingsError(f"[load] seconds: found {self.seconds}. Accepted: more than 0.")
        if not 0 <= self.max_refused <= 1:
            raise SettingsError(f"[load] max_refused: found {self.max_refused}. Accepted: 0 to 1.")
