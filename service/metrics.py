"""What Prometheus reads: how long requests and their stages take, what came of them, the queue.

No label takes a value that a client could choose, so their number stays small.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from rag.answer import Answer
from service.desk import Desk

MEDIA_TYPE = CONTENT_TYPE_LATEST
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper edges of the histograms."""
MILLISECONDS = 1000


class Metrics:
    """The measurements of one application."""

    def __init__(self) -> None:
        """Start at zero."""
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "ibid_request_seconds",
            "Time from a request's arrival to the end of its reply.",
            ["method", "route", "status"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._stages = Histogram(
            "ibid_stage_seconds",
            "Time of one stage of answering a question.",
            ["stage"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._answers = Counter(
            "ibid_answers",
            "Questions answered, abstentions included.",
            ["status"],
            registry=self._registry,
        )
        self._in_hand = Gauge(
            "ibid_work_in_hand",
            "Pieces of work that wait or are being done.",
            registry=self._registry,
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        named = method if method in METHODS else "other"
        self._requests.labels(named, route, str(status)).observe(seconds)

    def answered(self, answer: Answer) -> None:
        """Count an answer, and the time of its stages."""
        self._answers.labels(answer.status.value).inc()
        for stage, spent in answer.timings_ms.items():
            self._stages.labels(stage).observe(spent / MILLISECONDS)

    def watch(self, desk: Desk) -> None:
        """Tell of a desk's queue and of the generation that its library has open."""
        self._in_hand.set_function(lambda: desk.taken)
        self._registry.register(_OpenIndex(desk))

    def text(self) -> bytes:
        """Write all in Prometheus's own form."""
        return generate_latest(self._registry)


class _OpenIndex(Collector):
    """Tells which generation is open; there is none while the index cannot be used."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> Iterator[Metric]:
        generation = self._desk.library.generation
        family = GaugeMetricFamily(
            "ibid_index_open", "1 for the generation that is open.", labels=["generation"]
        )
        if generation is not None:
            family.add_metric([generation], 1)
        yield family
