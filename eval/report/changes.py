"""A comparison in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.comparison import CaseChange, Comparison, Difference
from eval.report.numbers import number
from eval.scores import MEASURES


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print what changed in every measure, then the cases that got worse and better."""
    table = Table(title="against the baseline", title_justify="left")
    for heading in ("measure", "before", "now", "gain", "p", ""):
        table.add_column(heading, justify="left" if heading in ("measure", "") else "right")
    for difference in comparison.differences:
        table.add_row(*_row(difference))
    console.print(table)
    _print_cases("worse", comparison.worse, console)
    _print_cases("better", comparison.better, console)
    for name, ids in (
        ("only in this run", comparison.only_now),
        ("only in the baseline", comparison.only_before),
        ("reworded since, not compared", comparison.reworded),
    ):
        if ids:
            console.print(Text(f"{name}: {', '.join(ids)}"))


def _row(difference: Difference) -> list[str]:
    measure = MEASURES[difference.measure]
    return [
        measure.title,
        number(difference.before, measure.unit),
        number(difference.now, measure.unit),
        f"{difference.change:+.3f}",
        number(difference.p),
        "more than chance" if difference.is_more_than_chance else "",
    ]


def _print_cases(name: str, changes: Sequence[CaseChange], console: Console) -> None:
    console.print(Text(f"{name}: {len({change.id for change in changes})} cases"))
    for change in changes:
        figures = f"{number(change.before)} to {number(change.now)}"
        line = f"  {change.id}  {change.measure} {figures}  {change.question}"
        console.print(Text(line, overflow="ellipsis", no_wrap=True))
