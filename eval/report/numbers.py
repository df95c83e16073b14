"""How figures are written, the same everywhere."""

from __future__ import annotations

from eval.measures.chance import Interval
from eval.result import Figure
from eval.scores import MEASURES, Unit

NOTHING = "-"
_PLACES: dict[Unit, int] = {"share": 3, "seconds": 3, "words": 0}


def number(value: float | None, unit: Unit = "share") -> str:
    """Write a figure; a dash where there is none."""
    return NOTHING if value is None else f"{value:.{_PLACES[unit]}f}"


def figure(found: Figure | None) -> str:
    """Write a measure's value in its unit."""
    return NOTHING if found is None else number(found.value, MEASURES[found.measure].unit)


def interval(found: Interval | None, unit: Unit = "share") -> str:
    """Write a 95% interval."""
    return NOTHING if found is None else f"{number(found.low, unit)} to {number(found.high, unit)}"
