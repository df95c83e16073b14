"""A result in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.report.numbers import figure, interval
from eval.report.verdicts import GROUPINGS, Verdict, by_group, with_verdict
from eval.result import CaseResult, Run
from eval.scores import MEASURES, summarise

_COLUMNS = {
    "trust": "trust",
    "facts@150": "facts",
    "r@5": "R@5",
    "citation_recall": "cited",
    "notes": "notes",
    "declined_answerable": "declined",
}
"""What the tables by kind and style show, with headings short enough for 80 columns."""


def print_run(run: Run, console: Console) -> None:
    """Print every measure, then the main ones by kind and by style, then what failed."""
    console.print(_measures(run))
    for name, name_of in GROUPINGS:
        console.print(_group_table(run.results, name, name_of))
    for line in _closing_lines(run):
        console.print(Text(line))


def _measures(run: Run) -> Table:
    table = Table(title=f"{len(run.results)} cases", title_justify="left")
    table.add_column("measure")
    table.add_column("value", justify="right")
    table.add_column("95% interval", justify="right")
    table.add_column("n", justify="right")
    for found in run.figures:
        measure = MEASURES[found.measure]
        arrow = "" if measure.better == "higher" else " (lower is better)"
        table.add_row(
            measure.title + arrow,
            figure(found),
            interval(found.interval, measure.unit),
            str(found.cases),
        )
    return table


def _group_table(
    results: Sequence[CaseResult], name: str, name_of: Callable[[CaseResult], str]
) -> Table:
    table = Table(title=f"by {name}", title_justify="left")
    table.add_column(name)
    table.add_column("n", justify="right")
    for heading in _COLUMNS.values():
        table.add_column(heading, justify="right")
    for group, members in by_group(results, name_of).items():
        found = [figure(summarise(members, measure)) for measure in _COLUMNS]
        table.add_row(group, str(len(members)), *found)
    return table


def _closing_lines(run: Run) -> list[str]:
    lines = [_named(f"failed with {error}", keys) for error, keys in _errors(run).items()]
    for name, keys in (
        (Verdict.SHOULD_BE_SILENT, _keys(with_verdict(run.results, Verdict.SHOULD_BE_SILENT))),
        ("quotations or notes that are not in the file", _keys(_unproven(run.results))),
    ):
        lines += [_named(name, keys)] if keys else []
    if run.skipped:
        missing = sorted({name for skipped in run.skipped for name in skipped.missing})
        lines.append(f"skipped: {len(run.skipped)} cases; not in the library: {', '.join(missing)}")
    return [*lines, f"fingerprint {run.fingerprint}, {run.seconds:.1f} s"]


def _named(what: str, keys: Sequence[str]) -> str:
    return f"{what}: {len(keys)} cases, {', '.join(keys)}"


def _errors(run: Run) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for result in with_verdict(run.results, Verdict.ERROR):
        errors.setdefault(result.error, []).append(result.case.key)
    return errors


def _unproven(results: Sequence[CaseResult]) -> list[CaseResult]:
    return [result for result in results if result.value("verbatim") not in (None, 1.0)]


def _keys(results: Sequence[CaseResult]) -> list[str]:
    return [result.case.key for result in results]
