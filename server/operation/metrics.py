"""Count what the service does, for Prometheus."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from time import perf_counter
from typing import TypeVar

from flask import Response, g, has_request_context, request
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

Metric = TypeVar("Metric", Counter, Histogram)
SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """Hold the figures of this process since it started; Prometheus bears that they begin anew with the next one."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = self._counter("m4sd_requests", "Requests answered", "route", "method", "status")
        self._cached = self._counter("m4sd_cache_lookups", "Queries looked up among the kept answers", "found")
        self._started = self._counter("m4sd_workers_started", "Workers started")
        self._ended = self._counter("m4sd_workers_ended", "Workers ended, by reason", "reason")
        self._queries = self._histogram("m4sd_query_seconds", "Seconds to answer a query, all told", "lane")
        self._waits = self._histogram("m4sd_queue_seconds", "Seconds that a query waited for its place", "place")

    def written(self) -> Response:
        """Return all figures in the text format of Prometheus."""
        return Response(generate_latest(self._registry), content_type=CONTENT_TYPE_LATEST)

    def answered(self, response: Response) -> None:
        """Count an answered request."""
        route = request.url_rule.rule if request.url_rule else "none"
        lane = None if "cached" not in g else "cache" if g.cached else g.get("lane", "none")
        self.counted(route, _method(), response.status_code, lane, perf_counter() - g.begun)

    def counted(self, route: str, method: str, status: int, lane: str | None, seconds: float) -> None:
        """Count a request, and a query where it had one: in which lane, and how long it took."""
        _of(self._requests, route, method, status).inc()
        if lane:
            _of(self._cached, "yes" if lane == "cache" else "no").inc()
            _of(self._queries, lane).observe(seconds)

    def started(self) -> None:
        """Count a worker that was started."""
        self._started.inc()

    def ended(self, reason: str) -> None:
        """Count a worker that ended, or was ended."""
        self._ended.labels(reason).inc()

    def lane(self, name: str) -> None:
        """Note for the log in which lane the query of the present request runs."""
        if has_request_context():
            g.lane = name

    @contextmanager
    def waiting(self, place: str) -> Iterator[None]:
        """Measure how long a query waits for a place in a lane, or for a worker."""
        begin = perf_counter()
        try:
            yield
        finally:
            _of(self._waits, place).observe(perf_counter() - begin)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(name, about, labels, registry=self._registry)

    def _histogram(self, name: str, about: str, *labels: str) -> Histogram:
        return Histogram(name, about, labels, registry=self._registry, buckets=SECONDS)


@lru_cache(1000)  # prometheus_client looks a label's figure up under a lock, and slowly
def _of(metric: Metric, *labels: object) -> Metric:
    return metric.labels(*labels)


def _method() -> str:
    known = ("GET", "HEAD", "OPTIONS", "POST", "DELETE")
    return request.method if request.method in known else "other"  # a client may call it whatever it likes
