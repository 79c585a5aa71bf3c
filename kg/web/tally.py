"""Requests counted for whoever watches a server: how many, how long, how many bytes."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from threading import Lock

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

__all__ = ["Tally"]

_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})
_BOUNDS = [*map(floatToGoString, _SECONDS), "+Inf"]


@dataclass
class _Route:
    """What was counted of a route: requests by how long they took, their seconds and bytes."""

    began: float
    spread: list[int] = field(default_factory=lambda: [0] * len(_BOUNDS))
    seconds: float = 0.0
    bytes: int = 0


class Tally(Collector):
    """Counts requests in one step under one lock, where a metric of the client takes one each.

    A small query costs so little that three metrics of prometheus_client are a twentieth of it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests: dict[tuple[str, str, int], list[float]] = {}  # number, since when
        self._routes: dict[str, _Route] = {}

    def count(self, route: str, method: str, status: int, seconds: float, size: int) -> None:
        """Count one request: the rule it met, its answer's status and bytes, seconds up to it."""
        method = method if method in _METHODS else "other"  # clients may invent them without end
        key = (route, method, status)
        with self._lock:
            entry = self._requests.get(key)
            if entry is None:
                entry = self._added(key)
            entry[0] += 1
            of_route = self._routes[route]
            of_route.spread[bisect_left(_SECONDS, seconds)] += 1
            of_route.seconds += seconds
            of_route.bytes += size

    def _added(self, key: tuple[str, str, int]) -> list[float]:
        now = time.time()
        self._routes.setdefault(key[0], _Route(now))
        return self._requests.setdefault(key, [0, now])

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as of now, one moment for all."""
        requests = CounterMetricFamily(
            "rihla_requests", "Requests answered", labels=("route", "method", "status")
        )
        seconds = HistogramMetricFamily(
            "rihla_request_seconds",
            "Seconds until an answer was ready to be sent",
            labels=("route",),
        )
        sizes = CounterMetricFamily("rihla_answer_bytes", "Bytes of answers", labels=("route",))
        with self._lock:
            for (route, method, status), (number, began) in self._requests.items():
                requests.add_metric((route, method, str(status)), number, created=began)
            for route, found in self._routes.items():
                buckets = list(zip(_BOUNDS, accumulate(found.spread), strict=True))
                seconds.add_metric((route,), buckets, found.seconds)
                sizes.add_metric((route,), found.bytes, created=found.began)
        yield from (requests, seconds, sizes)
