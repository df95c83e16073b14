"""How often something may happen: a bucket of tokens for each name, filled at a steady rate.

Source: the token bucket, J. Turner, "New directions in communications", IEEE Communications
Magazine 24(10), 1986.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

MOST_NAMES = 10_000
"""Buckets kept; the one unused for longest goes first, and it is the fullest."""


class Buckets:
    """Limits how often each of many names may do something."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with all buckets full.

        Args:
            per_minute: How often at a steady rate, and also at once; 0 for no limit.
            clock: Seconds that only go forward.
        """
        self._capacity = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> float:
        """Take a token.

        Returns:
            0 if there was one; else the seconds until there will be.
        """
        if not self._capacity:
            return 0.0
        tokens = self._tokens(name)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / self._per_second
        self._buckets[name] = (tokens if wait else tokens - 1, self._clock())
        self._buckets.move_to_end(name)
        if len(self._buckets) > MOST_NAMES:
            self._buckets.popitem(last=False)
        return wait

    def wait(self, name: str) -> float:
        """Give the seconds until there is a token, without taking it."""
        if not self._capacity:
            return 0.0
        tokens = self._tokens(name)
        return 0.0 if tokens >= 1 else (1 - tokens) / self._per_second

    def _tokens(self, name: str) -> float:
        tokens, since = self._buckets.get(name, (self._capacity, self._clock()))
        return min(self._capacity, tokens + (self._clock() - since) * self._per_second)
