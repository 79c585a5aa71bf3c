"""For whoever runs a server: metrics, and a line for each request.

Neither holds what anybody asked: no query, no parameter, no address of a client.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import random
import sys
import time
from collections.abc import Iterator

from flask import Blueprint, Flask, Request, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kg.errors import NotFoundError
from kg.language import tell
from kg.web.current import Current
from kg.web.problems import query_id
from kg.web.service import service
from kg.web.tally import Tally

__all__ = ["blueprint", "new_id", "register", "route_of"]

blueprint = Blueprint("operations", __name__)

_log = logging.getLogger("kg.access")


class _Metrics:
    """What is counted, for one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Tally()
        self.registry.register(self.requests)
        self.release = Gauge(
            "rihla_release_quads", "Quads of the served release", ("release",),
            registry=self.registry,
        )  # fmt: skip
        self.workers = Gauge(
            "rihla_query_processes", "Processes that answer queries", registry=self.registry
        )


class _CacheFigures(Collector):
    """How the answers that are kept do, read when somebody asks for it."""

    def __init__(self, current: Current) -> None:
        self._current = current

    def collect(self) -> Iterator[Metric]:
        """Yield bytes and entries, and what was found, not found and let go of, by kind."""
        figures = self._current.cache.figures()
        yield GaugeMetricFamily("rihla_cache_bytes", "Bytes of kept answers", figures.bytes)
        yield GaugeMetricFamily("rihla_cache_entries", "Kept answers", figures.entries)
        yield CounterMetricFamily(
            "rihla_cache_evictions", "Kept answers that made room for others", figures.evictions
        )
        for name, counts in (("hits", figures.hits), ("misses", figures.misses)):
            family = CounterMetricFamily(
                f"rihla_cache_{name}", f"Cache {name} by kind of entry", labels=["kind"]
            )
            for kind in ("answer", "response", "request"):
                family.add_metric([kind], counts.get(kind, 0))
            yield family


@blueprint.get("/metrics")
def metrics() -> Response:
    """Send the figures in Prometheus' format, to whom the setting ``metrics`` allows."""
    allowed = service().settings.serve.metrics
    if allowed == "off" or (allowed == "local" and not _is_local(request.remote_addr)):
        raise NotFoundError(tell("Metrics are not open to this address; see [serve] metrics."))
    kept: _Metrics = current_app.extensions["rihla.metrics"]
    release = service().release
    kept.release.clear()
    kept.release.labels(release.id).set(release.manifest["quads"])
    kept.workers.set(len(service().pool.process_ids()))
    response = Response(generate_latest(kept.registry), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_local(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def route_of(asked: Request) -> str:
    """Return the rule that a request met.

    The rule and not the address: addresses are without number, and say what was asked.
    """
    return asked.url_rule.rule if asked.url_rule else "none"


def new_id() -> str:
    """Return a name for a request, which stands in its answer and in the log."""
    return f"{random.getrandbits(48):012x}"  # a name, and no secret


def register(app: Flask, access_log: bool) -> None:
    """Make the application count, and write a line for each request where that is asked for."""
    kept = app.extensions["rihla.metrics"] = _Metrics()
    kept.registry.register(_CacheFigures(app.extensions["rihla"]))
    if access_log and not _log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        _log.addHandler(handler)
        _log.setLevel(logging.INFO)
        _log.propagate = False

    def answered(
        route: str, method: str, status: int, began: float, size: int, name: str, release: str
    ) -> None:
        seconds = time.perf_counter() - began
        kept.requests.count(route, method, status, seconds, size)
        if access_log:
            _write(route, method, status, seconds, size, name, release)

    app.extensions["rihla.answered"] = answered
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    current_app.extensions["rihla.answered"](
        route_of(request),
        request.method,
        response.status_code,
        g.get("began", time.perf_counter()),
        response.content_length or 0,
        query_id(),
        service().release.id,
    )
    return response


def _write(
    route: str, method: str, status: int, seconds: float, size: int, name: str, release: str
) -> None:
    line = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "id": name,
        "method": method,
        "route": route,
        "status": status,
        "bytes": size,
        "ms": round(seconds * 1000, 1),
        "release": release,
    }
    _log.info(json.dumps(line, ensure_ascii=False))
