"""Progress a person can follow while an index is built, and the report of what was read.

On a terminal each stage is a bar; elsewhere, such as in a log, it is one line when it ends.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from service.control_characters import clean

LONGEST_DETAIL = 40


class ConsoleProgress:
    """Shows the stages of a build, one after another; an ``index.build.Progress``."""

    def __init__(self, console: Console) -> None:
        """Take the console to draw on: the one of standard error."""
        self._console = console
        self._bars = Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description:<12}", markup=False),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[detail]}", style="dim", markup=False),
            console=console,
            disable=not console.is_terminal,
            expand=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the bars as they are and give the line back."""
        self._bars.stop()

    def start(self, stage: str, total: int | None) -> None:
        """Begin a stage of so many steps, or of a number not known."""
        self._task = self._bars.add_task(stage, total=total, detail="")

    def advance(self, n: int, detail: str = "") -> None:
        """Count steps that are done, and say which thing is at hand."""
        if self._task is not None:
            self._bars.update(self._task, advance=n, detail=clean(detail)[:LONGEST_DETAIL])

    def finish(self) -> None:
        """End the stage."""
        if self._task is None:
            return
        task = self._bars.tasks[self._bars.task_ids.index(self._task)]
        done = task.completed if task.total is None else task.total
        self._bars.update(self._task, total=done, completed=done, detail="")
        if not self._console.is_terminal:
            count = f" {done:,.0f}" if done else ""
            self._console.print(Text(f"{task.description}{count}"), soft_wrap=True)
        self._task = None
