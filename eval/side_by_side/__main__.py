"""One command: make the environment, run all three, print one table."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from corpus.reading import find_files
from eval.cases import load_cases
from eval.side_by_side.contest import (
    CONTENDERS,
    PASSAGES,
    Standing,
    make_environment,
    query_of,
    run,
    standing,
)
from eval.side_by_side.job import Job
from index.model_source import DEFAULT_MODEL, locate

_ROW: tuple[tuple[str, Callable[[Standing], str]], ...] = (
    ("R@1", lambda s: f"{s.recall[1]:.3f}"),
    ("R@5", lambda s: f"{s.recall[5]:.3f}"),
    ("R@10", lambda s: f"{s.recall[10]:.3f}"),
    ("facts in 150", lambda s: f"{s.facts[150]:.3f}"),
    ("facts in 500", lambda s: f"{s.facts[500]:.3f}"),
    ("build s", lambda s: f"{s.build_seconds:.1f}"),
    ("query p50 ms", lambda s: f"{1000 * s.query_p50:.1f}"),
    ("cold start s", lambda s: f"{s.cold_start:.2f}"),
    ("memory MiB", lambda s: f"{s.peak_memory_mib:.0f}"),
)


def main(
    library: Annotated[Path, typer.Option(help="Folder with the texts, UTF-8.")],
    cases: Annotated[Path, typer.Option(help="A case file about them.")],
    model: Annotated[str, typer.Option(help="The embedding model of all three.")] = DEFAULT_MODEL,
    only: Annotated[
        list[str] | None, typer.Option(help=f"Of {', '.join(CONTENDERS)}, these alone.")
    ] = None,
    work: Annotated[Path, typer.Option(help="Where everything is built.")] = Path(
        "var/side_by_side"
    ),
) -> None:
    """Put the answerable questions of a case file to Ibid, LlamaIndex and txtai."""
    folder = work.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    asked = [case for file in load_cases([cases]) for case in file.cases if case.answerable]
    job = Job(
        files=tuple(str(path.resolve()) for path in find_files([library])),
        model=locate(model).location,
        store="",
        queries=tuple(query_of(case) for case in asked),
        limit=PASSAGES,
        started_at=0.0,
    )
    theirs = make_environment(folder / "env", _say)
    rows = []
    for name in only or CONTENDERS:
        if name not in CONTENDERS:
            raise typer.BadParameter(f"found {name!r}, expected one of {', '.join(CONTENDERS)}")
        python = Path(sys.executable) if name == "Ibid" else theirs
        built, told = run(name, job, python=python, folder=folder, say=_say)
        rows.append(standing(name, asked, built, told))
    Console(width=None if sys.stdout.isatty() else 120).print(_table(rows, len(asked)))


def _table(rows: list[Standing], count: int) -> Table:
    table = Table(title=f"{count} answerable questions, the same model", title_justify="left")
    table.add_column("")
    for heading, _ in _ROW:
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(row.name, *(write(row) for _, write in _ROW))
    return table


def _say(words: str) -> None:
    typer.echo(words, err=True)


if __name__ == "__main__":
    typer.run(main)
