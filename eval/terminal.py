"""What commands say on the way: progress and errors, on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from corpus.errors import CorpusError
from eval.errors import EvalError
from index.errors import StoreError
from rag.errors import RagError

DEFAULT_STORE = Path("var/ibid")
STDOUT = Path("-")
"""What stands for standard output where a file may be named."""


class BarOnStderr:
    """A bar that fills as cases are done."""

    def __init__(self) -> None:
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[detail]}"),
            console=console_of(stderr=True),
            transient=True,
        )

    def start(self, stage: str, total: int | None) -> None:
        """A stage begins."""
        self._bars.start()
        self._task = self._bars.add_task(stage, total=total, detail="")

    def advance(self, n: int, detail: str = "") -> None:
        """So many more are done."""
        self._bars.update(self._task, advance=n, detail=detail)

    def finish(self) -> None:
        """The stage is over."""
        self._bars.stop()


def console_of(*, stderr: bool = False) -> Console:
    """Make a console; where nobody looks at it, lines are as long as they need to be."""
    stream = sys.stderr if stderr else sys.stdout
    wide = None if stream.isatty() or "COLUMNS" in os.environ else 120
    return Console(file=stream, width=wide, soft_wrap=False, highlight=False)


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Turn what can go wrong into its message on stderr and exit code 1."""
    try:
        yield
    except (EvalError, StoreError, CorpusError, RagError, OSError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error
