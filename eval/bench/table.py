"""The figures in the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.bench.answering import WALL
from eval.bench.indexing import Indexing
from eval.bench.memory import Memory
from eval.bench.run import Bench
from eval.bench.spread import Spread
from eval.report.numbers import NOTHING

_MEGABYTE = 1_000_000
_CALLS: Mapping[str, str] = {WALL: "all of it"}
"""What stages are called, where their own name would not be understood."""


def print_bench(bench: Bench, console: Console) -> None:
    """Print what was measured, and under which circumstances."""
    for line in _circumstances(bench):
        console.print(Text(line))
    console.print(_latencies(bench))
    for line in (*_memory(bench), *_indexing(bench.indexing)):
        console.print(Text(line))


def _circumstances(bench: Bench) -> list[str]:
    made, machine = bench.circumstances, bench.machine
    load = "" if machine.load is None else f", load {machine.load:.1f} in the minute before"
    manifest = made.manifest
    lines = [
        f"{made.machine}, {machine.processors} usable{load}",
        f"commit {made.commit or 'unknown'}, {made.made_at}",
        f"index: {manifest['documents']} documents, {manifest['passages']} passages",
        f"{bench.questions} questions, {made.settings['rounds']} times each, searched for and then "
        "asked, one at a time, in mixed order; no answer is kept from one to the next",
    ]
    if bench.refused:
        lines.append(f"{bench.refused} calls were refused and are not among the times")
    return lines


def _latencies(bench: Bench) -> Table:
    table = Table(title="milliseconds", title_justify="left")
    for heading in ("", "stage"):
        table.add_column(heading)
    for heading in ("count", "mean", "p50", "p95", "p99", "highest"):
        table.add_column(heading, justify="right")
    for name, stages in (("search", bench.search), ("ask", bench.ask)):
        for stage, found in stages.items():
            label = name if stage == WALL else ""
            table.add_row(label, _CALLS.get(stage, stage), *_figures(found))
    table.add_row("cold start", "to the first answer", *_figures(bench.cold_start))
    return table


def _figures(found: Spread) -> list[str]:
    times = (found.mean, found.p50, found.p95, found.p99, found.highest)
    return [str(found.count), *(NOTHING if t is None else f"{t:.1f}" for t in times)]


def _memory(bench: Bench) -> list[str]:
    if bench.opened is None or bench.answered is None:
        return ["memory: this system does not tell"]
    return [
        f"memory: {_megabytes(bench.opened)} after the first answer, "
        f"{_megabytes(bench.answered)} after the last"
    ]


def _indexing(done: Indexing | None) -> list[str]:
    if done is None:
        return []
    encode = done.stages.get("encode", 0.0)
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in done.stages.items())
    lines = [
        f"indexing: {done.documents} documents, {done.characters:,} characters, {done.passages} "
        f"passages in {done.seconds:.1f} s ({stages})",
    ]
    if encode:
        lines.append(f"          {done.passages / encode:.1f} passages encoded a second")
    if done.memory is not None:
        lines.append(f"          {done.memory.highest_bytes / _MEGABYTE:,.0f} MB at the highest")
    return lines


def _megabytes(taken: Memory) -> str:
    return f"{taken.now_bytes / _MEGABYTE:,.0f} MB"
