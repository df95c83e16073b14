"""Measures how long the stages of a question take."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Stopwatch:
    """Measures the stages of one question, in milliseconds."""

    def __init__(self) -> None:
        """Start."""
        self._started = time.perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure one stage."""
        before = time.perf_counter()
        try:
            yield
        finally:
            self._stages[name] = round(1000 * (time.perf_counter() - before), 2)

    def timings(self) -> Mapping[str, float]:
        """Give the milliseconds of every stage, and of all together."""
        return {**self._stages, "total": round(1000 * (time.perf_counter() - self._started), 2)}
