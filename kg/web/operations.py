"""For whoever runs a server: metrics, and a line for each request.

Neither holds what anybody asked: no query, no parameter, no address of a client.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import sys
import time

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from kg.errors import NotFoundError
from kg.web.problems import query_id
from kg.web.service import service

__all__ = ["blueprint", "register"]

blueprint = Blueprint("operations", __name__)

_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
_log = logging.getLogger("kg.access")


class _Metrics:
    """What is counted, for one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        names = ("route", "method", "status")
        self.requests = Counter(
            "rihla_requests_total", "Requests answered", names, registry=self.registry
        )
        self.seconds = Histogram(
            "rihla_request_seconds",
            "Seconds until an answer was ready to be sent",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.bytes = Counter(
            "rihla_answer_bytes_total", "Bytes of answers", ("route",), registry=self.registry
        )
        self.release = Gauge(
            "rihla_release_quads", "Quads of the served release", ("release",),
            registry=self.registry,
        )  # fmt: skip
        self.workers = Gauge(
            "rihla_query_processes", "Processes that answer queries", registry=self.registry
        )


@blueprint.get("/metrics")
def metrics() -> Response:
    """Send the figures in Prometheus' format, to whom the setting ``metrics`` allows."""
    allowed = service().settings.serve.metrics
    if allowed == "off" or (allowed == "local" and not _is_local(request.remote_addr)):
        raise NotFoundError("Metrics are not open to this address; see [serve] metrics.")
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


def register(app: Flask, access_log: bool) -> None:
    """Make the application count, and write a line for each request where that is asked for."""
    app.extensions["rihla.metrics"] = _Metrics()
    if access_log and not _log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        _log.addHandler(handler)
        _log.setLevel(logging.INFO)
        _log.propagate = False
    app.before_request(_begin)
    app.after_request(_write if access_log else _count)


def _begin() -> None:
    g.began = time.perf_counter()


def _route() -> str:
    # The rule and not the address: addresses are without number, and say what was asked.
    return request.url_rule.rule if request.url_rule else "none"


def _count(response: Response) -> Response:
    kept: _Metrics = current_app.extensions["rihla.metrics"]
    route = _route()
    kept.requests.labels(route, request.method, str(response.status_code)).inc()
    kept.seconds.labels(route).observe(time.perf_counter() - g.get("began", time.perf_counter()))
    kept.bytes.labels(route).inc(response.content_length or 0)
    return response


def _write(response: Response) -> Response:
    began = g.get("began", time.perf_counter())
    line = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "id": query_id(),
        "method": request.method,
        "route": _route(),
        "status": response.status_code,
        "bytes": response.content_length,
        "ms": round((time.perf_counter() - began) * 1000, 1),
        "release": service().release.id,
    }
    _log.info(json.dumps(line, ensure_ascii=False))
    return _count(response)
