"""Prometheus metrics, in a registry of their own: nothing global, one an application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from app.domain.answers import Answer
from app.domain.hits import SearchResult
from app.domain.jobs import QueueHealth

REQUEST_BUCKETS_S: Final = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""From a search without models to an answer that a small machine generates."""
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods with a label of their own; the rest is ``OTHER``, or clients could invent labels."""
STAGE_BUCKETS_S: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 20.0)
"""From a lexical recall to a generation."""
INGEST_BUCKETS_S: Final = (0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
"""From a hash of a file to the vectors of a batch on a small machine."""


class Lane(Protocol):
    """Threads for one kind of request."""

    @property
    def name(self) -> str:
        """What it is called in the metrics."""

    @property
    def running(self) -> int:
        """Requests that have a thread."""

    @property
    def waiting(self) -> int:
        """Requests that wait for one."""


class Cache(Protocol):
    """Results that are kept for whoever asks the same again."""

    name: str
    hits: int
    misses: int
    bytes: int


class _Caches(Collector):
    """Shows what caches count by themselves."""

    def __init__(self) -> None:
        self.watched: Sequence[Cache] = ()

    def collect(self) -> Iterator[Metric]:
        """See `Collector.collect`."""
        asked = CounterMetricFamily(
            "attest_cache_requests",
            "Looks into a cache.",
            labels=("cache", "found"),
        )
        size = GaugeMetricFamily("attest_cache_bytes", "What a cache takes.", labels=("cache",))
        for cache in self.watched:
            asked.add_metric((cache.name, "yes"), cache.hits)
            asked.add_metric((cache.name, "no"), cache.misses)
            size.add_metric((cache.name,), cache.bytes)
        yield asked
        yield size


class Metrics:
    """What a server counts. Labels take few values: routes are templates, never paths."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        self._requests = Counter(
            "attest_http_requests", "Requests.", ("method", "route", "status"), registry=registry
        )
        self._request_seconds = Histogram(
            "attest_http_request_seconds",
            "Time from a request's head to its answer's last byte.",
            ("method", "route"),
            buckets=REQUEST_BUCKETS_S,
            registry=registry,
        )
        self._stage_seconds = Histogram(
            "attest_stage_seconds",
            "Time of one stage of a search or an answer.",
            ("stage",),
            buckets=STAGE_BUCKETS_S,
            registry=registry,
        )
        self._ingest_stage_seconds = Histogram(
            "attest_ingest_stage_seconds",
            "Time of one stage of an ingestion, for a document or a batch of them.",
            ("stage",),
            buckets=INGEST_BUCKETS_S,
            registry=registry,
        )
        self._answers = Counter("attest_answers", "Answers.", ("mode",), registry=registry)
        self._degraded = Counter(
            "attest_degraded",
            "Searches and answers that went on without a part.",
            ("part",),
            registry=registry,
        )
        self._uploads = Counter(
            "attest_ingest_uploads", "Documents taken over.", ("kind",), registry=registry
        )
        self._queue = Gauge(
            "attest_ingest_queue",
            "Ingestion jobs that wait, and those that are parked.",
            ("state",),
            registry=registry,
        )
        self._damaged = Gauge(
            "attest_damaged_collections",
            "Collections that were found damaged and are not rebuilt.",
            registry=registry,
        )
        self._jobs = Counter("attest_ingest_jobs", "Ingestion jobs begun.", registry=registry)
        self._jobs_ended = Counter(
            "attest_ingest_jobs_ended",
            "Ingestion jobs that were left: done, failed, parked, or queued again.",
            ("outcome",),
            registry=registry,
        )
        self._running = Gauge(
            "attest_requests_running", "Requests that have a worker.", ("lane",), registry=registry
        )
        self._waiting = Gauge(
            "attest_requests_waiting",
            "Requests that wait for a worker.",
            ("lane",),
            registry=registry,
        )

        self._caches = _Caches()
        registry.register(self._caches)

    def watch(self, lane: Lane) -> None:
        """Shows how busy ``lane`` is."""
        self._running.labels(lane.name).set_function(lambda: lane.running)
        self._waiting.labels(lane.name).set_function(lambda: lane.waiting)

    def request_ended(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """See `app.http.edge.exchange.RequestObserver.request_ended`."""
        method = method if method in METHODS else "OTHER"
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(method, route).observe(seconds)

    def searched(self, result: SearchResult) -> None:
        """Counts a search."""
        self._stages(result.timings_ms)
        self._parts(result.degraded)

    def answered(self, answer: Answer) -> None:
        """Counts an answer, and the search within it."""
        self._answers.labels(answer.mode).inc()
        self._stages(answer.timings_ms)
        self._parts(answer.degraded)

    def ingest_stage(self, stage: str, seconds: float) -> None:
        """Counts a stage of an ingestion that has ended (`app.observing.stages.StageObserver`)."""
        self._ingest_stage_seconds.labels(stage).observe(seconds)

    def job_ended(self, outcome: str) -> None:
        """See `app.observing.stages.IngestObserver.job_ended`."""
        self._jobs_ended.labels(outcome).inc()

    def submitted(self, *, kind: str, uploads: int) -> None:
        """Counts a job and what was handed over with it: ``record`` or ``file``."""
        self._jobs.inc()
        self._uploads.labels(kind).inc(uploads)

    def queued(self, health: QueueHealth) -> None:
        """Notes how the job queue does."""
        self._queue.labels("queued").set(health.waiting)
        self._queue.labels("parked").set(health.parked)

    def damaged(self, collections: int) -> None:
        """Notes how many collections are known to be damaged."""
        self._damaged.set(collections)

    def watch_caches(self, caches: Sequence[Cache]) -> None:
        """Shows what ``caches`` count, in place of those before."""
        self._caches.watched = caches

    def text(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self._registry)

    def _stages(self, timings_ms: Mapping[str, float]) -> None:
        for stage, spent_ms in timings_ms.items():
            self._stage_seconds.labels(stage).observe(spent_ms / 1_000)

    def _parts(self, degraded: Iterable[str]) -> None:
        for part in degraded:
            self._degraded.labels(part.partition(":")[0]).inc()
