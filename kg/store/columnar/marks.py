"""Which queries are asked of the columns: those whose header says so."""

from __future__ import annotations

import re

__all__ = ["is_marked"]

_MARK = re.compile(r"(?m)^#\+ engine: columns\s*$")


def is_marked(sparql: str) -> bool:
    r"""Whether a query's header asks for the column engine.

    Examples
    --------
    >>> is_marked("#+ engine: columns\\nSELECT * { ?s ?p ?o }")
    True
    """
    return bool(_MARK.search(sparql))
