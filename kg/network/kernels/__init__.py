"""The compiled inner loops; a module of them is loaded (and compiled) when it is first used.

Graphs come as the arrays of a CSR matrix: ``starts`` (int64, nodes + 1), ``ends`` (int32, one an
edge and direction, sorted within a node) and, where edges have lengths or weights, float64 beside
``ends``. Kernels add to arrays that the caller gives, and hold no lock.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

MODULES = (
    "acyclic", "communities", "dijkstra", "forces", "meetings", "orientation", "powers", "steps",
    "structure", "swaps", "trades", "triangles", "waves",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
