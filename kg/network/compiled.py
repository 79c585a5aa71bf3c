"""Loops compiled to machine code, so that they may be written as loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

__all__ = ["compiled"]

_F = TypeVar("_F", bound=Callable[..., Any])


def compiled(function: _F) -> _F:
    """Return the function compiled by numba, without the interpreter's lock.

    The machine code is kept beside the module or in the user's cache folder; where neither can
    be written to, it is compiled anew in each process (a second or so a function). Without numba
    the function stays what it is: the same numbers, hundreds of times slower.

    A compiled function must call only others of its own module: the kept code is renewed when its
    file changes, not when another one does.
    """
    try:
        import numba
    except ImportError:  # no release of numba for this Python yet
        return function
    try:
        return cast("_F", numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:  # no folder that a cache could be kept in
        return cast("_F", numba.njit(nogil=True)(function))
