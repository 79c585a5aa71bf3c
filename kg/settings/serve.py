"""``[serve]``: address and limits of the endpoint."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from kg.errors import SettingsError
from kg.settings.checks import IRI, refuse_less

__all__ = ["ServeSettings"]

_LAST_PORT = 65_535
_METRICS = ("local", "all", "off")


@dataclass(frozen=True)
class ServeSettings:
    """``[serve]``: address and limits of the endpoint.

    ``timeout_seconds`` bounds one query, ``long_seconds`` is when it makes room for quick ones;
    ``max_result_mib`` and ``max_result_rows`` bound an answer, ``memory_mib`` what a query takes
    while it runs. ``workers`` quick queries run at a time and as many long ones; ``max_waiting``
    may wait, of one client ``max_per_client`` in all (0: no limit). ``max_query_kb`` and
    ``max_nesting`` bound a query's text, ``max_body_mib`` a request's body. ``services`` are the
    addresses that SERVICE may ask. A server looks for a new release every ``reload_seconds``
    (0: never). ``cache_mib`` is the memory for answers that are kept (0: none). ``metrics`` are
    for ``local`` clients, ``all`` or none (``off``); ``access_log`` writes a line for each
    request; ``trusted_proxy`` is the address of a reverse proxy whose word on the client's address
    is taken.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    timeout_seconds: float = 10.0
    long_seconds: float = 1.0
    max_result_mib: int = 64
    max_result_rows: int = 1_000_000
    memory_mib: int = 2048
    max_waiting: int = 32
    max_per_client: int = 8
    max_query_kb: int = 100
    max_nesting: int = 64
    max_body_mib: int = 1
    services: tuple[str, ...] = ()
    reload_seconds: float = 2.0
    cache_mib: int = 64
    metrics: str = "local"
    access_log: bool = False
    trusted_proxy: str = ""

    def __post_init__(self) -> None:
        """Refuse numbers with which nothing can be served."""
        least = dict.fromkeys(
            ("workers", "max_result_mib", "max_result_rows", "max_query_kb", "max_nesting"), 1
        )
        none = dict.fromkeys(("port", "max_waiting", "max_per_client", "reload_seconds"), 0)
        refuse_less(self, "[serve]", **least, **none, max_body_mib=1, memory_mib=64, cache_mib=0)
        if self.port > _LAST_PORT:
            raise SettingsError(f"[serve] port: found {self.port}. Accepted: 0 to {_LAST_PORT}.")
        for name in ("timeout_seconds", "long_seconds"):
            if not 0 < getattr(self, name) < math.inf:
                raise SettingsError(
                    f"[serve] {name}: found {getattr(self, name)}. Accepted: more than 0."
                )
        if self.metrics not in _METRICS:
            raise SettingsError(
                f"[serve] metrics: found {self.metrics!r}. Accepted: {', '.join(_METRICS)}."
            )
        for service in self.services:
            if not re.fullmatch(IRI, service):
                raise SettingsError(
                    f"[serve] services: found {service!r}. Accepted: the address of a SPARQL "
                    "endpoint, such as https://query.wikidata.org/sparql."
                )
