"""Many times of the same thing, in a few figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ENOUGH_FOR_P99 = 100
"""With fewer times, the 99th percentile is only another name for the highest."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How some times are spread, in milliseconds."""

    count: int
    mean: float
    p50: float
    p95: float
    p99: float | None
    """None where there are too few times to tell."""
    highest: float


def spread(times_ms: Sequence[float]) -> Spread:
    """Put times in figures; percentiles lie between neighbouring times in proportion.

    Args:
        times_ms: At least one, in milliseconds.

    Raises:
        ValueError: If there are none.
    """
    if not times_ms:
        raise ValueError("found no times, expected at least one")
    p50, p95, p99 = (float(value) for value in np.percentile(times_ms, [50, 95, 99]))
    return Spread(
        count=len(times_ms),
        mean=float(np.mean(times_ms)),
        p50=p50,
        p95=p95,
        p99=p99 if len(times_ms) >= ENOUGH_FOR_P99 else None,
        highest=max(times_ms),
    )
