"""``ibid bench``: how fast, and how much memory."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

import corpus
from eval.bench.questions import SAMPLE_CASES, load_questions
from eval.terminal import DEFAULT_STORE, STDOUT, BarOnStderr, console_of, told_in_one_line

SAMPLE_LIBRARY = Path(corpus.__file__).parent / "sample"


def bench(
    questions: Annotated[
        list[Path] | None,
        typer.Argument(
            exists=True,
            help="Case files, or .txt files with a question a line.",
            show_default="the cases of the sample library",
        ),
    ] = None,
    store: Annotated[
        Path, typer.Option("--store", envvar="IBID_STORE", help="Folder that holds the index.")
    ] = DEFAULT_STORE,
    rounds: Annotated[int, typer.Option(min=1, help="Times each question is put.")] = 3,
    starts: Annotated[int, typer.Option(min=1, help="Processes started anew.")] = 5,
    library: Annotated[
        list[Path] | None,
        typer.Option(
            "--library",
            exists=True,
            help="What to index for the measurement.",
            show_default="the sample library",
        ),
    ] = None,
    index: Annotated[bool, typer.Option(help="Measure indexing too.")] = True,
    json_out: Annotated[
        Path | None, typer.Option("--json", help="Keep the figures here; - for stdout.")
    ] = None,
) -> None:
    """Measure warm search and ask, cold start, memory and indexing.

    Every question is put anew each time. For figures that mean something, leave the machine alone.
    """
    # Here and not above: both load the index and its engines, which --help can do without.
    from pydantic import TypeAdapter

    from eval.bench.run import Bench, Task, run
    from eval.bench.table import print_bench

    with told_in_one_line():
        files = tuple(questions or [SAMPLE_CASES])
        task = Task(
            store=store,
            questions=load_questions(files),
            rounds=rounds,
            starts=starts,
            library=tuple(library or [SAMPLE_LIBRARY]) if index else (),
            question_files=files,
        )
        done = run(task, BarOnStderr())
        written = TypeAdapter(Bench).dump_json(done, indent=2).decode() + "\n"
        if json_out == STDOUT:
            sys.stdout.write(written)
        elif json_out is not None:
            json_out.write_text(written, encoding="utf-8")
        print_bench(done, console_of(stderr=json_out == STDOUT))
