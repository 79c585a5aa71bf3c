"""How a server elsewhere is asked: for how long, how often, and for which graphs."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kg.errors import SettingsError
from kg.store.remote.access import Access

__all__ = ["AUTO", "SERVERS_OWN", "UNION", "RemoteOptions"]

AUTO, SERVERS_OWN, UNION = "auto", "as-is", "union"
_MIB = 1024 * 1024


@dataclass(frozen=True)
class RemoteOptions:
    """What one asks of a server elsewhere.

    Attributes
    ----------
    timeout_s:
        Seconds of wall time for one answer, all tries together.
    attempts:
        How often a question is asked where the server is busy (429, 502, 503, 504) or hangs up.
    longest_wait_s:
        The longest pause between two tries, also where the server asks for a longer one: then
        there is none, and the error says so.
    max_bytes:
        The largest answer that is taken, in bytes.
    default_graph:
        What a query without FROM is about: ``auto`` finds it out; ``as-is`` is the server's own
        default graph; ``union`` all its named graphs together; or IRIs of graphs, with blanks
        between.
    access:
        User and password, or a token.
    """

    timeout_s: float = 60.0
    attempts: int = 4
    longest_wait_s: float = 30.0
    max_bytes: int = 1024 * _MIB
    default_graph: str = AUTO
    access: Access = field(default_factory=Access)

    def __post_init__(self) -> None:
        """Refuse numbers with which nothing can be asked."""
        for name in ("timeout_s", "longest_wait_s"):
            if not 0 < getattr(self, name) < math.inf:
                raise SettingsError(f"{name}: found {getattr(self, name)}. Accepted: more than 0.")
        if self.attempts < 1:
            raise SettingsError(f"attempts: found {self.attempts}. Accepted: 1 or more.")
        for iri in self.default_graph.split():
            named = iri in (AUTO, SERVERS_OWN, UNION) and iri == self.default_graph.strip()
            if not named and (":" not in iri or any(c in '<>"{}|\\^`' for c in iri)):
                raise SettingsError(
                    f"RIHLA_SPARQL_DEFAULT_GRAPH: found {iri!r}. Accepted: auto, as-is, union, or "
                    "IRIs of graphs with blanks between."
                )
        if not self.default_graph.strip():
            raise SettingsError("RIHLA_SPARQL_DEFAULT_GRAPH is empty. Accepted: auto, or see docs.")

    @classmethod
    def for_address(
        cls, address: str, environ: Mapping[str, str] = os.environ, **given: object
    ) -> RemoteOptions:
        """Return the options for an address, from the environment and what is given beside it.

        ``RIHLA_SPARQL_TIMEOUT`` (seconds), ``RIHLA_SPARQL_ATTEMPTS``,
        ``RIHLA_SPARQL_DEFAULT_GRAPH``, and those of :mod:`kg.store.remote.access`.
        """
        found = cls(
            timeout_s=_number(environ, "RIHLA_SPARQL_TIMEOUT", cls.timeout_s),
            attempts=int(_number(environ, "RIHLA_SPARQL_ATTEMPTS", cls.attempts)),
            default_graph=environ.get("RIHLA_SPARQL_DEFAULT_GRAPH") or AUTO,
            access=Access.for_address(address, environ),
        )
        return replace(found, **given) if given else found  # type: ignore[arg-type]


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name)
    if not text:
        return default
    try:
        return float(text)
    except ValueError as error:
        raise SettingsError(f"{name}: found {text!r}. Accepted: a number.") from error
