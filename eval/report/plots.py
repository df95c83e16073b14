"""Plots as SVG text, drawn to be read at a phone's width and in any colours.

Every plot is 340 units wide, so that on a narrow screen letters keep their size. Colours are
left to the page's style sheet, which knows light from dark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

from eval.measures.calibration import Bin, CoveragePoint
from eval.measures.chance import Interval

_WIDTH = 340
_HEIGHT = 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 20, 40
_TICKS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a bar chart; values from 0 to 1."""

    label: str
    value: float
    interval: Interval | None
    count: int
    dot: float | None = None
    """A second value, drawn as a dot."""


@dataclass(frozen=True, slots=True)
class Axes:
    """The frame of a plot: what runs along it, and how far."""

    title: str
    x_label: str
    y_label: str
    x_max: float = 1.0
    y_max: float = 1.0

    def x(self, value: float) -> float:
        """Place a value on the horizontal axis."""
        share = min(value / self.x_max, 1.0) if self.x_max else 0.0
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        """Place a value on the vertical axis."""
        share = min(value / self.y_max, 1.0) if self.y_max else 0.0
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Draw horizontal bars with whiskers, one row each."""
    row_height, label_width = 24, 118
    width = _WIDTH - label_width - 52
    parts = []
    for i, bar in enumerate(rows):
        middle = i * row_height + row_height / 2
        parts.append(_text(label_width - 6, middle + 4, f"{bar.label} ({bar.count})", "end"))
        parts.append(_rect(label_width, middle - 7, bar.value * width, 14, "bar"))
        if bar.interval is not None:
            low, high = (label_width + v * width for v in (bar.interval.low, bar.interval.high))
            parts.append(_line(low, middle, high, middle, "whisker"))
        if bar.dot is not None:
            parts.append(_circle(label_width + bar.dot * width, middle, 4, "dot"))
        parts.append(_text(_WIDTH - 4, middle + 4, f"{bar.value:.2f}", "end"))
    return _svg(title, _WIDTH, max(len(rows), 1) * row_height, parts)


def reliability_diagram(bins: Sequence[Bin]) -> str:
    """Draw accuracy against confidence; on the diagonal, confidence is what it says."""
    axes = Axes(
        "Reliability: how often answers of each confidence are right", "confidence", "right"
    )
    most = max((b.count for b in bins), default=1)
    parts = [_line(axes.x(0), axes.y(0), axes.x(1), axes.y(1), "ideal")]
    for b in bins:
        x, y = axes.x(b.confidence), axes.y(b.accuracy)
        parts.append(_line(x, axes.y(b.confidence), x, y, "whisker"))
        size = 4 + 7 * (b.count / most) ** 0.5
        parts.append(_circle(x, y, size, "dot", f"{b.count} answers, {b.accuracy:.2f} right"))
    return _plot(axes, parts)


def risk_coverage_curve(points: Sequence[CoveragePoint]) -> str:
    """Draw the share of wrong answers against the share of questions answered."""
    axes = Axes("Risk when only the surest answers are given", "questions answered", "wrong")
    path = " ".join(f"{axes.x(p.coverage)},{axes.y(p.risk)}" for p in points)
    parts = [f'<polyline class="curve" points="{path}"/>'] if points else []
    if points:
        last = points[-1]
        parts.append(_circle(axes.x(last.coverage), axes.y(last.risk), 4, "dot", "as served"))
    return _plot(axes, parts)


def histogram(
    title: str,
    values: Sequence[float],
    *,
    label: str,
    top: float,
    marks: Sequence[tuple[str, float]] = (),
    steps: int = 15,
) -> str:
    """Draw how values are spread from 0 to ``top``; larger ones stand in the last bar.

    Args:
        title: What is shown.
        values: The numbers.
        label: What they measure.
        top: Where the horizontal axis ends.
        marks: Names and places of lines to draw across.
        steps: How many bars.
    """
    counts = [0] * steps
    for value in values:
        counts[min(int(value / top * steps), steps - 1) if top else 0] += 1
    highest = _TICKS * ceil(max([*counts, 1]) / _TICKS)
    axes = Axes(title, label, "cases", x_max=top or 1.0, y_max=float(highest))
    width = axes.x(axes.x_max / steps) - axes.x(0)
    parts = []
    for i, count in enumerate(counts):
        y = axes.y(count)
        left = axes.x(axes.x_max * i / steps)
        parts.append(_rect(left + 1, y, width - 2, axes.y(0) - y, "bar", f"{count} cases"))
    for name, place in marks:
        parts.append(_line(axes.x(place), axes.y(0), axes.x(place), _TOP, "ideal"))
        parts.append(_text(axes.x(place), _TOP - 6, name))
    return _plot(axes, parts)


def _plot(axes: Axes, parts: Sequence[str]) -> str:
    frame = [
        *_ticks(axes.x_max, lambda v: _text(axes.x(v), _HEIGHT - _BOTTOM + 14, _short(v))),
        *_ticks(axes.y_max, lambda v: _text(_LEFT - 5, axes.y(v) + 4, _short(v), "end")),
        *_ticks(axes.y_max, lambda v: _line(_LEFT, axes.y(v), _WIDTH - _RIGHT, axes.y(v), "grid")),
        _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 6, axes.x_label),
        f'<g transform="translate(12 {(_HEIGHT - _BOTTOM + _TOP) / 2}) rotate(-90)">'
        f"{_text(0, 0, axes.y_label)}</g>",
    ]
    return _svg(axes.title, _WIDTH, _HEIGHT, [*frame, *parts])


def _ticks(top: float, draw: Callable[[float], str]) -> list[str]:
    return [draw(top * i / _TICKS) for i in range(_TICKS + 1)]


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")


def _svg(title: str, width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{escape(title)}">{"".join(parts)}</svg></figure>'
    )


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, name: str) -> str:
    return f'<line class="{name}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _rect(x: float, y: float, width: float, height: float, name: str, title: str = "") -> str:
    return (
        f'<rect class="{name}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" '
        f'height="{max(height, 0):.1f}"><title>{escape(title)}</title></rect>'
    )


def _circle(x: float, y: float, radius: float, name: str, title: str = "") -> str:
    return (
        f'<circle class="{name}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}">'
        f"<title>{escape(title)}</title></circle>"
    )
