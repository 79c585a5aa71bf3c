"""``[check]``: the files that a server checks for whoever hands them in."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kg.errors import SettingsError
from kg.settings.checks import refuse_less

__all__ = ["CheckSettings"]


@dataclass(frozen=True)
class CheckSettings:
    """``[check]``: the files that a server checks for whoever hands them in.

    Without ``uploads`` it checks none. Files of at most ``max_mib`` together are read in a process
    of its own, in ``seconds`` of wall time and ``memory_mib`` of address space; a client may ask
    for ``per_minute`` checks a minute (0: no limit).
    """

    uploads: bool = True
    max_mib: int = 16
    seconds: float = 30.0
    memory_mib: int = 1024
    per_minute: int = 10

    def __post_init__(self) -> None:
        """Refuse numbers with which nothing can be checked."""
        refuse_less(self, "[check]", max_mib=1, memory_mib=256, per_minute=0)
        if not 0 < self.seconds < math.inf:
            raise SettingsError(f"[check] seconds: found {self.seconds}. Accepted: more than 0.")
