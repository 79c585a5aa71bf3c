"""What is counted of requests, compared with the metrics of prometheus_client."""

from __future__ import annotations

import threading

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from kg.web.tally import Tally

SEEN = [
    ("/sparql", "GET", 200, 0.0004, 100),
    ("/sparql", "GET", 200, 0.001, 0),  # on a bound, which counts for it
    ("/sparql", "POST", 503, 31.0, 7),
    ("/page/<kind>", "GET", 200, 0.2, 5_000),
    ("/page/<kind>", "BREW", 405, 0.0, 1),
]


def lines(registry: CollectorRegistry) -> list[str]:
    """Return what is sent, without the moments at which counting began."""
    sent = generate_latest(registry).decode().splitlines()
    return sorted(line for line in sent if "_created" not in line)


def test_the_figures_are_those_of_the_client() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    tally = Tally()
    ours.register(tally)
    names = ("route", "method", "status")
    requests = Counter("rihla_requests_total", "Requests answered", names, registry=theirs)
    bounds = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
    seconds = Histogram(
        "rihla_request_seconds", "Seconds until an answer was ready to be sent", ("route",),
        buckets=bounds, registry=theirs,
    )  # fmt: skip
    sizes = Counter("rihla_answer_bytes_total", "Bytes of answers", ("route",), registry=theirs)
    for route, method, status, took, size in SEEN:
        tally.count(route, method, status, took, size)
        requests.labels(route, "other" if method == "BREW" else method, str(status)).inc()
        seconds.labels(route).observe(took)
        sizes.labels(route).inc(size)
    assert lines(ours) == lines(theirs)
    assert b"rihla_requests_created" in generate_latest(ours)


def test_no_request_is_lost_between_threads() -> None:
    tally = Tally()

    def count() -> None:
        for _ in range(2_000):
            tally.count("/sparql", "GET", 200, 0.002, 3)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = {s.name: s.value for metric in tally.collect() for s in metric.samples}
    assert found["rihla_requests_total"] == found["rihla_request_seconds_count"] == 8_000
    assert found["rihla_answer_bytes_total"] == 24_000
